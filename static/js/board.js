// The board: moves by mouse and by keys. The server confirms every move; whatever it refuses goes back to its place.
// Without this script the same moves are made on the page behind each card's menu.
const board = () => document.getElementById("board");
const menu = () => document.getElementById("board-move");
const every = (selector, root = document) => [...root.querySelectorAll(selector)];
const words = (name) => board().dataset[name] ?? "";
const typing = (element) => element?.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const cardOf = (ref) => document.getElementById(`deal-${ref}`);
const listOf = (card) => card.closest(".cards");
const say = (text, tone = "success") => window.salesops.toast(text, tone);
const narrow = matchMedia("(max-width: 40rem)");

let at = ""; // the deal that keys speak of
let done = []; // moves that can be taken back

// --- which card, which column ----------------------------------------------------------------------------------------
const columns = () => every(".column:not(.folded)", board());
const cardsOf = (column) => every(".deal", column);
const current = () => cardOf(at) ?? null;

function go(card) {
  if (!card) return;
  every(".deal[tabindex='0']", board()).forEach((one) => { one.tabIndex = -1; });
  at = card.dataset.deal;
  card.tabIndex = 0;
  show(card.closest(".column"));
  card.focus();
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  card.nextElementSibling?.querySelector(":scope > .button")?.click(); // the last card so far: the next ones are on their way
}

function show(column) {
  if (!column) return;
  every(".column.shown", board()).forEach((one) => one.classList.toggle("shown", one === column));
  column.classList.add("shown");
  for (const tab of every(".stage-tabs a[data-jump]")) {
    if (tab.dataset.jump === column.dataset.column) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
}

function jump(key) {
  const column = document.getElementById(`column-${key}`);
  if (!column) return;
  hideMenu();
  show(column);
  column.scrollIntoView({ block: "nearest", inline: "nearest" });
  const first = column.querySelector(".deal");
  if (first) go(first);
  else column.querySelector("h2 a").focus();
}

function walk(key) {
  const card = current();
  if (!card) return go(board().querySelector(".deal"));
  const own = cardsOf(card.closest(".column"));
  const place = own.indexOf(card);
  if (key === "ArrowDown" || key === "ArrowUp") return go(own[place + (key === "ArrowDown" ? 1 : -1)]);
  const sign = (key === "ArrowRight") === (document.documentElement.dir !== "rtl") ? 1 : -1;
  const all = columns();
  for (let n = all.indexOf(card.closest(".column")) + sign; n >= 0 && n < all.length; n += sign) {
    const other = cardsOf(all[n]);
    if (other.length) return go(other[Math.min(place, other.length - 1)]);
  }
}

// --- asking the server -----------------------------------------------------------------------------------------------
async function ask(address, options = {}) {
  const headers = { "HX-Request": "true", "HX-Target": "move", ...JSON.parse(document.body.getAttribute("hx-headers")) };
  const response = await fetch(address, { headers, ...options }).catch(() => null);
  if (!response) { say(document.documentElement.dataset.offline, "danger"); return null; }
  if (response.status >= 500) { say(document.documentElement.dataset.failed, "danger"); return null; }
  if (response.redirected && !options.body) { location.href = response.url; return null; }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return { ok: response.ok, page };
}

async function send(card, fields, { undo = false } = {}) {
  const body = fields instanceof FormData ? fields : new FormData();
  if (!(fields instanceof FormData)) Object.entries(fields).forEach(([name, value]) => body.set(name, value));
  card.setAttribute("aria-busy", "true");
  const address = card.querySelector(".deal-menu").href;
  const answer = await ask(address, { method: "POST", body });
  card.removeAttribute("aria-busy");
  const moved = answer?.page.querySelector("[data-moved]");
  if (moved) { take(card, moved, undo); return true; }
  putBack(card);
  if (answer) refused(card, answer.page);
  return false;
}

function take(card, moved, undo) {
  const { said, left, moved: ref } = moved.dataset;
  const fresh = moved.querySelector(".deal");
  swap(moved);
  countTabs();
  askBars();
  const neighbor = fresh ? null : card.nextElementSibling ?? card.previousElementSibling;
  card.remove();
  hideMenu();
  if (fresh) {
    const placed = put(document.importNode(fresh, true));
    placed.classList.add("arrived");
    if (undo) done.pop();
    else done.push({ ref, stage: left });
    go(placed);
  } else if (neighbor?.matches(".deal")) go(neighbor);
  else board().focus();
  const toast = say(said);
  if (!undo && fresh) offerUndo(toast);
}

function put(card) {
  const list = document.getElementById(`cards-${card.dataset.column}`);
  const far = (one) => [one.dataset.due ? Date.parse(one.dataset.due) : Infinity, Number(one.dataset.pk)];
  const [due, key] = far(card);
  const after = every(".deal", list).find((one) => {
    const [other, number] = far(one);
    return other > due || (other === due && number > key);
  });
  list.insertBefore(card, after ?? list.querySelector(".more"));
  return card;
}

function offerUndo(toast) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small";
  button.append(`${words("undo")} `);
  button.appendChild(document.createElement("kbd")).textContent = "z";
  button.addEventListener("click", () => { toast.remove(); undo(); });
  toast.append(button);
}

