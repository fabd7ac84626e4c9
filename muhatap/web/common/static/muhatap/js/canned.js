// Canned replies while one writes: "/" and letters in the editor, or the button. The server finds and fills; the chosen one
// takes the place of what was typed, and the first gap in it is chosen.

import { clean } from "./clean.js";
import { beforeCaret, choose, complain, editorOf, fields, formOf, kindOf, selectBack, showFiles } from "./editor.js";

const PAUSE = 120;
const TYPED = /(?:^|\s)(\/[\p{L}\p{N}_-]*)$/u;
let timer = 0;
let asking = null;
let range = null; // where the caret stood when the button was pressed

const panelOf = (form) => form.querySelector("[data-canned-panel]");
const options = (panel) => [...panel.querySelectorAll("[role=option]")];
const chosen = (panel) => panel.querySelector('[aria-selected="true"]');

document.addEventListener("input", (event) => {
  const form = formOf(event.target);
  if (!form?.dataset.canned) return;
  if (event.target.matches("[data-canned-search]")) return later(form, event.target.value);
  if (!event.target.matches("[data-editor=reply]")) return;
  const typed = TYPED.exec(beforeCaret());
  if (typed) later(form, typed[1].slice(1), true);
  else close(form);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-canned-open]");
  if (button) return open(formOf(button));
  const option = event.target.closest("[data-canned-panel] [role=option]");
  if (option) return use(formOf(option), option);
  for (const panel of document.querySelectorAll("[data-canned-panel]:not([hidden])")) {
    if (!panel.contains(event.target)) close(formOf(panel));
  }
});

document.addEventListener("mousedown", (event) => {
  if (event.target.closest("[data-canned-panel] [role=option]")) event.preventDefault(); // the caret stays
});

function open(form) {
  const panel = panelOf(form);
  if (!panel.hidden) return close(form);
  const selection = getSelection();
  const isIn = selection.rangeCount && editorOf(form).contains(selection.anchorNode);
  range = isIn ? selection.getRangeAt(0).cloneRange() : null;
  const search = panel.querySelector("[data-canned-search]");
  search.hidden = false;
  search.value = "";
  panel.querySelector("[data-canned-results]").replaceChildren();
  const at = form.querySelector("[data-canned-open]").getBoundingClientRect();
  place(form, at);
  search.focus(); // at once: what is typed while the list is on its way must not be lost
  find(form, "").then(() => panel.hidden || place(form, at));
}

function later(form, query, isTyped = false) {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    if (isTyped) panelOf(form).querySelector("[data-canned-search]").hidden = true;
    await find(form, query);
    if (!isTyped) return;
    if (!options(panelOf(form)).length || !TYPED.test(beforeCaret())) return close(form);
    place(form, getSelection().getRangeAt(0).getBoundingClientRect());
  }, PAUSE);
}

async function find(form, query) {
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(`${form.dataset.canned}?q=${encodeURIComponent(query)}`, { signal: asking.signal, headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    panelOf(form).querySelector("[data-canned-results]").innerHTML = await answer.text();
    preview(form);
  } catch (error) {
    if (error.name !== "AbortError") close(form);
  }
}

function place(form, at) {
  const panel = panelOf(form);
  panel.hidden = false; // shown before it is measured
  form.querySelector("[data-canned-open]")?.setAttribute("aria-expanded", "true");
  panel.style.left = `${Math.max(8, Math.min(at.left, innerWidth - panel.offsetWidth - 8))}px`;
  panel.style.bottom = `${innerHeight - at.top + 6}px`;
}

function preview(form) {
  const panel = panelOf(form);
  const box = panel.querySelector("[data-canned-preview]");
  const option = chosen(panel);
  const reader = panel.querySelector("[data-canned-search]");
  const writer = reader.hidden ? editorOf(form) : reader;
  if (option) writer.setAttribute("aria-activedescendant", option.id);
  if (box) box.innerHTML = option?.querySelector(".canned-text").innerHTML ?? "";
  option?.scrollIntoView({ block: "nearest" });
}

function close(form, isBack = false) {
  clearTimeout(timer);
  const panel = panelOf(form);
  if (!panel || panel.hidden) return;
  panel.hidden = true;
  form.querySelector("[data-canned-open]")?.setAttribute("aria-expanded", "false");
  editorOf(form).removeAttribute("aria-activedescendant");
  if (isBack) back(form);
}

function back(form) {
  const editor = editorOf(form);
  editor.focus();
  const selection = getSelection();
  if (range && editor.contains(range.startContainer)) {
    selection.removeAllRanges();
    selection.addRange(range);
  } else if (!editor.contains(selection.anchorNode)) {
    selection.selectAllChildren(editor);
    selection.collapseToEnd();
  }
}

async function use(form, option) {
  const isTyped = panelOf(form).querySelector("[data-canned-search]").hidden;
  const typed = isTyped && TYPED.exec(beforeCaret());
  close(form, !isTyped);
  if (typed) {
    selectBack(typed[1].length);
    document.execCommand("delete");
  }
  try {
    const answer = await fetch(option.dataset.use, { method: "POST", body: fields(form), headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error();
    const { html, files, problem } = await answer.json();
    if (files) showFiles(form, files);
    if (problem) complain(form, problem);
    if (html) insert(form, html);
  } catch (error) {
    complain(form, error.message || form.dataset.unsent);
  }
}

function insert(form, html) {
  const editor = editorOf(form);
  if (kindOf(form) !== "reply") return;
  editor.focus();
  const marked = clean(html).replace(/(<mark[^>]*>)<\/mark>/g, "$1\u200b</mark>");
  document.execCommand("insertHTML", false, marked);
  const gap = editor.querySelector("mark[data-gap]:not(.is-filled)");
  if (gap) choose(gap);
  editor.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("keydown", (event) => {
  const form = formOf(event.target);
  const panel = form && panelOf(form);
  if (!panel || panel.hidden || !event.target.matches("[data-editor], [data-canned-search]")) return;
  const all = options(panel);
  const at = all.indexOf(chosen(panel));
  if (event.key === "Escape") close(form, true);
  else if ((event.key === "Enter" || event.key === "Tab") && all.length) use(form, all[at]);
  else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && all.length) {
    const next = all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length];
    for (const option of all) option.setAttribute("aria-selected", String(option === next));
    preview(form);
  } else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
