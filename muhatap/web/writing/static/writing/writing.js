// Writing a template: the editor fills the hidden field, a variable goes in where the caret stands, and the server shows
// how it reads half a second after the last key.

import { clean } from "../muhatap/js/clean.js";

const IDLE = 500;
const box = document.querySelector("[data-template]");
const editor = box?.querySelector("[data-template-editor]");
const field = box?.querySelector("input[name=html]");
let timer = 0;
let range = null;

document.execCommand("defaultParagraphSeparator", false, "p");

editor?.addEventListener("input", () => {
  field.value = clean(editor.innerHTML, true);
  clearTimeout(timer);
  timer = setTimeout(preview, IDLE);
});

editor?.addEventListener("paste", (event) => {
  const html = event.clipboardData.getData("text/html");
  if (!html) return;
  event.preventDefault();
  document.execCommand("insertHTML", false, clean(html));
});

async function preview() {
  const body = new FormData(editor.closest("form"));
  body.delete("files");
  const answer = await fetch(box.dataset.preview, { method: "POST", body, headers: { "HX-Request": "true" } });
  if (answer.ok) document.querySelector("[data-template-preview]").innerHTML = await answer.text();
}

document.addEventListener("selectionchange", () => {
  const selection = getSelection();
  if (selection.rangeCount && editor?.contains(selection.anchorNode)) range = selection.getRangeAt(0).cloneRange();
});

box?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-variable], [data-template-format]");
  if (!button) return;
  editor.focus();
  if (range) {
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  }
  if (button.dataset.variable) document.execCommand("insertText", false, `{{ ${button.dataset.variable} }}`);
  else document.execCommand(button.dataset.templateFormat);
});
