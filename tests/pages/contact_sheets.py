"""Every page as it looks, many on a sheet, for whoever wants to see them all: nothing is asserted, so pytest runs it only when it is named.

LOOKS=/folder [LOOKS_OF=regular-expression-of-names] pytest tests/pages/contact_sheets.py -s
writes, for both languages and themes, sheets of pages at 1440 and at 390 px, and says what a program can see: words that are cut,
buttons in two lines, words of the other language.
"""

import os
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from playwright.sync_api import Browser, Error, Page

from tests.pages.test_every_page import PAGES, PHONE, STATES, Visit, _cookies, _own_data_folder, hung_up, shop  # noqa: F401 (fixtures)
from tests.pages.the_shop import Shop

pytestmark = pytest.mark.django_db

LANGUAGES, THEMES = ("tr", "en"), ("light", "dark")
TALLEST = {1440: 1350, 768: 1350, PHONE: 1700}
SHOWN = {1440: 692, 768: 400, PHONE: 195}  # px of the sheet
SHEET = (1389, 870)
TALL = """Math.max(innerHeight, ...[...document.querySelectorAll("html, .main")].map(
  (one) => one.scrollHeight + Math.max(0, one.getBoundingClientRect().top)))"""
SEEN = Path(__file__).with_suffix(".js").read_text()


@dataclass(frozen=True)
class Shot:
    name: str
    language: str
    theme: str
    width: int
    height: int
    png: bytes


@pytest.mark.timeout(0)
def test_all_look_well(shop: Shop, browser: Browser) -> None:  # noqa: F811 (a fixture)
    folder = Path(os.environ["LOOKS"])
    folder.mkdir(parents=True, exist_ok=True)
    asked = re.compile(os.environ.get("LOOKS_OF", "."))
    widths = [int(one) for one in os.environ.get("LOOKS_AT", "1440,390").split(",")]
    chosen = {name: visit for name, visit in (PAGES | STATES).items() if asked.search(name)}
    shots: list[Shot] = []
    for name, visit in chosen.items():
        for language in LANGUAGES:
            shots += _shots(browser, shop, name, visit, language, widths)
    for width, (pair, combos) in product(
        widths, enumerate(((("tr", "light"), ("en", "dark")), (("tr", "dark"), ("en", "light"))))
    ):
        of_these = [one for one in shots if one.width == width and (one.language, one.theme) in combos]
        for number, some in enumerate(_sheets(of_these, SHOWN[width])):
            _draw(browser, some, SHOWN[width], folder / f"{width}-{'ab'[pair]}-{number:02}.png")


def _shots(browser: Browser, shop: Shop, name: str, visit: Visit, language: str, widths: list[int]) -> Iterator[Shot]:  # noqa: F811
    for width in widths:
        if visit.do and visit.width == PHONE != width:
            continue
        context = browser.new_context(
            reduced_motion="reduce",
            base_url=shop.url,
            viewport={"width": width, "height": 900 if width > PHONE else 844},
        )
        context.add_cookies(_cookies(shop, visit.by, language))  # type: ignore[arg-type]
        page = context.new_page()
        try:
            page.goto(visit.path.format(**shop.numbers), wait_until="load")
            page.wait_for_timeout(250)
            if visit.do:
                try:
                    page.set_default_timeout(2500)
                    visit.do(page)
                except (Error, AssertionError):
                    print(f"{name} {language} {width}: cannot be done here")
            tall = min(TALLEST[width], int(page.evaluate(TALL)))
            if not visit.do and not page.locator(".inbox").count():
                page.set_viewport_size({"width": width, "height": max(tall, 844)})
            for theme in THEMES:
                page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
                height = page.viewport_size["height"]  # type: ignore[index]
                yield Shot(name, language, theme, width, height, page.screenshot())
            _tell(name, language, width, page)
        finally:
            context.close()


def _tell(name: str, language: str, width: int, page: Page) -> None:
    found, words = page.evaluate(SEEN)
    with translation.override("tr"):
        for word in dict.fromkeys(words):
            if language == "tr" and translation.gettext(word) != word and len(word) > 1:
                found.append(f"English: {word}")
    if language == "en":
        found += [f"Turkish: {word}" for word in dict.fromkeys(words) if word in _turkish()]
    for fault in dict.fromkeys(found):
        print(f"{name} {language} {width}: {fault}".replace("\n", " "))


_words: set[str] = set()


def _turkish() -> set[str]:
    if not _words:
        with translation.override("tr"):
            catalogue: Any = translation.trans_real.catalog()  # type: ignore[attr-defined]
            pairs = [
                (key, said)
                for part in catalogue._catalog._catalogs
                for key, said in part.items()
                if isinstance(key, str)
            ]
            _words.update(said for key, said in pairs if said and said != key and said not in {k for k, _ in pairs})
    return _words


def _sheets(shots: Iterable[Shot], shown: int) -> Iterator[list[list[Shot]]]:
    """Rows of shots, as many as a sheet holds."""
    across, sheet, left = SHEET[0] // shown, [], SHEET[1]
    shots = list(shots)
    for start in range(0, len(shots), across):
        row = shots[start : start + across]
        height = max(one.height * shown // one.width for one in row) + 14
        if sheet and height > left:
            yield sheet
            sheet, left = [], SHEET[1]
        sheet.append(row)
        left -= height
    if sheet:
        yield sheet


def _draw(browser: Browser, rows: list[list[Shot]], shown: int, path: Path) -> None:
    def cell(one: Shot) -> str:
        data = b64encode(one.png).decode()
        return f"<td>{one.name} {one.language}<br><img width={shown} src='data:image/png;base64,{data}'></td>"

    table = "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in rows)
    page = browser.new_page(viewport={"width": SHEET[0], "height": 100})
    page.set_content(
        "<style>body{margin:0}table{border-spacing:2px 0}td{padding:0;vertical-align:top;font:9px/12px sans-serif;background:#fff}"
        f"img{{display:block;outline:1px solid #888}}</style><table>{table}</table>"
    )
    page.screenshot(path=path, full_page=True)
    page.close()
