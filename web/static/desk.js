// The desks of a language version: autosave, findings while one types, what was not saved, keys.
// Without this script every paragraph has its own button and the page says the same after it.
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const on = (target, name, run, options) => target && target.addEventListener(name, run, options);
  const desk = document.body.dataset.desk, saved = $("#saved");
  const WAIT = 1500, AGAIN = 15000, DAYS = 14;
  let field = null, ended = false;

  // What is typed is kept in this browser until the server has it: a lid may close before that.
  const shelf = (() => {
    const prefix = `chancery:${document.body.dataset.deskKey}:`;
    try {
      const old = Date.now() - DAYS * 86400000;
      Object.keys(localStorage).filter((key) => key.startsWith("chancery:")).forEach((key) => {
        if (!(JSON.parse(localStorage.getItem(key)).at > old)) localStorage.removeItem(key);
      });
      return {
        get: (ordinal) => JSON.parse(localStorage.getItem(prefix + ordinal)),
        put: (ordinal, item) => localStorage.setItem(prefix + ordinal, JSON.stringify(item)),
        drop: (ordinal) => localStorage.removeItem(prefix + ordinal),
      };
    } catch (error) {
      return null;
    }
  })();
  const kept = (run) => { try { return shelf ? run(shelf) : null; } catch (error) { return null; } };

  const insert = (text, whole) => {
    const area = field || $("form.autosave textarea");
    if (!area) return;
    area.focus();
    if (whole) area.select();
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };
  on(document, "click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button) return;
    const own = button.closest("form.autosave");
    if (own) field = $("textarea", own);
    insert(button.dataset.insert, "whole" in button.dataset);
  });

  // The parts of the page that follow from what was saved: lengths, what is missing, findings, how it reads.
  function update(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const before = $("#agreement .tally")?.textContent;
    $$("body > [id]", fresh).forEach((part) => {
      const now = document.getElementById(part.id);
      if (!now || now.outerHTML === part.outerHTML || now.contains(document.activeElement)) return;
      now.replaceWith(part);
      if (part.dataset.state) part.closest("[data-segment]").dataset.segment = part.dataset.state;
    });
    const after = $("#agreement .tally")?.textContent;
    if (after !== before) $("#news").textContent = `${$("#agree").textContent} ${after}`;
  }

  const tell = (words, bad) => { saved.textContent = words; saved.classList.toggle("bad", Boolean(bad)); };

  const savers = new Map();
  $$("form.autosave").forEach((form) => {
    const area = $("textarea", form), under = document.createElement("div"), ordinal = area.dataset.ordinal;
    const box = $("[data-conflict]", form), offer = $(".kept", form);
    let timer = 0, stored = area.defaultValue, running = null, offered = null;
    under.className = "under";
    under.setAttribute("aria-hidden", "true");
    area.before(under);
    // Slots are tinted beneath the typed text: the same letters, transparent, with a ground of their own.
    const tint = () => {
      under.replaceChildren(...area.value.split(/(\{[\w.]+\})/).map((piece, index) => {
        if (index % 2 === 0) return document.createTextNode(piece);
        const slot = document.createElement("b");
        slot.textContent = piece;
        return slot;
      }));
      under.scrollTop = area.scrollTop;
    };
    const put = (text) => { area.value = text; tint(); };
    const keep = () => kept((store) => store.put(ordinal, {
      text: area.value, revision: form.elements.revision.value, at: Date.now(), earlier: offered,
    }));
    const forget = () => kept((store) => (offered ? store.put(ordinal, offered) : store.drop(ordinal)));
    const dirty = () => area.value !== stored;

    function conflict(stands) {
      // Nothing is overwritten: both texts are shown, and one of them is chosen by its button.
      form.dataset.conflict = "1";
      box.innerHTML = stands.html;
      box.hidden = false;
      tell(saved.dataset.both, true);
      on($("[data-take=theirs]", box), "click", () => { settle(stands); put(stands.text); stored = stands.text; forget(); tell(""); });
      on($("[data-take=mine]", box), "click", () => { settle(stands); stored = stands.text; save(); });
    }
    function settle(stands) {
      delete form.dataset.conflict;
      form.elements.revision.value = stands.revision;
      box.hidden = true;
      box.replaceChildren();
      area.focus();
    }

    async function send() {
      const text = area.value, data = new FormData(form);
      data.set("decision", "save");
      tell(saved.dataset.saving);
      let answer, body;
      try {
        answer = await fetch(form.action, {
          method: "POST", body: data, headers: { Accept: "application/json" }, credentials: "same-origin",
        });
        body = await answer.json();
      } catch (error) {
        tell(saved.dataset.lost, true);
        timer = setTimeout(save, AGAIN);
        return;
      }
      if (answer.status === 409 && body.stands) { conflict(body.stands); return; }
      if (answer.status === 401 || answer.status === 400) {
        ended = true;
        tell(saved.dataset.ended, true);
        $("#ended").hidden = false;
        return;
      }
      if (!answer.ok) { tell(body.detail || saved.dataset.lost, true); return; }
      stored = text;
      if (area.value === text) forget();
      form.elements.revision.value = body.revision;
      tell(`${saved.dataset.saved} ${body.saved || ""}`);
      if (body.html) update(body.html);
    }
    async function save() {
      clearTimeout(timer);
      while (running) await running;
      if (!dirty() || form.dataset.conflict) return;
      running = send();
      try { await running; } finally { running = null; }
    }
    savers.set(form, save);

    tint();
    const item = kept((store) => store.get(ordinal));
    const other = item && item.text === area.value ? item.earlier : item;
    if (other) {
      offered = { ...other, earlier: null };
      $("[data-kept-text]", offer).textContent = other.text;
      $("[data-kept-when]", offer).textContent = new Date(other.at).toLocaleString(document.documentElement.lang);
      offer.hidden = false;
      const done = () => { offered = null; offer.hidden = true; area.focus(); };
      on($("[data-kept=back]", offer), "click", () => { put(other.text); done(); keep(); save(); });
      on($("[data-kept=away]", offer), "click", () => { done(); if (dirty()) keep(); else forget(); });
    } else if (item) {
      forget();
    }

    on(area, "input", () => { tint(); keep(); clearTimeout(timer); timer = setTimeout(save, WAIT); });
    on(area, "scroll", () => { under.scrollTop = area.scrollTop; });
    on(area, "focus", () => { field = area; });
    // Who leaves the field for a button of its form is about to send it, with the revision that a save would use up.
    on(area, "blur", (event) => { if (dirty() && event.relatedTarget?.form !== form) save(); });
    on(form, "submit", async (event) => {
      clearTimeout(timer);
      if (running) {
        event.preventDefault();
        await running;
        form.requestSubmit(event.submitter);
        return;
      }
      stored = area.value;
      forget();
    });
    on(window, "online", save);
    on(window, "pagehide", () => {
      // After the end of a session the answer could end the next one; the text is kept here.
      if (!dirty() || form.dataset.conflict || running || ended) return;
      const data = new FormData(form);
      data.set("decision", "save");
      fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" }, credentials: "same-origin", keepalive: true }).catch(() => {});
    });
    on(window, "beforeunload", (event) => { if (!shelf && dirty()) event.preventDefault(); });
  });

  // Where a finding is: the paragraph, and the quoted words where they were typed as they read.
  function visit(link) {
    const para = document.getElementById(`p${link.dataset.place}`), area = $("textarea", para), quote = link.dataset.quote || "";
    para.scrollIntoView({ block: "center" });
    (area || para).focus({ preventScroll: true });
    const at = area && quote ? area.value.indexOf(quote) : -1;
    if (at >= 0) area.setSelectionRange(at, at + quote.length);
  }
  on(document, "click", (event) => {
    const link = event.target.closest("[data-place]");
    if (link) { event.preventDefault(); visit(link); }
  });

  const segments = () => $$("[data-segment]");
  const here = () => document.activeElement.closest("[data-segment]") || $(".para.open[data-segment]");
  function move(step) {
    const all = segments(), open = all.filter((one) => one.dataset.segment === "open"), among = open.length ? open : all;
    if (!among.length) return;
    const at = document.activeElement.closest("[data-segment]"), place = all.indexOf(at);
    const later = among.filter((one) => (step > 0 ? all.indexOf(one) > place : all.indexOf(one) < place && place >= 0));
    const next = (step > 0 ? later[0] : later.at(-1)) || (step > 0 ? among[0] : among.at(-1));
    next.scrollIntoView({ block: "center" });
    ($("textarea[data-ordinal]", next) || next).focus({ preventScroll: true });
  }
  let finding = -1;
  function nextFinding() {
    const found = $$("#agreement .find1[id]");
    if (!found.length) return;
    finding = (finding + 1) % found.length;
    const link = $("[data-place]", found[finding]);
    if (link) { visit(link); return; }
    found[finding].tabIndex = -1;
    found[finding].focus();
  }
  const unfold = (details, inside) => {
    if (!details) return;
    details.open = true;
    const target = inside && $(inside, details) || $("summary", details);
    target.scrollIntoView({ block: "center" });
    target.focus({ preventScroll: true });
  };
  const to = (selector) => { const target = $(selector); if (target) { target.scrollIntoView({ block: "center" }); target.focus({ preventScroll: true }); } };

  // Keys of the desks, by the key's place; the table that people read is web/views/keys.py.
  const keys = document.body.dataset.keys === "on";
  const own = () => here()?.querySelector("form.autosave") || (field && field.form) || $("form.autosave");
  const both = {
    KeyN: () => move(1),
    KeyP: () => move(-1),
    KeyJ: nextFinding,
    KeyY: () => {
      const details = here() && $("[data-history]", here());
      if (details && details.open) { details.open = false; $("summary", details).focus(); } else unfold(details);
    },
    KeyR: () => unfold(here() ? $("[data-remark]", here()) : $("aside [data-remark]"), "textarea"),
  };
  const acts = desk === "review" ? {
    ...both,
    KeyA: () => to("form.accept button"),
    KeyZ: () => unfold($(".return details"), "textarea"),
  } : {
    ...both,
    KeyC: () => { const form = own(); if (form) { field = $("textarea", form); insert(field.dataset.source, true); } },
    KeyI: () => { const form = own(); if (form) { field = $("textarea", form); $("[data-slots] button", form)?.focus(); } },
    KeyG: () => { const term = $("[data-term]"); if (term) { field = own() ? $("textarea", own()) : field; insert(term.dataset.insert); delete term.dataset.term; } },
    KeyK: () => savers.get(own())?.(),
    KeyU: () => to("form.submit button"),
  };
  on(document, "keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter" && event.target.matches("form.autosave textarea")) {
      event.preventDefault();
      event.target.form.requestSubmit($("button[value=done]", event.target.form));
      return;
    }
    const chip = event.target.closest("[data-slots] button");
    if (chip && ["ArrowLeft", "ArrowRight", "Escape"].includes(event.key)) {
      event.preventDefault();
      if (event.key === "Escape") { field.focus(); return; }
      const chips = $$("button", chip.parentElement), step = event.key === "ArrowRight" ? 1 : -1;
      chips[(chips.indexOf(chip) + step + chips.length) % chips.length].focus();
      return;
    }
    if (!keys || !event.altKey || event.ctrlKey || event.metaKey || $("dialog[open]")) return;
    const run = acts[event.code];
    if (run) { event.preventDefault(); run(); }
  });
})();
