// The command palette: Ctrl+K. Records come from the search page; actions are read off the page itself, so they cannot go stale.
const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const list = dialog?.querySelector("[role=listbox]");
const status = dialog?.querySelector("[role=status]");
const own = `recent:${document.documentElement.dataset.user || ""}`;
const MOST_RECENT = 8;
let timer = 0;
let asked = 0;
let at = -1;

const options = () => [...list.querySelectorAll("[role=option]")];
const bare = (element) => [...element.childNodes].filter((node) => node.nodeName !== "KBD").map((node) => node.textContent).join(" ");
const words = (element) => (element.dataset.title || element.getAttribute("aria-label") || bare(element)).replace(/\s+/g, " ").trim();
const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");

// --- what was looked at last; kept in this browser, forgotten at log-out -----------------------------------------------
function recents() {
  try {
    return JSON.parse(localStorage.getItem(own) || "[]");
  } catch {
    return [];
  }
}

function remember() {
  const crumb = document.querySelector(".crumbs [aria-current]");
  const title = document.querySelector("h1")?.textContent.trim();
  if (!crumb || !title || document.forms[0]?.matches("main form.form")) return;
  const here = { url: location.pathname, title, hint: crumb.textContent.trim() };
  const others = recents().filter((one) => one.url !== here.url);
  localStorage.setItem(own, JSON.stringify([here, ...others].slice(0, MOST_RECENT)));
}

function forget() {
  for (const key of Object.keys(localStorage)) if (key.startsWith("recent:")) localStorage.removeItem(key);
}

// --- what this page offers ---------------------------------------------------------------------------------------------
function actions() {
  const found = new Map();
  const steps = [...document.querySelectorAll("main .page-head .actions :is(a, button), main .steps :is(a, button)")];
  for (const element of [...steps, ...document.querySelectorAll("main [data-key]:is(a, button)")]) {
    if (element.closest("[popover]") || element.matches("summary") || !words(element)) continue;
    const why = element.getAttribute("aria-disabled") === "true" ? document.getElementById(element.getAttribute("aria-describedby")) : null;
    found.set(words(element), { element, title: words(element), key: element.dataset.key, why: why ? words(why) : "" });
  }
  return [...found.values()];
}

function places() {
  return [...document.querySelectorAll(".sidebar a, .top-tools .menu-list a")].map((element) => ({
    element, title: words(element), key: element.dataset.key,
  }));
}

function title(text) {
  const item = document.createElement("li");
  item.setAttribute("role", "presentation");
  item.className = "palette-title";
  item.textContent = text;
  return item;
}

function option({ title: text, hint, why, key, url, element }) {
  const item = document.createElement("li");
  item.setAttribute("role", "option");
  const link = item.appendChild(document.createElement("a"));
  link.tabIndex = -1;
  link.href = url || element?.href || "#";
  link.appendChild(document.createElement("span")).textContent = text;
  if (hint || why) {
    const small = link.appendChild(document.createElement("small"));
    small.className = "muted";
    small.textContent = ` ${why || hint}`;
  }
  if (key) link.appendChild(document.createElement("kbd")).textContent = key;
  if (why) item.setAttribute("aria-disabled", "true");
  if (url) item.dataset.url = url;
  item.choose = () => {
    if (why) return;
    if (url) location.assign(url);
    else { close(); element.click(); }
  };
  return item;
}

function group(label, entries) {
  return entries.length ? [title(label), ...entries.map(option)] : [];
}

// --- the list ----------------------------------------------------------------------------------------------------------
function show(items) {
  list.replaceChildren(...items);
  options().forEach((item, index) => {
    item.id = `palette-${index}`;
    item.setAttribute("aria-selected", "false");
  });
  move(options().findIndex((item) => item.getAttribute("aria-disabled") !== "true"));
  const count = options().length;
  status.textContent = count ? status.dataset.some.replace("0", count) : status.dataset.none;
}

function move(index) {
  const all = options();
  all[at]?.setAttribute("aria-selected", "false");
  at = all.length ? (index + all.length) % all.length : -1;
  const now = all[at];
  now?.setAttribute("aria-selected", "true");
  now?.scrollIntoView({ block: "nearest" });
  if (now) input.setAttribute("aria-activedescendant", now.id);
  else input.removeAttribute("aria-activedescendant");
}

function fitting(entries, text) {
  const wanted = plain(text).split(/\s+/).filter(Boolean);
  return entries.filter((entry) => wanted.every((word) => plain(entry.title).includes(word)));
}

async function update() {
  const text = input.value.trim();
  const mark = ++asked;
  clearTimeout(timer);
  const { actions: forActions, places: forPlaces, recent: forRecent } = list.dataset;
  if (!text) return show([...group(forActions, actions()), ...group(forRecent, recents()), ...group(forPlaces, places())]);
  if (text[0] === "?") { close(); return void document.querySelector("[data-open=shortcuts]")?.click(); }
  if (text[0] === ">") return show(group(forActions, fitting(actions(), text.slice(1))));
  if (text[0] === ":") return show(group(forPlaces, fitting(places(), text.slice(1))));
  const local = [...group(forActions, fitting(actions(), text)), ...group(forPlaces, fitting(places(), text))];
  timer = setTimeout(async () => {
    const address = `${dialog.dataset.search}?fmt=palette&q=${encodeURIComponent(text)}`;
    try {
      const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok || mark !== asked) return;
      const part = new DOMParser().parseFromString(`<ul>${await answer.text()}</ul>`, "text/html");
      if (mark === asked) show([...part.querySelectorAll("ul > li"), ...local].map((item) => document.adoptNode(item)));
    } catch {
      if (mark === asked) show(local);
    }
  }, 120);
}

function choose(event) {
  const item = options()[at];
  if (!item) return;
  const link = item.querySelector("a");
  if (item.dataset.url && (event.ctrlKey || event.metaKey)) window.open(item.dataset.url, "_blank", "noopener");
  else if (item.choose) item.choose();
  else location.assign(link.href);
}

function open() {
  input.value = "";
  dialog.showModal();
  input.focus();
  update();
}

function close() {
  dialog.close();
}

if (dialog) {
  remember();
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (dialog.open) close();
      else open();
    }
  });
  input.addEventListener("input", update);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); move(at + (event.key === "ArrowDown" ? 1 : -1)); }
    if (event.key === "Enter") { event.preventDefault(); choose(event); }
  });
  list.addEventListener("click", (event) => {
    const item = event.target.closest("[role=option]");
    if (!item?.choose) return;
    event.preventDefault();
    item.choose();
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) close(); });
  document.querySelector("form[data-log-out]")?.addEventListener("submit", forget);
} else {
  forget();
}
