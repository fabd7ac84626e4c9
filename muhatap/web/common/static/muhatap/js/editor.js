// Writing: rich text without styles, a draft on the server a second after the last key, files, links, @names.
// Each composer is a form [data-composer]; the editor of the chosen kind becomes its field "html".

import { clean } from "./clean.js";
import { token } from "./asking.js";
import { closeMenu } from "./menus.js";
import "./canned.js";

const IDLE = 1000;
const drafts = new WeakMap(); // form → {timer, saved}

export const kindOf = (form) => form.elements.kind.value;
export const editorOf = (form) => form.querySelector(`[data-editor="${kindOf(form)}"]`);
export const formOf = (element) => element.closest?.("[data-composer]");

document.execCommand("defaultParagraphSeparator", false, "p");

function written(form) {
  const html = clean(editorOf(form).innerHTML, true);
  return html.replace(/<[^>]+>/g, "").trim() || html.includes("<img") ? html : "";
}

// Kind: reply or note
document.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-kind]");
  if (!tab) return;
  const form = formOf(tab);
  if (tab.dataset.kind !== kindOf(form)) saveNow(form);
  form.elements.kind.value = tab.dataset.kind;
  form.classList.toggle("is-note", tab.dataset.kind === "note");
  for (const other of form.querySelectorAll("[data-kind]")) other.setAttribute("aria-pressed", String(other === tab));
  for (const editor of form.querySelectorAll("[data-editor]")) editor.hidden = editor.dataset.editor !== tab.dataset.kind;
  drafts.delete(form);
  focusEnd(editorOf(form));
});

function focusEnd(editor) {
  editor.focus();
  const range = document.createRange();
  range.selectNodeContents(editor);
  range.collapse(false);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

// Formats
document.addEventListener("mousedown", (event) => {
  if (event.target.closest("[data-format], [data-mentions]")) event.preventDefault(); // the selection stays in the editor
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-format]");
  if (!button) return;
  const editor = editorOf(formOf(button));
  editor.focus();
  if (button.dataset.format === "quote") {
    const isIn = anchor()?.closest("blockquote");
    document.execCommand("formatBlock", false, isIn ? "p" : "blockquote");
    if (isIn) document.execCommand("outdent");
  } else {
    document.execCommand(button.dataset.format);
  }
  showFormats(editor);
});

const anchor = () => {
  const node = getSelection().anchorNode;
  return node?.nodeType === Node.TEXT_NODE ? node.parentElement : node;
};

function showFormats(editor) {
  for (const button of formOf(editor).querySelectorAll("[data-format]")) {
    const format = button.dataset.format;
    const isOn = format === "quote" ? Boolean(anchor()?.closest("blockquote")) : document.queryCommandState(format);
    button.setAttribute("aria-pressed", String(isOn));
  }
}

let lastRange = null;
document.addEventListener("selectionchange", () => {
  const editor = anchor()?.closest?.("[data-editor]");
  if (!editor) return;
  lastRange = getSelection().getRangeAt(0).cloneRange();
  showFormats(editor);
});

// Links
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-link-set]")) setLink(event.target.closest(".menu-at").querySelector("[data-link]"));
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("[data-link]")) return;
  event.preventDefault();
  setLink(event.target);
}, true);

function setLink(field) {
  const editor = editorOf(formOf(field));
  const typed = field.value.trim();
  const url = /^(https?:|mailto:|tel:)/i.test(typed) ? typed : `https://${typed}`;
  closeMenu();
  editor.focus();
  if (lastRange && editor.contains(lastRange.startContainer)) {
    getSelection().removeAllRanges();
    getSelection().addRange(lastRange);
  }
  if (!typed || !URL.canParse(url)) return;
  if (getSelection().isCollapsed) {
    document.execCommand("insertText", false, typed);
    selectBack(typed.length);
  }
  document.execCommand("createLink", false, url);
  getSelection().collapseToEnd();
  field.value = "";
}

export function selectBack(length) {
  for (let step = 0; step < length; step += 1) getSelection().modify("extend", "backward", "character");
}

// Paste: words and plain structure, nothing of the other page's look
document.addEventListener("paste", (event) => {
  const editor = event.target.closest?.("[data-editor]");
  if (!editor) return;
  const files = [...event.clipboardData.files];
  const html = event.clipboardData.getData("text/html");
  if (files.length && !html) {
    event.preventDefault();
    return upload(formOf(editor), files);
  }
  if (!html) return; // plain text is already plain
  event.preventDefault();
  document.execCommand("insertHTML", false, clean(html));
});

