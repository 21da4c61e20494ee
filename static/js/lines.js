// The line editor: every committed cell goes to the server alone, its answer brings figures; what has focus stays.
// Keyboard and clipboard are in line-grid.js, the products offered while typing in line-products.js.
const CELLS = ["product", "quantity", "unit", "price", "discount", "tax"];
const AGAIN = 4000;

class LineEditor {
  constructor(form) {
    this.form = form;
    this.table = form.querySelector("table.lines");
    this.body = this.table.tBodies[0];
    this.problems = form.querySelector(".line-problems");
    this.menu = form.querySelector("#line-menu");
    this.status = document.querySelector("#lines .line-status");
    this.jobs = [];
    this.undoable = [];
    this.stale = false;
    form.querySelectorAll("tbody.no-script").forEach((element) => element.remove());
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", (event) => this.commit(event.target));
    form.addEventListener("click", (event) => this.click(event));
    form.addEventListener("focusout", (event) => this.tidy(event.target));
    this.menu.addEventListener("keydown", (event) => this.menuKey(event));
    document.addEventListener("click", (event) => { if (!event.target.closest(".line-menu, #line-menu")) this.closeMenu(); });
    addEventListener("online", () => this.pump());
    if (!this.rows().length) this.add("item");
  }

  rows() { return [...this.body.rows].filter((row) => row.dataset.kind); }
  saved() { return this.rows().filter((row) => row.dataset.line); }
  sold() { return this.saved().filter((row) => ["item", "included"].includes(row.dataset.kind)); }
  row(key) { return this.body.querySelector(`tr[data-line="${key}"]`); }
  input(row, name = "product") { return row?.querySelector(`input[name=${name}]`); }
  isEmpty(row) { return !row.dataset.line && !row.dataset.sent && !this.input(row).value.trim(); }

  add(kind, after) {
    const row = this.form.querySelector("template").content.querySelector(`tr[data-kind="${kind}"]`).cloneNode(true);
    const tail = after ? this.tailOf(after) : this.body.lastElementChild;
    tail ? tail.after(row) : this.body.append(row);
    this.grid?.settle(row);
    return row;
  }

  // The last row that belongs to this one: its words, and where a bundle is, its members.
  tailOf(row, members = false) {
    let last = row;
    for (let next = last.nextElementSibling; next; next = next.nextElementSibling) {
      if (next.dataset.kind && !(members && next.dataset.kind === "included")) break;
      last = next;
    }
    return last;
  }

  // --- to the server, one after the other; what cannot be sent waits in this tab ------------------------------------
  send(job) {
    this.jobs.push({ from: document.activeElement, ...job });
    return this.pump();
  }

  async pump() {
    if (this.pumping) return;
    this.pumping = true;
    clearTimeout(this.timer);
    while (this.jobs.length) {
      try {
        await this.run(this.jobs[0]);
      } catch (error) {
        if (error instanceof TypeError) { this.wait(); break; }
        window.salesops?.toast(document.documentElement.dataset.failed, "danger");
      }
      this.jobs.shift();
    }
    this.pumping = false;
    if (!this.jobs.length) this.sent();
  }

  wait() {
    this.form.querySelector(".totals").removeAttribute("aria-busy");
    this.form.classList.add("dirty");
    this.jobs.forEach(({ row }) => row?.classList.add("waiting"));
    this.status.textContent = this.status.dataset.waiting;
    this.timer = setTimeout(() => this.pump(), AGAIN);
  }

  sent() {
    if (!this.form.classList.contains("dirty")) return;
    this.form.classList.remove("dirty");
    this.rows().forEach((row) => row.classList.remove("waiting"));
  }

