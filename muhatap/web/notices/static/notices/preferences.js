// This device: the browser's own question is asked only when somebody presses the button here.

import { toast } from "../muhatap/js/toast.js";
import { post } from "../muhatap/js/asking.js";
import { keys } from "../muhatap/js/notices.js";

const part = document.querySelector("[data-device]");
const said = part.querySelector("[data-device-said]");
const find = (name) => part.querySelector(`[data-${name}]`);
const say = (text) => (said.textContent = text);
const canPush = "serviceWorker" in navigator && "PushManager" in window;
const canTell = "Notification" in window;

async function show() {
  const isAllowed = canTell && Notification.permission === "granted";
  find("allow").hidden = isAllowed;
  find("allowed").hidden = !isAllowed;
  const subscribed = canPush && (await (await navigator.serviceWorker.getRegistration("/"))?.pushManager.getSubscription());
  find("reach").hidden = Boolean(subscribed);
  find("unreach").hidden = !subscribed;
}

async function allow() {
  if (!canTell) return say(part.dataset.unable), false;
  const answer = await Notification.requestPermission();
  if (answer !== "granted") say(part.dataset.denied);
  await show();
  return answer === "granted";
}

async function reach() {
  if (!canPush) return say(part.dataset.unable);
  if (!(await allow())) return;
  try {
    const worker = await navigator.serviceWorker.ready;
    const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: part.dataset.key });
    say((await post(part.dataset.subscribe, keys(made))).said);
  } catch {
    say(part.dataset.unable);
  }
  await show();
}

async function unreach() {
  const worker = await navigator.serviceWorker.ready;
  const made = await worker.pushManager.getSubscription();
  if (made) {
    const answer = await post(part.dataset.unsubscribe, { endpoint: made.endpoint });
    await made.unsubscribe();
    say(answer.said);
  }
  await show();
}

async function tryIt() {
  const told = await post(part.dataset.try, {});
  say(told.said);
  toast(`${told.title}: ${told.text}`);
  if (canTell && Notification.permission === "granted") {
    const worker = await navigator.serviceWorker?.getRegistration("/");
    worker?.showNotification(told.title, { body: told.text, tag: told.tag, data: { url: told.url } });
  }
}

find("allow").addEventListener("click", allow);
find("reach").addEventListener("click", reach);
find("unreach").addEventListener("click", unreach);
find("trial").addEventListener("click", tryIt);
show();
