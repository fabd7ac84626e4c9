// Any HTML to the little we send: paragraphs, strong, em, lists, links, quotes, pictures of ours. The server cleans again.

const KEPT = { P: "p", DIV: "p", BR: "br", B: "strong", STRONG: "strong", I: "em", EM: "em", UL: "ul", OL: "ol", LI: "li", A: "a", BLOCKQUOTE: "blockquote", IMG: "img", MARK: "mark",
  H1: "p", H2: "p", H3: "p", H4: "p", TR: "p" };
const DROPPED = "script, style, head, title, meta, link, template, iframe, object, svg, noscript";
const SAFE = /^(https?:|mailto:|tel:|\/files\/|cid:)/i;
const BLOCKS = new Set(["p", "ul", "ol", "li", "blockquote"]);

// `isWhole`: a text of its own, so every line stands in a paragraph; else a piece that may go into one.
export function clean(html, isWhole = false) {
  const page = new DOMParser().parseFromString(html.replace(/<[^>]+>/g, withoutStyle), "text/html");
  page.querySelectorAll(DROPPED).forEach((element) => element.remove());
  const out = document.createElement("div");
  for (const child of page.body.childNodes) append(out, child);
  return tidy(out, isWhole).innerHTML;
}

function append(out, node) {
  if (node.nodeType === Node.TEXT_NODE) return void out.append(node.data.replace(/\u200b/g, "").replace(/\s+/g, " "));
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  const born = twin(node);
  for (const child of node.childNodes) append(born ?? out, child);
  if (born) out.append(born);
}

function twin(node) {
  if (node.tagName === "B" && /font-weight:\s*normal/.test(look(node))) return null; // a box some editors paste
  const name = bySpan(node) ?? KEPT[node.tagName];
  if (!name) return null;
  if (name === "mark" && (node.dataset.gap === undefined || node.textContent.replace(/\u200b/g, "").trim())) return null; // filled
  if (name === "p" && node.querySelector("p, div, ul, ol, blockquote, table")) return null; // only a box around paragraphs
  const born = document.createElement(name);
  if (name === "a" || name === "img") {
    const from = node.getAttribute(name === "a" ? "href" : "src") ?? "";
    if (!SAFE.test(from)) return name === "a" ? null : document.createTextNode("");
    born.setAttribute(name === "a" ? "href" : "src", from);
    if (name === "img") born.alt = node.alt ?? "";
  }
  if (name === "mark") born.dataset.gap = node.dataset.gap;
  return born;
}

// Word processors say bold and italic with styles. Our content policy keeps the browser from reading those (and it would
// complain of each), so they are read as text under another name.
const withoutStyle = (tag) => tag.replace(/\sstyle=/gi, " data-look=");
const look = (node) => node.dataset.look ?? "";

function bySpan(node) {
  if (node.tagName !== "SPAN") return undefined;
  if (/font-weight:\s*(bold|[6-9]00)/.test(look(node))) return "strong";
  return /font-style:\s*italic/.test(look(node)) ? "em" : undefined;
}

// Loose text beside blocks gets a paragraph of its own; empty ends go.
function tidy(out, isWhole) {
  if (!isWhole && ![...out.children].some((child) => BLOCKS.has(child.localName))) return out;
  let loose = null;
  for (const node of [...out.childNodes]) {
    const isBlock = node.nodeType === Node.ELEMENT_NODE && BLOCKS.has(node.localName);
    if (isBlock) loose = null;
    else if (node.nodeType === Node.TEXT_NODE && !node.data.trim() && !loose) node.remove();
    else {
      if (!loose) out.insertBefore((loose = document.createElement("p")), node);
      loose.append(node);
    }
  }
  return out;
}
