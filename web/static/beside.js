// What stands beside the paragraph that is worked on or reviewed: terms, memory, a machine's suggestion.
// Without this script the page shows them for the paragraph that is open, and “Use” is a form.
"use strict";
(() => {
  const fields = "form.autosave textarea[data-ordinal]";
  const of = (ordinal) => document.querySelector(`${fields}[data-ordinal="${ordinal}"]`);
  const show = () => document.querySelectorAll("#beside [hidden][data-insert]").forEach((button) => { button.hidden = false; });
  let wanted = 0, timer = 0, busy = null;

  // The server says it all anew: what is used, what is wrong, what was accepted meanwhile.
  async function fetchAnew(ordinal) {
    const box = document.getElementById("beside");
    if (!box || box.contains(document.activeElement)) return;
    wanted = ordinal;
    busy?.abort();
    busy = new AbortController();
    try {
      const answer = await fetch(box.dataset.address.replace("/0/", `/${ordinal}/`), { credentials: "same-origin", signal: busy.signal });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("beside");
      if (!fresh || wanted !== ordinal) return;
      document.getElementById("beside").replaceWith(fresh);
      show();
    } catch (error) { /* What is shown stays; the desk works without it. */ }
  }
  document.addEventListener("focusin", (event) => {
    const ordinal = event.target.closest("[data-segment]")?.id.slice(1), box = document.getElementById("beside");
    if (ordinal && box && ordinal !== box.dataset.ordinal) fetchAnew(ordinal);
  });
  document.addEventListener("input", (event) => {
    const area = event.target.closest(fields);
    if (!area) return;
    clearTimeout(timer);
    // After the text was kept, which takes a second and a half of quiet.
    timer = setTimeout(() => fetchAnew(area.dataset.ordinal), 3000);
  });

  // “Use” writes the text into its field, where it can be undone, instead of sending it.
  function use(button) {
    const area = of(document.getElementById("beside").dataset.ordinal);
    if (!area) return false;
    area.focus();
    area.select();
    if (!document.execCommand("insertText", false, button.dataset.use)) area.setRangeText(button.dataset.use);
    area.dispatchEvent(new Event("input", { bubbles: true }));
    return true;
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-use]");
    if (button && use(button)) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const on = document.body.dataset.keys === "on" && event.altKey && !event.ctrlKey && !event.metaKey;
    if (!on || event.code !== "KeyX" || document.querySelector("dialog[open]")) return;
    const best = document.querySelector("#beside [data-use]");
    if (best) { event.preventDefault(); use(best); }
  });
  show();
})();