  async run(job) {
    if (this.stale) return;
    const values = typeof job.fields === "function" ? job.fields() : job.fields;
    if (!values) return;
    const { row } = job;
    const sums = this.form.querySelector(".totals");
    sums.setAttribute("aria-busy", "true");
    const sent = row ? Object.fromEntries(CELLS.map((name) => [name, this.input(row, name)?.value])) : {};
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...values, merge: "1", version: this.form.elements.version.value })) {
      [value].flat().forEach((one) => body.append(name, one));
    }
    const headers = { "X-Lines": "1", "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value };
    const response = await fetch(this.form.action, { method: "POST", body, headers });
    sums.removeAttribute("aria-busy");
    if (![200, 409, 422].includes(response.status)) throw new Error(response.status);
    const answer = document.createElement("template");
    answer.innerHTML = await response.text();
    if (response.ok) this.take(answer.content, job, sent, values);
    else this.refuse(answer.content, row, values, response.status);
  }

  take(answer, job, sent, values) {
    const { row } = job;
    const before = this.sold().length;
    this.say([]);
    if (row) this.explain(row, null);
    answer.querySelectorAll("[data-gone]").forEach((one) => this.drop(this.row(one.dataset.gone)));
    const made = [...answer.querySelectorAll("tr[data-line]")].map((fresh) => this.place(fresh, row, sent)).filter(Boolean);
    const order = answer.querySelector("[data-order]");
    const keys = order?.textContent.split(" ");
    if (order && "all" in order.dataset) this.saved().filter((one) => !keys.includes(one.dataset.line)).forEach((one) => this.drop(one));
    this.reorder(keys);
    this.form.querySelector(".totals").replaceWith(answer.querySelector(".totals"));
    this.tellChain();
    this.form.elements.version.value = answer.querySelector("[name=version]").value;
    this.tellVersion();
    this.status.textContent = answer.querySelector("[data-saved]").textContent;
    this.suggest(row, answer.querySelector("[data-related]"));
    this.remember(job, values, answer, made);
    if (this.grid) this.grid.stays = this.wentOn(job.from);
    job.done?.(made);
    if (this.grid) this.grid.stays = false;
    // The first line that counts unlocks steps, losing the last one blocks them.
    if ((before === 0) !== (this.sold().length === 0)) this.refreshSteps();
  }

  // Whether one went to another place while the answer was on its way: it must not take the keys from there.
  wentOn(from) {
    const at = document.activeElement;
    return from?.isConnected && at !== from && at.matches("input, textarea, select, table.lines td, table.lines button");
  }

  // A row of the answer: laid over the one it speaks of, or put where it belongs. Gives its key if it is new here.
  place(fresh, typed, sent) {
    const { line, after } = fresh.dataset;
    const words = fresh.nextElementSibling?.classList.contains("problem") ? fresh.nextElementSibling : null;
    let target = this.row(line);
    const own = !target && typed?.isConnected && !typed.dataset.line ? typed : null;
    if (target && target.dataset.kind !== fresh.dataset.kind) { target.replaceWith(fresh); this.grid?.settle(fresh); return null; }
    if (target || own) {
      this.merge(target ?? own, fresh, (target ?? own) === typed ? sent : {});
    } else {
      const above = after ? this.row(after) : null;
      above ? this.tailOf(above).after(fresh) : this.body.prepend(fresh);
      this.grid?.settle(fresh);
    }
    this.explain(target ?? own ?? fresh, words);
    return target ? null : line;
  }

  merge(target, fresh, sent) {
    target.dataset.line = fresh.dataset.line;
    target.classList.remove("blank");
    target.classList.toggle("free", fresh.classList.contains("free"));
    target.title = fresh.title;
    for (const theirs of fresh.querySelectorAll("input[name]")) {
      const mine = CELLS.includes(theirs.name) && this.input(target, theirs.name);
      if (!mine) continue;
      const typedSince = theirs.name in sent && mine.value !== sent[theirs.name];
      const focused = mine === document.activeElement;
      if (!typedSince && (!focused || !mine.value) && mine.value !== theirs.value) {
        mine.value = theirs.value;
        if (focused) mine.select();
      }
      mine.settled = !typedSince;
      mine.readOnly = theirs.readOnly;
      mine.known = theirs.value;
      mine.committed = focused || typedSince ? (sent[theirs.name] ?? mine.committed) : undefined;
      mine.removeAttribute("aria-invalid");
    }
    for (const total of target.querySelectorAll(".total")) total.textContent = fresh.querySelector(".total").textContent;
  }

  drop(row) {
    if (!row) return;
    this.explain(row, null);
    const held = row.contains(document.activeElement);
    const beside = [row.nextElementSibling, row.previousElementSibling].find((one) => one?.dataset.kind);
    row.remove();
    if (held && beside) this.grid?.moveTo(beside);
  }

  reorder(keys) {
    if (!keys) return;
    const held = document.activeElement;
    let last = null;
    for (const row of keys.map((key) => this.row(key)).filter(Boolean)) {
      const words = row.nextElementSibling?.classList.contains("problem") ? row.nextElementSibling : null;
      if ((last ? last.nextElementSibling : this.body.firstElementChild) !== row) last ? last.after(row) : this.body.prepend(row);
      if (words) row.after(words);
      last = words ?? row;
    }
    if (held !== document.activeElement) held.focus();
  }

  // The chain shows this document's total as well; two figures for one thing must not differ.
  tellChain() {
    const shown = document.querySelector(".node.current .money");
    const total = this.form.querySelector(".totals .grand dd")?.firstChild.textContent.trim().split(/\s/)[0];
    if (shown && total) shown.textContent = shown.textContent.replace(/[\d.,\u00a0\u202f]*\d/, total);
  }

  // The steps are taken on the lines as they stand here.
  tellVersion() {
    document.querySelectorAll(".actions input[name=version]").forEach((input) => { input.value = this.form.elements.version.value; });
  }

  refuse(answer, row, values, status) {
    const choice = answer.querySelector("[data-conflict]");
    if (choice && row?.isConnected) return this.ask(row, choice, values);
    const texts = [...answer.querySelectorAll("[data-cell]")].map((p) => {
      if (row) this.input(row, p.dataset.cell)?.setAttribute("aria-invalid", "true");
      return p.textContent;
    });
    const general = [...answer.querySelectorAll("[data-error]")].map((p) => p.textContent);
    if (row && texts.length) this.explain(row, texts.join(" "));
    if (row?.dataset.sent && !row.dataset.line) delete row.dataset.sent;
    if (status === 409) this.stale = true;
    this.say(row && !general.length ? [] : [...general, ...(row ? [] : texts)], this.stale);
  }

  // Somebody else changed the same cell: their text or mine, decided in the row.
  ask(row, choice, values) {
    const box = this.explain(row, choice.textContent.trim());
    const { theirs } = choice.dataset;
    const input = this.input(row, values.cell);
    const decide = (word, act) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button small";
      button.textContent = word;
      button.addEventListener("click", () => { this.explain(row, null); act(); });
      box.append(button);
      return button;
    };
    const mine = decide(this.form.dataset.mine, () => this.send({ row, fields: { ...values, was: theirs } }));
    const at = document.activeElement;
    if (!CELLS.includes(at.name) || at.value === (at.committed ?? this.was(at))) mine.focus();
    decide(this.form.dataset.theirs, () => {
      if ("goneThere" in choice.dataset) return this.drop(row);
      input.value = input.known = theirs;
      input.committed = undefined;
      input.focus();
    });
  }

  // --- undoing -------------------------------------------------------------------------------------------------------
  remember(job, values, answer, made) {
    if (job.undoing) return;
    const note = answer.querySelector("[data-undo]");
    let back = null;
    if (note) back = { do: "restore", value: note.dataset.undo };
    else if (made.length) back = { do: "remove", line: made };
    else if (values.do === "cell") back = { do: "cell", line: values.line, cell: values.cell, value: values.was };
    else if (job.back) back = job.back;
    if (back) this.undoable.push(back);
    const said = note?.textContent || (values.do === "take" && this.form.dataset.added);
    if (said) this.offerUndo(said);
  }

  offerUndo(text) {
    const box = window.salesops?.toast(text, "info");
    if (!box) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button small";
    button.dataset.key = "z";
    button.textContent = this.form.dataset.undo;
    button.addEventListener("click", () => { box.remove(); this.undo(); });
    box.append(button);
  }

  undo() {
    const back = this.undoable.pop();
    if (!back) return;
    document.querySelector("[data-toast] [data-key=z]")?.closest("[data-toast]").remove();
    for (const fields of [back].flat()) {
      const row = fields.do === "cell" ? this.row(fields.line) : undefined;
      this.send({ fields, undoing: true, done: (made) => {
        const target = row ?? this.row(made[0]);
        if (target) this.grid?.moveTo(target, fields.cell ?? "product");
      } });
    }
  }

  // --- words ---------------------------------------------------------------------------------------------------------
  explain(row, said) {
    if (row.nextElementSibling?.classList.contains("problem")) row.nextElementSibling.remove();
    if (!said) return null;
    if (typeof said !== "string") { row.after(said); return null; }
    const line = document.createElement("tr");
    line.className = "problem";
    const cell = line.insertCell();
    cell.colSpan = 9;
    cell.appendChild(document.createElement("span")).textContent = said;
    cell.firstChild.setAttribute("role", "alert");
    row.after(line);
    return cell.firstChild;
  }

  suggest(row, related) {
    this.body.querySelector("tr.also")?.remove();
    if (!related || !row?.isConnected) return;
    const line = document.createElement("tr");
    line.className = "problem also";
    const cell = line.insertCell();
    cell.colSpan = 9;
    cell.append(...related.childNodes);
    this.tailOf(row).after(line);
  }

  say(texts, stale = false) {
    this.problems.replaceChildren(...texts.map((text) => {
      const box = document.createElement("p");
      box.className = "notice danger";
      box.innerHTML = '<svg class="shape" aria-hidden="true"><use href="#shape-danger"/></svg><span></span>';
      box.lastChild.textContent = text;
      if (stale) {
        const link = document.createElement("a");
        link.href = location.pathname;
        link.textContent = this.form.dataset.stale;
        box.lastChild.append(" ", link);
      }
      return box;
    }));
  }

  async refreshSteps() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const response = await fetch(location.pathname).catch(() => null);
    if (!response?.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    // Meanwhile another page may have come, or a later answer.
    if (turn !== this.turn || !this.form.isConnected) return;
    for (const name of [".page-title .actions", "nav.chain"]) {
      const [mine, fresh] = [document.querySelector(name), page.querySelector(name)];
      if (mine && fresh) mine.replaceWith(fresh);
    }
    // Another cell may have been saved while this was on its way.
    this.tellVersion();
    this.tellChain();
  }

  // --- what people do ------------------------------------------------------------------------------------------------
  // What the cell showed before it was typed in: as the server said last, else as the page came.
  was(input) { return input.known ?? input.defaultValue; }

  commit(input) {
    const row = input.closest("tr");
    if (input.name === "many") return this.discount(input);
    if (!CELLS.includes(input.name) || !row || input.value === (input.committed ?? this.was(input))) return;
    input.committed = input.value;
    input.settled = false;
    if (row.dataset.line || row.dataset.sent) {
      const { name, value } = input;
      const fields = () => row.dataset.line
        ? { do: "cell", line: row.dataset.line, cell: name, value, was: this.was(input) } : this.whole(row);
      return this.send({ row, fields });
    }
    if (!this.input(row).value.trim()) return;
    row.dataset.sent = "1";
    return this.send({ row, fields: () => this.whole(row) });
  }

  // What was typed shows as the server writes it, once nobody types there any more.
  tidy(input) {
    if (!input.settled || input.known === undefined || input.value !== input.committed) return;
    input.value = input.known;
    input.committed = undefined;
  }

  whole(row) {
    const above = this.rows().slice(0, this.rows().indexOf(row)).reverse().find((one) => one.dataset.line);
    const cells = CELLS.map((name) => [name, this.input(row, name)?.value ?? ""]);
    return { do: "add", line: above?.dataset.line ?? "", kind: row.dataset.kind, ...Object.fromEntries(cells) };
  }

  discount(input) {
    const rows = this.grid.chosen().filter((row) => row.dataset.line && this.input(row, "discount"));
    const cell = ({ dataset: { line } }, value) => ({ do: "cell", line, cell: "discount", value });
    const back = rows.map((row) => cell(row, this.was(this.input(row, "discount"))));
    const line = rows.map((row) => row.dataset.line);
    if (line.length && input.value.trim()) this.send({ fields: { do: "discount", line, value: input.value }, back });
    input.value = "";
  }

  // What the row shows, for the server to see whether somebody changed it; members of a bundle go with it unasked.
  texts(row) {
    if (row.dataset.kind === "included") return "";
    return CELLS.map((name) => { const input = this.input(row, name); return input ? this.was(input) : ""; }).join("\t");
  }

  do(verb, rows, value = verb) {
    this.closeMenu();
    const line = rows.map((row) => row.dataset.line).filter(Boolean);
    if (verb === "remove") return this.remove(rows, line);
    if (!line.length) return;
    if (verb === "copy") {
      this.send({ fields: { do: "copy", line }, done: (made) => this.grid?.moveTo(this.row(made[0]), "product") });
    } else if (verb === "optional" || verb === "item") {
      const back = { do: "kind", line, value: verb === "item" ? "optional" : "item" };
      this.send({ fields: { do: "kind", line, value: verb }, back, done: () => this.grid?.moveTo(this.row(line[0])) });
    } else {
      const place = String(this.rows().findIndex((row) => row === rows[0]) + 1);
      this.send({ fields: { do: "move", line, value }, back: { do: "move", line, value: place } });
    }
  }

  remove(rows, line) {
    const next = this.tailOf(rows.at(-1), true).nextElementSibling ?? rows[0].previousElementSibling;
    rows.filter((row) => !row.dataset.line).forEach((row) => this.drop(row));
    const settle = () => {
      const target = next?.isConnected && next.dataset.kind ? next : this.rows().at(-1) ?? this.add("item");
      this.grid?.moveTo(target, "product");
    };
    const was = rows.filter((row) => row.dataset.line).map((row) => this.texts(row));
    if (line.length) this.send({ fields: { do: "remove", line, was }, done: settle });
    else settle();
  }

  click(event) {
    const button = event.target.closest(".line-menu");
    if (button) return this.openMenu(button);
    if (event.target.closest("[data-why]")) return this.closeMenu();
    const more = event.target.closest("[data-add-line]");
    if (more) return this.begin(more.dataset.addLine);
    const also = event.target.closest("[data-product]");
    if (also) return this.addBeside(also);
    const item = event.target.closest("[data-do]");
    if (!item) return;
    if (item.closest("#line-menu")) return this.fromMenu(item.dataset.do);
    this.do(item.dataset.do, this.grid.chosen());
  }

  begin(kind) {
    this.rows().filter((row) => this.isEmpty(row)).forEach((row) => this.drop(row));
    this.input(this.add(kind)).focus();
  }

  addBeside(button) {
    const above = button.closest("tr").previousElementSibling;
    const row = this.add("item", above);
    this.input(row).value = button.dataset.product;
    this.commit(this.input(row));
    this.input(row, "quantity").focus();
  }

  // --- menu of a line ------------------------------------------------------------------------------------------------
  openMenu(button) {
    this.menuRow = button.closest("tr");
    this.menuButton = button;
    const { kind } = this.menuRow.dataset;
    for (const verb of ["optional", "item"]) {
      const item = this.menu.querySelector(`[data-do=${verb}]`);
      if (item) item.hidden = kind !== (verb === "item" ? "optional" : "item");
    }
    const why = this.menu.querySelector("[data-why]");
    if (why) {
      why.href = `${why.dataset.why}?line=${this.menuRow.dataset.line}`;
      why.hidden = !this.menuRow.dataset.line || ["section", "note"].includes(kind);
    }
    this.menu.querySelector("input")?.remove();
    this.menu.hidden = false;
    this.anchor(this.menu, button, true);
    this.menu.querySelector("button").focus();
  }

  closeMenu() { this.menu.hidden = true; }

  fromMenu(verb) {
    if (verb !== "place") {
      const chosen = this.grid?.chosen() ?? [];
      return this.do(verb, chosen.includes(this.menuRow) ? chosen : [this.menuRow]);
    }
    const item = this.menu.querySelector("[data-do=place]");
    const input = document.createElement("input");
    input.type = "number";
    input.min = 1;
    input.max = this.rows().length;
    input.setAttribute("aria-label", item.textContent);
    item.after(input);
    input.focus();
  }

  menuKey(event) {
    const items = [...this.menu.querySelectorAll(".menu-item:not([hidden])")];
    const at = items.indexOf(document.activeElement);
    if (event.key === "Escape") {
      this.closeMenu();
      this.menuButton.focus();
    } else if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault();
      if (event.target.value) this.do("move", [this.menuRow], event.target.value);
      this.menuButton.focus();
    } else if (["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      items[(at + (event.key === "ArrowDown" ? 1 : items.length - 1)) % items.length].focus();
    }
    event.stopPropagation();
  }

  anchor(box, beside, end = false) {
    const at = beside.getBoundingClientRect();
    const below = innerHeight - at.bottom > box.offsetHeight + 8 || at.top < box.offsetHeight;
    box.style.position = "fixed";
    box.style.insetBlock = "auto";
    box.style.top = below ? `${at.bottom + 4}px` : `${at.top - box.offsetHeight - 4}px`;
    box.style.insetInline = "auto";
    box.style.left = `${Math.max(8, end ? at.right - box.offsetWidth : Math.min(at.left, innerWidth - box.offsetWidth - 8))}px`;
  }
}

for (const form of document.querySelectorAll("form[data-lines]")) form.editor = new LineEditor(form);
