// The lines as a grid. Move mode: arrows go from cell to cell, Tab leaves. Edit mode: an input has the focus, Tab and
// Enter go on to the next cell or row, Escape goes back. What is selected can be copied, discounted, moved, removed.
const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

class LineGrid {
  constructor(form) {
    this.form = form;
    this.editor = form.editor;
    this.body = this.editor.body;
    this.bar = form.querySelector(".line-selection");
    this.editor.grid = this;
    this.editor.table.setAttribute("role", "grid");
    this.editor.table.setAttribute("aria-multiselectable", "true");
    this.body.querySelectorAll("input, button").forEach((one) => { one.tabIndex = -1; });
    this.rove(this.target(this.editor.rows()[0]?.cells[1]));
    this.body.addEventListener("keydown", (event) => this.key(event));
    this.body.addEventListener("focusin", (event) => this.entered(event));
    this.body.addEventListener("focusout", () => setTimeout(() => this.left()));
    addEventListener("pointerdown", () => { this.pressed = true; }, true);
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => { this.pressed = false; setTimeout(() => this.left()); }, true);
    this.body.addEventListener("change", (event) => { if (event.target.matches(".pick")) this.count(); });
    this.body.addEventListener("click", (event) => { if (event.target.matches(".pick")) this.range(event); });
    form.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target.name === "many") event.target.blur(); });
    form.addEventListener("copy", (event) => this.copy(event));
    form.addEventListener("paste", (event) => this.paste(event));
    document.addEventListener("submit", (event) => this.takePasted(event), true);
  }

  settle(row) { row.querySelectorAll("input, button").forEach((one) => { one.tabIndex = -1; }); }

  // What takes the focus in a cell: its checkbox or its button; of a cell with an input the cell itself.
  target(cell) { return cell?.querySelector(".pick, .line-menu") ?? cell; }

  rove(target) {
    if (!target) return;
    this.at?.setAttribute("tabindex", "-1");
    this.at = target;
    target.setAttribute("tabindex", "0");
  }

  focus(cell) {
    const target = this.target(cell);
    this.rove(target);
    target?.focus();
  }

  moveTo(row, name = "product") { if (!this.stays) this.focus((this.editor.input(row, name) ?? row)?.closest?.("td") ?? row?.cells[1]); }

  // --- focus comes and goes ------------------------------------------------------------------------------------------
  entered(event) {
    const cell = event.target.closest("tr[data-kind] > td");
    if (!cell) return;
    if (event.target.matches("input:not(.pick)")) {
      // An answer may move the row one types in: what is typed but not sent yet is not selected, the next key would eat it.
      if (event.target.value === this.editor.was(event.target)) event.target.select();
      this.rove(this.target(cell));
    } else {
      this.rove(event.target);
    }
  }

  // Not while the mouse is down: what is being clicked below the rows would move away under it.
  left() {
    if (this.pressed || this.body.contains(document.activeElement)) return;
    const rows = this.editor.rows();
    for (const row of rows) {
      if (this.editor.isEmpty(row) && this.editor.rows().length > 1) this.editor.drop(row);
    }
    if (!this.at?.isConnected) this.rove(this.target(this.editor.rows().at(-1)?.cells[1]));
  }

  // --- keys ----------------------------------------------------------------------------------------------------------
  key(event) {
    const row = event.target.closest("tr");
    if (!row?.dataset.kind) return;
    const editing = event.target.matches("input:not(.pick)");
    if (editing && event.target.name === "product" && this.editor.products?.open && this.editor.products.key(event)) return;
    if (this.command(event, row)) return event.preventDefault();
    if (editing ? this.editKey(event, row) : this.moveKey(event, row)) event.preventDefault();
  }

  command(event, row) {
    const { key } = event;
    const mod = event.ctrlKey || event.metaKey;
    const rows = this.chosen().includes(row) ? this.chosen() : [row];
    const verb = event.altKey && !mod && { ArrowUp: "up", ArrowDown: "down" }[key] || mod && { d: "copy", Delete: "remove" }[key];
    if (verb) {
      if (event.target.matches("input")) this.editor.commit(event.target);
      this.editor.do(verb, rows);
    } else if (mod && key === ";") {
      if (!this.chosen().length) this.mark(row, true);
      this.bar.querySelector("input").focus();
    } else if (event.shiftKey && key === " " && !event.target.matches("input:not(.pick)")) {
      this.mark(row, row.getAttribute("aria-selected") !== "true");
    } else if (mod && key === "z" && !event.target.matches("input:not(.pick)")) {
      this.editor.undo();
    } else {
      return false;
    }
    return true;
  }

  editKey(event, row) {
    const input = event.target;
    if (event.key === "Escape") {
      input.value = input.committed ?? this.editor.was(input);
      this.focus(input.closest("td"));
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      this.editor.commit(input);
      this.down(row, input.name);
    } else if (event.key === "Tab") {
      const inputs = [...this.body.querySelectorAll("tr[data-kind] input[name]:not(.pick)")];
      const next = inputs[inputs.indexOf(input) + (event.shiftKey ? -1 : 1)];
      next?.focus();
      return Boolean(next);
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      const rows = this.editor.rows();
      const next = rows[rows.indexOf(row) + (event.key === "ArrowUp" ? -1 : 1)];
      (this.editor.input(next, input.name) ?? this.editor.input(next))?.focus();
    } else {
      return false;
    }
    return true;
  }

  // The next row, same column; below the last one a new row begins.
  down(row, name) {
    const rows = this.editor.rows();
    const next = rows[rows.indexOf(row) + 1];
    if (next) return (this.editor.input(next, name) ?? this.editor.input(next)).focus();
    if (this.editor.input(row).value.trim()) this.editor.input(this.editor.add("item")).focus();
  }

  moveKey(event, row) {
    const cell = event.target.closest("td");
    const { key } = event;
    const mod = event.ctrlKey || event.metaKey;
    const rows = this.editor.rows();
    const at = rows.indexOf(row);
    if (MOVES[key] && !event.altKey && !event.shiftKey) {
      const [down, right] = MOVES[key];
      const next = rows[at + down];
      if (next) this.focus(down ? this.below(cell, next) : row.cells[cell.cellIndex + right] ?? cell);
    } else if (key === "Home" || key === "End") {
      const to = mod ? rows.at(key === "Home" ? 0 : -1) : row;
      this.focus(to.cells[key === "Home" ? 0 : to.cells.length - 1]);
    } else if (key === "Enter" || key === "F2") {
      if (event.target !== cell) return false;
      this.edit(cell, key === "F2");
    } else if (key.length === 1 && key !== " " && !mod && !event.altKey && event.target === cell) {
      cell.querySelector("input")?.focus();
      return false; // the key itself is typed into the input, over what stood there
    } else {
      return false;
    }
    return true;
  }

  // The cell under this one: by the name of its input, else by its place.
  below(cell, row) {
    const name = cell.querySelector("input[name]")?.name;
    const named = name && this.editor.input(row, name)?.closest("td");
    return named || (cell.cellIndex === 0 ? row.cells[0] : cell.nextElementSibling ? row.cells[Math.min(cell.cellIndex, row.cells.length - 2)] : row.cells[row.cells.length - 1]);
  }

  edit(cell, atEnd = false) {
    const input = cell.querySelector("input[name]");
    input?.focus();
    if (atEnd) input?.setSelectionRange(input.value.length, input.value.length);
  }

  // --- selection -----------------------------------------------------------------------------------------------------
  chosen() { return this.editor.rows().filter((row) => row.querySelector(".pick").checked); }

  mark(row, on) {
    row.querySelector(".pick").checked = on;
    this.count();
  }

  range(event) {
    const rows = this.editor.rows();
    const here = rows.indexOf(event.target.closest("tr"));
    if (event.shiftKey && this.last?.isConnected) {
      const there = rows.indexOf(this.last);
      rows.slice(Math.min(here, there), Math.max(here, there) + 1).forEach((row) => { row.querySelector(".pick").checked = event.target.checked; });
      this.count();
    }
    this.last = rows[here];
  }

  count() {
    const rows = this.editor.rows();
    rows.forEach((row) => row.setAttribute("aria-selected", String(row.querySelector(".pick").checked)));
    const count = this.chosen().length;
    this.bar.hidden = !count;
    this.bar.querySelector("[data-count]").textContent = count;
  }

  // --- clipboard -----------------------------------------------------------------------------------------------------
  copy(event) {
    const field = document.activeElement;
    if (field.matches("input:not(.pick)") && field.selectionStart !== field.selectionEnd && !this.chosen().length) return;
    const rows = this.chosen().length ? this.chosen() : [field.closest("tr[data-kind]")].filter(Boolean);
    if (!rows.length) return;
    const text = (cell) => (cell.querySelector("input[name]")?.value ?? cell.textContent).trim().replace(/\s+/g, " ");
    event.clipboardData.setData("text/plain", rows.map((row) => [...row.cells].slice(1, -1).map(text).join("\t")).join("\n"));
    event.preventDefault();
  }

  paste(event) {
    const html = event.clipboardData.getData("text/html");
    const plain = event.clipboardData.getData("text/plain");
    const text = /<table/i.test(html) ? html : plain;
    const cell = document.activeElement.closest("tbody td");
    if (!cell || !/<table|[\t\n]/i.test(text.trim())) {
      const input = document.activeElement.matches("input") ? null : cell?.querySelector("input[name]");
      if (!input || input.readOnly) return;
      event.preventDefault();
      input.value = plain.trim();
      return this.editor.commit(input);
    }
    event.preventDefault();
    const line = cell.closest("tr").dataset.line ?? this.editor.saved().at(-1)?.dataset.line ?? "";
    window.htmx.ajax("POST", this.form.action, { target: "#dialog", swap: "innerHTML", values: { do: "paste", text, line } });
  }

  // What was pasted and looked at is taken over here instead of loading the page anew: one request, one way back.
  takePasted(event) {
    if (!event.target.matches?.("[data-take-lines]") || event.submitter?.value !== "take") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const fields = { do: "take" };
    for (const [name, value] of new FormData(event.target)) {
      if (!["csrfmiddlewaretoken", "version", "do"].includes(name)) fields[name] = name in fields ? [fields[name], value].flat() : value;
    }
    event.target.closest("dialog")?.close();
    this.editor.rows().filter((row) => this.editor.isEmpty(row)).forEach((row) => this.editor.drop(row));
    this.editor.send({ fields, done: (made) => this.moveTo(this.editor.row(made[0]) ?? this.editor.rows()[0] ?? this.editor.add("item")) });
  }
}

for (const form of document.querySelectorAll("form[data-lines]")) new LineGrid(form);
