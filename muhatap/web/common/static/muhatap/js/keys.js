// Keys are marked in the page: data-key="r" on a button, link or field, data-key-name for the sheet under "?".
// "mod+k" is Ctrl or Cmd. j and k walk the rows of [data-rows], o opens the one with the focus. Single letters can be switched off (WCAG 2.1.4).

import { openDialog } from "./menus.js";

const sheet = document.getElementById("keys");
const OFF = "muhatap-keys-off";
const isOff = () => localStorage.getItem(OFF) === "yes";
const isWriting = (target) => target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
const isShown = (element) => element.getClientRects().length > 0;

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || event.isComposing) return;
  const withMod = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (withMod) {
    if (press(`mod+${event.shiftKey ? "shift+" : ""}${key}`)) event.preventDefault();
    return;
  }
  if (isWriting(event.target) || document.querySelector("dialog[open]") || isOff()) return;
  if (event.key === "?" && sheet) {
    event.preventDefault();
    return openDialog("keys");
  }
  const isDone = key === "j" || key === "k" ? walk(key === "j" ? 1 : -1) : key === "o" ? openRow() : !event.repeat && press(key); // a key held down presses one button, not one after the other
  if (isDone) event.preventDefault();
});

function press(key) {
  const element = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(isShown);
  if (!element) return false;
  if (element.matches("input, textarea, select, [contenteditable]")) element.focus();
  else element.click();
  return true;
}

function walk(step) {
  const rows = [...document.querySelectorAll("[data-rows] a[data-row]")].filter(isShown);
  if (!rows.length) return false;
  const focused = rows.indexOf(document.activeElement);
  const at = focused < 0 ? rows.findIndex((row) => row.getAttribute("aria-current") === "true") : focused;
  const row = rows[at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1)];
  row.focus({ focusVisible: true });
  row.scrollIntoView({ block: "nearest" });
  return true;
}

function openRow() {
  const row = document.activeElement.closest("[data-row]") ?? document.querySelector('[data-row][aria-current="true"]');
  row?.click();
  return Boolean(row);
}

sheet?.addEventListener("opened", () => {
  const list = sheet.querySelector("[data-keys-list]");
  const rows = document.querySelector("[data-rows]");
  const entries = new Map([["?", list.dataset.thisSheet]]);
  if (rows?.dataset.next) entries.set("j", rows.dataset.next).set("k", rows.dataset.previous).set("o", rows.dataset.open);
  if (rows?.dataset.choose) entries.set("x", rows.dataset.choose);
  for (const element of document.querySelectorAll("[data-key][data-key-name]")) {
    if (isShown(element)) entries.set(element.dataset.key.replace("mod+", "Ctrl ").replace("shift+", "Shift "), element.dataset.keyName);
  }
  list.replaceChildren(...[...entries].map(line));
  sheet.querySelector("[data-keys-switch]").checked = !isOff();
});

function line([key, name]) {
  const item = document.createElement("li");
  const cap = document.createElement("kbd");
  cap.textContent = key.replace(/ ./g, (end) => end.toUpperCase());
  item.append(name, cap);
  return item;
}

sheet?.addEventListener("change", (event) => {
  if (event.target.matches("[data-keys-switch]")) localStorage.setItem(OFF, event.target.checked ? "" : "yes");
});