function undo() {
  const last = done.at(-1);
  const card = last && cardOf(last.ref);
  if (!card) { done = []; return void say(words("nothing"), "info"); }
  return send(card, { stage: last.stage, version: card.dataset.version }, { undo: true });
}

function refused(card, page) {
  const told = page.querySelector(".move");
  if (!told) {
    const reason = page.querySelector(".blockers, .error-page p, .dialog-body p, h1, h2")?.textContent.trim() ?? "";
    return void say(`${words("refused").replace("#", card.dataset.name)} ${reason}`, "danger");
  }
  if (told.hasAttribute("data-stale")) refresh().then(() => { say(words("faster"), "attention"); go(cardOf(card.dataset.deal)); });
  else openMenu(card, told);
}

function putBack(card) {
  const home = card.dragHome;
  if (!home) return;
  home.list.insertBefore(card, home.next);
  card.dragHome = null;
}

// The board as it is now, without leaving it: after a dialog, and when somebody else was faster.
async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!page.getElementById("board")) return void location.reload();
  const old = new Map(every(".bar-place").map((bar) => [bar.id, bar]));
  for (const id of ["board", "board-total"]) document.getElementById(id)?.replaceWith(document.importNode(page.getElementById(id), true));
  document.querySelector(".stage-tabs").replaceWith(document.importNode(page.querySelector(".stage-tabs"), true));
  for (const told of every("#toasts [data-toast]", page)) document.getElementById("toasts").append(document.importNode(told, true));
  keepBars(old);
  window.htmx.process(board());
  begin();
}

// What the server drew anew takes the place of the old; a bar that was not drawn along stays until it is asked for.
function swap(page) {
  const old = new Map(every(".bar-place").map((bar) => [bar.id, bar]));
  for (const part of every("[data-swap]", page)) {
    if (part.parentElement?.closest("[data-swap]")) continue;
    document.getElementById(part.id)?.replaceWith(document.importNode(part, true));
  }
  keepBars(old);
}

function keepBars(old) {
  for (const place of every("#board .bar-place:not(:has(*))")) if (old.has(place.id)) place.replaceWith(old.get(place.id));
}

// How next steps stand, and what was closed lately: counted over all deals, so the board does not wait for it.
let asking = null;
async function askBars() {
  asking?.abort();
  const mine = asking = new AbortController();
  const headers = { "HX-Request": "true" };
  const response = await fetch(board().dataset.bars, { headers, signal: mine.signal }).catch(() => null);
  if (!response?.ok || response.redirected || mine !== asking || !board()) return;
  swap(new DOMParser().parseFromString(await response.text(), "text/html"));
}

function countTabs() {
  for (const tab of every(".stage-tabs a[data-jump]")) {
    const count = document.querySelector(`#head-${tab.dataset.jump} .count`);
    if (count) tab.querySelector(".count").textContent = count.textContent;
  }
}

// --- the menu of a card ------------------------------------------------------------------------------------------------
async function askMenu(card, address) {
  const answer = await ask(address);
  const told = answer?.page.querySelector(".move");
  if (told) openMenu(card, told);
}

function openMenu(card, told) {
  const box = menu();
  box.replaceChildren(document.importNode(told, true));
  box.dataset.deal = card.dataset.deal;
  if (!box.matches(":popover-open")) box.showPopover();
  beside(box, card);
  const first = box.querySelector(".error-summary, .invalid :is(input, select, textarea)") && box.querySelector(".invalid :is(input, select, textarea)");
  (first ?? box.querySelector(".fields :is(input, select, textarea):not([type=hidden]), [data-near], .ways :is(button, a)") ?? box.querySelector("a, button"))?.focus();
}

