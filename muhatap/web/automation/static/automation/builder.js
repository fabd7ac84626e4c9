// The builder of rules: lines are removed here, and hours stand only beside what takes hours. New lines come from the server.

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-removes-row]");
  if (!button) return;
  const row = button.closest("[data-rule-row]");
  const next = row.nextElementSibling ?? row.previousElementSibling;
  const adder = row.closest("fieldset").querySelector("[hx-get][hx-swap=beforeend]");
  row.remove();
  (next?.querySelector("[data-removes-row]") ?? adder).focus();
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-event]")) return;
  const isTime = "takesHours" in event.target.selectedOptions[0].dataset;
  document.querySelector("[data-hours]").hidden = !isTime;
});

// A new line is where one goes on.
document.addEventListener("htmx:afterSettle", (event) => {
  if (!event.detail.target?.matches(".rule-rows")) return;
  event.detail.target.lastElementChild?.querySelector("select")?.focus();
});
