// The pane of deals: opened, it takes the focus; closed (✕ or Escape), it gives it back to the figure it came from.
let figure = "";

const pane = () => document.getElementById("deals");
const cellAt = (address) => [...document.querySelectorAll("#grid a[hx-get]")].find((link) => link.getAttribute("hx-get") === address);

document.addEventListener("htmx:beforeRequest", (event) => {
  const link = event.detail.elt;
  if (event.detail.target?.id === "deals" && link.closest("#grid")) {
    figure = link.getAttribute("hx-get");
    document.querySelectorAll("#grid td[aria-current]").forEach((cell) => cell.removeAttribute("aria-current"));
    link.closest("td")?.setAttribute("aria-current", "true");
  }
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt?.id !== "deals") return;
  const heading = pane().querySelector("h2");
  if (heading) return heading.focus({ preventScroll: true });
  document.querySelectorAll("#grid td[aria-current]").forEach((cell) => cell.removeAttribute("aria-current"));
  cellAt(figure)?.focus();
});

// From anywhere, because Tab may have led out of the pane; but what else Escape closes or clears comes first.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open], details.menu[open]")) return;
  if (pane()?.contains(event.target) || !event.target.matches("input, select, textarea")) pane()?.querySelector("[data-closes]")?.click();
}, true);
