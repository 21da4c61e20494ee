// Comfort on top of pages that work without it: dialogs, menus, keys, toasts, a theme switch, a warning before loss.
const doc = document.documentElement;
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const byId = (id) => document.getElementById(id);
const typing = (element) => element?.matches?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
const shown = (element) => element.getClientRects().length > 0 || element.closest("details:not([open])");

doc.classList.add("js");

// --- keys: every element names its own in data-key; the same marks draw the ? sheet, so it cannot go stale ----------
let pending = "";
let pendingTimer = 0;

function keyed() {
  return all("[data-key]").filter((element) => shown(element) && !element.closest("dialog:not([open])"));
}

function press(element) {
  if (typing(element)) {
    element.focus();
    element.select?.();
  } else if (element.matches("summary")) {
    element.parentElement.open = true;
    element.focus();
  } else {
    element.click();
  }
}

function wait(key) {
  pending = key;
  clearTimeout(pendingTimer);
  pendingTimer = setTimeout(() => { pending = ""; }, 1200);
}

function onKey(event) {
  const mod = event.ctrlKey || event.metaKey;
  if (mod && event.key === "Enter") {
    const form = event.target.closest?.("form") ?? document.querySelector("dialog[open] form[method=post], main form.form");
    const button = form?.querySelector("[data-key='mod+Enter']");
    if (button) { event.preventDefault(); button.click(); }
    return;
  }
  if (event.key === "Escape") return closeMenus();
  if (mod || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  const chord = pending ? `${pending} ${event.key}` : event.key;
  const found = keyed().find((element) => element.dataset.key === chord);
  const begins = !pending && all("[data-key]").some((element) => element.dataset.key.startsWith(`${event.key} `));
  if (found) {
    event.preventDefault();
    pending = "";
    press(found);
    if (begins) wait(event.key);
  } else if (begins) {
    wait(event.key);
  } else {
    pending = "";
    if (event.key === "j" || event.key === "k") walkRows(event.key === "j" ? 1 : -1);
    if (event.key === "Enter" && document.activeElement === document.body) document.querySelector("tr.at a")?.click();
  }
}

function walkRows(step) {
  const rows = all("[data-rows] tbody tr");
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.classList.contains("at"));
  const next = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
  rows.forEach((row) => row.classList.toggle("at", row === next));
  next.querySelector("a")?.focus();
  next.scrollIntoView({ block: "nearest" });
}

