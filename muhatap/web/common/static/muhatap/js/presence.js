// Who is here. This page says every twenty seconds, and whenever it changes, what it shows and whether one is writing;
// the answer tells who else is where. News between two answers comes by the live stream. Nothing is read again for it.
// The first answer after a page was drawn brings the team at the end of the navigation.

import { post, token } from "./asking.js";

const shell = document.querySelector("[data-here-url]");
const BEAT = 20000;
const TEAM = 60000;
const TURNS = 5000;
const TYPES = 6000; // without a key pressed
const TOGETHER = 250;
const MOST = 2; // named in the head; of the others there is a number

const tab = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const inbox = document.querySelector(".inbox");
const isPhone = () => matchMedia("(max-width: 47.99em)").matches;
const TURNED = "muhatap-turned-from"; // the tab's name on the page before: whoever turns a page has not gone
let was = sessionStorage.getItem(TURNED) ?? "";
let isTurning = false;
let known = []; // {conversation, user, name, typing}
let isTyping = false;
let typingEnds = 0;
let told = "";
let soon = 0;
let wantsTeam = Boolean(document.getElementById("team-now"));

function shown() {
  if (isPhone() && inbox?.dataset.pane === "list") return "";
  return document.getElementById("thread")?.dataset.conversation ?? "";
}

const state = () => ({ tab, conversation: shown(), typing: isTyping ? "yes" : "", shown: document.hidden ? "" : "yes" });

async function beat() {
  const now = state();
  told = JSON.stringify(now);
  try {
    const answer = await post(shell.dataset.hereUrl, { ...now, ...(was && { was }), ...(wantsTeam && { team: "yes" }) });
    was = "";
    if (!answer.here) return;
    if (answer.team) showTeam(answer.team);
    known = answer.here;
    draw();
  } catch {
    told = ""; // no connection: said again with the next beat
  }
}

function showTeam(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("team-now");
  wantsTeam = false;
  document.getElementById("team-now")?.replaceWith(fresh);
  window.htmx?.process(fresh);
}

function changed() {
  clearTimeout(soon);
  soon = setTimeout(() => JSON.stringify(state()) !== told && beat(), TOGETHER);
}

function leave() {
  if (isTurning) {
    sessionStorage.setItem(TURNED, tab);
    return;
  }
  const fields = new FormData();
  fields.set("tab", tab);
  fields.set("csrfmiddlewaretoken", token());
  navigator.sendBeacon?.(shell.dataset.goneUrl, fields);
}

function hear({ detail: news }) {
  if (String(news.user) === shell.dataset.me) return;
  known = known.filter((one) => one.conversation !== news.conversation || one.user !== news.user);
  if (news.is_here) known.push({ conversation: news.conversation, user: news.user, name: news.name, typing: news.is_typing });
  draw();
}

function draw() {
  const here = known.filter((one) => String(one.conversation) === shown());
  fill(document.getElementById("presence"), here.length > MOST ? [...here.slice(0, MOST), here.length - MOST] : here, inHead);
  fill(document.querySelector("[data-here-said]"), here.slice(0, 1), (one) => document.createTextNode(words(one)));
  for (const slot of document.querySelectorAll("[data-here]")) {
    fill(slot, known.filter((one) => String(one.conversation) === slot.dataset.here), inRow);
  }
}

function fill(slot, people, part) {
  if (!slot) return;
  const key = JSON.stringify(people);
  if (slot.dataset.filled === key || (!people.length && !slot.dataset.filled)) return;
  slot.dataset.filled = people.length ? key : "";
  slot.replaceChildren(...people.map(part));
}

function inHead(one) {
  const box = element("span", "presence");
  if (typeof one === "number") box.append(`+${one}`);
  else box.append(avatar(one), element("span", "cut", words(one)));
  return box;
}

function inRow(one) {
  const box = element("span", `row-person${one.typing ? " is-typing" : ""}`);
  box.append(avatar(one), element("span", "sr-only", words(one)));
  box.title = words(one);
  return box;
}

const words = (one) => (one.typing ? shell.dataset.types : shell.dataset.looks).replace("{name}", one.name.split(" ")[0]);

function avatar(one) {
  const names = one.name.split(/\s+/).filter(Boolean);
  const letters = [names[0], names.length > 1 ? names.at(-1) : ""].map((name) => (name?.[0] ?? "").toLocaleUpperCase("tr"));
  const box = element("span", "avatar avatar-20 is-staff", letters.join(""));
  box.setAttribute("aria-hidden", "true");
  return box;
}

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.append(text);
  return made;
}

function turns(event) {
  const link = event.target.closest?.("a[href]");
  const isPlain = !event.defaultPrevented && !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!link || !isPlain || link.target || link.origin !== location.origin) return;
  isTurning = true;
  setTimeout(() => (isTurning = false), TURNS);
}

if (shell) {
  sessionStorage.removeItem(TURNED);
  addEventListener("click", turns);
  document.addEventListener("muhatap:presence", hear);
  document.addEventListener("input", (event) => {
    if (!event.target.closest?.("[data-editor]")) return;
    isTyping = true;
    changed();
    clearTimeout(typingEnds);
    typingEnds = setTimeout(() => {
      isTyping = false;
      changed();
    }, TYPES);
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (!document.querySelector("[data-editor]")?.textContent) isTyping = false; // sent
    draw();
    changed();
  });
  document.addEventListener("merged", draw);
  document.addEventListener("click", (event) => event.target.closest("[data-pane-to], [data-row]") && changed());
  document.addEventListener("visibilitychange", () => !document.hidden && changed());
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => event.persisted && beat());
  setInterval(beat, BEAT);
  setInterval(() => !document.hidden && window.htmx?.trigger("#team-now", "live"), TEAM); // in how many conversations they are
  beat();
}
