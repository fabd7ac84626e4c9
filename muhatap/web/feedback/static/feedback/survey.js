// A survey only by link, code or page has no inbox and waits for nothing: those fields are put aside while that is chosen.
// One with an error stays, so that its words can be read.

const occasion = document.querySelector("[name=occasion]");
const aside = ["inbox", "mailbox", "delay", "delay_unit"]
  .map((name) => occasion.form.elements[name]?.closest(".field"))
  .filter((field) => field && !field.querySelector(".field-error"));

function show() {
  for (const field of aside) field.hidden = occasion.value === "none";
}

occasion.addEventListener("change", show);
addEventListener("pageshow", show); // after "back" the browser chooses by itself, and tells nobody
show();
