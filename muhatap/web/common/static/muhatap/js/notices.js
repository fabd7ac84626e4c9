// What wants the reader: the number on the bell, in the title and on the app's icon; a toast where one looks,
// the browser's own notice where nobody does. One tab tells what several hear.

import { post } from "./asking.js";

const shell = document.querySelector("[data-news-url]");
const TOGETHER = 300;
const REST = 4000; // a busy inbox is read at most this often
const TURN = 1200; // a hidden tab lets a visible one speak first
const TOLD = "muhatap-told"; // the newest notice some tab of ours has told

let last = Number(shell?.dataset.last ?? 0);
let timer = 0;
let readAt = 0;

function later() {
  if (timer) return;
  timer = setTimeout(read, Math.max(TOGETHER, readAt + REST - Date.now()));
}

async function read() {
  timer = 0;
  readAt = Date.now();
  try {
    const answer = await fetch(`${shell.dataset.newsUrl}?after=${last}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    const { n, last: newest, news } = await answer.json();
    last = newest;
    count(n);
    if (news.length) document.hidden ? setTimeout(() => tell(news), TURN) : tell(news);
  } catch {
    // no connection: the stream says "refresh" when it is back
  }
}

function count(n) {
  const text = n > 99 ? "99+" : String(n);
  for (const figure of document.querySelectorAll("[data-bell-count]")) {
    figure.textContent = n ? text : "";
    figure.hidden = !n;
  }
  document.title = (n ? `(${text}) ` : "") + document.title.replace(/^\(\d+\+?\) /, "");
  const marked = n ? navigator.setAppBadge?.(n) : navigator.clearAppBadge?.();
  marked?.catch(() => {});
}

function tell(news) {
  const before = Number(localStorage.getItem(TOLD) ?? 0);
  const open = document.hidden ? "" : document.getElementById("thread")?.dataset.conversation;
  const fresh = news.filter((one) => one.id > before && String(one.conversation) !== open);
  localStorage.setItem(TOLD, String(Math.max(before, ...news.map((one) => one.id))));
  const latest = new Map(fresh.map((one) => [one.about, one])); // the newest of each conversation or thing
  for (const one of latest.values()) document.hidden ? ring(one) : show(one);
}

function show(one) {
  const box = document.createElement("div");
  box.className = "toast";
  const words = document.createElement("span");
  words.className = "toast-text";
  const who = document.createElement("b");
  who.textContent = one.title;
  words.append(who, ` ${one.text}`);
  const link = document.createElement("a");
  link.className = "btn";
  link.href = one.url;
  link.textContent = shell.dataset.open;
  box.append(words, link);
  document.getElementById("toasts")?.append(box);
}

async function ring(one) {
  if (!one.in_browser || !("Notification" in window) || Notification.permission !== "granted") return;
  const worker = await navigator.serviceWorker?.getRegistration("/");
  // On phones only a worker may show one; its click opens the conversation.
  worker?.showNotification(one.title, { body: one.text, tag: one.about, data: { url: one.url } });
}

export function keys(subscription) {
  const text = (name) => btoa(String.fromCharCode(...new Uint8Array(subscription.getKey(name)))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  return { endpoint: subscription.endpoint, key: text("p256dh"), secret: text("auth") };
}

// The worker is no more than the page for when there is no connection, until somebody asks to be reached.
async function work() {
  const worker = await navigator.serviceWorker.register(shell.dataset.workerUrl, { scope: "/" });
  if (!shell.dataset.login || sessionStorage.getItem("muhatap-reached") === shell.dataset.login) return;
  const made = await worker.pushManager?.getSubscription();
  if (made) await post(shell.dataset.subscribeUrl, keys(made)); // a new login: this browser may still be reached
  sessionStorage.setItem("muhatap-reached", shell.dataset.login);
}

if (shell) {
  document.addEventListener("muhatap:notice", later);
  document.addEventListener("muhatap:refresh", later);
  count(Number(shell.dataset.n));
  if ("serviceWorker" in navigator) addEventListener("load", () => work().catch(() => {}), { once: true });
}