function drawSheet(dialog) {
  const label = (element) => (element.getAttribute("aria-label") || element.innerText || element.textContent).replace(/\s+/g, " ").trim();
  const seen = new Map();
  for (const element of all("[data-key]")) {
    const key = element.dataset.key.replace("mod", navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl");
    if (!seen.has(key)) {
      const name = [...element.childNodes].filter((node) => node.nodeName !== "KBD").map((node) => node.textContent).join(" ").replace(/\s+/g, " ").trim();
      seen.set(key, name || label(element));
    }
  }
  if (document.querySelector("[data-rows]")) seen.set("j / k", dialog.dataset.rows || "Next / previous row");
  const list = document.createElement("dl");
  list.className = "keys";
  for (const [key, text] of [...seen].sort((one, two) => one[0].localeCompare(two[0]))) {
    const row = document.createElement("div");
    const term = row.appendChild(document.createElement("dt"));
    term.textContent = text;
    row.appendChild(document.createElement("dd")).appendChild(document.createElement("kbd")).textContent = key;
    list.append(row);
  }
  dialog.querySelector("dl")?.replaceWith(list);
}

// --- menus are <details>: close on a click elsewhere, on Escape, when another opens -----------------------------------
function closeMenus(except) {
  for (const menu of all("details[data-menu][open]")) {
    if (menu === except || menu.contains(except)) continue;
    const inside = menu.contains(document.activeElement);
    menu.open = false;
    if (inside && !except) menu.querySelector("summary").focus();
  }
}

function onMenuKey(event) {
  const menu = event.target.closest?.("details[data-menu][open]");
  if (!menu || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  event.preventDefault();
  const items = all("a, button", menu).filter(shown);
  const at = items.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  items.at(next % items.length)?.focus();
}

// --- dialogs: a link with data-dialog shows its page in <dialog>; forms in it answer in place --------------------------
let opener = null;

function openDialog(link) {
  opener = link;
  closeMenus();
  window.htmx.ajax("GET", link.href, { target: "#dialog", swap: "innerHTML" });
}

function settleDialog() {
  const dialog = byId("dialog");
  const action = dialog.dataset.url;
  ownIds(dialog);
  for (const form of all("form[method=post]", dialog)) {
    if (form.hasAttribute("hx-post")) continue;
    form.setAttribute("hx-post", form.getAttribute("action") || action);
    form.setAttribute("hx-target", "#dialog");
    form.setAttribute("hx-swap", "innerHTML");
    form.setAttribute("hx-sync", "this:drop");
    window.htmx.process(form);
  }
  if (!dialog.open) dialog.showModal();
  const first = dialog.querySelector("[data-autofocus], [autofocus]") ?? dialog.querySelector(".dialog-body :is(input, select, textarea):not([type=hidden])");
  (first ?? dialog.querySelector("button"))?.focus();
  // What stands in a box of one line is written over by typing, as in a cell.
  if (first instanceof HTMLInputElement && first.value) first.select();
}

// The page below may hold a form with the same field ids: labels in the dialog must find their own fields.
function ownIds(dialog) {
  for (const element of all("[id]:not(#dialog-title):not([id^=in-dialog-])", dialog)) element.id = `in-dialog-${element.id}`;
  for (const name of ["for", "aria-describedby", "href", "popovertarget", "list"]) {
    for (const element of all(`[${name}]`, dialog)) {
      const own = element.getAttribute(name).split(" ").map((id) => {
        const bare = id.replace("#", "");
        return bare && byId(`in-dialog-${bare}`) ? id.replace(bare, `in-dialog-${bare}`) : id;
      });
      element.setAttribute(name, own.join(" "));
    }
  }
}

// --- toasts ------------------------------------------------------------------------------------------------------------
function toast(text, tone = "info") {
  const box = document.createElement("div");
  box.className = `toast ${tone}`;
  box.dataset.toast = "";
  box.innerHTML = '<svg class="shape" aria-hidden="true"><use/></svg><p></p>';
  box.querySelector("use").setAttribute("href", `#shape-${tone}`);
  box.querySelector("p").textContent = text;
  byId("toasts").append(box);
  settleToasts();
  return box;
}

function settleToasts() {
  const open = all("[data-toast]");
  open.slice(0, -3).forEach((box) => box.remove());
  for (const box of open.filter((one) => !one.dataset.timed)) {
    box.dataset.timed = "1";
    let timer = 0;
    const run = () => { timer = setTimeout(() => box.remove(), 10000); };
    box.addEventListener("mouseenter", () => clearTimeout(timer));
    box.addEventListener("focusin", () => clearTimeout(timer));
    box.addEventListener("mouseleave", run);
    box.addEventListener("focusout", run);
    run();
  }
}

// --- waiting: a thin bar after 300 ms, for htmx and for leaving the page ----------------------------------------------
let bar = null;
let asked = 0;

function busy(change) {
  asked = Math.max(0, asked + change);
  if (asked && !bar) {
    bar = document.createElement("div");
    bar.className = "progress";
    document.body.append(bar);
  } else if (!asked && bar) {
    bar.remove();
    bar = null;
  }
}

// --- forms: one send only, and no change is lost by walking away -----------------------------------------------------
function onSubmit(event) {
  const form = event.target;
  if (form.dataset.sent) return void event.preventDefault();
  form.classList.remove("dirty");
  if (event.defaultPrevented) return;
  if (form.method === "dialog" || form.hasAttribute("hx-post") || form.hasAttribute("hx-get")) return;
  if (form.hasAttribute("data-theme-switch")) return switchTheme(event);
  if (form.method === "post") {
    form.dataset.sent = "1";
    busy(1);
  }
}

function switchTheme(event) {
  event.preventDefault();
  const theme = event.submitter.value;
  doc.dataset.theme = theme;
  for (const button of all("button[name=theme]")) button.setAttribute("aria-pressed", String(button.value === theme));
  window.htmx.ajax("POST", event.target.action, { values: { theme }, swap: "none" });
}

function onClick(event) {
  const link = event.target.closest("a[data-dialog]");
  if (link && window.htmx && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    return openDialog(link);
  }
  if (event.target.closest("[data-close-dialog]") && byId("dialog").open) {
    event.preventDefault();
    byId("dialog").close();
  }
  const sheet = event.target.closest("[data-open]");
  if (sheet) {
    const dialog = byId(sheet.dataset.open);
    closeMenus();
    if (dialog.id === "shortcuts") drawSheet(dialog);
    dialog.showModal();
  }
  const copier = event.target.closest("[data-copy]");
  if (copier) navigator.clipboard?.writeText(byId(copier.dataset.copy).value).then(() => toast(copier.dataset.copied, "success"));
  event.target.closest("[data-dismiss]")?.closest("[data-toast]").remove();
  if (event.target.matches("dialog")) event.target.close();
  closeMenus(event.target.closest("details[data-menu]") ?? event.target);
}

document.addEventListener("keydown", onKey);
document.addEventListener("keydown", onMenuKey);
document.addEventListener("click", onClick);
document.addEventListener("submit", onSubmit);
document.addEventListener("input", (event) => event.target.closest("form[data-guard]")?.classList.add("dirty"));
window.addEventListener("beforeunload", (event) => { if (document.querySelector("form.dirty")) event.preventDefault(); });
window.addEventListener("pageshow", () => {
  asked = 0;
  busy(0);
  all("form[data-sent]").forEach((form) => delete form.dataset.sent);
});
document.addEventListener("close", (event) => {
  if (event.target.id !== "dialog") return;
  event.target.replaceChildren();
  opener?.focus();
}, true);
document.addEventListener("focusin", (event) => {
  const blocked = event.target.matches?.(".blocked[popovertarget]:focus-visible") ? event.target : null;
  if (blocked) byId(blocked.getAttribute("popovertarget")).showPopover?.({ source: blocked });
});

document.addEventListener("htmx:beforeRequest", (event) => {
  busy(1);
  if (event.detail.target?.id === "dialog") event.detail.target.dataset.url = event.detail.pathInfo.requestPath;
});
document.addEventListener("htmx:afterRequest", () => busy(-1));
document.addEventListener("htmx:afterSettle", (event) => {
  settleToasts();
  if (event.detail.target?.id === "dialog") return settleDialog();
  if (document.activeElement === document.body) (document.querySelector("[data-autofocus]") ?? byId("document")).focus({ preventScroll: true });
});
document.addEventListener("htmx:sendError", () => toast(doc.dataset.offline, "danger"));
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status >= 500) toast(doc.dataset.failed, "danger");
});

