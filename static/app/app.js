// What HTML and htmx cannot say by themselves. Pages work without it; nothing here decides anything.
"use strict";
(() => {
  const drawer = document.getElementById("drawer");
  const panel = document.getElementById("panel");
  const voices = document.getElementById("voices"); // toasts and the live region, heard inside an open dialog too
  const toasts = document.getElementById("toasts");
  const live = document.getElementById("live");
  let opener = null;

  const on = (name, handle) => document.addEventListener(name, handle);
  const failed = ({ response }) => !response || response.status >= 400;
  const asksAgain = ({ sourceElement }) => sourceElement.matches("[data-poll]"); // by itself, every few seconds
  const say = (template) => toasts.prepend(document.getElementById(template).content.cloneNode(true));

  // ---- side panel
  const origin = (element) => {
    const menu = element.closest("[popover]");
    return (menu && document.querySelector(`[popovertarget="${menu.id}"]`)) || element;
  };
  const open = () => {
    if (!drawer.open) drawer.showModal();
    drawer.append(voices);
    const first = panel.querySelector("[aria-invalid=true], [data-first-error], [autofocus]");
    (first || document.getElementById("panel-title"))?.focus();
  };
  drawer?.addEventListener("click", (event) => {
    if (event.target === drawer || event.target.closest("[data-close]")) drawer.close();
  });
  drawer?.addEventListener("keydown", (event) => {
    if (event.key !== "Tab") return; // from the last stop to the first and back, not to the page behind
    const stops = [...drawer.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")].filter(
      (stop) => !stop.disabled && stop.checkVisibility(),
    );
    const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
    if (document.activeElement !== from) return;
    event.preventDefault();
    to.focus();
  });
  drawer?.addEventListener("close", () => {
    document.body.append(voices);
    panel.replaceChildren();
    if (opener?.matches("select[hx-post]")) reset(opener);
    const back = opener?.isConnected ? opener : document.getElementById(opener?.dataset.row) || document.getElementById("main");
    back.focus();
    opener = null;
  });

  // ---- htmx: a request begins
  on("htmx:before:request", ({ detail: { ctx } }) => {
    const source = ctx.sourceElement;
    source.setAttribute("aria-busy", "true");
    ctx.request.submitter?.setAttribute("data-used", "");
    if (ctx.target === panel && !drawer.open) opener = origin(source);
    source.closest(".menu-body")?.hidePopover();
  });
  on("htmx:finally:request", ({ detail: { ctx } }) => {
    ctx.sourceElement.removeAttribute("aria-busy");
    ctx.request.submitter?.removeAttribute("data-used");
    const select = ctx.sourceElement;
    if (failed(ctx) && select.matches("select")) reset(select);
  });

  // ---- htmx: an answer arrives; a whole page never becomes part of another
  on("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    if (!/^\s*<!doctype/i.test(ctx.text)) return;
    event.preventDefault();
    if (asksAgain(ctx) && ctx.response.status < 500) location.reload(); // the page itself says why it may no more be read
    else if (failed(ctx)) {
      if (!asksAgain(ctx)) say("toast-broken");
    } else location.assign(ctx.response.raw.url);
  });
  on("htmx:error", ({ detail: { ctx } }) => {
    if (ctx && !ctx.response && !asksAgain(ctx)) say("toast-offline");
  });
  on("htmx:after:swap", ({ detail: { ctx } }) => {
    const source = ctx.sourceElement;
    const target = typeof ctx.target === "string" ? document.querySelector(ctx.target) : ctx.target; // hx-status leaves a selector
    const inside = panel.contains(target);
    if (!failed(ctx) && ctx.request.method !== "GET" && drawer.open && !inside) drawer.close();
    else if (panel.childElementCount && (inside || ctx.response.status === 422)) {
      if (!drawer.open) opener ??= origin(source); // an answer that went to the panel by itself
      open();
    }
    if (ctx.response.status === 422 && !drawer.open) firstError(document);
    if (panel.querySelector("[id^=job-]")) untick(); // what was ticked is done, or on its way
    if (!failed(ctx) && source.matches("[data-undo]")) source.closest("[data-toast]")?.remove();
    const news = document.querySelector("[data-announce]");
    if (news && ctx.request.method === "GET" && live.textContent !== news.textContent) live.textContent = news.textContent;
    count();
    tell();
  });
  // A morph changes which option is the default, not which one is chosen.
  on("htmx:after:settle", ({ target }) => target.querySelectorAll?.("select[hx-post]").forEach(reset));
  const reset = (select) => [...select.options].forEach((option) => (option.selected = option.defaultSelected));


  // ---- a select that is a deed: arrows only choose, Enter or leaving it does it, Escape takes it back; a mouse does it at once
  const deed = (target) => (target.matches?.("select[hx-post]") ? target : null);
  const release = (select) => {
    if (!select?.hasAttribute("data-held")) return;
    select.removeAttribute("data-held");
    if (!select.selectedOptions[0]?.defaultSelected) select.dispatchEvent(new Event("change", { bubbles: true }));
  };
  let keyed = null; // the select that was last moved by a key
  on("pointerdown", () => (keyed = null));
  on("keydown", (event) => {
    const select = deed(event.target);
    if (!select) return;
    const held = select.hasAttribute("data-held");
    keyed = /^(Enter|Tab|Escape)$/.test(event.key) ? null : select;
    if (!held || !/^(Enter|Escape)$/.test(event.key)) return;
    event.preventDefault();
    if (event.key === "Escape") reset(select);
    release(select);
  });
  document.addEventListener(
    "change",
    (event) => {
      if (!deed(event.target) || event.target !== keyed) return;
      event.stopPropagation(); // before htmx hears of it
      event.target.setAttribute("data-held", "");
      live.textContent = document.getElementById("word-held")?.textContent || "";
    },
    true,
  );
  on("focusout", ({ target }) => release(deed(target)));

  const firstError = (scope) => scope.querySelector("[aria-invalid=true], [data-first-error]")?.focus();

  // ---- toasts: those without trouble in them go by themselves, unless somebody is there
  const leave = (toast) =>
    setTimeout(() => (toast.matches(":hover, :focus-within") ? leave(toast) : toast.remove()), toast.querySelector("form, a") ? 20000 : 8000);
  if (toasts)
    new MutationObserver((changes) =>
      changes.flatMap(({ addedNodes }) => [...addedNodes]).forEach((node) => node.matches?.("[data-toast]:not(.tone-red)") && leave(node)),
    ).observe(toasts, { childList: true });

  // ---- tick boxes: one list a page; they name their form with form="…", for rows hold forms of their own
  const boxes = () => [...document.querySelectorAll("[name=ids]")];
  const count = () => {
    const ticked = boxes().filter((box) => box.checked).length;
    const head = document.querySelector("[data-bulk-head]");
    document.querySelectorAll("[data-bulk-count]").forEach((output) => (output.textContent = ticked));
    if (head) [head.checked, head.indeterminate] = [ticked > 0 && ticked === boxes().length, ticked > 0 && ticked < boxes().length];
  };
  const untick = () => [...boxes(), ...document.querySelectorAll("[name=all_matching]")].forEach((box) => (box.checked = false));
  on("change", ({ target }) => {
    if (target.matches("[data-bulk-head]")) boxes().forEach((box) => (box.checked = target.checked));
    if (target.matches("[data-bulk-head], [name=ids]")) count();
  });

  // ---- menus: arrows, Home, End and first letters move between the items; Escape and the way back are the browser's
  on("keydown", (event) => {
    const { key, target } = event;
    const menu = target.closest(".menu")?.querySelector(".menu-body");
    if (!menu || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.matches(".menu-button") && /^Arrow(Down|Up)$/.test(key) && !menu.matches(":popover-open")) target.click();
    if (!menu.matches(":popover-open")) return;
    const items = [...menu.querySelectorAll(".menu-item")];
    const at = items.indexOf(target);
    const begins = (item) => item.textContent.trim().toLowerCase().startsWith(key.toLowerCase());
    const moves = { ArrowDown: items[at + 1] || items[0], ArrowUp: items.at(at > 0 ? at - 1 : -1), Home: items[0], End: items.at(-1) };
    const next = moves[key] || (/^[^ ]$/u.test(key) && [...items.slice(at + 1), ...items].find(begins));
    if (!next) return;
    event.preventDefault();
    next.focus();
  });

  // ---- search: / leads to it, Escape out of it, arrows move between what it found
  on("keydown", (event) => {
    const { key, target } = event;
    const search = document.querySelector("[data-search]");
    if (!search || event.ctrlKey || event.metaKey || event.altKey) return;
    const box = search.form;
    if (key === "/" && !drawer?.open && !target.matches("input, textarea, select, [contenteditable]")) {
      event.preventDefault();
      search.focus();
    }
    if (!box.contains(target)) return;
    if (key === "Escape") target.blur();
    const stops = [search, ...box.querySelectorAll("#found a")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (!step || stops.length < 2) return;
    event.preventDefault();
    stops.at((stops.indexOf(target) + step) % stops.length).focus();
  });

  // ---- what was changed and not saved: counted beside the form, told before one leaves; what was told of the last save goes
  const edit = () => document.querySelector("[data-edit]");
  let sent = false;
  let touched = null;
  const differs = (field) => {
    if (field.dataset.saved) return field.checked !== (field.dataset.saved === "on");
    if (field.type === "radio") return field.checked && !field.defaultChecked;
    return field.type === "checkbox" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
  };
  const unsaved = () => {
    if (sent || !edit()) return 0;
    const found = [...edit().querySelectorAll("input:not([type=hidden]), textarea")].filter(differs).length;
    return found || (edit().dataset.edit === "given" ? 1 : 0); // given back, because it could not be saved
  };
  const tell = () => {
    const bar = document.querySelector("[data-unsaved]");
    const changes = unsaved();
    if (!bar || (bar.hidden && !changes)) return;
    bar.hidden = !changes;
    bar.querySelector("[data-one]").hidden = changes !== 1;
    bar.querySelector("[data-many]").hidden = changes === 1;
    bar.querySelector("[data-many] b").textContent = changes;
    if (changes) document.querySelectorAll("[data-told=success]").forEach((line) => line.classList.add("invisible"));
  };
  on("input", ({ target }) => {
    if (!target.closest("[data-edit]")) return;
    touched = target;
    tell();
  });
  on("reset", ({ target }) => {
    if (!target.matches("[data-edit]")) return;
    if (target.dataset.edit === "given") {
      sent = true;
      location.assign(location.pathname + location.search); // what is saved stands on the page alone
      return;
    }
    setTimeout(() => {
      target.querySelectorAll("[data-saved]").forEach((box) => (box.checked = box.dataset.saved === "on"));
      (touched?.isConnected ? touched : document.getElementById("main")).focus({ preventScroll: true });
      tell();
    });
  });
  on("submit", ({ target }) => (sent = target.matches("[data-edit]")));
  addEventListener("pageshow", () => {
    sent = false;
    tell();
    document.querySelector(":target .tick-cell input")?.focus({ preventScroll: true }); // the cell that a link led to
  });
  addEventListener("beforeunload", (event) => unsaved() && event.preventDefault());

  // ---- a message is sent by Ctrl + Enter
  on("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches("[data-send]")) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });

  // ---- clicks
  on("click", async ({ target }) => {
    target.closest("[data-dismiss]")?.closest("[data-toast]").remove();
    const copy = target.closest("[data-copy]");
    if (!copy) return;
    await navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).textContent.trim());
    live.textContent = copy.dataset.copied || "";
    copy.classList.add("copied");
  });
  on("click", ({ target }) => {
    if (target.closest("[data-print]")) window.print();
    const save = target.closest("[data-save]");
    if (!save) return;
    const file = new Blob([document.getElementById(save.dataset.save).textContent], { type: "text/plain" });
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: save.dataset.name });
    link.click();
    URL.revokeObjectURL(link.href);
  });

  // ---- passkeys: allauth tells what the browser refused; the page has the words for it
  on("allauth.error", (event) => {
    const box = document.getElementById("passkey-trouble");
    if (!box) return;
    event.preventDefault();
    const lines = [...box.querySelectorAll("[data-trouble]")];
    const line = lines.find(({ dataset }) => dataset.trouble === event.detail.exception?.name) || lines.at(-1);
    lines.forEach((other) => (other.hidden = other !== line));
    document.activeElement?.closest(".btn-list, form")?.before(box);
    box.hidden = false;
    box.focus();
  });

  // ---- tabs that do not fit: the one that is open is in sight
  document.querySelectorAll(".tabs [aria-current], .tab-pages [aria-current]").forEach((tab) => {
    const row = tab.closest("ul, nav");
    if (row.scrollWidth > row.clientWidth) row.scrollLeft += tab.getBoundingClientRect().right - row.getBoundingClientRect().right + 24;
  });

  document.querySelector("[data-told=success]")?.focus({ preventScroll: true }); // what a form of the page before did
  firstError(document);
  count();
})();
