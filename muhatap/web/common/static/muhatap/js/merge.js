// Reads a part again and changes only what differs, so that nothing jumps, closes or loses the focus while it is read.
// A part says data-merge="<url>" and is told by a "live" event; its children have ids, and a child marked data-keyed
// is merged child by child itself. What a [data-loader] brought stays.

import { letGo } from "./pressing.js";

const reading = new WeakMap();

document.addEventListener("live", async (event) => {
  const part = event.target;
  const url = part.dataset?.merge;
  if (!url) return;
  reading.get(part)?.abort();
  const asking = new AbortController();
  reading.set(part, asking);
  try {
    const answer = await fetch(url, { signal: asking.signal, headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
    await letGo();
    if (fresh && part.isConnected && !asking.signal.aborted) merge(part, fresh);
    part.dispatchEvent(new CustomEvent("merged", { bubbles: true }));
  } catch (error) {
    if (error.name !== "AbortError") console.warn("not read again:", url);
  } finally {
    if (reading.get(part) === asking) part.dispatchEvent(new CustomEvent("read-again", { bubbles: true }));
  }
});

export function merge(old, fresh) {
  const kept = [...old.children].filter((child) => "kept" in child.dataset);
  if (kept.length) {
    fresh.querySelector(":scope > [data-loader]")?.remove(); // what it would load is here already
    for (const copy of kept.flatMap((child) => [...child.querySelectorAll("[id]")])) {
      if (fresh.querySelector(`[id="${CSS.escape(copy.id)}"]`)) copy.remove();
    }
  }
  let place = [...old.children].find((child) => !("kept" in child.dataset)) ?? null;
  for (const child of [...fresh.children]) {
    const twin = child.id && [...old.children].find((element) => element.id === child.id);
    if (!twin) {
      const born = document.importNode(child, true);
      old.insertBefore(born, place);
      born.classList.add("is-fresh");
      window.htmx?.process(born);
      continue;
    }
    if (twin !== place) old.insertBefore(twin, place);
    place = update(twin, child).nextElementSibling;
  }
  while (place) {
    const next = place.nextElementSibling;
    if (!("kept" in place.dataset)) place.remove();
    place = next;
  }
}

// A loader (earlier messages, more rows) is replaced by what it loads; that is outside what a new reading brings, and stays.
document.addEventListener("htmx:beforeSwap", (event) => {
  const loader = event.detail.target.closest?.("[data-loader]");
  if (!loader) return;
  const part = loader.parentElement;
  const before = new Set(part.children);
  const mark = () => {
    for (const child of part.children) if (!before.has(child)) child.dataset.kept = "";
  };
  document.addEventListener("htmx:afterSettle", mark, { once: true });
});

// Gives back the element that now stands in the place.
export function update(twin, child) {
  if ("keyed" in child.dataset) {
    merge(twin, child);
    return twin;
  }
  if (plain(twin) === plain(child)) return twin;
  const born = document.importNode(child, true);
  if ("open" in twin) born.open = twin.open;
  const hadFocus = twin.contains(document.activeElement) ? document.activeElement.closest("a, button")?.className : "";
  twin.replaceWith(born);
  window.htmx?.process(born);
  if (hadFocus) [...born.querySelectorAll("a, button")].find((element) => element.className === hadFocus)?.focus();
  return born;
}

// What the browser added by itself (open, chosen, ticked, processed) is no difference.
function plain(element) {
  const copy = element.cloneNode(true);
  for (const part of [copy, ...copy.querySelectorAll("*")]) {
    for (const name of ["open", "aria-current", "aria-expanded", "data-passed", "data-kept", "data-filled", "style"]) part.removeAttribute(name);
    part.classList.remove("is-fresh", "htmx-request", "htmx-added", "htmx-settling", "htmx-swapping");
    if (!part.classList.length) part.removeAttribute("class");
    if (part.matches("[data-span], [data-here]")) part.textContent = "";
  }
  return copy.outerHTML.replace(/\s+/g, " ");
}
