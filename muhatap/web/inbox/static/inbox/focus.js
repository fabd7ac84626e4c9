// Where the focus goes when what had it is drawn again: whoever works by keys would begin at the top of the page otherwise.

let opened = ""; // the menu of the chip that was pressed last
let drawn = null; // the line of chips that was drawn again just now
let stood = ""; // the menu of the chip that had the focus before the thread was read again

const isLost = () => document.activeElement === document.body;

// A key presses a chip without giving it the focus; menus.js takes it on into the menu from there.
document.addEventListener("click", (event) => {
  const chip = event.target.closest(".reading-chip");
  if (!chip) return;
  opened = chip.dataset.menu;
  chip.focus();
}, true);

// What a menu offers is loaded once it is seen, and under the composer nobody sees it.
document.addEventListener("click", (event) => {
  const chip = event.target.closest(".reading-chip");
  if (chip) document.getElementById(chip.dataset.menu).scrollIntoView({ block: "nearest" });
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.matches(".reading")) giveBack((drawn = event.target));
  if (event.target.matches("#composer-checks") && isLost()) write();
});

// "Undo" draws the chips first and takes its toast away, and the focus with it, afterwards.
document.addEventListener("htmx:afterRequest", () => {
  if (drawn) giveBack(drawn);
  drawn = null;
});

function giveBack(reading) {
  if (isLost()) chipIn(reading)?.focus();
}

// The thread that is read again finds the focus back by looks, and chips look alike; of a menu it keeps nothing.
document.addEventListener("live", (event) => {
  if (event.target.id === "thread") stood = document.activeElement.closest(".reading .menu-at")?.firstElementChild.dataset.menu;
}, true);

document.addEventListener("merged", (event) => {
  if (event.target.id !== "thread" || !stood) return;
  if (isLost() || document.activeElement.matches(".reading-chip")) document.querySelector(`[data-menu="${CSS.escape(stood)}"]`)?.focus();
});

function chipIn(reading) {
  return reading.querySelector(`[data-menu="${CSS.escape(opened)}"]`) ?? reading.querySelector(".reading-chip");
}

function write() {
  const editor = document.querySelector("#composer [data-editor]:not([hidden])");
  if (!editor) return;
  editor.focus();
  getSelection().selectAllChildren(editor);
  getSelection().collapseToEnd();
}
