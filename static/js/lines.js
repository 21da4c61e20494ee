// The line editor: every committed cell goes to the server alone, its answer brings figures; what has focus stays.
const CELLS = ["product", "quantity", "unit", "price", "discount", "tax"];

class LineEditor {
  constructor(form) {
    this.form = form;
    this.body = form.querySelector("table.lines tbody");
    this.problems = form.querySelector(".line-problems");
    this.menu = form.querySelector("#line-menu");
    this.list = form.querySelector("#line-products");
    this.jobs = Promise.resolve();
    this.stale = false;
    form.querySelectorAll("input.order, tbody.no-script").forEach((element) => element.remove());
    this.remember(this.body);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", (event) => this.commit(event.target));
    form.addEventListener("keydown", (event) => this.key(event));
    form.addEventListener("input", (event) => this.typed(event.target));
    form.addEventListener("focusout", (event) => { if (event.target.name === "product") setTimeout(() => this.left(), 150); });
    form.addEventListener("focusin", (event) => { if (event.target.matches("tbody input")) event.target.select(); });
    form.addEventListener("click", (event) => this.click(event));
    form.addEventListener("pointerdown", (event) => this.pick(event));
    document.addEventListener("click", (event) => { if (!event.target.closest(".line-menu, #line-menu")) this.closeMenu(); });
    if (!this.rows().length) this.add();
  }

  rows() { return [...this.body.querySelectorAll("tr:not(.problem)")]; }
  saved() { return this.rows().filter((row) => row.dataset.line); }
  remember(root) { root.querySelectorAll("input").forEach((input) => { input.dataset.was = input.value; }); }
  input(row, name) { return row.querySelector(`input[name=${name}]`); }

  add(after) {
    const row = this.form.querySelector("template").content.querySelector("tr").cloneNode(true);
    row.querySelector("input.order").remove();
    this.remember(row);
    const tail = after ? this.tailOf(after) : this.body.lastElementChild;
    tail ? tail.after(row) : this.body.append(row);
    return row;
  }

  tailOf(row) { return row.nextElementSibling?.classList.contains("problem") ? row.nextElementSibling : row; }

  // --- to the server, one after the other ----------------------------------------------------------------------------
  send(job) {
    this.jobs = this.jobs.then(() => this.run(job)).catch(() => this.lost());
    return this.jobs;
  }

  async run({ row, fields, done }) {
    if (this.stale) return;
    const values = typeof fields === "function" ? fields() : fields;
    if (!values) return;
    const sums = this.form.querySelector(".totals");
    sums.setAttribute("aria-busy", "true");
    const sent = row ? Object.fromEntries(CELLS.map((name) => [name, this.input(row, name)?.value])) : {};
    const body = new URLSearchParams({ ...values, version: this.form.elements.version.value });
    const token = this.form.elements.csrfmiddlewaretoken.value;
    const response = await fetch(this.form.action, { method: "POST", body, headers: { "X-Lines": "1", "X-CSRFToken": token } });
    sums.removeAttribute("aria-busy");
    if (![200, 409, 422].includes(response.status)) throw new Error(response.status);
    const answer = document.createElement("template");
    answer.innerHTML = await response.text();
    if (response.ok) this.take(answer.content, row, sent, done);
    else this.refuse(answer.content, row, values, response.status);
  }

  take(answer, row, sent, done) {
    const before = this.saved().length;
    this.say([]);
    if (row) this.explain(row, "");
    done?.(answer);
    for (const fresh of answer.querySelectorAll("tr[data-line]")) {
      const target = this.body.querySelector(`tr[data-line="${fresh.dataset.line}"]`) ?? row;
      if (target) this.merge(target, fresh, target === row ? sent : {});
    }
    this.form.querySelector(".totals").replaceWith(answer.querySelector(".totals"));
    this.tellChain();
    this.form.elements.version.value = answer.querySelector("[name=version]").value;
    document.querySelectorAll(".actions input[name=version]").forEach((input) => { input.value = this.form.elements.version.value; });
    // The first line unlocks steps, losing the last one blocks them.
    if ((before === 0) !== (this.saved().length === 0)) this.refreshSteps();
  }

  // The chain shows this document's total as well; two figures for one thing must not differ.
  tellChain() {
    const shown = document.querySelector(".node.current .money");
    const total = this.form.querySelector(".totals .grand dd")?.firstChild.textContent.trim().split(/\s/)[0];
    if (shown && total) shown.textContent = shown.textContent.replace(/[\d.,\u00a0\u202f]*\d/, total);
  }

