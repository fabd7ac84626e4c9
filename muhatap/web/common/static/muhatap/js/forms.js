// Small help for forms: textareas that grow, "all" boxes and the count of chosen rows, one submit per press,
// and the focus on what was refused.

function grow(area) {
  if (!area.offsetParent) return; // hidden: nothing to measure yet
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

document.addEventListener("input", (event) => {
  if (event.target.matches("textarea[data-grows]")) grow(event.target);
});

document.addEventListener("change", (event) => {
  const box = event.target.closest("[data-pick-all], [data-pick]");
  const form = box?.closest("[data-picking]");
  if (!form) return;
  const picks = [...form.querySelectorAll("[data-pick]")];
  if ("pickAll" in box.dataset) picks.forEach((pick) => (pick.checked = box.checked));
  const n = picks.filter((pick) => pick.checked).length;
  const all = form.querySelector("[data-pick-all]");
  if (all) {
    all.checked = n > 0 && n === picks.length;
    all.indeterminate = n > 0 && n < picks.length;
  }
  for (const bar of form.querySelectorAll("[data-bulk]")) bar.hidden = n === 0;
  for (const bar of form.querySelectorAll("[data-no-bulk]")) bar.hidden = n > 0;
  for (const figure of form.querySelectorAll("[data-n-picked]")) figure.textContent = n;
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post") || form.target) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
});
// Coming back by the history must find a form that can be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

function ready(root) {
  root.querySelectorAll?.("textarea[data-grows]").forEach(grow);
  root.querySelector?.("[data-focus]")?.focus();
}

ready(document);
document.addEventListener("htmx:load", (event) => ready(event.detail.elt));
