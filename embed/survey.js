/*
 * Muhatap survey on a web site. One tag on the page:
 *   <script src="https://HOST/embed/survey.js" data-survey="KEY" async></script>
 * Optional: data-when="load|call" (call: only muhatapSurvey.ask() shows it), data-after="SECONDS", data-lang="tr|en",
 * data-theme="auto|light|dark", data-consent="yes" (then this browser remembers that it was asked, and asks again only after the
 * survey's quiet days), data-site="WRITE KEY" with data-identity="JWT" (a logged-in customer, signed by the shop's server).
 * From code: muhatapSurvey.ask(), .close(). On the document: the events "muhatapsurvey:answered" and "muhatapsurvey:closed".
 *
 * Without consent nothing is stored on the device and no cookie is set or read, ever. A policy needs script-src HOST and
 * connect-src HOST only. Nothing is thrown, blocked or restyled on the page; the focus is moved only by whoever answers.
 */
(() => {
  "use strict";
  const tag = document.currentScript || document.querySelector("script[data-survey]");
  if (!tag || !tag.dataset.survey || window.muhatapSurvey || !Element.prototype.attachShadow) return;
  const KEY = tag.dataset.survey, HOST = new URL(tag.src, location.href).origin;
  const lang = (tag.dataset.lang || document.documentElement.lang || "tr").slice(0, 2).toLowerCase() === "tr" ? "tr" : "en";
  const KEPT = `muhatap.survey.${KEY}`, DAY = 864e5, TIMEOUT = 15000;

  /* ---- what this browser may remember: with consent, when it was last asked; else nothing ---- */
  const memory = {
    read() { try { return tag.dataset.consent === "yes" ? Number(localStorage.getItem(KEPT)) : 0; } catch { return 0; } },
    write() { try { if (tag.dataset.consent === "yes") localStorage.setItem(KEPT, String(Date.now())); } catch { /* full or forbidden */ } },
  };

  const h = (name, given, ...inside) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(given)) {
      if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else if (key === "checked") element.checked = value;
      else if (value !== false && value !== undefined && value !== "") element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...inside.filter((one) => one !== "" && one !== false && one !== undefined));
    return element;
  };

  const CSS_TEXT = `
:host{--paper:#fff;--ink:#1c1b18;--ink2:#4f4c45;--line:#e5e2da;--edge:#8a857a;--soft:#e3efec;--hover:#f1efea;--accent:#0a6661;--on:#fff;--late:#a5301d;--shadow:0 8px 28px rgba(28,27,24,.16)}
:host([data-theme=dark]){--paper:#24221f;--ink:#eeece6;--ink2:#bab5aa;--line:#403d37;--edge:#7d786d;--soft:#1a302d;--hover:#2a2824;--accent:#63c3b8;--on:#062522;--late:#f2907a;--shadow:0 8px 28px rgba(0,0,0,.5)}
*{box-sizing:border-box}
.panel{position:fixed;z-index:2147482000;inset:auto 1rem 1rem auto;width:22rem;max-width:calc(100vw - 2rem);max-height:calc(100dvh - 2rem);overflow:auto;padding:1rem;border:1px solid var(--line);border-radius:.75rem;background:var(--paper);color:var(--ink);box-shadow:var(--shadow);font:400 .875rem/1.375rem Inter,system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
form{display:grid;gap:1rem}
button,input,textarea{font:inherit;color:inherit;margin:0}
:focus-visible,.choice:has(:focus-visible){outline:2px solid var(--accent);outline-offset:2px}
.close{position:absolute;top:.5rem;right:.5rem;width:2rem;height:2rem;display:grid;place-items:center;border:0;border-radius:.375rem;background:none;color:var(--ink2);cursor:pointer}
.close:hover{background:var(--hover)}
fieldset{margin:0;padding:0;border:0;min-width:0}
legend,label.over,.thanks{padding:0 2rem .5rem 0;font-weight:600}
.thanks{margin:0;padding-bottom:0}
label.over{display:block}
.choices{display:grid;gap:.375rem;grid-template-columns:repeat(auto-fit,minmax(2.25rem,1fr))}
.choices.wide{grid-template-columns:minmax(0,1fr)}
.choice{position:relative;display:grid;place-items:center;min-height:2.75rem;padding:.25rem;border:1px solid var(--edge);border-radius:.5rem;text-align:center;cursor:pointer}
.wide .choice{place-items:center start;padding-inline:.75rem;text-align:start}
.choice:hover{background:var(--hover)}
.choice:has(:checked){border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent);background:var(--soft);font-weight:600}
.choice input{position:absolute;inset:0;opacity:0;cursor:pointer}
.ends{display:flex;justify-content:space-between;gap:1rem;margin:.25rem 0 0;color:var(--ink2);font-size:.75rem;line-height:1rem}
.optional{color:var(--ink2);font-weight:400}
textarea{width:100%;min-height:4.5rem;padding:.5rem;border:1px solid var(--edge);border-radius:.375rem;background:var(--paper);resize:vertical}
.error{margin:.25rem 0 0;color:var(--late)}
.send{min-height:2.75rem;border:0;border-radius:.375rem;background:var(--accent);color:var(--on);font-weight:500;cursor:pointer}
.send[disabled]{opacity:.6}
@media(max-width:480px){.panel{inset:auto 0 0 0;width:auto;max-width:none;border-radius:.75rem .75rem 0 0}}
@media(prefers-reduced-motion:no-preference){.panel{animation:rise .18s ease-out}}@keyframes rise{from{opacity:0}}
`;

  let host = null, panel = null, receipt = "", nonce = "", words = null, step = 1, isBusy = false, isAsking = false;

  const speak = async (method, body) => {
    const gone = new AbortController(), watch = setTimeout(() => gone.abort(), TIMEOUT);
    try {
      const answer = await fetch(`${HOST}/ask/v1/${encodeURIComponent(KEY)}?lang=${lang}`, {
        method, signal: gone.signal, credentials: "omit", referrerPolicy: "no-referrer",
        headers: body ? { "Content-Type": "application/json" } : {}, body: body && JSON.stringify(body),
      });
      return { status: answer.status, told: await answer.json() };
    } catch { return { status: 0, told: {} }; } finally { clearTimeout(watch); }
  };

  const theme = () => {
    const asked = tag.dataset.theme;
    const isDark = asked === "dark" || (asked !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    host.dataset.theme = isDark ? "dark" : "light";
  };

  const open = () => {
    host = h("div", { id: "muhatap-survey", lang });
    const root = host.attachShadow({ mode: "open" }), sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS_TEXT);
    root.adoptedStyleSheets = [sheet];
    theme();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => host && theme());
    panel = h("div", { class: "panel", role: "dialog", "aria-labelledby": "title", onkeydown: (event) => { if (event.key === "Escape") { event.stopPropagation(); close(); } } });
    root.append(panel);
    document.body.append(host);
  };

  const close = () => {
    if (!host) return;
    host.remove();
    host = panel = null;
    document.dispatchEvent(new CustomEvent("muhatapsurvey:closed"));
  };

  const cross = () => {
    const ns = "http://www.w3.org/2000/svg", svg = document.createElementNS(ns, "svg"), path = document.createElementNS(ns, "path");
    for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", width: "16", height: "16", fill: "none", stroke: "currentColor", "stroke-width": "1.75", "aria-hidden": "true" })) svg.setAttribute(name, value);
    path.setAttribute("d", "M18 6 6 18M6 6l12 12");
    svg.append(path);
    return h("button", { type: "button", class: "close", "aria-label": words.close, onclick: close }, svg);
  };

  const field = (one, place) => {
    const error = `${one.name}-error`, id = place ? one.name : "title";
    const wrong = one.error && h("p", { class: "error", id: error }, one.error);
    const optional = !one.is_required && h("span", { class: "optional" }, ` ${words.optional}`);
    if (one.kind === "text") {
      const area = h("textarea", { id: `${one.name}-text`, name: one.name, maxlength: 2000, "aria-invalid": one.error && "true", "aria-describedby": one.error && error });
      area.value = one.text;
      return h("div", {}, h("label", { class: "over", id, for: `${one.name}-text` }, one.label, optional), area, wrong);
    }
    const isWide = one.kind === "choice" || one.kind === "choices" || one.kind === "faces";
    return h("fieldset", { "aria-describedby": one.error && error }, h("legend", { id }, one.label, optional),
      h("div", { class: isWide ? "choices wide" : "choices" }, ...one.choices.map((choice) => h("label", { class: "choice" },
        h("input", { type: one.kind === "choices" ? "checkbox" : "radio", name: one.name, value: choice.value, checked: choice.is_chosen }), h("span", {}, choice.word)))),
      one.low && h("p", { class: "ends" }, h("span", {}, `${one.choices[0].value}: ${one.low}`), h("span", {}, `${one.choices.at(-1).value}: ${one.high}`)), wrong);
  };

  const show = (sheet, isOnward) => {
    if (!host) open();
    step = sheet.step;
    const form = h("form", { novalidate: true, onsubmit: send }, ...sheet.fields.map(field), h("p", { class: "error", role: "status", hidden: true }),
      h("button", { class: "send" }, sheet.is_last ? words.send : words.next));
    panel.replaceChildren(cross(), form);
    if (!isOnward) return;
    const wrong = sheet.fields.find((one) => one.error) || sheet.fields[0];
    form.querySelector(`[name="${wrong.name}"]`)?.focus();
  };

  const say = (text) => {
    const line = panel.querySelector("form > .error");
    line.hidden = false;
    line.textContent = text;
  };

  const send = async (event) => {
    event.preventDefault();
    if (isBusy) return;
    const fields = {};
    for (const [name, value] of new FormData(event.target)) (fields[name] = fields[name] || []).push(value);
    isBusy = event.target.querySelector(".send").disabled = true;
    const { status, told } = await speak("POST", { step, fields, receipt, nonce, site: tag.dataset.site, identity: tag.dataset.identity });
    isBusy = false;
    if (!panel) return;
    const button = panel.querySelector(".send");
    if (button) button.disabled = false;
    if (status === 410 || status === 404) return say(words.over);
    if (status !== 200) return say(told.error?.said || words.later);
    receipt = told.receipt || receipt;
    if (told.sheet) return show(told.sheet, true);
    panel.replaceChildren(cross(), h("p", { class: "thanks", id: "title", role: "status", tabindex: "-1" }, words.thanks));
    panel.querySelector(".thanks").focus();
    document.dispatchEvent(new CustomEvent("muhatapsurvey:answered"));
  };

  /** Ask now; nothing happens where the survey is off, over or full, or our server sleeps. */
  const ask = async (isAsked = true) => {
    if (host || isAsking) return;
    isAsking = true;
    const { status, told } = await speak("GET");
    isAsking = false;
    if (status !== 200 || !told.sheet || host) return;
    if (!isAsked && Date.now() - memory.read() < told.quiet_days * DAY) return;
    words = told.words;
    receipt = "";
    nonce = [...crypto.getRandomValues(new Uint8Array(18))].map((one) => one.toString(16).padStart(2, "0")).join("");
    memory.write();
    show(told.sheet, false);
  };

  window.muhatapSurvey = { ask: () => ask(), close };
  if (tag.dataset.when === "call") return;
  const begin = () => setTimeout(() => ask(false), (Number(tag.dataset.after) || 0) * 1000);
  if (document.readyState === "complete") begin(); else addEventListener("load", begin, { once: true });
})();