  merge(target, fresh, sent) {
    target.dataset.line = fresh.dataset.line;
    target.classList.remove("blank");
    target.classList.toggle("free", fresh.classList.contains("free"));
    target.title = fresh.title;
    this.input(target, "key").value = fresh.dataset.line;
    for (const name of CELLS) {
      const [mine, theirs] = [this.input(target, name), this.input(fresh, name)];
      const typedSince = name in sent && mine.value !== sent[name];
      if (mine !== document.activeElement && !typedSince) mine.value = theirs.value;
      mine.readOnly = theirs.readOnly;
      mine.dataset.was = mine === document.activeElement || typedSince ? (sent[name] ?? mine.dataset.was) : theirs.value;
      mine.removeAttribute("aria-invalid");
    }
    target.querySelector(".total").textContent = fresh.querySelector(".total").textContent;
  }

  refuse(answer, row, values, status) {
    const texts = [...answer.querySelectorAll("[data-cell]")].map((p) => {
      if (row) this.input(row, p.dataset.cell)?.setAttribute("aria-invalid", "true");
      return p.textContent;
    });
    const general = [...answer.querySelectorAll("[data-error]")].map((p) => p.textContent);
    if (row && texts.length) this.explain(row, texts.join(" "));
    if (status === 409) this.stale = true;
    this.say(row && !general.length ? [] : [...general, ...(row ? [] : texts)], this.stale);
  }

  // --- words ---------------------------------------------------------------------------------------------------------
  explain(row, text) {
    if (row.nextElementSibling?.classList.contains("problem")) row.nextElementSibling.remove();
    if (!text) return;
    const line = document.createElement("tr");
    line.className = "problem";
    const cell = line.insertCell();
    cell.colSpan = 9;
    cell.appendChild(document.createElement("span")).textContent = text;
    cell.firstChild.setAttribute("role", "alert");
    row.after(line);
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

  lost() {
    this.form.querySelector(".totals")?.removeAttribute("aria-busy");
    window.salesops?.toast(document.documentElement.dataset.offline, "danger");
  }

  async refreshSteps() {
    const response = await fetch(location.pathname);
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const name of [".page-title .actions", "nav.chain"]) {
      const [mine, fresh] = [document.querySelector(name), page.querySelector(name)];
      if (mine && fresh) mine.replaceWith(fresh);
    }
  }

  // --- what people do ------------------------------------------------------------------------------------------------
  commit(input) {
    const row = input.closest("tr");
    if (!CELLS.includes(input.name) || !row || input.value === input.dataset.was) return;
    input.dataset.was = input.value;
    if (row.dataset.line || row.dataset.sent) {
      const { name, value } = input;
      const fields = () => row.dataset.line ? { do: "cell", line: row.dataset.line, cell: name, value } : this.whole(row);
      return this.send({ row, fields });
    }
    if (!this.input(row, "product").value.trim()) return;
    row.dataset.sent = "1";
    return this.send({ row, fields: () => this.whole(row) });
  }

  whole(row) {
    const above = this.rows().slice(0, this.rows().indexOf(row)).reverse().find((one) => one.dataset.line);
    return { do: "add", line: above?.dataset.line ?? "", ...Object.fromEntries(CELLS.map((name) => [name, this.input(row, name).value])) };
  }

  do(verb, row) {
    const line = row.dataset.line;
    this.closeMenu();
    if (verb === "remove") {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      this.explain(row, "");
      row.remove();
      if (line) this.send({ fields: { do: "remove", line } });
      if (!this.rows().length) this.add();
      this.input(next?.isConnected ? next : this.rows()[0], "product")?.focus();
    } else if (verb === "copy" && line) {
      const twin = this.add(row);
      this.send({ row: twin, fields: { do: "copy", line } });
    } else if (verb === "up" || verb === "down") {
      const rows = this.rows();
      const other = rows[rows.indexOf(row) + (verb === "up" ? -1 : 1)];
      if (!other?.dataset.line || !line) return;
      verb === "up" ? other.before(row) : this.tailOf(other).after(row);
      this.send({ fields: { do: "move", line, value: verb } });
    }
  }

  click(event) {
    const button = event.target.closest(".line-menu");
    if (button) return this.openMenu(button);
    if (event.target.closest("[data-add-line]")) return this.input(this.add(), "product").focus();
    const item = event.target.closest("#line-menu [data-do]");
    if (item) this.do(item.dataset.do, this.menuRow);
  }

