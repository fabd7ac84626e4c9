// The three panes: which row is open, which pane a phone shows, the card over the edge, where the thread stands,
// who of them is typing.

import "./found.js";
import { toast } from "./toast.js";

const inbox = document.querySelector(".inbox");
const TYPING = 6000;

const show = (pane) => (inbox.dataset.pane = pane);
const isPhone = () => matchMedia("(max-width: 47.99em)").matches;

document.addEventListener("click", (event) => {
  const to = event.target.closest("[data-pane-to]");
  if (to) {
    show(to.dataset.paneTo);
    if (to.dataset.paneTo === "list") document.querySelector('[data-row][aria-current="true"]')?.focus();
  }
  if (event.target.closest("[data-card-close]")) isPhone() ? show("conversation") : toggleCard(false);
  else if (event.target.closest("[data-card]")) toggleCard(!("card" in inbox.dataset));
});

function toggleCard(isOpen) {
  if (isOpen) inbox.dataset.card = "";
  else delete inbox.dataset.card;
  const opener = document.querySelector("[data-card]");
  opener?.setAttribute("aria-expanded", String(isOpen));
  if (isOpen) document.querySelector("#card a, #card button:not(.card-back)")?.focus();
  else opener?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && "card" in inbox.dataset && !document.querySelector("dialog[open]")) toggleCard(false);
});

// Which row is open is known at once, not when the answer comes.
document.addEventListener("htmx:beforeRequest", (event) => {
  const row = event.target.closest("[data-row]");
  if (!row) return;
  for (const other of document.querySelectorAll("[data-row][aria-current]")) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "conversation") return;
  const row = event.detail.elt.closest?.("[data-row]");
  row?.classList.remove("is-unread");
  if (isPhone()) show("conversation");
  standAtNew();
});

document.addEventListener("merged", (event) => {
  if (event.target.id === "rows") markOpenRow();
  if (event.target.id === "views") countArea(event.target.querySelector("[data-area-count]"));
  if (event.target.id === "thread" && wasAtEnd) toEnd();
});

// What waits for us stands beside the area's name too, outside what is read again.
function countArea(now) {
  const count = document.querySelector(`[data-count="${now?.dataset.areaCount}"]`);
  if (!count) return;
  count.textContent = now.textContent;
  count.hidden = !now.textContent;
}

function markOpenRow() {
  const id = document.getElementById("thread")?.dataset.conversation;
  document.querySelector(`[data-row="${id}"]`)?.setAttribute("aria-current", "true");
}

// The thread opens at "Yeni", else at its end, and stays at the end while one is reading there.
let wasAtEnd = true;
const scroller = () => document.querySelector("[data-scrolls]");

function standAtNew() {
  const box = scroller();
  if (!box) return;
  const line = box.querySelector("[data-new]");
  if (line && line.offsetTop - box.offsetTop < box.scrollHeight - box.clientHeight) box.scrollTop = line.offsetTop - box.offsetTop - 48;
  else toEnd();
}

function toEnd() {
  const box = scroller();
  if (box) box.scrollTop = box.scrollHeight;
}

document.addEventListener("scroll", (event) => {
  const box = event.target;
  if (box.matches?.("[data-scrolls]")) wasAtEnd = box.scrollHeight - box.clientHeight - box.scrollTop < 80;
}, true);

// What came before goes above without moving what is read.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "earlier") return;
  const box = scroller();
  const fromEnd = box.scrollHeight - box.scrollTop;
  document.addEventListener("htmx:afterSettle", () => (box.scrollTop = box.scrollHeight - fromEnd), { once: true });
});

let typingEnds = 0;
document.addEventListener("muhatap:typing", (event) => {
  const line = document.querySelector("[data-typing]");
  const thread = document.getElementById("thread");
  if (!line || String(event.detail.conversation) !== thread?.dataset.conversation) return;
  const words = line.querySelector("[data-typing-text]");
  const name = event.detail.name || document.querySelector("#card h2")?.textContent.trim() || "";
  words.textContent = words.dataset.words.replace("{name}", name.split(" ")[0]);
  line.hidden = false;
  if (wasAtEnd) toEnd();
  clearTimeout(typingEnds);
  typingEnds = setTimeout(() => (line.hidden = true), TYPING);
});

// An act that did not reach the server says so and changes nothing.
document.addEventListener("htmx:sendError", (event) => {
  const composer = event.target.closest?.("[data-composer]") ?? document.querySelector("[data-composer]");
  if (composer && !event.target.matches?.("[data-live]")) toast(composer.dataset.unsent);
});

if (inbox) standAtNew();
