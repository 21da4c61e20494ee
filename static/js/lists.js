// Lists: picking rows, sorting within a sort, and changing a cell in place. Everything is also a page of its own.
const list = () => document.querySelector("[data-list]");
const every = (selector, root = document) => [...root.querySelectorAll(selector)];
const boxes = () => every("[data-list] .pick input[name=row]");

// --- picking rows: x, Shift+x, the head for the page -------------------------------------------------------------------
let lastPicked = null;

function told() {
  const picked = boxes().filter((box) => box.checked).length;
  const words = document.querySelector("[data-picked]");
  if (words) words.textContent = picked && !document.querySelector(".every input")?.checked ? words.dataset.picked.replace("#", picked) : "";
  const page = document.querySelector("[data-pick-page]");
  if (page) {
    page.checked = picked > 0 && picked === boxes().length;
    page.indeterminate = picked > 0 && !page.checked;
  }
}

function pick(box, range) {
  const rows = boxes();
  const from = rows.indexOf(lastPicked);
  const to = rows.indexOf(box);
  box.checked = range && from >= 0 ? true : !box.checked;
  if (range && from >= 0) rows.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((one) => { one.checked = box.checked; });
  lastPicked = box;
  told();
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-page]")) boxes().forEach((box) => { box.checked = event.target.checked; });
  if (event.target.matches(".pick input, .every input")) told();
  const question = event.target.closest?.(".question");
  if (question && !event.target.matches("[name=_op]")) question.querySelector("[name=_op]").checked = true;
});
document.addEventListener("input", (event) => {
  const mark = event.target.closest?.(".question")?.querySelector("[name=_op]");
  if (mark && mark !== event.target) mark.checked = true;
});
document.addEventListener("click", (event) => {
  const box = event.target.closest?.(".pick input[name=row]");
  if (box && event.shiftKey) { box.checked = !box.checked; pick(box, true); box.checked = true; told(); }
  else if (box) lastPicked = box;
  const head = event.target.closest?.("a[data-then]");
  if (head && event.shiftKey) { event.preventDefault(); location.href = head.dataset.then; }
});
document.addEventListener("keydown", (event) => {
  if (event.target.matches("input:not([type=checkbox]), select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]") || !list()) return;
  const row = document.querySelector("[data-rows] tr.at") ?? event.target.closest?.("[data-rows] tbody tr");
  if (!row) return;
  const box = row.querySelector(".pick input");
  if (event.key.toLowerCase() === "x" && box) { event.preventDefault(); pick(box, event.shiftKey); }
  if (event.key === "e" || event.key === "F2") {
    const cell = event.target.closest?.("[data-cell]") ?? row.querySelector("[data-cell]");
    if (cell) { event.preventDefault(); edit(cell); }
  }
});

// --- a cell changed in place --------------------------------------------------------------------------------------------
const keyOf = (cell) => cell.closest("tr").querySelector(".pick input")?.value;
const addressOf = (cell) => `${list().dataset.list}cells/${keyOf(cell)}/${encodeURIComponent(cell.dataset.cell)}/?${list().dataset.query}`;
let open = null;

async function ask(address, options = {}) {
  const response = await fetch(address, { ...options, headers: { "X-Cell": "1", ...(options.headers ?? {}) } }).catch(() => null);
  if (!response) { window.salesops.toast(document.documentElement.dataset.offline, "danger"); return null; }
  if (response.status >= 500) { window.salesops.toast(document.documentElement.dataset.failed, "danger"); return null; }
  return { status: response.status, body: await response.json() };
}

async function edit(cell) {
  if (open) close(open);
  if (!keyOf(cell)) return;
  const answer = await ask(addressOf(cell));
  if (!answer) return;
  open = { cell, before: [...cell.childNodes] };
  cell.classList.add("editing");
  show(cell, answer.body.form);
  open.said = said(cell);
}

// What the form says, to tell whether anything was typed at all.
const said = (cell) => JSON.stringify([...new FormData(cell.querySelector("form"))]);

function show(cell, html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  cell.replaceChildren(holder.content);
  const input = cell.querySelector("input:not([type=hidden]), select, textarea");
  input?.focus();
  input?.select?.();
}

