// Choosing rows: boxes on hover and focus, x on the focused row, Shift for a range, all of the page, all of the view.
// Rows are read again while one chooses, so what is chosen is kept here and put back. The bar itself is a form.

const chosen = new Set();
let last = null;

const bar = () => document.querySelector("[data-bulk-bar]");
const boxes = () => [...document.querySelectorAll("[data-pick-row]")];

document.addEventListener("click", (event) => {
  const box = event.target.closest?.("[data-pick-row]");
  if (box) return pick(box, event.shiftKey);
  if (event.target.closest?.("[data-bulk-none]")) none();
});

// A button says what to do; the menu it stands in takes the focus away before the form is sent.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-do]");
  if (button) button.form.elements.do.value = button.dataset.do;
}, true);

function pick(box, isRange) {
  const all = boxes();
  const from = isRange && last ? all.findIndex((one) => one.value === last) : -1;
  const to = all.indexOf(box);
  const range = from < 0 ? [box] : all.slice(Math.min(from, to), Math.max(from, to) + 1);
  for (const one of range) set(one, box.checked);
  last = box.value;
  show();
}

function set(box, isChosen) {
  box.checked = isChosen;
  if (isChosen) chosen.add(box.value);
  else chosen.delete(box.value);
}

function none() {
  for (const box of boxes()) box.checked = false;
  chosen.clear();
  last = null;
  show();
}

document.addEventListener("change", (event) => {
  if (!event.target.matches?.("[data-bulk-page]")) return;
  for (const box of boxes()) set(box, event.target.checked);
  show();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.dataset?.enter) {
    event.preventDefault();
    return document.getElementById(event.target.dataset.enter)?.click();
  }
  if (event.key === "Escape" && chosen.size && !event.defaultPrevented && !document.querySelector("dialog[open], .menu:not([hidden])")) return none();
  if (event.key.toLowerCase() !== "x" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.isContentEditable || event.target.matches("input:not([type=checkbox]), textarea, select")) return;
  if (localStorage.getItem("muhatap-keys-off") === "yes" || document.querySelector("dialog[open]")) return;
  const row = document.activeElement.closest?.("[data-rows] li") ?? document.querySelector('[data-row][aria-current="true"]')?.closest("li");
  const box = row?.querySelector("[data-pick-row]");
  if (!box) return;
  box.checked = !box.checked;
  pick(box, event.shiftKey);
});

function show() {
  const form = bar();
  if (!form) return;
  const n = chosen.size;
  const shown = boxes();
  const isAll = n > 0 && shown.every((box) => box.checked);
  form.hidden = n === 0;
  document.querySelector(".pane-list")?.toggleAttribute("data-choosing", n > 0);
  form.querySelector("[data-n-chosen]").textContent = n;
  const page = form.querySelector("[data-bulk-page]");
  page.checked = isAll;
  page.indeterminate = n > 0 && !isAll;
  const all = form.querySelector("[data-bulk-all]");
  all.hidden = !isAll || !document.querySelector("#rows-more");
  if (all.hidden) all.querySelector("input").checked = false;
}

// Rows were read again, or more came: what is chosen stays chosen; what left the list is let go.
function putBack() {
  const there = new Set(boxes().map((box) => box.value));
  for (const value of chosen) if (!there.has(value)) chosen.delete(value);
  for (const box of boxes()) box.checked = chosen.has(box.value);
  show();
}
document.addEventListener("merged", (event) => event.target.id === "rows" && putBack());
document.addEventListener("htmx:afterSettle", (event) => event.detail.target?.closest?.("#rows, .pane-list") && putBack());

// It was done: nothing is chosen any more, and the rows say so at once.
document.addEventListener("bulk-told", () => {
  none();
  for (const part of document.querySelectorAll("#rows, #views")) part.dispatchEvent(new CustomEvent("live", { bubbles: true }));
});

// Counts of saved views are not waited for; they come now.
document.querySelector("#views[data-waits]")?.dispatchEvent(new CustomEvent("live", { bubbles: true }));
addEventListener("pageshow", putBack);
