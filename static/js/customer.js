// Counts the options as they are ticked. Without it the button "Recalculate" does the same; the server is the only
// one who calculates.
const form = document.getElementById("offer");
const button = form?.querySelector("button[formaction]");
let asked = 0;

async function recount() {
  const turn = (asked += 1);
  const answer = await fetch(button.formAction, { method: "POST", body: new FormData(form) }).catch(() => null);
  if (turn !== asked) return; // a later tick is on its way
  if (!answer?.ok) { button.closest("p").hidden = false; return; }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-part]")) {
    const next = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!next) continue;
    if (part.tagName === "INPUT") part.value = next.value;
    else part.replaceChildren(...next.childNodes);
  }
  for (const box of form.querySelectorAll("input[name=option]")) box.closest("tr").classList.toggle("chosen", box.checked);
}

if (button) {
  button.closest("p").hidden = true;
  form.addEventListener("change", (event) => { if (event.target.name === "option") recount(); });
}
