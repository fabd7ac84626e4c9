"""Takes the pictures of the README from a running demo shop: `python tools/screenshots.py http://localhost:8000`.

Start `make run` first. Where Pillow is at hand the pictures are made smaller; without it they are only larger.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import chromium

TO = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
LOGIN, PASSWORD = "zeynep@ihlamurev.example", "ihlamur-kokusu-42"  # the demo's, printed at its start
LETTERS = "Nevresim takımım"
Theme = Literal["light", "dark"]


def main(base: str) -> None:
    TO.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for name, (take, width, height, theme) in PICTURES.items():
            page = window(browser, base, width, height, theme)
            take(page)
            save(page, TO / f"{name}.png")
            page.context.close()


def window(browser: Browser, base: str, width: int, height: int, theme: Theme) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce", base_url=base
    )
    return context.new_page()


def inbox(page: Page) -> None:
    """Ayşe's conversation."""
    _log_in(page)
    page.goto("/inbox/in/mine/")
    page.locator("[data-row]", has_text=LETTERS).click()
    page.locator("#composer").wait_for()


def phone(page: Page) -> None:
    _log_in(page)
    page.goto("/inbox/in/mine/")


def customer(page: Page) -> None:
    inbox(page)
    page.locator("#card a[href^='/contacts/']").first.click()
    page.locator("#timeline").wait_for()
    page.locator(".card-lines .card-line").last.wait_for()


def widget(page: Page) -> None:
    """Ayşe, logged in at the shop, in the chat."""
    page.goto("/demo/shop/?customer")
    page.locator("#muhatap-chat .launch").click()
    page.locator("#muhatap-chat textarea").fill("Merhaba, önlük makinede yıkanır mı?")
    page.keyboard.press("Enter")
    page.locator("#muhatap-chat").get_by_text("makinede yıkanır").wait_for()


def save(page: Page, path: Path) -> None:
    page.wait_for_timeout(600)
    page.screenshot(path=path)
    if find_spec("PIL"):
        image = import_module("PIL.Image")
        image.open(path).convert("RGB").quantize(255, dither=image.Dither.NONE).save(path, optimize=True)


def _log_in(page: Page) -> None:
    page.goto("/login/")
    page.fill("[name=login]", LOGIN)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox/**")


PICTURES: dict[str, tuple[Callable[[Page], None], int, int, Theme]] = {
    "inbox-light": (inbox, 1440, 900, "light"),
    "inbox-dark": (inbox, 1440, 900, "dark"),
    "customer": (customer, 1440, 900, "light"),
    "widget": (widget, 1440, 900, "light"),
    "phone": (phone, 390, 844, "light"),
}

if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000")
