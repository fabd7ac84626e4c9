// What scrolls sideways begins where one is, not at its left end: on a phone the views, and tabs that do not fit.
for (const strip of document.querySelectorAll(".strip, .tabs")) {
  const here = strip.querySelector("[aria-current]");
  if (!here) continue;
  const [outer, inner] = [strip.getBoundingClientRect(), here.getBoundingClientRect()];
  strip.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
}
