// "Copy" beside something shown once. Says in the button that it was done.

for (const button of document.querySelectorAll("[data-copies]")) {
  const source = document.getElementById(button.dataset.copies);
  button.hidden = !navigator.clipboard;
  source?.addEventListener("focus", () => source.select());
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.value);
    button.querySelector("[data-label]").textContent = button.dataset.done;
  });
}
