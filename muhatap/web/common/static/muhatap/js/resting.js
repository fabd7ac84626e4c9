// Parts that read themselves again when news concerns them, and rest afterwards: the longer the reading took, the longer the
// rest, so that a hundred open pages on a busy day ask no more than the house can answer, and nobody waits on a quiet one.
// A part says data-live="<topic> …" and carries hx-trigger="live" or data-merge; data-rest="<seconds>" is its shortest rest.
// With data-pieces="row" its #row-<number> are conversations: while it rests, those that changed are read alone (?only=…).

import { update } from "./merge.js";
import { letGo } from "./pressing.js";

const TOGETHER = 120; // news of one moment is answered by one reading
const APART = 60; // pages that hear of it in one moment ask in different ones
const AGAIN_WITHIN = 2500; // after a connection was lost all pages read everything again; not all at once
const PIECES = 400;
const TIMES = 25; // a part that took 100 ms rests 2.5 s
const SHORTEST = 500;
const LONGEST = 8000; // a slow line takes long too, and is no reason to show what is old
const DRAWN = 3000;
const PATIENCE = 20000;
const SIGNS = new Set(["typing", "presence", "notice", "read", "asking"]); // pass by and change nothing that could be read again
const states = new WeakMap();
const me = document.querySelector("[data-here-url]")?.dataset.me;

// Whether a part shows something else now. How far an answer came stands in its thread only, and a draft is its writer's own.
export function concerns(news, topics, reader) {
  if (SIGNS.has(news.kind)) return false;
  if (news.kind === "draft" && String(news.by) !== reader) return false;
  if (news.kind === "delivery") return topics.includes(`conversation:${news.conversation}`);
  return news.topics.some((topic) => topics.includes(topic));
}

// How long a part rests that took so long, at least so long.
export function rest(took, shortest, dice = Math.random()) {
  return Math.min(Math.max(took * TIMES, shortest), LONGEST) * (1 + dice / 4);
}

export function hear(news) {
  if (news.kind === "refresh") {
    for (const part of document.querySelectorAll("[data-live]")) want(part, Math.random() * AGAIN_WITHIN);
    return;
  }
  for (const part of document.querySelectorAll("[data-live]")) {
    if (concerns(news, part.dataset.live.split(" "), me)) {
      want(part);
      wantPiece(part, news.conversation);
    }
  }
}

function state(part) {
  if (!states.has(part)) states.set(part, { timer: 0, isDue: false, restsUntil: 0, beganAt: 0, pieces: new Set(), piecesTimer: 0 });
  return states.get(part);
}

const shortest = (part) => Number(part.dataset.rest ?? 0) * 1000 || SHORTEST;

function want(part, later = 0) {
  const now = performance.now();
  const one = state(part);
  one.isDue = true;
  if (one.timer || (one.beganAt && now - one.beganAt < PATIENCE)) return;
  one.timer = setTimeout(read, Math.max(one.restsUntil - now, TOGETHER + Math.random() * APART + later), part);
}

function read(part) {
  const one = state(part);
  one.timer = 0;
  if (document.hidden || !part.isConnected) return; // when the reader comes back
  one.isDue = false;
  one.pieces.clear();
  one.beganAt = performance.now();
  window.htmx?.trigger(part, "live");
}

// It was read, or could not be. What htmx put in its place begins where this one stands.
function ended(part) {
  const one = states.get(part);
  if (!one?.beganAt) return;
  one.restsUntil = performance.now() + rest(performance.now() - one.beganAt, shortest(part));
  one.beganAt = 0;
  const heir = part.isConnected ? part : part.id && document.getElementById(part.id);
  if (heir && heir !== part) states.set(heir, one);
  if (heir && one.isDue) want(heir);
}

document.addEventListener("read-again", (event) => ended(event.target)); // by merge.js
document.addEventListener("htmx:afterRequest", (event) => event.detail.elt && ended(event.detail.elt));

// Pieces: what is on the screen is fresh within a second though the whole rests.
function wantPiece(part, number) {
  const one = state(part);
  const name = part.dataset.pieces;
  if (!name || !part.dataset.merge || !document.getElementById(`${name}-${number}`)) return;
  if (one.restsUntil - performance.now() < PIECES * 2) return; // all of it is read as soon
  one.pieces.add(number);
  one.piecesTimer ||= setTimeout(readPieces, PIECES + Math.random() * APART, part);
}

async function readPieces(part) {
  const one = state(part);
  const name = part.dataset.pieces;
  const numbers = [...one.pieces];
  one.piecesTimer = 0;
  one.pieces.clear();
  if (!numbers.length || document.hidden || !part.isConnected) return;
  const url = numbers.reduce((address, number) => `${address}&only=${number}`, part.dataset.merge);
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    await letGo();
    for (const number of numbers) replace(document.getElementById(`${name}-${number}`), fresh.getElementById(`${name}-${number}`));
    part.dispatchEvent(new CustomEvent("merged", { bubbles: true }));
  } catch {
    // no connection: the whole is read when it is back
  }
}

// What is not in the answer does not stand here any more.
function replace(old, fresh) {
  if (old && fresh) update(old, fresh);
  else old?.remove();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const part of document.querySelectorAll("[data-live]")) if (states.get(part)?.isDue) want(part);
});

// What was drawn with the page is as fresh as what is read again, and rests as long.
const opening = performance.getEntriesByType("navigation")[0];
if (opening) {
  const took = opening.responseEnd - opening.requestStart;
  for (const part of document.querySelectorAll("[data-live]")) state(part).restsUntil = Math.min(rest(took, SHORTEST), DRAWN);
}
