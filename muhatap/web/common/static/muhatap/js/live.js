// Live news. One tab holds the stream and tells the others: browsers allow six connections to a host over HTTP/1.1,
// so a stream in each tab would stop the seventh tab from loading anything.
// News is {topics, kind, …ids}. It becomes a DOM event "muhatap:<kind>"; what it concerns is read again by resting.js.
// Kind "refresh" means "you may have missed something": all read again.

import { hear as readAgain } from "./resting.js";

const url = document.querySelector("[data-live-url]")?.dataset.liveUrl;
const LONGEST = 30000;

if (url) {
  const tabs = new BroadcastChannel("muhatap-live");
  tabs.onmessage = (event) => hear(event.data);
  const lead = () => new Promise(() => listen(tabs));
  if (navigator.locks) navigator.locks.request("muhatap-live", lead);
  else lead();
}

function listen(tabs, pause = 1000, isAgain = false) {
  const stream = new EventSource(url);
  const tell = (news) => {
    hear(news);
    tabs.postMessage(news);
  };
  stream.onopen = () => {
    if (isAgain) tell({ topics: [], kind: "refresh" });
    pause = 1000;
    isAgain = true;
  };
  stream.onmessage = (event) => tell(JSON.parse(event.data));
  stream.addEventListener("refresh", () => tell({ topics: [], kind: "refresh" }));
  stream.onerror = () => {
    if (stream.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    setTimeout(() => listen(tabs, Math.min(pause * 2, LONGEST), true), pause);
  };
  addEventListener("pagehide", () => stream.close(), { once: true });
  addEventListener("pageshow", (event) => event.persisted && listen(tabs, pause, true), { once: true }); // back from the history
}

function hear(news) {
  document.dispatchEvent(new CustomEvent(`muhatap:${news.kind}`, { detail: news }));
  readAgain(news);
}
