"""The parts of the look in a real browser: reachable, readable, by keyboard, in both themes and languages."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from tests import cast
from tests.pages.axe import faults

BETWEEN = (768, 1100)  # a screen and a phone


@pytest.fixture
def gallery(page: Page, live_server: Any) -> Page:
    """The gallery as an administrator sees it."""
    client = Client()
    client.force_login(cast.selin())
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/gallery/")
    return page


def test_the_parts_are_readable_and_stay_inside_at_every_width(gallery: Page) -> None:
    """In both themes and languages: tests/pages/test_every_page.py, on a screen and on a phone."""
    for width in (320, 390, 768, 1100, 1440):
        gallery.set_viewport_size({"width": width, "height": 900})
        assert gallery.evaluate("document.documentElement.scrollWidth") == width
        assert gallery.evaluate(
            "document.querySelector('main').scrollWidth <= document.querySelector('main').clientWidth"
        )
        if width in BETWEEN:
            assert faults(gallery) == []


def test_the_page_says_nothing_against_its_content_policy(page: Page, gallery: Page) -> None:
    said: list[str] = []
    gallery.on("console", lambda message: said.append(message.text))
    gallery.reload()
    assert [text for text in said if "Content Security Policy" in text] == []


def test_control_k_asks_the_server_and_arrows_choose(gallery: Page) -> None:
    gallery.route(
        re.compile(r"/search/palette"),
        lambda route: route.fulfill(
            content_type="text/html",
            body="<a role=option id=a href='/gallery/?a' aria-selected=false>Ayşe</a>"
            "<a role=option id=b href='/gallery/?b' aria-selected=false>Elif</a>",
        ),
    )
    gallery.keyboard.press("Control+k")
    field = gallery.get_by_role("combobox", name=re.compile("Ara|Search"))
    expect(field).to_be_focused()
    expect(gallery.locator("#a")).to_have_attribute("aria-selected", "true")
    gallery.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "b")
    gallery.keyboard.press("Enter")
    gallery.wait_for_url("**/gallery/?b")


def test_a_palette_without_an_answer_says_so_and_keeps_the_words(gallery: Page) -> None:
    gallery.route(re.compile(r"/search/palette"), lambda route: route.abort())
    gallery.keyboard.press("Control+k")
    gallery.keyboard.type("ays")
    expect(gallery.locator("[data-broken]")).to_be_visible()
    expect(gallery.locator("#palette input")).to_have_value("ays")
    gallery.keyboard.press("Escape")
    expect(gallery.locator("#palette")).not_to_be_visible()


def test_a_menu_opens_walks_and_gives_the_focus_back(gallery: Page) -> None:
    opener = gallery.locator("[data-menu=gallery-menu]")
    opener.focus()
    gallery.keyboard.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    gallery.keyboard.press("ArrowDown")
    expect(gallery.locator("#gallery-menu [role=menuitem]").nth(1)).to_be_focused()
    gallery.keyboard.press("Escape")
    expect(opener).to_be_focused()
    expect(gallery.locator("#gallery-menu")).to_be_hidden()


def test_the_question_mark_shows_the_keys_of_this_page(gallery: Page) -> None:
    gallery.locator("h1").click()
    gallery.keyboard.press("?")
    expect(gallery.locator("#keys")).to_be_visible()
    expect(gallery.locator("#keys li")).not_to_have_count(0)


def test_single_letters_can_be_switched_off(gallery: Page) -> None:
    gallery.locator("h1").click()
    gallery.keyboard.press("?")
    gallery.locator("[data-keys-switch]").uncheck()
    gallery.keyboard.press("Escape")
    gallery.keyboard.press("?")
    expect(gallery.locator("#keys")).to_be_hidden()


def test_letters_typed_in_a_field_are_only_letters(gallery: Page) -> None:
    gallery.locator("#id_name").focus()
    gallery.keyboard.type("?")
    expect(gallery.locator("#keys")).to_be_hidden()


def test_the_chosen_theme_holds_on_the_next_page_from_its_first_paint(gallery: Page) -> None:
    gallery.locator("[data-menu=me-menu]").click()
    gallery.locator("#me-menu [data-theme-choice=dark]").click()
    expect(gallery.locator("html")).to_have_attribute("data-theme", "dark")
    answer = gallery.reload()
    assert answer is not None
    assert 'data-theme="dark"' in answer.text()


def test_picking_rows_counts_them_and_shows_the_bulk_bar(gallery: Page) -> None:
    gallery.locator("[data-pick-all]").check()
    expect(gallery.locator("[data-n-picked]")).to_have_text("4")
    gallery.locator("[data-pick-all]").uncheck()
    expect(gallery.locator("[data-bulk]")).to_be_hidden()


def test_a_toast_counts_down_and_goes(gallery: Page) -> None:
    gallery.evaluate(
        "document.getElementById('toasts').insertAdjacentHTML('beforeend',"
        '\'<div class="toast" data-seconds="1"><span>gidiyor <span data-countdown>1 sn</span></span></div>\')'
    )
    expect(gallery.locator("#toasts .toast")).to_have_count(1)
    expect(gallery.locator("#toasts .toast")).to_have_count(0)


def test_what_is_pasted_keeps_its_words_and_loses_its_look(gallery: Page) -> None:
    cleaned = gallery.evaluate(
        """async () => (await import("/static/muhatap/js/clean.js")).clean(
          '<style>p{color:red}</style><h1 style="x">Başlık</h1>son<script>alert(1)</script>'
          + '<p>bir <b>iki</b> <span style="font-weight:700">üç</span> <a href="javascript:x">dört</a></p>'
          + '<img src=x onerror=alert(1)><a href="https://ornek.example" onclick="x">beş</a>')"""
    )
    assert cleaned == (
        "<p>Başlık</p><p>son</p><p>bir <strong>iki</strong> <strong>üç</strong> dört</p>"
        '<p><a href="https://ornek.example">beş</a></p>'
    )


def test_what_is_sent_stands_in_paragraphs(gallery: Page) -> None:
    sent = gallery.evaluate("async () => (await import('/static/muhatap/js/clean.js')).clean('bir <b>iki</b>', true)")
    assert sent == "<p>bir <strong>iki</strong></p>"


def test_a_part_read_again_changes_only_what_differs(gallery: Page) -> None:
    left = gallery.evaluate(
        """async () => {
          const { merge } = await import("/static/muhatap/js/merge.js");
          const make = (html) => new DOMParser().parseFromString(`<div>${html}</div>`, "text/html").body.firstChild;
          const old = make('<details id="a" open>bir</details><p id="b">iki</p><p id="late" data-kept>eski</p>');
          const kept = old.querySelector("#a");
          merge(old, make('<p id="new">yeni</p><details id="a">bir</details><p id="b">iki!</p>'));
          return [[...old.children].map((child) => child.id), old.querySelector("#a") === kept && kept.open, old.querySelector("#b").textContent];
        }"""
    )
    assert left == [["new", "a", "b", "late"], True, "iki!"]