  key(event) {
    if (event.target.closest("#line-menu")) return this.menuKey(event);
    const row = event.target.closest("tbody tr");
    if (!row || !CELLS.includes(event.target.name)) return;
    if (!this.list.hidden && event.target.name === "product" && this.listKey(event)) return;
    const verb = event.altKey && { ArrowUp: "up", ArrowDown: "down" }[event.key]
      || event.ctrlKey && { d: "copy", Delete: "remove" }[event.key];
    if (verb) {
      event.preventDefault();
      const { name } = event.target;
      this.do(verb, row);
      if (verb !== "remove") this.input(row, name).focus();
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.commit(event.target);
      this.walk(row, event.target.name, 1, true);
    } else if (event.key === "Escape") {
      event.target.value = event.target.dataset.was;
    } else if (["ArrowUp", "ArrowDown"].includes(event.key) && !event.altKey) {
      event.preventDefault();
      this.walk(row, event.target.name, event.key === "ArrowUp" ? -1 : 1, false);
    }
  }

  walk(row, name, step, grows) {
    const rows = this.rows();
    const next = rows[rows.indexOf(row) + step];
    if (next) return this.input(next, name).focus();
    if (grows && this.input(row, "product").value.trim()) this.input(this.add(row), "product").focus();
  }

  // --- menu of a line ------------------------------------------------------------------------------------------------
  openMenu(button) {
    this.menuRow = button.closest("tr");
    this.menuButton = button;
    this.menu.hidden = false;
    this.place(this.menu, button, true);
    this.menu.querySelector("button").focus();
  }

  closeMenu() { this.menu.hidden = true; }

  menuKey(event) {
    const items = [...this.menu.querySelectorAll("button")];
    const at = items.indexOf(document.activeElement);
    if (event.key === "Escape") {
      this.closeMenu();
      this.menuButton.focus();
    } else if (["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      items[(at + (event.key === "ArrowDown" ? 1 : items.length - 1)) % items.length].focus();
    }
  }

  place(box, anchor, end = false) {
    const at = anchor.getBoundingClientRect();
    const below = innerHeight - at.bottom > box.offsetHeight + 8 || at.top < box.offsetHeight;
    box.style.position = "fixed";
    box.style.insetBlock = "auto";
    box.style.top = below ? `${at.bottom + 4}px` : `${at.top - box.offsetHeight - 4}px`;
    box.style.insetInline = "auto";
    box.style.left = `${Math.max(8, end ? at.right - box.offsetWidth : Math.min(at.left, innerWidth - box.offsetWidth - 8))}px`;
  }

  // --- products while typing -----------------------------------------------------------------------------------------
  typed(input) {
    if (input.name !== "product") return;
    clearTimeout(this.timer);
    const text = input.value.trim();
    if (!text) return this.closeList();
    this.timer = setTimeout(() => this.find(input, text), 120);
  }

  async find(input, text) {
    const response = await fetch(`${this.form.dataset.products}&q=${encodeURIComponent(text)}`);
    if (!response.ok || document.activeElement !== input || input.value.trim() !== text) return;
    this.list.innerHTML = await response.text();
    const free = document.createElement("li");
    free.setAttribute("role", "option");
    free.id = "product-free";
    free.className = "muted";
    free.dataset.value = text;
    free.textContent = this.form.dataset.free.replace("%s", text);
    this.list.append(free);
    this.list.hidden = false;
    this.place(this.list, input);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-expanded", "true");
    input.setAttribute("aria-controls", this.list.id);
    this.select(input, 0);
  }

  options() { return [...this.list.querySelectorAll("[role=option]")]; }

  select(input, at) {
    this.options().forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    const option = this.options()[at];
    option?.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option?.id ?? "");
  }

  // Whoever types the next product meanwhile keeps the list that belongs to it.
  left() { if (document.activeElement?.name !== "product") this.closeList(); }

  closeList() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.body.querySelectorAll("[aria-expanded]").forEach((input) => {
      ["role", "aria-expanded", "aria-controls", "aria-activedescendant"].forEach((name) => input.removeAttribute(name));
    });
  }

  listKey(event) {
    const options = this.options();
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.select(event.target, (at + (event.key === "ArrowDown" ? 1 : options.length - 1)) % options.length);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      this.choose(event.target, options[at]);
    } else if (event.key === "Tab" && at >= 0) {
      this.choose(event.target, options[at], false);
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.closeList();
    } else {
      return false;
    }
    return true;
  }

  pick(event) {
    const option = event.target.closest("#line-products [role=option]");
    if (!option) return;
    event.preventDefault();
    this.choose(document.activeElement, option);
  }

  choose(input, option, moves = true) {
    input.value = option.dataset.value;
    this.closeList();
    this.commit(input);
    if (moves) this.input(input.closest("tr"), "quantity").focus();
  }
}

for (const form of document.querySelectorAll("form[data-lines]")) new LineEditor(form);