// Files
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-attach]")) return;
  upload(formOf(event.target), [...event.target.files]);
  event.target.value = "";
});
document.addEventListener("dragover", (event) => {
  if (formOf(event.target) && event.dataTransfer.types.includes("Files")) event.preventDefault();
});
document.addEventListener("drop", (event) => {
  const form = formOf(event.target);
  if (!form || !event.dataTransfer.files.length) return;
  event.preventDefault();
  upload(form, [...event.dataTransfer.files]);
});

async function upload(form, files) {
  let problem = "";
  for (const file of files) {
    const body = fields(form);
    body.append("file", file);
    try {
      const answer = await fetch(form.dataset.upload, { method: "POST", body, headers: { "HX-Request": "true" } });
      if (!answer.ok) throw new Error(answer.status);
      showFiles(form, await answer.text());
      problem = JSON.parse(answer.headers.get("HX-Trigger") ?? "{}")["muhatap:problem"]?.text || problem;
    } catch {
      problem = form.dataset.unsent;
    }
  }
  complain(form, problem);
}

export function showFiles(form, html) {
  form.querySelector("#composer-files").outerHTML = html;
  window.htmx?.process(form.querySelector("#composer-files"));
}

export function complain(form, text) {
  const box = form.querySelector("[data-problem]");
  box.hidden = !text;
  box.querySelector("[data-problem-text]").textContent = text;
}

// Drafts
document.addEventListener("input", (event) => {
  const form = formOf(event.target);
  if (!form || event.target.matches("[data-attach], [data-link]")) return;
  const editor = event.target.closest("[data-editor]");
  if (editor) {
    editor.classList.toggle("is-empty", !editor.textContent.trim() && !editor.querySelector("img, li"));
    suggest(form, editor);
  }
  const draft = drafts.get(form) ?? {};
  clearTimeout(draft.timer);
  drafts.set(form, { timer: setTimeout(() => save(form), IDLE), isDirty: true });
});

export function fields(form) {
  form.elements.html.value = written(form);
  const body = new FormData(form);
  body.delete("file");
  body.set("csrfmiddlewaretoken", token()); // a beacon carries no headers
  return body;
}

const saving = new WeakMap(); // form → the save that is under way

function save(form) {
  saving.set(form, keep(form));
}

// For what writes into the draft on the server: no save is under way any more, and none will come.
export async function settled(form) {
  clearTimeout(drafts.get(form)?.timer);
  await saving.get(form);
  clearTimeout(drafts.get(form)?.timer);
  drafts.delete(form);
}

async function keep(form) {
  const draft = drafts.get(form);
  if (!draft?.isDirty || !form.isConnected || !form.dataset.draft) return;
  draft.isDirty = false;
  const said = form.querySelector("[data-saved]");
  try {
    const answer = await fetch(form.dataset.draft, { method: "POST", body: fields(form), headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(answer.status);
    const kept = await answer.json();
    said.innerHTML = kept.saved;
    if (kindOf(form) === "reply") form.elements.version.value = kept.version;
    if (form.isConnected) showChecks(form, kept.checks);
    const signature = form.querySelector("[data-signature-shown]");
    if (signature && kept.signature !== undefined) signature.innerHTML = kept.signature;
  } catch {
    draft.isDirty = true;
    draft.timer = setTimeout(() => save(form), IDLE * 10);
    said.textContent = form.dataset.unsaved;
  }
}

function showChecks(form, html) {
  const box = form.querySelector("#composer-checks");
  if (!box || box.outerHTML === html.trim()) return;
  box.outerHTML = html;
  window.htmx?.process(form.querySelector("#composer-checks"));
}

// The same draft on another device: an untouched composer takes what is newer, a touched one saves and is told.
document.addEventListener("muhatap:draft", (event) => {
  const { conversation, by, version } = event.detail;
  for (const form of document.querySelectorAll(`[data-reload][data-conversation="${Number(conversation)}"]`)) {
    const isMine = String(by) === form.dataset.me;
    if (!isMine || !version || version <= Number(form.elements.version.value) || drafts.get(form) || isBusy(form)) continue;
    window.htmx?.ajax("GET", form.dataset.reload, { target: form, swap: "outerHTML" });
  }
});

const isBusy = (form) => form.contains(document.activeElement) || kindOf(form) !== "reply" || form.classList.contains("is-held");

function saveNow(form) {
  const draft = drafts.get(form);
  if (!draft?.isDirty || !form.dataset.draft) return;
  clearTimeout(draft.timer);
  draft.isDirty = false;
  navigator.sendBeacon(form.dataset.draft, fields(form));
}

const saveAll = () => document.querySelectorAll("[data-composer]").forEach(saveNow);
addEventListener("pagehide", saveAll);
document.addEventListener("visibilitychange", () => document.hidden && saveAll());
document.addEventListener("htmx:beforeSwap", (event) => {
  // Opening another conversation must not lose what stands here; sending already took it along.
  const form = event.detail.target.querySelector?.("[data-composer]");
  if (form && event.detail.requestConfig.verb === "get") saveNow(form);
});

document.addEventListener("htmx:configRequest", (event) => {
  const form = formOf(event.target);
  if (!form || !event.detail.parameters.has?.("html")) return;
  event.detail.parameters.set("html", written(form));
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.target.matches?.("[data-composer]") && event.target;
  if (!form) return;
  clearTimeout(drafts.get(form)?.timer);
  drafts.delete(form);
});

// A gap in a canned reply: a press chooses it, and what is typed there takes its place.
document.addEventListener("click", (event) => {
  const gap = event.target.closest?.("[data-editor] mark[data-gap]");
  if (gap) choose(gap);
});

export function choose(gap) {
  if (!gap.textContent) gap.textContent = "\u200b";
  getSelection().selectAllChildren(gap);
}

document.addEventListener("input", (event) => {
  if (!event.target.matches?.("[data-editor]")) return;
  for (const gap of event.target.querySelectorAll("mark[data-gap]")) {
    gap.classList.toggle("is-filled", Boolean(gap.textContent.replace(/\u200b/g, "").trim()));
  }
});

// The composer never leaves as a page of its own, not even in the moment before htmx has seen it.
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-composer]")) event.preventDefault();
});

