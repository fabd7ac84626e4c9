// The page of a chat inbox: copying the tag, and the bubble that wears what is being chosen.

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = button.dataset.copied;
  });
}

const form = document.querySelector("[data-preview]");
form?.addEventListener("input", () => {
  const { accent, theme, position, privacy_url } = form.elements;
  const greeting = form.elements[document.documentElement.lang === "en" ? "greeting_en" : "greeting_tr"];
  window.muhatapChat?.preview({
    accent: accent.value,
    theme: theme.value,
    position: position.value,
    privacy_url: privacy_url.value,
    greeting: greeting.value,
  });
});
