/*
 * Muhatap on a web site: which pages are read and for how long, what is clicked, which products are looked at closely.
 *   <script src="https://HOST/embed/muhatap.js" data-key="WRITE KEY" data-consent="yes|no" async></script>
 * Optional: data-identity="JWT" of who is logged in, signed by the shop's server; empty where nobody is.
 *
 * From code: muhatap.track(name, properties), .page(), .identify(number, traits, JWT), .consent(true|false), .reset().
 * In the page: data-muhatap-product="NUMBER" on a product's page or card, data-muhatap-part="gallery|variant" inside it,
 * data-muhatap-id="NAME" on what is to keep its name in the click map however the page changes.
 *
 * Without consent nothing is stored on the device and nobody is known again after the day. With it a first-party number is kept
 * in this browser, and what could not be sent. What is typed into fields is never read. The protocol is Segment's.
 */
(() => {
  "use strict";
  const tag = document.currentScript || document.querySelector("script[data-key]");
  if (!tag || !tag.dataset.key || window.muhatap) return;
  const HOST = new URL(tag.src, location.href).origin;
  const IDLE = 30000; // without a movement for so long nobody reads any more
  const BEAT = 15000; // between two words on how long a page was read
  const GATHER = 1000; // what happens in one moment goes together
  const REST = 1800000; // after half an hour somebody who comes back begins anew
  const MOST_KEPT = 200, MOST_CLICKS = 100, LONGEST_WAIT = 60000, LARGEST = 60000, OLDEST = 7 * 864e5, DESERTED = 180000;
  const SECRETS = /mail|posta|phone|tel|gsm|token|code|pass|sifre|parola|key|secret|sign|auth|session|tckn/i;
  const now = () => performance.now();
  /** Nothing here ever throws into the page. */
  const safely = (act) => (...given) => { try { return act(...given); } catch { return undefined; } };

  // ---- who ----------------------------------------------------------------------------------------------------------------
  let isKnown = false, isMeant = false; // they agreed, and the site knows anybody; they agreed
  const stored = (name) => { try { return localStorage.getItem("muhatap." + name); } catch { return null; } };
  const store = {
    get: (name) => isKnown ? stored(name) : null,
    set(name, value) { try { if (isKnown) localStorage.setItem("muhatap." + name, value); } catch { /* full or forbidden */ } },
  };
  const uuid = () => crypto.randomUUID ? crypto.randomUUID()
    : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));
  const queues = () => Object.keys(localStorage).filter((name) => name.startsWith("muhatap.queue"));
  let own = null; // where the browser stores nothing, somebody is one at least until the page goes
  const forget = () => {
    own = null;
    try { ["id", "user", "proof", "asked"].map((name) => "muhatap." + name).concat(queues()).forEach((name) => localStorage.removeItem(name)); } catch { /* forbidden */ }
  };
  // Whoever opened a page with ?muhatap=off, because they work here or do not want it, is not counted in this browser until ?muhatap=on.
  const wish = /[?&]muhatap=(on|off)\b/.exec(location.search)?.[1];
  if (wish === "off") forget();
  try { if (wish) wish === "on" ? localStorage.removeItem("muhatap.off") : localStorage.setItem("muhatap.off", 1); } catch { /* forbidden */ }
  let isOff = wish ? wish === "off" : Boolean(stored("off")); // where nothing can be kept, for this page at least
  /** They said so on another page of this browser. */
  const quit = () => {
    if (!stored("off")) return;
    isOff = true;
    isKnown = isMeant = false;
    queue = [];
    held = null;
    forget();
  };
  const decided = () => isKnown || held || forget(); // until then a page that asks elsewhere may still say yes
  const visitor = () => {
    if (!isKnown) return undefined;
    own = store.get("id") || own || uuid();
    store.set("id", own);
    return own;
  };

  // ---- sending: kept until it was taken; a repeat is recognised by its messageId ---------------------------------------------
  let queue = [], timer = 0, wait = GATHER, going = [];
  /** Each page keeps its own; what one has left, or has not touched for long, the next takes over. */
  const mine = "queue." + uuid();
  const keep = (isLeft) => {
    if (queue.length) store.set(mine, JSON.stringify([isLeft ? 0 : Date.now(), ...queue.slice(-MOST_KEPT)]));
    else try { localStorage.removeItem("muhatap." + mine); } catch { /* forbidden */ }
  };
  const later = (after) => { timer = timer || setTimeout(() => { timer = 0; flush(); }, after); };

  let held = null; // what happens while we ask whether anybody may be known here
  const put = (type, told) => {
    if (isOff) return;
    const one = { type, messageId: uuid(), timestamp: new Date().toISOString(), context: context(), ...told };
    held ? held.push(one) : write(one);
  };
  const free = () => { const waiting = held || []; held = null; waiting.forEach(write); };
  /** As text at once: what cannot be written is thrown out here and never stands in the way of the rest. */
  const write = safely((one) => {
    queue.push(JSON.stringify({ anonymousId: visitor(), userId: store.get("user") || undefined, ...one, context: { ...one.context, consent: isKnown ? "yes" : "no" } }));
    if (queue.length > MOST_KEPT) queue.shift();
    later(wait);
  });

  /** The oldest that together fit into what a browser still sends when its page is gone. */
  const next = () => {
    let size = 0;
    return queue.filter((one) => !going.includes(one)).filter((one, place) => (size += 3 * one.length) < LARGEST * 3 / 2 || place === 0).slice(0, 50);
  };

  const send = async (batch) => {
    going = going.concat(batch);
    let isDone = false;
    try {
      const body = `{"writeKey":${JSON.stringify(tag.dataset.key)},"sentAt":"${new Date().toISOString()}","batch":[${batch.join(",")}]}`;
      const answer = await fetch(HOST + "/v1/batch", { method: "POST", body, headers: { "Content-Type": "text/plain" }, keepalive: body.length < LARGEST, credentials: "omit", mode: "cors" });
      isDone = answer.ok || (answer.status >= 400 && answer.status < 500 && ![408, 429].includes(answer.status));
    } catch { /* offline */ }
    going = going.filter((one) => !batch.includes(one));
    if (isDone) queue = queue.filter((one) => !batch.includes(one));
    keep();
    return isDone;
  };

  const flush = async () => {
    if (going.length || !queue.length) return;
    keep();
    wait = await send(next()) ? GATHER : Math.min(wait * 2, LONGEST_WAIT);
    if (queue.length) later(wait);
  };

  /** The page goes away: what waits is handed to the browser, and kept as well. */
  const leave = () => {
    free();
    keep(true);
    const rest = next();
    if (rest.length) send(rest);
  };

  const adopt = () => {
    if (isKnown) for (const name of queues()) {
      if (name === "muhatap." + mine) continue;
      let kept = [];
      try { kept = JSON.parse(localStorage[name]) || []; } catch { /* somebody else's */ }
      if (kept[0] > Date.now() - DESERTED) continue; // another page sends these
      localStorage.removeItem(name);
      for (const one of kept) try { if (Date.parse(JSON.parse(one).timestamp) > Date.now() - OLDEST) queue.push(one); } catch { /* the same */ }
    }
    if (queue.length) { keep(); later(wait); }
  };

  // ---- where ----------------------------------------------------------------------------------------------------------------
  /** Without its fragment and without parameters that look like somebody's secrets. */
  const address = (href) => {
    const url = new URL(href);
    url.hash = "";
    [...url.searchParams.keys()].filter((name) => SECRETS.test(name)).forEach((name) => url.searchParams.delete(name));
    return url;
  };
  let referrer = document.referrer && address(document.referrer).href;
  const context = () => {
    const url = address(location.href);
    return {
      page: { url: url.href, path: url.pathname, search: url.search, title: document.title, referrer },
      locale: navigator.language, screen: { width: screen.width, height: screen.height },
      library: { name: "muhatap.js", version: "1" },
    };
  };

  // ---- one page view: how long somebody reads, how far, what they look at -----------------------------------------------------
  let view, height = 0;
  const attended = () => document.visibilityState === "visible" && document.hasFocus();

  /** Counts what passed since the last look, at most until the reader fell idle. */
  const measure = () => {
    const at = now();
    if (view.isAttended) {
      const passed = Math.max(0, Math.min(at, view.moved + IDLE) - view.since);
      view.read += passed;
      for (const one of view.cards.values()) if (one.isShown) one.read += passed;
    }
    view.since = at;
    view.isAttended = attended();
  };

  const tell = () => {
    settle();
    measure();
    const seconds = Math.round(view.read / 100) / 10, scroll = Math.round(view.scroll * 100);
    const shown = [...view.cards].filter(([, one]) => one.read >= 1000).map(([product, one]) => ({ product_id: product, seconds: Math.round(one.read / 100) / 10 }));
    const told = JSON.stringify([seconds, scroll, shown]);
    if (told === view.told || (!seconds && !scroll) || now() - view.moved > REST) return; // after a rest it would count for another visit
    view.told = told;
    put("track", { event: "Page Engaged", properties: { page_view: view.id, seconds, scroll, product_id: view.product, shown }, context: view.context });
  };

  let settling = 0;
  const here = () => location.pathname + location.search;
  /** From now on it is this page that is read; what it is called and which product it shows may still be on its way. */
  const begin = (after) => {
    view = { id: uuid(), path: here(), read: 0, scroll: 0, told: "", clicks: 0, cards: new Map(), since: now(), moved: now(), isAttended: attended(),
      began: new Date().toISOString(), context: context() };
    after ? settling = setTimeout(safely(settle), after) : settle();
  };
  const settle = () => {
    clearTimeout(settling);
    if (view.isSettled) return;
    view.isSettled = true;
    const product = document.querySelector("body[data-muhatap-product], main[data-muhatap-product], [data-muhatap-product][data-muhatap-page]");
    view.product = product?.dataset.muhatapProduct;
    view.context.page.title = document.title;
    put("page", { messageId: view.id, timestamp: view.began, name: document.title, context: view.context, properties: { ...view.context.page, page_view: view.id, product_id: view.product } });
    watch();
    seen();
  };

  /** A page of an application came in the place of another: the time of the one is not the time of the next. */
  const changed = () => {
    if (here() === view.path) return;
    if (view.isSettled) {
      tell();
      referrer = view.context.page.url;
    } else clearTimeout(settling); // it only led on
    begin(300); // by then it has its title and its product
  };

  const moved = () => {
    const rested = now() - view.moved;
    if (rested < 500) return;
    if (rested > REST) begin(0);
    measure();
    view.moved = now();
  };

  let isLooking = false;
  const seen = () => {
    if (isLooking) return;
    isLooking = true;
    requestAnimationFrame(() => {
      isLooking = false;
      if (height) view.scroll = Math.max(view.scroll, Math.min(1, (scrollY + innerHeight) / height));
    });
  };

  const cards = new IntersectionObserver((entries) => {
    measure();
    for (const entry of entries) {
      const product = entry.target.dataset.muhatapProduct;
      const one = view.cards.get(product) || { read: 0, isShown: false };
      one.isShown = entry.intersectionRatio >= 0.5;
      view.cards.set(product, one);
    }
  }, { threshold: [0, 0.5] });
  const watch = () => {
    cards.disconnect();
    for (const one of [...document.querySelectorAll("[data-muhatap-product]")].slice(0, 200)) if (one.dataset.muhatapProduct !== view.product) cards.observe(one);
  };

  // ---- clicks: which element, and where in it; never what was typed -----------------------------------------------------------
  const plain = (name) => name && !/\d/.test(name) ? name : ""; // names with digits are made by machines
  const keyOf = (element) => {
    const parts = [];
    for (let one = element; one && one !== document.body && parts.length < 6; one = one.parentElement) {
      const own = one.dataset?.muhatapId || plain(one.id);
      if (own) return ["#" + own, ...parts].join(" > ");
      const named = one.dataset?.testid || one.getAttribute("name") || one.getAttribute("aria-label");
      const classes = [...one.classList].filter(plain).slice(0, 2).join(".");
      const twins = one.parentElement ? [...one.parentElement.children].filter((other) => other.tagName === one.tagName) : [];
      const place = twins.length > 1 ? ":" + (twins.indexOf(one) + 1) : "";
      parts.unshift(one.tagName.toLowerCase() + (named ? `[${named.slice(0, 40)}]` : (classes && "." + classes) + place));
    }
    return parts.join(" > ");
  };

  /** Whether it stands in the window, not in the page. */
  const isHeld = (one) => Boolean(one) && (/fixed|sticky/.test(getComputedStyle(one).position) || isHeld(one.parentElement));

  const clicked = (event) => {
    settle(); // what can be clicked is there
    const target = event.composedPath()[0];
    if (!(target instanceof Element) || ++view.clicks > MOST_CLICKS) return;
    const element = target.closest("[data-muhatap-id],a,button,[role=button],input,select,textarea,label,summary") || target;
    const box = element.getBoundingClientRect(), share = (place, size) => size ? Math.round(Math.min(1, Math.max(0, place / size)) * 100) / 100 : 0.5;
    const isByKey = event.detail === 0; // then the middle of it
    const stays = isHeld(element), above = stays ? 0 : scrollY, high = stays ? innerHeight : height || innerHeight;
    put("track", { event: "Element Clicked", properties: {
      page_view: view.id, element: keyOf(element),
      x: isByKey ? 0.5 : share(event.clientX - box.left, box.width), y: isByKey ? 0.5 : share(event.clientY - box.top, box.height),
      box: [share(box.left, innerWidth), share(box.top + above, high), share(box.width, innerWidth), share(box.height, high)],
      text: element.matches("a,button,[role=button],summary") ? element.innerText?.trim().slice(0, 80) : undefined,
      part: target.closest("[data-muhatap-part]")?.dataset.muhatapPart, product_id: target.closest("[data-muhatap-product]")?.dataset.muhatapProduct || view.product,
      width: innerWidth,
    } });
  };

  // ---- who is logged in, as the shop's server signed it -------------------------------------------------------------------------
  const say = (user, traits, identity) => {
    store.set("user", user);
    put("identify", { userId: user, traits, context: { ...context(), identity } });
  };
  const subject = (jwt) => {
    const bytes = Uint8Array.from(atob(jwt.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    return String(JSON.parse(new TextDecoder().decode(bytes)).sub);
  };
  /** Once a day is enough, and whenever it is somebody else. Who logged out leaves no number behind for the next person here. */
  const recognise = safely(() => {
    const token = tag.dataset.identity;
    if (!isKnown || token === undefined) return;
    if (!token && store.get("user")) forget();
    const user = token && subject(token), proof = user + new Date().toDateString();
    if (user && store.get("proof") !== proof) { say(user, {}, token); store.set("proof", proof); }
  });
  /** Whoever agreed is known where the site knows anybody: asked before anything is stored, and once a day; offline it is as it was. */
  const know = async (is) => {
    const today = new Date().toDateString();
    isMeant = is = is && !isOff;
    if (is && stored("asked") !== today) {
      held = held || [];
      try { is = (await (await fetch(HOST + "/v1/projects/" + tag.dataset.key + "/settings", { credentials: "omit" })).json()).muhatap.consent !== "never"; } catch { is = Boolean(stored("id")); }
      if (!isMeant) return; // they took it back meanwhile
    }
    isKnown = is;
    store.set("asked", today);
    free();
    safely(adopt)();
    recognise();
    dispatchEvent(new Event("muhatap:visitor"));
  };

  // ---- what a page may call -----------------------------------------------------------------
  /** Somebody else from here on: the time until now is not theirs. */
  const anew = (change) => { tell(); leave(); change(); begin(0); };
  window.muhatap = Object.freeze({
    track: safely((event, properties = {}) => put("track", { event: String(event), properties: { ...properties, page_view: view.id } })),
    page: safely(() => { tell(); begin(0); }),
    identify: safely((user, traits = {}, identity) => {
      if (held) addEventListener("muhatap:visitor", () => muhatap.identify(user, traits, identity), { once: true });
      if (!isKnown || user === undefined || user === null) return;
      const before = store.get("user"), act = () => say(String(user), traits, identity);
      before && before !== String(user) ? anew(act) : act();
    }),
    /** The number of this browser, where it may have one: what the chat on this page tells of its customer. */
    visitor: safely(() => visitor()),
    key: tag.dataset.key,
    consent: safely((is) => { Boolean(is) !== isMeant ? anew(() => { is || forget(); know(Boolean(is)); }) : is || forget(); }),
    reset: safely(() => anew(forget)),
  });

  const start = safely(() => {
    setTimeout(decided, 5000);
    know(tag.dataset.consent === "yes");
    begin(0);
    const passive = { passive: true, capture: true };
    for (const kind of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "scroll"]) addEventListener(kind, safely(moved), passive);
    addEventListener("scroll", safely(seen), passive);
    addEventListener("click", safely(clicked), passive);
    addEventListener("focus", safely(measure));
    addEventListener("blur", safely(tell));
    document.addEventListener("visibilitychange", safely(() => { if (document.hidden) { tell(); leave(); } else measure(); }));
    addEventListener("pagehide", safely(() => { tell(); leave(); decided(); }));
    addEventListener("storage", safely(quit));
    addEventListener("pageshow", safely((event) => { if (event.persisted) { quit(); begin(0); } }));
    addEventListener("online", safely(() => { clearTimeout(timer); timer = 0; later(0); }));
    addEventListener("popstate", safely(changed));
    for (const name of ["pushState", "replaceState"]) {
      const original = history[name];
      history[name] = function (...given) { const answer = original.apply(this, given); safely(changed)(); return answer; };
    }
    new ResizeObserver(safely(([entry]) => { height = entry.target.scrollHeight; seen(); })).observe(document.documentElement);
    setInterval(safely(() => { measure(); watch(); if (attended()) tell(); }), BEAT);
  });
  if (document.prerendering) document.addEventListener("prerenderingchange", start, { once: true });
  else start();
})();
