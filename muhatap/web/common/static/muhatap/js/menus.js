// Menus (data-menu="<id>"), dialogs (data-opens="<id>", data-closes), parts that open in place (data-toggles="<id>",
// data-shows="<id>" only ever opens) and the way back (data-back).

let openButton = null;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-menu], [data-opens], [data-closes], [data-toggles], [data-shows], [data-back]");
  if (openButton && !event.target.closest(".menu")) closeMenu();
  if (!button) {
    if (event.target.closest(".menu [role^=menuitem]")) closeMenu(true);
    return;
  }
  if (button.dataset.menu) toggleMenu(button);
  else if (button.dataset.opens) openDialog(button.dataset.opens);
  else if ("closes" in button.dataset) button.closest("dialog")?.close();
  else if (button.dataset.toggles) toggle(button);
  else if (button.dataset.shows) show(button);
  else history.back();
});

export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog) return;
  closeMenu();
  if (!dialog.open) dialog.showModal();
  dialog.dispatchEvent(new Event("opened"));
}

function toggle(button) {
  const part = document.getElementById(button.dataset.toggles);
  part.hidden = !part.hidden;
  button.setAttribute("aria-expanded", String(!part.hidden));
  if (!part.hidden) part.querySelector("input:not([type=hidden]), textarea")?.focus();
}

function show(button) {
  closeMenu();
  const part = document.getElementById(button.dataset.shows);
  part.hidden = false;
  part.querySelector("input:not([type=hidden]), textarea")?.focus();
}

// A press that began and ended on the veil closes; one that began inside (selecting text) does not.
let pressedOn = null;
document.addEventListener("pointerdown", (event) => (pressedOn = event.target));
document.addEventListener("click", (event) => {
  if (event.target.tagName === "DIALOG" && pressedOn === event.target) event.target.close();
});

function toggleMenu(button) {
  const menu = document.getElementById(button.dataset.menu);
  const wasOpen = openButton === button;
  closeMenu();
  if (wasOpen || !menu) return;
  menu.hidden = false;
  button.setAttribute("aria-expanded", "true");
  openButton = button;
  items(menu)[0]?.focus();
}

// What a menu offers may come only when it is opened (hx-get); then the first of it has the focus, unless one went on.
document.addEventListener("htmx:afterSettle", (event) => {
  const menu = openButton && document.getElementById(openButton.dataset.menu);
  if (!menu?.contains(event.detail.target)) return;
  if (document.activeElement === openButton) items(menu)[0]?.focus();
  menu.scrollIntoView({ block: "nearest" });
});

export function closeMenu(giveFocusBack = false) {
  if (!openButton) return;
  const button = openButton;
  openButton = null;
  button.setAttribute("aria-expanded", "false");
  const menu = document.getElementById(button.dataset.menu);
  if (menu) menu.hidden = true;
  if (giveFocusBack) button.focus();
}

const items = (menu) => [...menu.querySelectorAll("[role^=menuitem], input")].filter((item) => !item.closest("[hidden]"));

document.addEventListener("keydown", (event) => {
  const menu = openButton && document.getElementById(openButton.dataset.menu);
  if (!menu) return;
  if (event.key === "Escape") {
    event.stopPropagation();
    return closeMenu(true);
  }
  if (event.key === "Tab") return closeMenu();
  if (document.activeElement.matches("input[type=text], input[type=search]") && event.key.length === 1) return;
  const digit = /^[1-9]$/.test(event.key) && menu.querySelector(`[data-digit="${event.key}"]`);
  if (digit) {
    event.preventDefault();
    event.stopPropagation();
    return digit.click();
  }
  const all = items(menu);
  const at = all.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at < 0 ? all.length - 1 : at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (next === undefined || !all.length) return;
  event.preventDefault();
  all[(next + all.length) % all.length].focus();
}, true);

document.addEventListener("focusout", (event) => {
  if (openButton && event.relatedTarget && !event.relatedTarget.closest(".menu-at")) closeMenu();
});
