/*
 * Muhatap web chat. One tag on the firm's page:
 *   <script src="https://HOST/embed/chat.js" data-inbox="KEY" async></script>
 * Optional: data-lang="tr|en", data-accent="#0a6661", data-theme="auto|light|dark", data-position="left|right",
 * data-identity="JWT" (a logged-in customer, signed by the shop's server). From code: muhatapChat.open(), .close(),
 * .identify(jwt), .forget(), .preview({accent, theme, …}).
 *
 * What the page may count on: nothing runs before it has loaded and is idle; nothing is thrown, blocked or restyled,
 * whether our server answers, sleeps or talks nonsense. A policy needs script-src HOST and connect-src HOST only.
 * What the visitor may count on: what was written stays in this browser under its own id until the server confirmed
 * it, so a reload or a dead server neither loses nor doubles it.
 */
(() => {
  "use strict";
  const tag = document.currentScript || document.querySelector("script[data-inbox]");
  if (!tag || !tag.dataset.inbox || window.muhatapChat || !Element.prototype.attachShadow) return;
  const HOST = new URL(tag.src, location.href).origin;
  const KEY = tag.dataset.inbox;
  const TIMEOUT = 15000;
  const LONGEST = 5000;

  const WORDS = {
    tr: {
      open: "Sohbeti aç", close: "Sohbeti kapat", title: "Sohbet", menu: "Sohbet seçenekleri",
      forget: "Yazışmayı bu tarayıcıdan kaldır", leave: "E-posta adresi bırak",
      write: "Mesajınızı yazın", send: "Gönder", attach: "Dosya ekle", remove: "Kaldır",
      sending: "Gönderiliyor", kept: "Bağlanınca gönderilecek", sent: "Gönderildi", read: "Okundu",
      refused: "Gönderilmedi.", again: "Yeniden dene",
      reconnecting: "Yeniden bağlanılıyor. Yazdıklarınız duruyor.", expired: "Oturumunuzun süresi doldu. Sürdürmek için sayfayı yenileyin. Yazdıklarınız duruyor.",
      minutes: (n) => `Genelde ${n} dakikada yanıtlıyoruz`, hours: (n) => `Genelde ${n} saatte yanıtlıyoruz`,
      here: "Size buradan yanıt veriyoruz", away: "Şu an burada değiliz", opens: (when) => `Açılış: ${when}`,
      awayMail: "Şu an burada değiliz. Yazın, yanıtımız e-postanıza gelsin.",
      awayLater: "Şu an burada değiliz. Yazın, döner dönmez yanıtlayalım.",
      askMail: "Yanıtı hangi adrese gönderelim?", save: "Kaydet", saved: (mail) => `Yanıt ${mail} adresine de gelecek.`,
      before: "Başlamadan önce", name: "Adınız", mail: "E-posta adresiniz", optional: "isterseniz", begin: "Sohbete başla",
      needed: "Bu alan gerekli.", badMail: "Bu bir e-posta adresine benzemiyor.",
      tooLarge: (mb) => `Dosya ${mb} MB’tan büyük. Daha küçük bir dosya seçin.`, uploading: (name) => `${name} yükleniyor`,
      noUpload: "Dosya yüklenemedi. Mesajınız duruyor, dosyayı yeniden seçin.",
      typing: (who) => `${who} yazıyor`, joined: (who) => `${who} katıldı, yazdıklarınızı okudu.`,
      fresh: (n) => `${n} yeni mesaj`, earlier: "Daha eskisini göster",
      privacy: "Yazışma yalnız size yanıt için saklanır.", notice: "Aydınlatma metni", you: "Siz", we: "Biz",
    },
    en: {
      open: "Open chat", close: "Close chat", title: "Chat", menu: "Chat options",
      forget: "Remove this chat from this browser", leave: "Leave an e-mail address",
      write: "Write a message", send: "Send", attach: "Attach a file", remove: "Remove",
      sending: "Sending", kept: "Will be sent when connected", sent: "Sent", read: "Read",
      refused: "Not sent.", again: "Try again",
      reconnecting: "Reconnecting. What you wrote is kept.", expired: "Your sign-in has run out. Reload the page to go on. What you wrote is kept.",
      minutes: (n) => `We usually answer in ${n} min`, hours: (n) => `We usually answer in ${n} h`,
      here: "We answer you here", away: "We are away right now", opens: (when) => `Back ${when}`,
      awayMail: "We are away right now. Write to us and the answer comes by e-mail.",
      awayLater: "We are away right now. Write to us and we answer as soon as we are back.",
      askMail: "Where should we send the answer?", save: "Save", saved: (mail) => `The answer also goes to ${mail}.`,
      before: "Before we start", name: "Your name", mail: "Your e-mail address", optional: "if you like", begin: "Start the chat",
      needed: "This is needed.", badMail: "This does not look like an e-mail address.",
      tooLarge: (mb) => `This file is larger than ${mb} MB. Choose a smaller one.`, uploading: (name) => `Uploading ${name}`,
      noUpload: "The file was not uploaded. Your message is kept; choose the file again.",
      typing: (who) => `${who} is writing`, joined: (who) => `${who} joined and read what you wrote.`,
      fresh: (n) => (n === 1 ? "1 new message" : `${n} new messages`), earlier: "Show earlier messages",
      privacy: "This chat is kept only to answer you.", notice: "Privacy notice", you: "You", we: "We",
    },
  };
  const ICONS = {
    chat: "M21 12a8 8 0 0 1-8 8H4l2-3.2A8 8 0 1 1 21 12Z",
    down: "m6 9 6 6 6-6",
    close: "M18 6 6 18M6 6l12 12",
    more: "M5 12h.01M12 12h.01M19 12h.01",
    send: "M3.5 4.5 21 12 3.5 19.5 6 12ZM6 12h8",
    clip: "m15.5 7-7.8 7.8a2.1 2.1 0 0 0 3 3l8.1-8.1a4.2 4.2 0 0 0-6-6l-8.1 8.2a6.3 6.3 0 0 0 9 9l7.3-7.4",
    read: "m2 12.5 4.5 4.5L16 7m-4.5 9 1 1L22 7",
    file: "M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8Zm0 0v5h5",
    person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7 9a7 7 0 0 1 14 0",
  };

  const lang = (tag.dataset.lang || document.documentElement.lang || "tr").slice(0, 2).toLowerCase() === "tr" ? "tr" : "en";
  const t = WORDS[lang];

  /* ---- kept in this browser; what its storage refuses (blocked, full), in memory until the page is left ---- */
  const memory = new Map();
  const disk = {
    get(name) { if (memory.has(name)) return memory.get(name); try { return localStorage.getItem(name); } catch { return null; } },
    set(name, value) { try { localStorage.setItem(name, value); memory.delete(name); } catch { memory.set(name, value); } },
    drop(name) { memory.delete(name); try { localStorage.removeItem(name); } catch { /* in memory only */ } },
    names() { let found = []; try { found = Object.keys(localStorage); } catch { /* in memory only */ } return [...new Set([...found, ...memory.keys()])]; },
  };
  let identity = tag.dataset.identity || "";
  // Each signed customer has a drawer of their own, so that a shared browser mixes nobody up. It stays theirs on this
  // page when the signature runs out.
  let carried = subject(identity);
  let owner = carried;
  let expired = false;
  const drawer = () => `muhatap.${KEY}.${owner}.`;
  const kept = (name) => disk.get(drawer() + name);
  const keep = (name, value) => (value ? disk.set(drawer() + name, value) : disk.drop(drawer() + name));

  // Who is signed in no more leaves no token behind for the next person here; unsent words wait for their owner.
  function clear() {
    const prefix = `muhatap.${KEY}.`;
    for (const name of disk.names().filter((n) => n.startsWith(prefix))) {
      const [who, what] = name.slice(prefix.length).split(".");
      if (who && what && what !== "q" && who !== carried) disk.drop(name);
    }
  }

  function subject(jwt) {
    try {
      const claims = JSON.parse(atob(jwt.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
      return encodeURIComponent(String(claims.sub ?? "")).replace(/\./g, "%2E");
    } catch { return ""; }
  }

  /* ---- waiting messages: one entry each, so that two tabs never overwrite each other ---- */
  const waiting = {
    all() {
      const prefix = `${drawer()}q.`;
      const found = [];
      for (const name of disk.names().filter((n) => n.startsWith(prefix)).sort()) {
        try { found.push({ name, ...JSON.parse(disk.get(name)) }); } catch { disk.drop(name); }
      }
      return found;
    },
    add(text, files) {
      const id = uuid();
      const order = Math.max(Date.now(), this.last + 1);
      this.last = order;
      const at = new Date().toISOString();
      const name = `q.${String(order).padStart(15, "0")}.${id}`;
      this.typed.push(name);
      disk.set(drawer() + name, JSON.stringify({ id, text, files, at }));
    },
    // What was typed on this page goes along when its signature is refused; what an earlier page left stays with its owner.
    carry(from) {
      for (const name of this.typed) {
        const kept = disk.get(from + name);
        if (kept) { disk.drop(from + name); disk.set(drawer() + name, kept); }
      }
    },
    typed: [],
    last: 0,
  };

  function uuid() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  // One tab at a time sends and starts sessions: order is kept, and a browser has one session. Where the browser refuses
  // locks, as it does together with its storage, or has none, it goes without.
  async function alone(name, act) {
    let isBegun = false;
    try { return await navigator.locks.request(drawer() + name, () => { isBegun = true; return act(); }); } catch (error) {
      if (isBegun) throw error;
      return act();
    }
  }

  /* ---- the wire ---- */
  class Refused extends Error {
    constructor(status, error, wait) { super(error.message || ""); Object.assign(this, { status, code: error.code, fields: error.fields || {}, wait }); }
  }

  async function call(method, path, body) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), body instanceof FormData ? 120000 : TIMEOUT);
    const headers = { "Accept-Language": lang };
    if (token && path !== "/sessions") headers.Authorization = `Bearer ${token}`;
    if (body && !(body instanceof FormData)) { headers["Content-Type"] = "application/json"; body = JSON.stringify(body); }
    try {
      const answer = await fetch(`${HOST}/chat/v1${path}`, { method, headers, body, signal: stop.signal, credentials: "omit", referrerPolicy: "strict-origin" });
      if (answer.status === 204) return null;
      const told = await answer.json();
      if (!answer.ok) throw new Refused(answer.status, told.error || {}, Number(answer.headers.get("Retry-After")) * 1000 || 0);
      return told;
    } finally { clearTimeout(timer); }
  }

  let token = "";
  let look = null;
  let tried = {};
  let session = null;
  let stream = null;
  let live = false;
  let fails = 0;
  let cursor = 0;
  let hasEarlier = false;
  let seen = null;
  let rating = null;
  let marked = "";
  let uploads = [];
  let wantsMail = false;
  const lines = new Map();

  const quiet = (act) => async (...given) => { try { return await act(...given); } catch (error) { setLive(false); later(error); return undefined; } };
  let timer = 0;
  let watch = 0;
  // Whatever went wrong, come again: after 1, 2, 4 … 30 seconds, a little apart so that a crowd does not come at once.
  function later(error) {
    if (error instanceof Refused && error.code === "no_inbox") { stopForGood(error); return; }
    if (timer || expired || (!look && fails > 7)) return;
    const wait = (error && error.wait) || Math.min(30000, 1000 * 2 ** Math.min(fails++, 5)) * (0.7 + Math.random() * 0.6);
    timer = setTimeout(() => { timer = 0; connect(); }, wait);
  }
  function soon() { clearTimeout(timer); timer = 0; connect(); }

  // The tracker on this page: its number for a visitor who agreed.
  const tracked = () => look && window.muhatap?.visitor?.();
  // It may hear who is signed in here: the server looks at the signature itself.
  async function meet(visitor) {
    const met = `${visitor} ${new Date().toDateString()}`;
    if (!identity || kept("met") === met) return;
    await call("POST", "/visitor", { inbox: KEY, jwt: identity, site: window.muhatap.key, visitor });
    keep("met", met);
  }

  // Somebody may want to talk with whoever is known on this page; each invitation comes once.
  let asking = 0;
  async function beInvited(visitor) {
    clearTimeout(asking);
    if (!look.invites) return;
    asking = setTimeout(bePresent, 30000);
    if (document.visibilityState !== "visible" || isOpen) return;
    const told = await call("POST", "/invitation", { inbox: KEY, site: window.muhatap.key, visitor });
    if (told) greet(String(told.text));
  }

  // The chat goes on without either; the next page asks again.
  function bePresent() {
    const visitor = tracked();
    if (visitor) for (const one of [meet, beInvited]) one(visitor).catch(() => {});
  }

  let connecting = null;
  const isWatched = () => isOpen || document.visibilityState === "visible";
  const connect = () => (connecting ||= reach().finally(() => { connecting = null; }));
  const reach = quiet(async () => {
    if ("identity" in tag.dataset) clear();
    if (!look) await dress();
    if (!asking) bePresent();
    if (!look || expired || (!kept("token") && !isOpen && !waiting.all().length)) return;
    await alone("start", start);
    await pull();
    if (isWatched()) listen();
    // Without a stream, or with one that some proxy holds back, ask now and then.
    const isOpenStream = stream && stream.readyState === 1;
    clearTimeout(watch);
    if (isWatched()) watch = setTimeout(connect, isOpenStream ? 60000 : isOpen ? 5000 : 30000);
    fails = 0;
    setLive(true);
    await flush();
  });

  async function start() {
    if (session) return;
    clear();
    const page = { url: location.href.slice(0, 2000), title: document.title.slice(0, 300) };
    const ask = () => call("POST", "/sessions", { inbox: KEY, token: kept("token") || "", jwt: identity, page, lang });
    let opened;
    try { opened = await ask(); } catch (error) {
      // A fresh signature goes on where this one stopped: token and waiting messages stay for it.
      if (error.code === "identity_expired") { expired = true; hangUp(); draw(); }
      if (error.code !== "identity_refused") throw error;
      console.warn(`Muhatap: ${error.message}`);
      const refused = drawer();
      identity = owner = "";
      waiting.carry(refused);
      opened = await ask();
    }
    if (opened.token) { keep("token", opened.token); lines.clear(); cursor = 0; }
    token = opened.token || kept("token");
    session = opened;
    live = true;
    wear(opened.look);
    const isFirst = !lines.size;
    take(opened);
    if (isFirst) hasEarlier = opened.has_more;
    draw();
  }

  async function pull() {
    for (let told = { has_more: true }; told.has_more;) {
      told = await mine("GET", `/messages?after=${cursor}`);
      take(told);
    }
    draw();
    mark();
  }

  // A session the server does not know any more is started anew, once; what waits is sent under the new one.
  async function mine(method, path, body) {
    if (!session) await alone("start", start);
    const used = token;
    try { return await call(method, path, body); } catch (error) {
      if (error.status !== 401) throw error;
      if (used === token) { hangUp(); session = null; if (error.code === "no_session" && kept("token") === used) keep("token", ""); }
      await alone("start", start);
      return call(method, path, body);
    }
  }

  function take(told) {
    if (!Array.isArray(told.messages)) throw new TypeError("no messages");
    for (const line of told.messages) { lines.set(line.id, line); cursor = Math.max(cursor, line.id); if (line.is_ours) typing(""); }
    seen = told.seen;
    rating = told.rating;
  }

  function listen() {
    if (stream || !window.EventSource) return;
    stream = new EventSource(HOST + session.live);
    stream.onmessage = quiet(async (event) => {
      const told = JSON.parse(event.data);
      if (told.kind === "typing") typing(String(told.name || ""));
      else { await pull(); setLive(true); }
    });
    stream.onopen = quiet(async () => { fails = 0; await pull(); setLive(true); await flush(); });
    stream.onerror = () => {
      setLive(false);
      // The browser tries again by itself unless it was refused; then a new ticket is needed, or polling must do.
      if (stream && stream.readyState === 2) { hangUp(); session = null; later(); }
    };
  }
  function hangUp() { if (stream) stream.close(); stream = null; }

  async function flush() {
    await alone("send", async () => {
      for (const item of waiting.all()) {
        if (item.refused) continue;
        try {
          const line = await mine("POST", "/messages", { id: item.id, text: item.text, files: item.files.map((f) => f.id) });
          lines.set(line.id, line);
          disk.drop(item.name);
        } catch (error) {
          if (!(error instanceof Refused) || error.status === 429 || error.status >= 500) throw error;
          if (error.fields.name || error.fields.email) { form.asked = true; form.done = false; draw(); return; }
          disk.set(item.name, JSON.stringify({ ...item, refused: error.message || t.refused }));
        }
        draw();
      }
    });
  }

  const mark = quiet(async () => {
    if (!session) return;
    const ours = [...lines.values()].filter((l) => l.is_ours).map((l) => l.id);
    const delivered = Math.max(0, ...ours);
    const isRead = isOpen && document.visibilityState === "visible";
    if (isRead) keep("read", String(delivered));
    const state = JSON.stringify({ delivered, read: isRead ? delivered : 0 });
    if (!delivered || state === marked) return;
    await mine("POST", "/read", JSON.parse(state));
    marked = state;
  });

  /* ---- the look ---- */
  const root = document.createElement("div");
  root.id = "muhatap-chat";
  const shadow = root.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  shadow.adoptedStyleSheets = [sheet];

  function h(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) element.addEventListener(key.slice(2), quiet(value));
      else if (value === true) element.setAttribute(key, "");
      else if (value !== false && value != null) element.setAttribute(key, value);
    }
    element.append(...children.filter((child) => child != null && child !== false));
    return element;
  }
  function icon(name, size = 20) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    for (const [k, v] of Object.entries({ viewBox: "0 0 24 24", width: size, height: size, fill: "none", stroke: "currentColor", "stroke-width": name === "more" ? 3 : 1.75, "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" })) svg.setAttribute(k, v);
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  }

  /* Colours: the firm chooses one; where it would be hard to read it is moved towards ink or paper until it is not. */
  const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  const luminance = (hex) => {
    const [r, g, b] = rgb(hex).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((m, n) => n - m); return (x + 0.05) / (y + 0.05); };
  const mix = (a, b, share) => `#${rgb(a).map((c, i) => Math.round(c + (rgb(b)[i] - c) * share).toString(16).padStart(2, "0")).join("")}`;
  function legible(colour, ground) {
    const towards = luminance(ground) > 0.3 ? "#000000" : "#ffffff";
    for (let share = 0; share < 1; share += 0.05) { const tried = mix(colour, towards, share); if (contrast(tried, ground) >= 4.6) return tried; }
    return towards;
  }
  const palette = (accent, ground, soft) => {
    const button = legible(accent, ground);
    const under = mix(ground, button, soft);
    return `--accent:${legible(button, under)};--button:${button};--on:${contrast("#ffffff", button) >= 4.5 ? "#fff" : "#1c1b18"};--soft:${under};`;
  };
  const LIGHT = "color-scheme:light;--paper:#fff;--fill:#efede7;--line:#e5e2da;--edge:#8a857a;--ink:#1c1b18;--ink2:#4f4c45;--ink3:#68645b;--late:#a5301d;--soon:#855300;--soonsoft:#fbf1dc;--shadow:0 .5rem 2rem #1c1b1824,0 .125rem .375rem #1c1b1814;";
  const DARK = "color-scheme:dark;--paper:#24221f;--fill:#34312d;--line:#403d37;--edge:#8f8a7f;--ink:#eeece6;--ink2:#bab5aa;--ink3:#a8a399;--late:#f2907a;--soon:#e3b04b;--soonsoft:#33280f;--shadow:0 .5rem 2rem #0008;";

  function wear(told) {
    if (!told || typeof told.firm !== "string") throw new TypeError("no look");
    disk.set(`muhatap.${KEY}.look`, JSON.stringify(told));
    look = told = { ...told, ...tried };
    const wish = [tag.dataset.accent, told.accent].find((c) => /^#[0-9a-f]{6}$/i.test(c || "")) || "#0a6661";
    const theme = tag.dataset.theme || told.theme;
    const light = LIGHT + palette(wish, "#ffffff", 0.11);
    const dark = DARK + palette(wish, "#24221f", 0.2);
    const side = (tag.dataset.position || told.position) === "left" ? "left" : "right";
    sheet.replaceSync(`:host{all:initial;${theme === "dark" ? dark : light}}${theme === "dark" || theme === "light" ? "" : `@media(prefers-color-scheme:dark){:host{${dark}}}`}.launch,.panel,.greeting{${side}:2rem}${CSS_TEXT}`);
    if (!root.isConnected) { build(); document.body.append(root); }
  }

  async function dress() {
    // The last look is enough to show the bubble; without one, nothing is shown until the server has answered.
    try { wear(JSON.parse(disk.get(`muhatap.${KEY}.look`))); } catch { look = null; }
    if (look) { call("GET", `/inboxes/${encodeURIComponent(KEY)}?lang=${lang}`).then((told) => { wear(told); draw(); }).catch((error) => { if (error.code === "no_inbox") stopForGood(error); }); }
    else wear(await call("GET", `/inboxes/${encodeURIComponent(KEY)}?lang=${lang}`));
    draw();
  }

  function stopForGood(error) {
    console.warn(`Muhatap: ${error.message}`);
    hangUp();
    clearTimeout(timer);
    clearTimeout(watch);
    root.remove();
  }

  const CSS_TEXT = `
*{box-sizing:border-box}[hidden]{display:none!important}svg{pointer-events:none}
.launch,.panel,.greeting{font:400 .875rem/1.375rem Inter,system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;color:var(--ink);position:fixed;z-index:2147483000}
button,input,textarea{font:inherit;color:inherit;margin:0}
button{cursor:pointer;border:0;background:none;padding:0}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.launch{bottom:1.5rem;width:3.5rem;height:3.5rem;border-radius:50%;background:var(--button);color:var(--on);box-shadow:var(--shadow);display:grid;place-items:center}
.launch b{position:absolute;top:-.25rem;inset-inline-end:-.25rem;min-width:1.375rem;height:1.375rem;padding:0 .375rem;border-radius:.75rem;background:var(--ink);color:var(--paper);font-size:.75rem;font-weight:500;line-height:1.375rem;font-variant-numeric:tabular-nums}
.panel,.greeting{bottom:6rem;background:var(--paper);border:1px solid var(--line);border-radius:.75rem;box-shadow:var(--shadow)}
.panel{width:23.5rem;height:38.75rem;max-height:calc(100dvh - 7.5rem);display:flex;flex-direction:column;overflow:hidden}
.greeting{width:19rem;display:grid;gap:.5rem;padding:.75rem 1rem}.greeting p{margin:0}
.bar{display:flex;align-items:center;gap:.25rem;padding:.75rem .75rem .75rem 1rem;border-bottom:1px solid var(--line);position:relative}
.bar>div:not(.menu){flex:1;min-width:0;padding-inline-start:.5rem}
h2{margin:0;font-size:.875rem;font-weight:600;line-height:1.25rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.bar p{margin:0;color:var(--ink2);font-size:.8125rem;line-height:1.125rem}.launch span{display:grid}
.face{flex:none;display:grid;place-items:center;width:2.375rem;height:2.375rem;border-radius:50%;background:var(--soft);color:var(--accent);font-weight:600}
.face.small{width:1.25rem;height:1.25rem;font-size:.5625rem}
.tool{flex:none;display:grid;place-items:center;width:2.25rem;height:2.25rem;border-radius:.375rem;color:var(--ink2)}
.tool:hover{background:var(--fill);color:var(--ink)}
.menu{position:absolute;top:3.25rem;inset-inline-end:.75rem;z-index:1;display:grid;padding:.25rem;background:var(--paper);border:1px solid var(--line);border-radius:.625rem;box-shadow:var(--shadow)}
.menu button{padding:.5rem .75rem;text-align:start;border-radius:.375rem}.menu button:hover{background:var(--fill)}
.log{flex:1;overflow-y:auto;overscroll-behavior:contain;padding:1rem;display:flex;flex-direction:column;gap:.5rem}
.log>:first-child{margin-top:auto}
.line{display:grid;gap:.25rem;max-width:84%;justify-items:start;align-self:flex-start}
.line.own{align-self:flex-end;justify-items:end}
.bubble{padding:.375rem .75rem;border-radius:.75rem .75rem .75rem .25rem;background:var(--fill);white-space:pre-wrap;overflow-wrap:anywhere}
.own .bubble{background:var(--soft);border-radius:.75rem .75rem .25rem}
.bubble a{color:inherit}
.meta,.event{display:flex;align-items:center;gap:.25rem;color:var(--ink3);font-size:.75rem;line-height:1rem;padding:0 .25rem}
.event{gap:.5rem;padding:.25rem;color:var(--ink2);font-size:.8125rem}
.meta button,.more{color:var(--accent);font-weight:500;min-height:1.5rem}
.more{align-self:center;padding:0 .5rem}
.bad{color:var(--late)}
.rating,.rating div{display:flex;flex-wrap:wrap;gap:.5rem}.rating{flex-direction:column}
.rating button{padding:.25rem .5rem;border:1px solid var(--edge);border-radius:.375rem}
.rating [aria-pressed=true]{background:var(--soft);border-color:var(--accent)}.rating a{color:var(--accent)}
.file{display:flex;align-items:center;gap:.5rem;padding:.375rem .75rem;border:1px solid var(--line);border-radius:.625rem;color:inherit;text-decoration:none;overflow-wrap:anywhere;max-width:100%}
a.file:hover{background:var(--fill)}
.dots{display:inline-flex;gap:.1875rem}.dots i{width:.25rem;height:.25rem;border-radius:50%;background:var(--ink2);animation:b 1.2s infinite}.dots i+i{animation-delay:.2s}.dots i+i+i{animation-delay:.4s}
@keyframes b{50%{opacity:.25}}
.strip{padding:.375rem 1rem;background:var(--soonsoft);color:var(--soon);font-size:.8125rem;line-height:1.125rem}
form{padding:.5rem .75rem .25rem;border-top:1px solid var(--line);display:grid;gap:.5rem}
form.ask{padding:.75rem 1rem 1rem}
label{display:grid;gap:.25rem;font-weight:500;font-size:.8125rem;line-height:1.25rem}label small{color:var(--ink3);font-weight:400;font-size:.75rem}
input:not([type=file]){min-height:2.25rem;padding:.25rem .625rem;border:1px solid var(--edge);border-radius:.375rem;background:var(--paper);font-weight:400;font-size:.875rem;width:100%}
.error{margin:0;color:var(--late);font-size:.8125rem;line-height:1.125rem}
.box{display:flex;align-items:flex-end;gap:.25rem;padding:.3125rem;padding-inline-start:.75rem;border:1px solid var(--edge);border-radius:.625rem;background:var(--paper)}
.box:focus-within{outline:2px solid var(--accent);outline-offset:1px}
textarea{flex:1;min-width:0;border:0;background:none;resize:none;padding:.4375rem 0;height:2.25rem;max-height:8rem;line-height:1.375rem}textarea:focus-visible{outline:0}
textarea::placeholder{color:var(--ink3);opacity:1}
.go{flex:none;display:grid;place-items:center;width:2.25rem;height:2.25rem;border-radius:.375rem;background:var(--button);color:var(--on)}
button.wide{min-height:2.25rem;padding:.25rem .75rem;border-radius:.375rem;background:var(--button);color:var(--on);font-weight:500}
.row{display:flex;gap:.5rem}.row input{flex:1;min-width:0}
.chips{display:flex;flex-wrap:wrap;gap:.25rem}.chips .file{padding:.125rem .375rem;font-size:.8125rem}
.chips button{display:grid;place-items:center;width:1.5rem;height:1.5rem}
.privacy{margin:0;padding:0 .875rem .625rem;color:var(--ink3);font-size:.75rem;line-height:1.125rem}.privacy a{color:var(--accent);font-weight:500;text-decoration:none}.privacy a:hover{text-decoration:underline}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media(max-width:30rem),(max-height:26rem){.panel{inset:0;width:auto;height:auto;max-height:none;border:0;border-radius:0}.panel~.launch[aria-expanded=true]{display:none}.tool,.go{width:2.75rem;height:2.75rem}textarea{font-size:1rem;height:2.75rem;padding:.6875rem 0}input:not([type=file]){font-size:1rem;min-height:2.75rem}.greeting{inset:auto 1rem 6rem;width:auto}}
@media(prefers-reduced-motion:reduce){.dots i{animation:none}}
@media print{.launch,.panel,.greeting{display:none}}`;

  /* ---- the parts ---- */
  let isOpen = false;
  const ui = {};
  const form = { asked: false, done: false, begun: false };

  function build() {
    const field = (name, type, word) => h("input", { type, name, autocomplete: type === "email" ? "email" : "name", maxlength: type === "email" ? 320 : 120, "aria-label": word || false });
    ui.title = h("h2", { id: "title" });
    ui.sub = h("p");
    ui.face = h("span", { class: "face", "aria-hidden": "true" });
    ui.menu = h("div", { class: "menu", id: "menu", hidden: true },
      h("button", { type: "button", onclick: () => { toggleMenu(false); wantsMail = true; draw(); ui.mail.focus(); } }, t.leave),
      h("button", { type: "button", onclick: () => { toggleMenu(false); forget(); } }, t.forget));
    ui.more = h("button", { type: "button", class: "tool", "aria-label": t.menu, "aria-expanded": "false", "aria-controls": "menu", onclick: () => toggleMenu(ui.menu.hidden) }, icon("more"));
    ui.log = h("div", { class: "log", role: "log", "aria-label": t.title, tabindex: "0" });
    ui.typing = h("div", { class: "event", hidden: true });
    ui.strip = h("div", { class: "strip", role: "status", hidden: true });
    ui.name = field("name", "text");
    ui.email = field("email", "email");
    ui.askError = h("p", { class: "error", role: "alert", id: "ask-error", hidden: true });
    ui.nameLabel = h("label", {}, h("span", {}, t.name, " ", h("small")), ui.name);
    ui.emailLabel = h("label", {}, h("span", {}, t.mail, " ", h("small")), ui.email);
    ui.ask = h("form", { class: "ask", novalidate: true, hidden: true, onsubmit: begin }, h("strong", {}, t.before), ui.nameLabel, ui.emailLabel, ui.askError, h("button", { class: "wide" }, t.begin));
    ui.mail = field("mail", "email", t.mail);
    ui.mailError = h("p", { class: "error", role: "alert", hidden: true });
    ui.mailWord = h("span", {}, t.askMail);
    ui.leave = h("form", { class: "ask", novalidate: true, hidden: true, onsubmit: leaveMail }, ui.mailWord, h("div", { class: "row" }, ui.mail, h("button", { class: "wide" }, t.save)), ui.mailError);
    ui.text = h("textarea", { rows: "1", placeholder: t.write, "aria-label": t.write, maxlength: LONGEST, oninput: wrote, onkeydown: pressed });
    ui.pick = h("input", { type: "file", hidden: true, multiple: true, tabindex: "-1", onchange: picked });
    ui.chips = h("div", { class: "chips", hidden: true });
    ui.problem = h("p", { class: "error", role: "alert", hidden: true });
    ui.compose = h("form", { novalidate: true, onsubmit: submit }, ui.chips, ui.problem, h("div", { class: "box" }, ui.text, ui.pick,
      h("button", { type: "button", class: "tool", "aria-label": t.attach, onclick: () => ui.pick.click() }, icon("clip")),
      h("button", { class: "go", "aria-label": t.send }, icon("send"))));
    ui.privacy = h("p", { class: "privacy" });
    ui.panel = h("section", { class: "panel", role: "dialog", "aria-labelledby": "title", id: "panel", hidden: true, onkeydown: keys },
      h("div", { class: "bar" }, ui.face, h("div", {}, ui.title, ui.sub), ui.more, h("button", { type: "button", class: "tool", "aria-label": t.close, onclick: close }, icon("close")), ui.menu),
      ui.log, ui.strip, ui.leave, ui.ask, ui.compose, ui.privacy);
    ui.count = h("b", { hidden: true, "aria-hidden": "true" });
    ui.launchIcon = h("span", {}, icon("chat", 24));
    ui.launch = h("button", { type: "button", class: "launch", "aria-controls": "panel", onclick: () => (isOpen ? close() : open()) }, ui.launchIcon, ui.count);
    ui.news = h("div", { class: "sr", role: "status" });
    ui.greeting = h("div", { class: "greeting", role: "status", hidden: true });
    shadow.append(ui.panel, ui.greeting, ui.launch, ui.news);
    shadow.addEventListener("pointerdown", (event) => { if (event.target.closest("button,a")) hold(5000); });
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => { if (held) hold(300); }, true);
    shadow.addEventListener("click", letGo, true);
    ui.text.value = kept("draft") || "";
  }

  function greet(text) {
    const button = (look, does, ...inside) => h("button", { type: "button", class: look, onclick: does, ...inside[1] }, inside[0]);
    ui.greeting.replaceChildren(h("p", {}, text), h("div", { class: "row" },
      button("wide", open, t.write),
      button("tool", () => { ui.greeting.hidden = true; }, icon("close"), { "aria-label": t.close })));
    ui.greeting.hidden = false;
  }

  // While a button is held down nothing is drawn: a click is lost if its button moves away or is made anew under the
  // finger. A tap is a click only a moment after the finger was lifted; a press that ends unseen holds for five seconds.
  let held = 0;
  let isOverdue = false;
  function hold(ms) { clearTimeout(held); held = setTimeout(letGo, ms); }
  function letGo() { clearTimeout(held); held = 0; if (isOverdue) draw(); }

  function draw() {
    if (!ui.log) return;
    isOverdue = Boolean(held);
    if (held) return;
    const all = [...lines.values()].sort((a, b) => a.id - b.id);
    const ours = all.filter((l) => l.is_ours);
    const queue = waiting.all().filter((item) => !all.some((l) => l.key === item.id));
    drawHead(ours);
    drawLog(all, ours, queue);
    drawForms(all, queue);
    const n = isOpen ? 0 : ours.filter((l) => l.id > Number(kept("read") || 0)).length;
    ui.count.hidden = !n;
    ui.count.textContent = n > 99 ? "99+" : n;
    const news = n ? t.fresh(n) : "";
    if (ui.news.textContent !== news) ui.news.textContent = news;
    ui.launch.setAttribute("aria-label", isOpen ? t.close : n ? `${t.open}, ${news}` : t.open);
    ui.launch.setAttribute("aria-expanded", String(isOpen));
    ui.launchIcon.replaceChildren(icon(isOpen ? "down" : "chat", 24));
    ui.strip.hidden = !isOpen || (!expired && (live || !session));
    const strip = ui.strip.hidden ? "" : expired ? t.expired : t.reconnecting;
    if (ui.strip.textContent !== strip) ui.strip.textContent = strip;
  }

  function drawHead(ours) {
    const who = ours.length ? ours[ours.length - 1].author : "";
    ui.title.textContent = who ? `${first(who)}, ${look.firm}` : look.firm;
    ui.face.textContent = initials(who || look.firm);
    const n = look.usual_minutes;
    if (!look.is_open) ui.sub.textContent = look.opens_at ? `${t.away}. ${t.opens(moment(look.opens_at, true))}` : t.away;
    else ui.sub.textContent = !n ? t.here : n < 60 ? t.minutes(n) : t.hours(Math.round(n / 60));
  }

  // Rows are kept by key and touched only when they changed, so that nothing one reads or selects jumps.
  let drawn = new Map();
  function drawLog(all, ours, queue) {
    const parts = [];
    const own = all.filter((l) => !l.is_ours);
    const lastOwn = own[own.length - 1];
    if (hasEarlier) parts.push(["earlier", "", () => h("button", { type: "button", class: "more", onclick: earlier }, t.earlier)]);
    if (!hasEarlier && look.greeting) parts.push(["greeting", look.greeting, () => row({ text: look.greeting, files: [], is_ours: true }, "")]);
    if (!look.is_open) parts.push(["away", String(look.can_mail), () => h("div", { class: "event" }, icon("person", 16), look.can_mail ? t.awayMail : t.awayLater)]);
    for (const line of all) {
      const isRead = seen && line.id <= seen.id;
      const state = line.is_ours ? "" : line === lastOwn || (isRead && line.id === seen.id) ? (isRead || ours.some((o) => o.id > line.id) ? "read" : "sent") : "";
      parts.push([`l${line.is_ours ? line.id : line.key}`, state + moment(line.at), () => row(line, state)]);
      if (isRead && line.id === seen.id && seen.name && !ours.some((o) => first(o.author) === first(seen.name)))
        parts.push(["joined", seen.name, () => h("div", { class: "event" }, icon("person", 16), t.joined(first(seen.name)))]);
    }
    for (const item of queue) {
      const state = item.refused ? "refused" : live ? "sending" : "kept";
      parts.push([`l${item.id}`, state, () => row(item, state)]);
    }
    if (rating) parts.push(["rating", JSON.stringify(rating), () => h("div", { class: "rating", role: "group", "aria-label": rating.question }, rating.question,
      h("div", {}, ...rating.words.map((word, i) => h("button", { type: "button", "aria-pressed": String(rating.score === i + (rating.lowest ?? 1)), onclick: () => rate(i + (rating.lowest ?? 1)) }, word))),
      (rating.score !== null || !rating.words.length) && h("a", { href: HOST + rating.url, target: "_blank", rel: "noopener" }, rating.more))]);
    const atEnd = ui.log.scrollHeight - ui.log.scrollTop - ui.log.clientHeight < 80;
    const next = new Map();
    for (const [key, version, make] of parts) {
      const old = drawn.get(key);
      next.set(key, old && old.version === version ? old : { version, element: make() });
    }
    for (const [key, old] of drawn) if (next.get(key) !== old) old.element.remove();
    let place = ui.log.firstChild;
    for (const { element } of next.values()) {
      if (element === place) place = place.nextSibling;
      else ui.log.insertBefore(element, place);
    }
    ui.log.append(ui.typing);
    const isMore = next.size > drawn.size;
    drawn = next;
    if (isMore && atEnd) ui.log.scrollTop = ui.log.scrollHeight;
  }

  function row(line, state) {
    const files = (line.files || []).map((file) => {
      const inside = [icon("file", 16), String(file.name)];
      return file.url ? h("a", { class: "file", href: HOST + file.url, target: "_blank", rel: "noopener" }, ...inside) : h("span", { class: "file" }, ...inside);
    });
    const isKept = typeof line.id === "number";
    const meta = h("div", { class: "meta" }, h("span", { class: "sr" }, `${line.is_ours ? line.author || t.we : t.you}, `));
    if (state === "read") meta.append(icon("read", 14));
    if (state && state !== "refused") meta.append(`${t[state]}${isKept ? " · " : ""}`);
    if (state === "refused") meta.append(h("span", { class: "bad" }, line.refused), h("button", { type: "button", onclick: () => retry(line) }, t.again));
    else if (isKept) meta.append(h("time", { datetime: line.at }, moment(line.at)));
    // The log tells what comes from us; what the visitor wrote, and how it fares, is not read out to them again.
    return h("div", line.is_ours ? { class: "line" } : { class: "line own", "aria-live": "off" }, line.text ? h("div", { class: "bubble", dir: "auto" }, ...linked(String(line.text))) : null, ...files, isKept || state ? meta : null);
  }

  async function rate(score) {
    rating = await mine("POST", "/rating", { score });
    draw();
    ui.log.querySelector("[aria-pressed=true]")?.focus();
  }

  function linked(text) {
    return text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])/).map((part, i) => (i % 2 ? h("a", { href: part, target: "_blank", rel: "noopener noreferrer nofollow" }, part) : part));
  }

  const firstAsked = () => (ui.nameLabel.hidden ? ui.email : ui.name);
  function drawForms(all, queue) {
    const has = session ? session.visitor : { name: "", email: "", is_signed: false };
    const ask = look.ask;
    const asks = (what) => ask[what] !== "off" && !has[what];
    const isNew = !all.length && (!queue.length || form.asked);
    const isAsking = Boolean(session) && isNew && !form.done && (form.asked || !has.is_signed) && (asks("name") || asks("email"));
    // The box stays with whoever has begun to write; the server asks for what is required when they send, above the box.
    const hadFocus = ui.compose.contains(shadow.activeElement);
    ui.ask.hidden = !isAsking || (form.begun && !form.asked);
    ui.compose.hidden = isAsking && !form.begun;
    ui.nameLabel.hidden = !asks("name");
    ui.emailLabel.hidden = !asks("email");
    if (ui.compose.hidden && hadFocus) firstAsked().focus();
    for (const [label, input, what] of [[ui.nameLabel, ui.name, "name"], [ui.emailLabel, ui.email, "email"]]) {
      label.querySelector("small").textContent = ask[what] === "optional" ? t.optional : "";
      input.toggleAttribute("required", ask[what] === "required");
    }
    const isLeaving = look.can_mail && !has.email && !isAsking && (wantsMail || (!look.is_open && Boolean(all.length + queue.length)));
    ui.leave.hidden = !isLeaving;
    ui.menu.firstChild.hidden = !look.can_mail || Boolean(has.email);
    ui.privacy.replaceChildren(look.can_mail && has.email && !look.is_open ? `${t.saved(has.email)} ` : "", t.privacy);
    if (/^https?:/.test(look.privacy_url)) ui.privacy.append(" ", h("a", { href: look.privacy_url, target: "_blank", rel: "noopener" }, t.notice));
    ui.pick.accept = look.file_types.join(",");
    ui.chips.hidden = !uploads.length;
    ui.chips.replaceChildren(...uploads.map((file) => h("span", { class: "file" }, file.id ? file.name : t.uploading(file.name),
      h("button", { type: "button", "aria-label": `${t.remove}: ${file.name}`, onclick: () => { uploads = uploads.filter((f) => f !== file); draw(); } }, icon("close", 14)))));
  }

  /* ---- what the visitor does ---- */
  function open() {
    isOpen = true;
    ui.greeting.hidden = true;
    ui.panel.hidden = false;
    ui.panel.setAttribute("aria-modal", String(matchMedia("(max-width:30rem),(max-height:26rem)").matches));
    draw();
    ui.log.scrollTop = ui.log.scrollHeight;
    (ui.compose.hidden ? firstAsked() : ui.text).focus();
    if (session) mark(); else soon();
  }
  function close() {
    isOpen = false;
    ui.panel.hidden = true;
    toggleMenu(false);
    draw();
    ui.launch.focus();
  }
  function toggleMenu(isShown) {
    ui.menu.hidden = !isShown;
    ui.more.setAttribute("aria-expanded", String(isShown));
    if (isShown) [...ui.menu.children].find((b) => !b.hidden).focus();
  }
  function keys(event) {
    if (event.key === "Escape") {
      if (ui.menu.hidden) close(); else { toggleMenu(false); ui.more.focus(); }
      event.stopPropagation();
    } else if (event.key === "Tab" && ui.panel.getAttribute("aria-modal") === "true") {
      const stops = [...ui.panel.querySelectorAll("button,input:not([type=file]),textarea,a,[tabindex='0']")].filter((e) => e.checkVisibility ? e.checkVisibility() : e.offsetParent);
      const [from, to] = event.shiftKey ? [stops[0], stops[stops.length - 1]] : [stops[stops.length - 1], stops[0]];
      if (shadow.activeElement === from) { to.focus(); event.preventDefault(); }
    }
  }
  function pressed(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); return submit(event); }
    return undefined;
  }

  let typedAt = 0;
  function wrote() {
    form.begun = true;
    keep("draft", ui.text.value);
    ui.text.style.height = "auto";
    ui.text.style.height = `${Math.max(36, ui.text.scrollHeight)}px`;
    if (live && lines.size && Date.now() - typedAt > 3000) { typedAt = Date.now(); call("POST", "/typing").catch(() => {}); }
  }

  let sendsWhenUp = false;
  async function submit(event) {
    if (event) event.preventDefault();
    const text = ui.text.value.trim();
    sendsWhenUp = uploads.some((f) => !f.id); // pressed while a file is on its way: it goes when the file is there
    if ((!text && !uploads.length) || sendsWhenUp) return;
    waiting.add(text, uploads);
    uploads = [];
    form.begun = false;
    ui.text.value = "";
    ui.text.style.height = "";
    keep("draft", "");
    complain(ui.problem, "");
    draw();
    ui.log.scrollTop = ui.log.scrollHeight;
    if (session && live) await flush(); else soon();
  }
  function retry(item) {
    const { name, refused, ...rest } = item;
    disk.set(name, JSON.stringify(rest));
    draw();
    return flush();
  }

  async function picked() {
    const chosen = [...ui.pick.files];
    form.begun = true;
    ui.pick.value = "";
    complain(ui.problem, "");
    for (const file of chosen) {
      if (file.size > look.largest_file) { complain(ui.problem, t.tooLarge(Math.floor(look.largest_file / 1048576))); continue; }
      const entry = { name: file.name };
      uploads.push(entry);
      draw();
      const body = new FormData();
      body.append("file", file);
      try { Object.assign(entry, await mine("POST", "/files", body)); } catch (error) {
        uploads = uploads.filter((f) => f !== entry);
        sendsWhenUp = false;
        complain(ui.problem, (error instanceof Refused && error.message) || t.noUpload);
      }
      draw();
    }
    if (sendsWhenUp) await submit();
  }

  const isMail = (text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);
  async function begin(event) {
    event.preventDefault();
    const name = ui.name.value.trim();
    const email = ui.email.value.trim();
    for (const [input, value, what] of [[ui.name, name, "name"], [ui.email, email, "email"]]) {
      const isWrong = !input.parentElement.hidden && ((look.ask[what] === "required" && !value) || (what === "email" && value && !isMail(value)));
      input.setAttribute("aria-invalid", String(isWrong));
      if (isWrong) { input.setAttribute("aria-describedby", "ask-error"); input.focus(); return complain(ui.askError, value ? t.badMail : t.needed); }
    }
    if (!(await tell(ui.askError, { name, email }))) return undefined;
    form.done = true;
    draw();
    ui.text.focus();
    return flush();
  }
  async function leaveMail(event) {
    event.preventDefault();
    const email = ui.mail.value.trim();
    if (!isMail(email)) { ui.mail.focus(); return complain(ui.mailError, t.badMail); }
    if (!(await tell(ui.mailError, { email }))) return undefined;
    wantsMail = false;
    draw();
    return ui.text.focus();
  }
  async function tell(place, details) {
    complain(place, "");
    try { const visitor = await mine("POST", "/details", details); session.visitor = visitor; return true; } catch (error) {
      complain(place, (error instanceof Refused && error.message) || t.reconnecting);
      return false;
    }
  }
  function complain(place, message) { place.textContent = message; place.hidden = !message; }

  async function earlier() {
    const told = await mine("GET", `/messages?before=${Math.min(...lines.keys())}`);
    hasEarlier = told.has_more;
    for (const line of told.messages) lines.set(line.id, line);
    draw();
  }

  let typingTimer = 0;
  function typing(who) {
    clearTimeout(typingTimer);
    if (!ui.typing) return;
    ui.typing.hidden = !who;
    if (!who) return;
    ui.typing.replaceChildren(h("span", { class: "face small", "aria-hidden": "true" }, initials(who)), t.typing(first(who)), h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")));
    ui.log.scrollTop = ui.log.scrollHeight;
    typingTimer = setTimeout(() => typing(""), 6000);
  }

  function forget() {
    for (const name of disk.names().filter((n) => n.startsWith(drawer()))) disk.drop(name);
    hangUp();
    session = null; token = ""; cursor = 0; seen = rating = null; marked = ""; hasEarlier = false;
    form.done = form.asked = form.begun = false;
    lines.clear();
    draw();
    if (isOpen) soon();
  }

  function setLive(isUp) { if (live !== isUp) { live = isUp; draw(); } }
  const first = (name) => String(name).split(/[\s,]/)[0];
  const initials = (name) => String(name).split(/\s+/).slice(0, 2).map((w) => [...w][0] || "").join("").toLocaleUpperCase(lang);
  function moment(iso, isLong) {
    const at = new Date(iso);
    if (Number.isNaN(at.getTime())) return "";
    const isToday = at.toDateString() === new Date().toDateString();
    const day = isLong ? { weekday: "long", day: "numeric", month: "long" } : { day: "numeric", month: "short" };
    return new Intl.DateTimeFormat(lang === "tr" ? "tr-TR" : "en-GB", { ...(isToday ? {} : day), hour: "2-digit", minute: "2-digit" }).format(at);
  }

  const wait = (act) => { if (look) act(); };
  window.muhatapChat = {
    open: () => wait(open),
    close: () => wait(close),
    forget: () => wait(forget),
    preview: (changes) => wait(() => { tried = changes; wear(look); draw(); }),
    identify(jwt) { identity = String(jwt || ""); owner = carried = subject(identity); expired = false; hangUp(); session = null; token = ""; cursor = 0; form.done = form.asked = false; lines.clear(); marked = ""; soon(); },
  };

  addEventListener("online", () => soon());
  addEventListener("muhatap:visitor", bePresent);
  // Browsers hold six connections to a host: tabs that nobody looks at give theirs up.
  document.addEventListener("visibilitychange", () => { if (!isWatched()) hangUp(); else if (look && stream) mark(); else if (look) soon(); });
  // Other tabs of this browser show what was written here, and the other way round.
  addEventListener("storage", (event) => { if (event.key && look && event.key.startsWith(drawer())) draw(); });

  const idle = window.requestIdleCallback ? (act) => requestIdleCallback(act, { timeout: 4000 }) : (act) => setTimeout(act, 1500);
  if (document.readyState === "complete") idle(connect); else addEventListener("load", () => idle(connect));
})();