function beside(box, card) {
  if (narrow.matches) { box.style.removeProperty("left"); box.style.removeProperty("top"); return; }
  const place = (card.querySelector(".deal-menu") ?? card).getBoundingClientRect();
  const left = Math.min(Math.max(8, place.right - box.offsetWidth), innerWidth - box.offsetWidth - 8);
  const top = place.bottom + 4 + box.offsetHeight > innerHeight ? Math.max(8, innerHeight - box.offsetHeight - 8) : place.bottom + 4;
  box.style.left = `${left}px`;
  box.style.top = `${top}px`;
}

function hideMenu() {
  const box = menu();
  if (!box?.matches(":popover-open")) return;
  box.hidePopover();
}

function emptied(event) {
  if (event.target.id !== "board-move" || event.newState !== "closed") return;
  const inside = event.target.contains(document.activeElement) || document.activeElement === document.body;
  event.target.replaceChildren();
  if (inside && !document.querySelector("dialog[open]")) cardOf(event.target.dataset.deal)?.focus();
}

function onSubmit(event) {
  const form = event.target.closest(".move form");
  if (!form || !board()) return;
  event.preventDefault();
  event.stopPropagation();
  const card = cardOf(form.closest(".move").dataset.move);
  if (card.getAttribute("aria-busy") !== "true") send(card, new FormData(form, event.submitter));
}

function onClick(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("a");
  if (!link || !board()) return;
  if (link.matches("[data-jump]")) { event.preventDefault(); return jump(link.dataset.jump); }
  if (link.matches(".deal-menu")) {
    event.preventDefault();
    const card = link.closest(".deal");
    at = card.dataset.deal;
    return askMenu(card, link.href);
  }
  if (link.matches(".move [data-ask]")) {
    event.preventDefault();
    return askMenu(cardOf(link.closest(".move").dataset.move), link.href);
  }
  if (link.matches(".move [data-dialog]")) queueMicrotask(hideMenu);
}

function openDialog(address) {
  const link = document.createElement("a");
  link.href = address;
  link.dataset.dialog = "";
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
}

// A dialog that has done its work leads to the record; here the board goes on, as it is now.
function onAnswer(event) {
  if (!board() || event.detail.target?.id !== "dialog" || !event.detail.xhr.getResponseHeader("HX-Redirect")) return;
  event.preventDefault();
  document.getElementById("dialog").close();
  const deal = at;
  refresh().then(() => go(cardOf(deal) ?? board().querySelector(".deal")));
}

// --- keys --------------------------------------------------------------------------------------------------------------
function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || !board()) return;
  if (document.querySelector("dialog[open]")) return;
  if (menu()?.contains(event.target)) return menuKey(event);
  if (event.target.closest("details[data-menu][open]")) return;
  const card = event.target.closest(".deal") ?? current();
  const act = {
    ArrowUp: () => walk("ArrowUp"), ArrowDown: () => walk("ArrowDown"),
    ArrowLeft: () => (event.shiftKey ? step(card, -1) : walk("ArrowLeft")),
    ArrowRight: () => (event.shiftKey ? step(card, 1) : walk("ArrowRight")),
    m: () => card && askMenu(card, card.querySelector(".deal-menu").href),
    s: () => card && schedule(card),
    z: () => undo(),
    Enter: () => event.target === card && card.querySelector(".deal-name").click(),
  }[event.key];
  if (!act || (event.key === "Enter" && event.target !== card)) return;
  event.preventDefault();
  act();
}

