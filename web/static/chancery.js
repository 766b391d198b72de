// Chancery's own script: every page works without it.  It adds a live board, a guard against double
// submission, keys, the page viewer and questions before acts; the desks of a version have desk.js.
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const on = (target, name, run, options) => target && target.addEventListener(name, run, options);

  // One polite region, at most one sentence in ten seconds: a moving board must not talk without end.
  let saidAt = 0, pending = 0;
  function say(sentence) {
    clearTimeout(pending);
    pending = setTimeout(() => { $("#news").textContent = sentence; saidAt = Date.now(); },
      Math.max(0, saidAt + 10000 - Date.now()));
  }

  // A form is sent once; it opens again when the browser brings the page back.
  function ask(form) {
    const dialog = document.createElement("dialog");
    dialog.className = "ask";
    const words = document.createElement("p");
    words.textContent = form.dataset.confirm;
    const row = document.createElement("form");
    row.method = "dialog";
    row.className = "acts-row";
    const source = $("button:not([type=button])", form);
    const go = document.createElement("button");
    go.className = "btn btn-go";
    go.value = "go";
    go.textContent = source.textContent.trim();
    const back = document.createElement("button");
    back.className = "btn btn-plain";
    back.value = "";
    back.autofocus = true;
    back.textContent = "←";
    back.setAttribute("aria-label", document.body.dataset.back || "Back");
    row.append(go, back);
    dialog.append(words, row);
    dialog.setAttribute("aria-label", words.textContent);
    document.body.append(dialog);
    on(dialog, "close", () => {
      const agreed = dialog.returnValue === "go";
      dialog.remove();
      if (agreed) { form.dataset.agreed = "1"; form.requestSubmit(source); } else { source.focus(); }
    });
    dialog.showModal();
  }
  on(document, "submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    if (form.dataset.confirm && !form.dataset.agreed) { event.preventDefault(); ask(form); return; }
    if (!("once" in form.dataset)) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    $$("button", form).forEach((button) => button.setAttribute("aria-disabled", "true"));
  });
  on(window, "pageshow", () => $$("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    delete form.dataset.agreed;
    $$("[aria-disabled]", form).forEach((button) => button.removeAttribute("aria-disabled"));
  }));

  // Small things of every page.
  $$("[hidden][data-print],[hidden][data-insert]").forEach((button) => { button.hidden = false; });
  on(document, "click", (event) => { if (event.target.closest("[data-print]")) window.print(); });
  const summary = $("[data-focus]");
  if (summary) summary.focus();
  const menu = $("[data-menu]"), nav = $("#menu");
  if (menu && nav) {
    menu.setAttribute("role", "button");
    menu.setAttribute("aria-expanded", "false");
    menu.setAttribute("aria-controls", "menu");
    const turn = (event) => {
      if (event.type === "keydown" && event.key !== " ") return;
      event.preventDefault();
      menu.setAttribute("aria-expanded", String(nav.classList.toggle("shown")));
    };
    on(menu, "click", turn);
    on(menu, "keydown", turn);
  }
  on(document, "keydown", (event) => {
    if (event.key !== "Escape") return;
    $$("details.menu-like[open]").forEach((box) => { box.open = false; $("summary", box).focus(); });
    if (nav && nav.classList.contains("shown")) { menu.click(); menu.focus(); }
  });
  on(document, "click", (event) => $$("details.menu-like[open]").forEach((box) => {
    if (!box.contains(event.target)) box.open = false;
  }));

  // The code of six signs is written 4R7-K3B, however it is typed or pasted.
  $$(".code-field").forEach((input) => on(input, "input", () => {
    const end = input.selectionStart === input.value.length;
    const signs = input.value.toUpperCase().replace(/[^0-9A-Z]/g, "").slice(0, 6);
    const shown = signs.length > 3 ? `${signs.slice(0, 3)}-${signs.slice(3)}` : signs;
    if (end && shown !== input.value) input.value = shown;
  }));

  // The viewer: another page without a new request for the whole page.
  const viewer = $("[data-viewer]");
  if (viewer) {
    const sheet = $("#sheet"), pages = $$("a[data-picture]", viewer), full = $("[data-viewer-pdf]");
    const show = (page) => {
      sheet.src = page.dataset.picture;
      sheet.alt = sheet.alt.replace($("[aria-current] b", viewer).textContent, $("b", page).textContent);
      sheet.lang = page.dataset.language;
      sheet.width = page.dataset.width;
      sheet.height = page.dataset.height;
      if (full && page.dataset.pdf) full.href = page.dataset.pdf;
      const eye = $(".ic[role=img]", viewer), mark = $("[data-seen]", page);
      if (eye && !$(".ic", mark)) mark.append(eye.cloneNode(true));
      pages.forEach((other) => other.removeAttribute("aria-current"));
      page.setAttribute("aria-current", "page");
      history.replaceState(null, "", page.href);
    };
    pages.forEach((page, index) => {
      on(page, "click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        show(page);
      });
      on(page, "keydown", (event) => {
        const next = pages[index + ({ ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key] || 0)];
        if (next && next !== page) { event.preventDefault(); next.focus(); show(next); }
      });
    });
  }

  // The live board: the server says that something moved, the page fetches the figures and rows anew.
  const live = document.body.dataset.live;
  if (live) {
    const light = $("#live"), lost = $("#lost"), refresh = $("[data-refresh]");
    let busy = false, again = false, source = null;
    const busyHere = () => $("#board details[open]") || $("#board")?.contains(document.activeElement) && /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
    async function fetchRows() {
      if (busy) { again = true; return; }
      busy = true;
      try {
        const answer = await fetch(live, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" });
        if (!answer.ok) throw new Error(String(answer.status));
        const fresh = $("#board", new DOMParser().parseFromString(await answer.text(), "text/html"));
        const board = $("#board");
        // Somebody who writes a reason in an open row keeps it; the figures come with the next change.
        if (fresh && fresh.dataset.serial !== board.dataset.serial && !busyHere()) {
          const focus = document.activeElement.closest("tr")?.id;
          board.replaceWith(fresh);
          if (focus) document.getElementById(focus)?.querySelector("a")?.focus();
          say(fresh.dataset.say);
        }
        lost.hidden = true;
        light.classList.remove("still");
        $(".live-words", light).textContent = `${light.dataset.words},`;
        // The server's clock and zone, as everywhere on the page.
        if (fresh) { $("time", light).textContent = fresh.dataset.time; $("time", light).dateTime = fresh.dataset.iso; }
        refresh.hidden = true;
      } catch (error) {
        if (lost.hidden) $("[data-lost-time]", lost).textContent = $("time", light).textContent;
        lost.hidden = false;
        light.classList.add("still");
        refresh.hidden = false;
      } finally {
        busy = false;
        if (again) { again = false; fetchRows(); }
      }
    }
    // Events where they are offered; every 30 seconds in any case, which also finds a line that died quietly.
    const open = () => {
      if (!window.EventSource) return;
      source = new EventSource(document.body.dataset.events);
      on(source, "board", fetchRows);
      on(source, "error", () => { if (source.readyState === EventSource.CLOSED) source = null; });
    };
    open();
    setInterval(() => { if (!document.hidden) { fetchRows(); if (!source) open(); } }, 30000);
    on(document, "visibilitychange", () => { if (!document.hidden) fetchRows(); });
    on(window, "pagehide", () => source && source.close());
    fetchRows();
  }

  // What was typed and not saved stays in this browser for the person who typed it; logging out is the end of it.
  on(document, "submit", (event) => {
    if (!event.target.action?.endsWith("/logout")) return;
    try {
      Object.keys(localStorage).filter((key) => key.startsWith("chancery:")).forEach((key) => localStorage.removeItem(key));
    } catch (error) { /* A browser that keeps nothing has nothing to forget. */ }
  });

  // Keys that act everywhere; they can be turned off, and are listed at /about/keyboard.  The desks add their own.
  const keys = document.body.dataset.keys === "on";
  const list = (event) => {
    const box = $("#keys-list");
    if (!box) { location.assign(document.body.dataset.keyboard); return; }
    event.preventDefault();
    const back = document.activeElement;
    box.showModal();
    on(box, "close", () => back.focus(), { once: true });
  };
  on(document, "click", (event) => event.target.closest("[data-close]")?.closest("dialog").close());
  $$("[data-keys-list]").forEach((link) => on(link, "click", list));
  on(document, "keydown", (event) => {
    if (!keys || event.ctrlKey || event.metaKey || $("dialog[open]")) return;
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "?" && !event.altKey && !typing) { list(event); return; }
    if (!event.altKey) return;
    const run = {
      KeyL: () => list(event),
      KeyO: () => $(".brand").click(),
      KeyQ: () => ($("#q") || $(".find input") || $("#main")).focus(),
      KeyM: () => $("#main").focus(),
    }[event.code];
    if (run) { event.preventDefault(); run(); }
  });
})();
