// The worker in the browser. It keeps the page for when there is no connection and what that page is drawn with,
// and nothing else: no page with data ever lies in a cache. It shows pushes and opens what they speak of.
// FACTS (version, addresses) are written above by the server.

const CACHE = `muhatap-${FACTS.version}`;

self.addEventListener("install", (event) => {
  const wanted = [FACTS.offline, ...FACTS.files].map((url) => new Request(url, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(wanted)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const forget = (names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(forget).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const request = event.request;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(FACTS.offline)));
  } else if (FACTS.files.includes(new URL(request.url).pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(request)));
  }
});

self.addEventListener("push", (event) => {
  let told;
  try {
    told = event.data.json();
  } catch {
    return;
  }
  event.waitUntil(
    self.registration.showNotification(told.title, {
      body: told.text,
      tag: told.tag,
      icon: FACTS.icon,
      badge: FACTS.badge,
      data: { url: told.url },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data?.url ?? "/", self.location.origin);
  if (url.origin === self.location.origin) event.waitUntil(open(url.href));
});

async function open(url) {
  const windows = await self.clients.matchAll({ type: "window" });
  const window = windows.find((one) => one.focused) ?? windows[0];
  if (!window) return self.clients.openWindow(url);
  await window.focus();
  return window.navigate(url);
}
