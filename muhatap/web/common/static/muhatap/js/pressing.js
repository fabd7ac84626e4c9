// A click is heard where the pointer was pressed and let go. Were what lies under it replaced between the two, nothing would
// be clicked; so what was read anew waits for the pointer, though not longer than a press takes.

const LONGEST = 1000;
let release = null;
let released = Promise.resolve();

document.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || release) return;
  released = new Promise((done) => (release = done));
  setTimeout(end, LONGEST, release);
}, true);

// The click comes right after the pointer is up.
for (const name of ["pointerup", "pointercancel", "dragend"]) document.addEventListener(name, () => setTimeout(end, 0, release), true);

function end(one) {
  one?.();
  if (release === one) release = null;
}

// Resolved when no pointer is pressed.
export const letGo = () => released;
