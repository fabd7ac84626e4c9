// The builder of filters: when another field or comparison is chosen, the row's values are asked again.
document.addEventListener("change", (event) => {
  const select = event.target.closest?.("[data-filter-again]");
  if (!select) return;
  sessionStorage.setItem("filter-focus", select.id);
  const form = select.form;
  form.requestSubmit(form.querySelector("[data-filter-submit]"));
});

const again = sessionStorage.getItem("filter-focus");
if (again) {
  sessionStorage.removeItem("filter-focus");
  document.getElementById(again)?.focus();
}
