// Ctrl K. The server finds, folds letters and decides the order; here only asking, walking and choosing.

const dialog = document.getElementById("palette");
const WAIT = 120;

if (dialog) {
  const field = dialog.querySelector("input");
  const found = dialog.querySelector("#palette-found");
  const none = dialog.querySelector("[data-none]");
  const broken = dialog.querySelector("[data-broken]");
  const said = dialog.querySelector("[data-said]");
  let timer = 0;
  let asking = null;

  const options = () => [...found.querySelectorAll("[role=option]")];
  const chosen = () => found.querySelector('[aria-selected="true"]');

  const choose = (option) => {
    chosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
  };

  const show = (html) => {
    found.innerHTML = html; // from our own server, already escaped there
    for (const option of found.querySelectorAll("[data-presses]")) if (!document.querySelector(option.dataset.presses)) option.remove();
    for (const group of found.querySelectorAll("[role=group]:not(:has([role=option]))")) group.remove();
    const all = options();
    none.hidden = all.length > 0 || !field.value.trim();
    broken.hidden = true;
    field.setAttribute("aria-expanded", String(all.length > 0));
    said.textContent = field.value.trim() ? said.dataset.said.replace("{n}", all.length) : "";
    choose(all[0]);
  };

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    try {
      const url = `${dialog.dataset.url}?q=${encodeURIComponent(field.value)}`;
      const answer = await fetch(url, { signal: asking.signal, headers: { "HX-Request": "true" } });
      if (!answer.ok) throw new Error(answer.status);
      show(await answer.text());
    } catch (error) {
      if (error.name === "AbortError") return;
      show("");
      none.hidden = true;
      broken.hidden = false;
    }
  };

  const go = (option) => {
    if (!option) return;
    if (option.dataset.presses) {
      dialog.close();
      return document.querySelector(option.dataset.presses)?.click();
    }
    if (!("post" in option.dataset)) return option.click();
    const token = JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] ?? "";
    const form = document.createElement("form");
    form.method = "post";
    const address = new URL(option.href);
    form.action = address.pathname;
    form.innerHTML = '<input name="csrfmiddlewaretoken"><input name="next">';
    for (const [name, value] of address.searchParams) {
      const field = document.createElement("input");
      Object.assign(field, { name, value });
      form.append(field);
    }
    form.elements.csrfmiddlewaretoken.value = token;
    form.elements.next.value = location.pathname + location.search;
    form.hidden = true;
    document.body.append(form);
    form.submit();
  };

  dialog.addEventListener("opened", () => {
    field.select();
    ask();
  });
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  field.addEventListener("keydown", (event) => {
    const all = options();
    const at = all.indexOf(chosen());
    const next = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (event.key === "Enter") {
      event.preventDefault();
      go(chosen());
    } else if (next !== undefined && all.length) {
      event.preventDefault();
      choose(all[(next + all.length) % all.length]);
    }
  });
  found.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]:is([data-post], [data-presses])");
    if (!option) return;
    event.preventDefault();
    go(option);
  });
}