// Enter in a field of the composer sends nothing: the first button of the form is not always the one that was meant.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.defaultPrevented || !event.target.matches?.("[data-composer] input, .later-menu input")) return;
  event.preventDefault();
  if (event.target.name === "later_at") event.target.closest(".later-own").querySelector("button").click();
});

// @names
function suggest(form, editor) {
  const menu = form.querySelector("[data-mentions]");
  if (!menu) return;
  const typed = kindOf(form) === "note" && /(?:^|\s)@([\p{L}]*)$/u.exec(beforeCaret());
  if (typed && !menu.childElementCount) return window.htmx?.trigger(menu, "wanted"); // the names come with the first @
  const options = [...menu.querySelectorAll("[role=option]")];
  for (const option of options) option.hidden = !typed || !fold(option.dataset.name).includes(fold(typed[1]));
  const shown = options.filter((option) => !option.hidden);
  menu.hidden = !shown.length;
  options.forEach((option) => option.setAttribute("aria-selected", String(option === shown[0])));
  if (menu.hidden) return editor.removeAttribute("aria-activedescendant");
  editor.setAttribute("aria-activedescendant", shown[0].id);
  const caret = getSelection().getRangeAt(0).getBoundingClientRect();
  menu.style.left = `${caret.left}px`;
  menu.style.bottom = `${innerHeight - caret.top + 6}px`;
  menu.style.top = "auto";
  menu.style.right = "auto";
}

const fold = (text) => text.toLocaleLowerCase("tr").normalize("NFD").replace(/\p{M}/gu, "").replace(/ı/g, "i");

export function beforeCaret() {
  const selection = getSelection();
  const node = selection.anchorNode;
  return node?.nodeType === Node.TEXT_NODE ? node.textContent.slice(0, selection.anchorOffset) : "";
}

function call(form, option) {
  const typed = /@([\p{L}]*)$/u.exec(beforeCaret());
  if (!typed) return;
  selectBack(typed[0].length);
  document.execCommand("insertText", false, `@${option.dataset.name} `);
  form.querySelector("[data-mentions]").hidden = true;
}

document.addEventListener("htmx:afterSettle", (event) => {
  const form = event.detail.target?.matches?.("[data-mentions]") && formOf(event.detail.target);
  if (form) suggest(form, editorOf(form));
});

document.addEventListener("click", (event) => {
  const option = event.target.closest("[data-mentions] [role=option]");
  if (option) call(formOf(option), option);
});

document.addEventListener("keydown", (event) => {
  const editor = event.target.closest?.("[data-editor]");
  const menu = editor && formOf(editor).querySelector("[data-mentions]");
  if (!menu || menu.hidden) return;
  const shown = [...menu.querySelectorAll("[role=option]:not([hidden])")];
  const at = shown.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "Escape") menu.hidden = true;
  else if (event.key === "Enter" || event.key === "Tab") call(formOf(editor), shown[at]);
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const next = shown[(at + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % shown.length];
    shown.forEach((option) => option.setAttribute("aria-selected", String(option === next)));
    editor.setAttribute("aria-activedescendant", next.id);
  } else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

document.querySelectorAll("[data-editor]").forEach((editor) => editor.classList.toggle("is-empty", !editor.textContent.trim()));
document.addEventListener("htmx:load", (event) => {
  for (const editor of event.detail.elt.querySelectorAll?.("[data-editor]") ?? []) {
    editor.classList.toggle("is-empty", !editor.textContent.trim() && !editor.querySelector("img, li"));
  }
});
