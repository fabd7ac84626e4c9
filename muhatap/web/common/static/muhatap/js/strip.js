// On a phone the strip of views begins where one is, not at its left end.
for (const strip of document.querySelectorAll(".strip")) {
  const here = strip.querySelector("[aria-current]");
  if (!here) continue;
  const [outer, inner] = [strip.getBoundingClientRect(), here.getBoundingClientRect()];
  strip.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
}
