// The menu under the lightning: typing finds a macro, Enter runs the first. The menu stands in the composer's form, which
// Enter must not send.

import { settled } from "../muhatap/js/editor.js";

const fold = (text) => text.toLocaleLowerCase("tr").normalize("NFD").replace(/\p{M}/gu, "").replace(/ı/g, "i");

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-macro-search]")) return;
  event.stopPropagation(); // nothing was written to the customer
  const asked = fold(event.target.value.trim());
  for (const item of event.target.closest(".menu").querySelectorAll("[data-macro]")) {
    item.hidden = !fold(item.dataset.macro).includes(asked);
  }
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("[data-macro-search]")) return;
  event.preventDefault();
  event.stopPropagation();
  event.target.closest(".menu").querySelector("[data-macro]:not([hidden])")?.click();
}, true);

// What is being written goes along with the macro; a save still under way must not come after it.
document.addEventListener("htmx:confirm", (event) => {
  const form = event.target.closest?.("[data-macro]")?.closest("[data-composer]");
  if (!form) return;
  event.preventDefault();
  settled(form).then(() => event.detail.issueRequest(true));
});

// The macros come when the menu is opened; then the search has the focus.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id === "macros-menu") event.detail.target.querySelector("input, .menu-item")?.focus();
});