function close({ cell, before }) {
  cell.replaceChildren(...before);
  cell.classList.remove("editing");
  open = null;
  drawPencil(cell);
}

async function save(cell, onwards) {
  const form = cell.querySelector("form");
  if (said(cell) === open?.said) {
    close(open);
    return void onwards?.();
  }
  const answer = await ask(addressOf(cell), { method: "POST", body: new FormData(form) });
  if (!answer) return;
  if (answer.status === 200) {
    settle(cell, answer.body);
    onwards?.();
  } else if (answer.body.conflict) {
    open = null;
    window.htmx.ajax("GET", answer.body.conflict, { target: "#dialog", swap: "innerHTML" });
  } else {
    show(cell, answer.body.form);
  }
}

function settle(cell, body) {
  const holder = document.createElement("template");
  holder.innerHTML = body.cell;
  cell.replaceChildren(holder.content);
  cell.classList.remove("editing");
  cell.classList.add("saved");
  open = null;
  drawPencil(cell);
  const toast = window.salesops.toast(body.text, "success");
  if (!body.undo) return;
  const back = document.createElement("button");
  back.type = "button";
  back.className = "button small";
  back.textContent = body.undo_label;
  back.addEventListener("click", async () => {
    toast.remove();
    const data = new FormData();
    for (const [name, value] of Object.entries(body.undo)) [].concat(value).forEach((one) => data.append(name, one));
    const answer = await ask(addressOf(cell), { method: "POST", body: data });
    if (answer?.status === 200) settle(cell, { ...answer.body, undo: null });
    else if (answer) window.salesops.toast(answer.body.text, "danger");
  });
  toast.append(back);
}

function beside(cell, rows, columns) {
  const row = cell.closest("tr");
  if (rows) {
    const next = rows > 0 ? row.nextElementSibling : row.previousElementSibling;
    return next?.querySelector(`[data-cell="${CSS.escape(cell.dataset.cell)}"]`);
  }
  const cells = every("[data-cell]", row.parentElement);
  return cells[cells.indexOf(cell) + columns];
}

function drawPencil(cell) {
  if (cell.querySelector(".pencil") || !keyOf(cell)) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "pencil";
  button.innerHTML = '<svg class="icon" width="14" height="14" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true"><path d="M21.2 6.8a1 1 0 0 0-4-4L3.8 16.2a2 2 0 0 0-.5.8l-1.3 4.4a.5.5 0 0 0 .6.6l4.4-1.3a2 2 0 0 0 .8-.5z"/></svg>';
  button.setAttribute("aria-label", `${cell.dataset.label}: ${cell.closest("tr").querySelector("th")?.innerText ?? ""}`);
  cell.append(button);
}

document.addEventListener("click", (event) => {
  const pencil = event.target.closest?.(".pencil");
  if (pencil) edit(pencil.closest("[data-cell]"));
  else if (event.target.closest?.("[data-cancel-cell]") && open) close(open);
});
document.addEventListener("dblclick", (event) => {
  const cell = event.target.closest?.("[data-cell]:not(.editing)");
  if (cell && !event.target.closest("a, button, input")) edit(cell);
});
document.addEventListener("submit", (event) => {
  const cell = event.target.closest?.(".editing");
  if (!cell) return;
  event.preventDefault();
  event.stopPropagation();
  save(cell, () => { const next = beside(cell, 1, 0); next ? edit(next) : cell.querySelector(".pencil")?.focus(); });
}, true);
document.addEventListener("keydown", (event) => {
  const cell = event.target.closest?.(".editing");
  if (!cell) return;
  if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); close(open); cell.querySelector(".pencil")?.focus(); }
  if (event.key === "Tab") { event.preventDefault(); const step = event.shiftKey ? -1 : 1; save(cell, () => { const next = beside(cell, 0, step); next ? edit(next) : cell.querySelector(".pencil")?.focus(); }); }
}, true);

const prepare = () => { every("[data-list] td[data-cell]").forEach(drawPencil); told(); };
document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.target?.id === "rows") prepare(); });
prepare();
