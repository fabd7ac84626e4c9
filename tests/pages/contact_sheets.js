// What a program can see of how a page looks: [faults, every text that is shown].
() => {
  const found = [];
  const box = (one) => one.getBoundingClientRect();
  const isShown = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && box(one).width > 2;
  const said = (one) => (one.innerText || "").trim().slice(0, 60);
  const lines = (one) => {
    const range = document.createRange();
    range.selectNodeContents(one);
    const middles = [...range.getClientRects()].filter((at) => at.width > 1).map((at) => at.top + at.height / 2);
    return middles.length && Math.max(...middles) - Math.min(...middles) > 10;
  };

  for (const one of document.querySelectorAll("button:not(.nav-item), .btn, .badge, .chip, thead th, .strip a"))
    if (isShown(one) && said(one) && !one.querySelector("div, p, br") && lines(one)) found.push(`in two lines: ${said(one)}`);

  for (const one of document.querySelectorAll("main *, dialog[open] *")) {
    if (!isShown(one) || !one.clientWidth || one.scrollWidth <= one.clientWidth + 1) continue;
    const style = getComputedStyle(one);
    if (style.overflowX === "auto" || style.display === "inline") continue;
    if (style.textOverflow === "ellipsis" || style.overflowX === "hidden") found.push(`cut: ${said(one)}`);
    else if (box(one).left + one.scrollWidth > innerWidth || one.matches("select, .btn, .badge")) found.push(`sticks out: ${one.className} ${said(one)}`);
  }

  const pen = document.createElement("canvas").getContext("2d");
  for (const one of document.querySelectorAll("select:not([multiple])")) {
    if (!isShown(one) || !one.selectedOptions.length) continue;
    pen.font = getComputedStyle(one).font;
    const text = one.selectedOptions[0].text;
    if (pen.measureText(text).width > one.clientWidth - 36) found.push(`cut choice: ${text}`);
  }

  const words = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.data.trim().replace(/\s+/g, " ");
    if (text && walk.currentNode.parentElement.checkVisibility()) words.push(text);
  }
  for (const name of ["aria-label", "placeholder", "title"])
    for (const one of document.querySelectorAll(`[${name}]`)) words.push(one.getAttribute(name));
  return [found, words];
}
