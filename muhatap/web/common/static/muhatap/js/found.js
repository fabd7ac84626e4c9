// A search leads to one message of a thread, #message-42. When it is older than what is shown, what lies between is loaded.

const MOST = 12;
let asked = 0;

function seek() {
  const number = /^#message-(\d+)$/.exec(location.hash)?.[1];
  if (!number) return;
  const message = document.getElementById(`message-${number}`);
  if (message) return requestAnimationFrame(() => stand(message));
  const earlier = document.getElementById("earlier");
  if (!earlier || asked++ >= MOST) return;
  document.addEventListener("htmx:afterSettle", seek, { once: true });
  window.htmx.ajax("GET", `${earlier.getAttribute("hx-get")}&to=${number}`, { source: earlier, target: earlier, swap: "outerHTML" });
}

function stand(message) {
  if (message.matches("details")) message.open = true;
  message.tabIndex = -1;
  message.focus({ preventScroll: true });
  message.scrollIntoView({ block: "center" });
  message.classList.add("is-fresh");
}

// After everything else of the page: the thread itself first goes to what is new.
window.addEventListener("load", seek);
window.addEventListener("hashchange", seek);
