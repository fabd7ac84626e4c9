// Spans tick by the minute: <… data-until="ISO"> counts down to a moment, data-since="ISO" up from it. With data-soon="ISO"
// it also turns amber at that moment and red when it is over.
// The text is written as the server writes it; when a deadline passes, its list reads itself again.

const UNITS = { tr: { m: "dk", h: "sa", d: "gün", less: "1 dk’dan az" }, en: { m: "min", h: "h", d: "d", less: "under 1 min" } };
const unit = UNITS[document.documentElement.lang] ?? UNITS.en;

export function span(milliseconds) {
  const minutes = Math.floor(Math.abs(milliseconds) / 60000);
  if (minutes < 1) return unit.less;
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const parts = days ? [[days, unit.d], [hours, unit.h]] : [[hours, unit.h], [minutes % 60, unit.m]];
  return parts.filter(([figure]) => figure).map((part) => part.join(" ")).join(" ");
}

function tick() {
  const now = Date.now();
  for (const element of document.querySelectorAll("[data-until], [data-since]")) {
    const moment = Date.parse(element.dataset.until ?? element.dataset.since);
    const text = element.querySelector("[data-span]") ?? element;
    text.textContent = span(moment - now);
    if (element.dataset.soon) {
      element.classList.toggle("is-late", moment <= now);
      element.classList.toggle("is-soon", moment > now && Date.parse(element.dataset.soon) <= now);
    }
    if (element.dataset.until && moment < now && !element.dataset.passed) {
      element.dataset.passed = "yes";
      const list = element.closest("[data-live]");
      if (list) window.htmx?.trigger(list, "live");
    }
  }
}

setTimeout(() => {
  tick();
  setInterval(tick, 60000);
}, 60000 - (Date.now() % 60000));
