// Comfort for timelines and the day: the bell, the composer, @names, dropped files, rows by keyboard. All of it works without.
const every = (selector, root = document) => [...root.querySelectorAll(selector)];

// --- the bell asks once a minute while somebody looks; the browser answers 304 from its own memory --------------------
const bell = document.querySelector("[data-bell]");

async function ring() {
  if (!bell || document.hidden) return;
  const answer = await fetch(bell.dataset.bell, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const said = await answer.json();
  bell.querySelector(".waiting").textContent = said.shown;
  bell.setAttribute("aria-label", said.count ? `${bell.dataset.word}: ${said.text}` : bell.dataset.word);
}

if (bell) {
  ring();
  setInterval(ring, 60000);
  document.addEventListener("visibilitychange", ring);
}

// --- the composer: opening a form leads into it ---------------------------------------------------------------------
document.addEventListener("toggle", (event) => {
  const box = event.target;
  if (!box.open || !box.matches?.(".composer > details")) return;
  every(".composer > details[open]").filter((other) => other !== box).forEach((other) => { other.open = false; });
  const first = box.querySelector("textarea, input:not([type=hidden])");
  first?.focus();
  first?.select?.();
}, true);

// --- @names: colleagues who may see the record, while one types -------------------------------------------------------
let list = null;
let box = null;
let asked = 0;
let timer = 0;

const called = (field) => /(?:^|[\s,;(])@([\w.+-]*)$/.exec(field.value.slice(0, field.selectionStart));

function closeNames() {
  list?.remove();
  list = null;
  box?.removeAttribute("aria-activedescendant");
  box?.setAttribute("aria-expanded", "false");
}

function mark(at) {
  const options = every("[role=option]", list);
  options.forEach((one, number) => one.setAttribute("aria-selected", String(number === at)));
  box.setAttribute("aria-activedescendant", options[at]?.id ?? "");
}

function take(option) {
  const found = called(box);
  if (!found) return closeNames();
  const at = box.selectionStart - found[1].length;
  box.setRangeText(`${option.dataset.username} `, at, box.selectionStart, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
  closeNames();
}

async function offer(field) {
  const found = called(field);
  if (!found) return closeNames();
  const turn = ++asked;
  const about = field.closest("[data-about]")?.dataset.about ?? "";
  const query = new URLSearchParams({ q: found[1], about });
  const answer = await fetch(`/activities/people/?${query}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || turn !== asked || !called(field)) return;
  const { people } = await answer.json();
  closeNames();
  if (!people.length) return;
  box = field;
  list = document.createElement("ul");
  list.className = "menu-list mention-list";
  list.id = "names";
  list.setAttribute("role", "listbox");
  people.forEach((one, number) => {
    const row = list.appendChild(document.createElement("li"));
    row.id = `name-${number}`;
    row.className = "menu-item";
    row.setAttribute("role", "option");
    row.dataset.username = one.username;
    row.textContent = `${one.name} @${one.username}`;
  });
  field.insertAdjacentElement("afterend", list);
  field.setAttribute("aria-controls", "names");
  field.setAttribute("aria-expanded", "true");
  mark(0);
}

document.addEventListener("input", (event) => {
  if (!event.target.matches?.("[data-mentions]")) return;
  clearTimeout(timer);
  timer = setTimeout(() => offer(event.target), 120);
});

document.addEventListener("keydown", (event) => {
  if (!list || event.target !== box) return;
  const options = every("[role=option]", list);
  const at = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    mark((at + (event.key === "ArrowDown" ? 1 : options.length - 1)) % options.length);
  } else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") {
    take(options[at]);
  } else if (event.key === "Escape") {
    closeNames();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

document.addEventListener("mousedown", (event) => {
  const option = event.target.closest?.(".mention-list [role=option]");
  if (option) event.preventDefault();
  if (option) take(option);
  else if (list) closeNames();
});

// --- files dropped onto a timeline --------------------------------------------------------------------------------
const holdsFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
const zone = () => document.querySelector("[data-drop]");

document.addEventListener("dragover", (event) => {
  if (!zone() || !holdsFiles(event)) return;
  event.preventDefault();
  zone().classList.add("dropping");
});
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) zone()?.classList.remove("dropping"); });
document.addEventListener("drop", async (event) => {
  const target = zone();
  if (!target || !holdsFiles(event)) return;
  event.preventDefault();
  target.classList.remove("dropping");
  const body = new FormData();
  for (const file of event.dataTransfer.files) body.append("files", file);
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const headers = { "X-CSRFToken": token, "X-Drop": "1" };
  const answer = await fetch(target.dataset.drop, { method: "POST", body, headers }).catch(() => null);
  if (answer?.ok) return location.reload();
  const said = answer?.status === 422 ? (await answer.json()).error : "";
  window.salesops.toast(said || document.documentElement.dataset[answer ? "failed" : "offline"], "danger");
});

// --- my day: one row is current; its buttons carry the keys, so the ? sheet tells them ------------------------------
const rows = () => every("[data-day] > .day-row:not([data-settled])");

function current(row) {
  for (const one of rows()) {
    one.classList.toggle("at", one === row);
    for (const button of every("[data-row-key]", one)) {
      if (one === row && button.dataset.rowKey !== "Enter") button.dataset.key = button.dataset.rowKey;
      else delete button.dataset.key;
    }
  }
}

document.addEventListener("keydown", (event) => {
  const list = rows();
  if (!list.length || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.matches?.("input, textarea, select, [contenteditable]")) return;
  const at = list.findIndex((row) => row.classList.contains("at"));
  if (event.key === "j" || event.key === "k") {
    const next = list[Math.min(list.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)))];
    current(next);
    next.querySelector(".day-link").focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  } else if (event.key === "Enter" && (document.activeElement === document.body || event.target.id === "document" || event.target.matches?.(".day-row.at .day-link"))) {
    const done = list[at]?.querySelector("[data-row-key=Enter]");
    if (!done) return;
    event.preventDefault();
    done.click();
  }
});
document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-day] > .day-row:not([data-settled])");
  if (row) current(row);
});
document.addEventListener("click", (event) => {
  const skip = event.target.closest?.("[data-drop-row]");
  if (!skip) return;
  event.preventDefault();
  skip.closest(".ask-next").remove();
  current(rows()[0]);
});
document.addEventListener("htmx:afterSettle", () => {
  const asks = document.querySelector(".day-row[data-settled] .ask-next:not([data-seen])");
  if (asks) {
    asks.dataset.seen = "1";
    asks.querySelector("button").focus();
  }
  if (!document.querySelector("[data-day] > .day-row.at:not([data-settled])") && rows().length) current(rows()[0]);
});
if (rows().length) current(rows()[0]);
