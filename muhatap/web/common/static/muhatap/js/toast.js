// Toasts come from the server into #toasts. One with data-seconds counts down and goes; another goes after a while,
// but never while the pointer or the focus is on it.

const STAY = 6000;
const region = document.getElementById("toasts");

export function toast(text) {
  if (!region) return;
  const box = document.createElement("div");
  box.className = "toast";
  const words = document.createElement("span");
  words.className = "toast-text";
  words.textContent = text;
  box.append(words);
  region.append(box);
}

function start(box) {
  if (box.dataset.started) return;
  box.dataset.started = "yes";
  const seconds = Number(box.dataset.seconds || 0);
  if (seconds) return countDown(box, Date.now() + seconds * 1000);
  if (!("stays" in box.dataset)) leaveLater(box);
}

function countDown(box, end) {
  const figure = box.querySelector("[data-countdown]");
  const unit = figure?.textContent.replace(/^[\d\s]+/, "") ?? "";
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left <= 0) return box.remove();
    if (figure) figure.textContent = `${left} ${unit}`;
    setTimeout(tick, 250);
  };
  tick();
}

function leaveLater(box) {
  setTimeout(() => (box.matches(":hover, :focus-within") ? leaveLater(box) : box.remove()), STAY);
}

region?.addEventListener("click", (event) => {
  if (event.target.closest("[data-closes-toast]")) event.target.closest(".toast").remove();
});
region?.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.target.matches("[data-undo]")) event.target.closest(".toast").remove();
});
if (region) {
  new MutationObserver(() => region.querySelectorAll(".toast").forEach(start)).observe(region, { childList: true });
  region.querySelectorAll(".toast").forEach(start);
}
document.addEventListener("muhatap:toast", (event) => toast(event.detail.value ?? event.detail.text));