function menuKey(event) {
  if (!["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  const items = every(".ways :is(button, a)", menu());
  if (!items.length) return;
  event.preventDefault();
  const place = items.indexOf(document.activeElement);
  const next = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: items.length - 1 }[event.key];
  items.at(next % items.length).focus();
}

function step(card, sign) {
  if (!card || card.getAttribute("aria-busy") === "true") return;
  if (card.classList.contains("fixed")) return void say(words("fixed"), "attention");
  const ahead = (sign > 0) === (document.documentElement.dir !== "rtl");
  send(card, { stage: ahead ? "next" : "previous", version: card.dataset.version });
}

async function schedule(card) {
  const answer = await ask(card.querySelector(".deal-menu").href);
  const link = answer?.page.querySelector("[data-schedule]");
  if (link) openDialog(link.getAttribute("href"));
}

// --- dragging with a mouse or a pen; fingers scroll and use the menu ----------------------------------------------------
let drag = null;

function onDown(event) {
  const card = event.target.closest?.("#board .deal");
  if (!card || event.button !== 0 || event.pointerType === "touch" || event.target.closest(".deal-menu")) return;
  drag = { card, x: event.clientX, y: event.clientY, started: false, over: null };
}

function onDrag(event) {
  if (!drag) return;
  const { card } = drag;
  if (!drag.started) {
    if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 6) return;
    if (card.classList.contains("fixed") || card.getAttribute("aria-busy") === "true") { drag = null; return; }
    drag.started = true;
    getSelection()?.removeAllRanges();
    lift(card);
    card.classList.add("dragged");
    board().classList.add("dragging");
  }
  event.preventDefault();
  drag.carried.style.translate = `${event.clientX - drag.x}px ${event.clientY - drag.y}px`;
  const edge = board().getBoundingClientRect();
  if (event.clientX > edge.right - 48) board().scrollLeft += 12;
  if (event.clientX < edge.left + 48) board().scrollLeft -= 12;
  const over = document.elementFromPoint(event.clientX, event.clientY)?.closest("#board .column") ?? null;
  if (over === drag.over) return;
  drag.over?.classList.remove("over");
  drag.over = over;
  over?.classList.add("over");
}

// What follows the pointer is a copy: the card itself stays where it is until the server has moved it.
function lift(card) {
  const place = card.getBoundingClientRect();
  const copy = card.cloneNode(true);
  for (const marked of [copy, ...every("[id]", copy)]) marked.removeAttribute("id");
  copy.setAttribute("aria-hidden", "true");
  copy.inert = true;
  copy.classList.add("carried");
  copy.style.left = `${place.left}px`;
  copy.style.top = `${place.top}px`;
  copy.style.width = `${place.width}px`;
  document.body.append(copy);
  drag.carried = copy;
}

function endDrag() {
  const { card, over, carried } = drag;
  drag = null;
  carried.remove();
  card.classList.remove("dragged");
  board().classList.remove("dragging");
  over?.classList.remove("over");
  return { card, over };
}

function onUp() {
  if (!drag?.started) { drag = null; return; }
  const { card, over } = endDrag();
  // The click that ends a drag opens nothing.
  const swallow = (event) => { event.preventDefault(); event.stopPropagation(); };
  addEventListener("click", swallow, { capture: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
  drop(card, over);
}

function drop(card, over) {
  const key = over?.dataset.column;
  if (!key || key === card.dataset.column) return;
  at = card.dataset.deal;
  if (key === "won" || key === "lost") return void (card.dataset[key] ? openDialog(card.dataset[key]) : say(words("fixed"), "attention"));
  card.dragHome = { list: listOf(card), next: card.nextElementSibling };
  over.querySelector(".cards").prepend(card);
  send(card, { stage: key, version: card.dataset.version });
}

// --- at work -----------------------------------------------------------------------------------------------------------
function begin() {
  if (!board()) return;
  const named = location.hash.startsWith("#deal-") ? document.getElementById(location.hash.slice(1)) : null;
  const column = document.getElementById(location.hash.startsWith("#column-") ? location.hash.slice(1) : "");
  const card = current() ?? named ?? board().querySelector(".deal");
  if (card) { at = card.dataset.deal; card.tabIndex = 0; }
  show((column && !column.classList.contains("folded") ? column : card?.closest(".column")) ?? columns()[0]);
  if (named && card === named) go(named);
  if (!board().hasAttribute("data-barred")) askBars();
}

document.addEventListener("keydown", onKey);
document.addEventListener("click", onClick);
document.addEventListener("submit", onSubmit, true);
document.addEventListener("toggle", emptied, true);
document.addEventListener("htmx:beforeOnLoad", onAnswer);
document.addEventListener("htmx:afterSettle", () => {
  const seen = new Map();
  for (const card of every("#board .deal")) { seen.get(card.id)?.remove(); seen.set(card.id, card); }
});
document.addEventListener("focusin", (event) => { const card = event.target.closest?.("#board .deal"); if (card) at = card.dataset.deal; });
document.addEventListener("pointerdown", onDown);
document.addEventListener("pointermove", onDrag);
document.addEventListener("pointerup", onUp);
document.addEventListener("pointercancel", () => { if (drag) endDrag(); });
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && drag?.started) endDrag(); });
begin();
