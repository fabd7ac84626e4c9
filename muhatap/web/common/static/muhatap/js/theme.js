// The choice lies in a cookie, so that the server draws the first page in it and nothing flashes.

document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-theme-choice]");
  if (!choice) return;
  const theme = choice.dataset.themeChoice;
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  document.cookie = `theme=${theme}; path=/; max-age=${theme ? 31536000 : 0}; samesite=lax`;
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    const mark = button.hasAttribute("aria-checked") ? "aria-checked" : "aria-pressed";
    button.setAttribute(mark, String(button.dataset.themeChoice === theme));
  }
});