const ready = () => {
  settleToasts();
  const asked = location.hash.startsWith("#id_") ? byId(location.hash.slice(1)) : null;
  // A form to create something begins with its first field; on a touch screen no keyboard jumps up.
  const blank = location.pathname.endsWith("/new/") && matchMedia("(pointer: fine)").matches;
  const first = blank ? document.querySelector("main form.form :is(input, select, textarea):not([type=hidden])") : null;
  (document.querySelector("[data-autofocus]") ?? asked ?? first)?.focus();
};
document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", ready) : ready();

// --- waiting for the ERP: the parts of a page marked data-live are read anew, and only what differs is exchanged ------
const LIVE_EVERY = 4000;
const LIVE_ROUNDS = 150;

function plain(element) {
  const copy = element.cloneNode(true);
  copy.querySelectorAll("input[name=csrfmiddlewaretoken], time").forEach((each) => each.remove());
  return copy.innerHTML.replace(/\s+/g, " ");
}

async function readAnew() {
  const parts = all("[data-live]");
  if (!parts.length || document.hidden || document.querySelector("dialog[open], details[data-menu][open], form.dirty, :popover-open")) return;
  const response = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!response?.ok || response.redirected) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const part of parts) {
    const next = fresh.getElementById(part.id);
    if (!next || !part.isConnected || part.contains(document.activeElement) || plain(part) === plain(next)) continue;
    part.replaceChildren(...document.importNode(next, true).childNodes);
    window.htmx.process(part);
    if (part.dataset.live === "status") toast(`${part.dataset.word} ${(part.querySelector(".badge") ?? part).textContent.trim()}`, "success");
  }
  if (!fresh.querySelector("[data-live]")) parts.forEach((part) => part.removeAttribute("data-live"));
}

let rounds = 0;
setInterval(() => { if (rounds < LIVE_ROUNDS && document.querySelector("[data-live]")) { rounds += 1; readAnew(); } }, LIVE_EVERY);

window.salesops = { toast };
