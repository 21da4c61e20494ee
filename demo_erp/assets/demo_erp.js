// Shows the board as it is now, every second, without taking the focus away from a button.
const board = document.getElementById("board");

async function refresh() {
  if (board.contains(document.activeElement) && document.activeElement.matches(":focus-visible")) return;
  try {
    const answer = await fetch("/board");
    if (answer.ok) board.innerHTML = await answer.text();
  } catch {
    document.title = "Demo ERP (not reachable)";
  }
}

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = new FormData(event.target, event.submitter);
  await fetch(event.target.action, { method: "POST", body: new URLSearchParams(form), redirect: "manual" });
  document.activeElement.blur();
  await refresh();
});

setInterval(refresh, 1000);
