// Products offered while one types: number, name, price here, what this customer paid last. A grid of its own.
class ProductBox {
  constructor(form) {
    this.form = form;
    this.editor = form.editor;
    this.list = form.querySelector("#line-products");
    this.editor.products = this;
    form.addEventListener("input", (event) => this.typed(event.target));
    form.addEventListener("focusout", (event) => { if (event.target.name === "product") setTimeout(() => this.left(), 150); });
    this.list.addEventListener("pointerdown", (event) => this.pick(event));
  }

  get open() { return !this.list.hidden; }

  typed(input) {
    if (input.name !== "product" || input.closest("tr.section, tr.note")) return;
    clearTimeout(this.timer);
    const text = input.value.trim();
    if (!text) return this.close();
    this.timer = setTimeout(() => this.find(input, text), 120);
  }

  async find(input, text) {
    const response = await fetch(`${this.form.dataset.products}&q=${encodeURIComponent(text)}`).catch(() => null);
    if (!response?.ok) return;
    const rows = await response.text();
    if (document.activeElement !== input || input.value.trim() !== text) return;
    this.text = text;
    this.list.innerHTML = rows;
    const free = document.createElement("div");
    free.setAttribute("role", "row");
    free.id = "product-free";
    free.className = "muted";
    free.dataset.value = text;
    const cell = free.appendChild(document.createElement("span"));
    cell.setAttribute("role", "gridcell");
    cell.textContent = this.form.dataset.free.replace("%s", text);
    this.list.append(free);
    this.list.hidden = false;
    this.editor.anchor(this.list, input);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "true", "aria-controls": this.list.id, "aria-haspopup": "grid", "aria-autocomplete": "list" })) {
      input.setAttribute(name, value);
    }
    this.select(input, 0);
  }

  options() { return [...this.list.querySelectorAll("[role=row]")]; }

  select(input, at) {
    this.options().forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    const option = this.options()[at];
    option?.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option?.id ?? "");
  }

  // Whoever types the next product meanwhile keeps the list that belongs to it.
  left() { if (document.activeElement?.name !== "product") this.close(); }

  close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.form.querySelectorAll("tbody [aria-expanded]").forEach((input) => {
      ["role", "aria-expanded", "aria-controls", "aria-activedescendant", "aria-haspopup", "aria-autocomplete"].forEach((name) => input.removeAttribute(name));
    });
  }

  // A list that came for the first letters only must not answer for the rest: its option is meant if it has all of them.
  fits(option, text) {
    return this.text === text || text.toLowerCase().split(/\s+/).every((word) => option.textContent.toLowerCase().includes(word));
  }

  // What a key does while the list is open; true if it was for the list.
  key(event) {
    const options = this.options();
    let at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (["Enter", "Tab"].includes(event.key) && at >= 0 && !this.fits(options[at], event.target.value.trim())) {
      at = -1;
      this.close();
    }
    if (event.altKey || event.ctrlKey || event.metaKey) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.select(event.target, (at + (event.key === "ArrowDown" ? 1 : options.length - 1)) % options.length);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      this.choose(event.target, options[at]);
    } else if (event.key === "Tab" && at >= 0) {
      this.choose(event.target, options[at], false);
      return false;
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.close();
    } else {
      return false;
    }
    return true;
  }

  pick(event) {
    const option = event.target.closest("[role=row]");
    if (!option) return;
    event.preventDefault();
    this.choose(document.activeElement, option);
  }

  choose(input, option, moves = true) {
    if (option.id !== "product-free") input.value = option.dataset.value;
    this.close();
    this.editor.commit(input);
    if (moves) this.editor.input(input.closest("tr"), "quantity").focus();
  }
}

for (const form of document.querySelectorAll("form[data-lines]")) new ProductBox(form);
