// The panel above the composer. Each step is a request of its own; here only what the composer has to give along, and news.

import { fields, settled } from "../muhatap/js/editor.js";

const composer = () => document.querySelector("[data-composer]");
const isHere = (element) => Boolean(element.closest?.("#assistant"));
let kind = ""; // where the answer was put

// What stands in the editor goes along: a translation needs it, and taking keeps it first, beside what another device saved since.
document.addEventListener("htmx:configRequest", (event) => {
  const form = composer();
  if (!form || event.detail.verb !== "post" || !isHere(event.target)) return;
  const typed = fields(form);
  for (const name of ["html", "kind", "version"]) event.detail.parameters.set(name, typed.get(name));
});

// A save still under way must not come after the answer was put into the draft.
document.addEventListener("htmx:confirm", (event) => {
  const form = event.target.matches?.("[data-takes]") && composer();
  if (!form) return;
  event.preventDefault();
  settled(form).then(() => event.detail.issueRequest(true));
});

document.addEventListener("muhatap:taken", (event) => (kind = event.detail.kind));

document.addEventListener("htmx:afterSettle", (event) => {
  const { target } = event.detail;
  if (target?.id === "assistant") target.querySelector("[data-focus]")?.focus({ preventScroll: true });
  if (target?.id !== "conversation" || !kind) return;
  if (kind === "note") composer()?.querySelector("[data-kind=note]")?.click();
  else composer()?.querySelector("[data-editor=reply]")?.focus();
  kind = "";
});

document.addEventListener("muhatap:asking", (event) => {
  const panel = document.querySelector(`[data-asking="${Number(event.detail.asking)}"]`);
  if (panel) window.htmx?.trigger(panel, "news");
});
