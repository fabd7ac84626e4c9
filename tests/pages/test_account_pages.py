"""Logging in, one's own account, staff and the audit in a real browser: readable, by keyboard, under the strict policy."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect

from muhatap.accounts import founding, inviting
from muhatap.accounts.models import User
from muhatap.shared import clock
from tests import cast
from tests.pages.axe import faults


@pytest.fixture
def site(page: Page, live_server: Any) -> Iterator[Page]:
    """A page with the address of the server as its base; whatever the policy refuses fails the test."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.set_default_timeout(15_000)
    page.base = live_server.url  # type: ignore[attr-defined]
    yield page
    assert [text for text in said if "Content Security Policy" in text] == []


def go(site: Page, path: str) -> None:
    site.goto(site.base + path)  # type: ignore[attr-defined]


def log_in(site: Page, user: User) -> None:
    go(site, "/login/?next=/account/")
    site.fill("[name=login]", user.email)
    site.fill("[name=password]", cast.PASSWORD)
    site.keyboard.press("Enter")
    arrive(site, "/account/")


def arrive(site: Page, path: str) -> None:
    """At exactly this address: "/login/?next=/account/" ends alike and is not there yet."""
    site.wait_for_url(re.compile(rf"^http://[^/]+{re.escape(path)}$"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_first_door_and_a_refused_password_are_readable(site: Page, theme: str) -> None:
    """Every other page of these: tests/pages/test_every_page.py."""
    site.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    for path in ("/setup/", f"/setup/?word={founding.word()}"):
        go(site, path)
        assert (path, wrong(site)) == (path, [])
    link = inviting.renew(user=cast.zeynep(), by=None, at=clock.now())
    go(site, f"/account/invitation/{link.token}/")
    site.fill("[name=password]", "kısa")
    site.keyboard.press("Enter")
    expect(site.locator(".field-error")).to_be_visible()
    assert wrong(site) == []


def wrong(site: Page) -> list[str]:
    """What axe finds, and whether anything sticks out, on a screen and on the narrowest telephone."""
    found = []
    for width in (1280, 320):
        site.set_viewport_size({"width": width, "height": 900})
        found += faults(site)
        if (wide := site.evaluate("document.documentElement.scrollWidth")) > width:
            found.append(f"is {wide} wide on {width}")
    return found


def test_the_keyboard_alone_logs_in(site: Page) -> None:
    zeynep = cast.zeynep()
    go(site, "/login/?next=/account/")
    expect(site.locator("[name=login]")).to_be_focused()
    site.keyboard.type(zeynep.email)
    site.keyboard.press("Tab")
    site.keyboard.type(cast.PASSWORD)
    site.keyboard.press("Enter")
    arrive(site, "/account/")


def test_a_passkey_is_added_and_then_logs_in_without_a_password(site: Page) -> None:
    device = site.context.new_cdp_session(site)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            }
        },
    )
    log_in(site, cast.zeynep())
    go(site, "/account/security/passkeys/new/")
    site.fill("[name=password]", cast.PASSWORD)  # once more, before something delicate
    site.keyboard.press("Enter")
    arrive(site, "/account/security/passkeys/new/")
    site.fill("[name=name]", "Zeynep’in telefonu")
    site.get_by_role("button", name="Ekle").click()
    arrive(site, "/account/security/codes/")
    assert Authenticator.objects.get(type="webauthn").wrap().name == "Zeynep’in telefonu"
    go(site, "/logout/")
    site.locator("main button").click()
    go(site, "/login/?next=/account/")
    site.get_by_role("button", name="Geçiş anahtarıyla gir").click()
    arrive(site, "/account/")
    go(site, "/account/security/passkeys/")
    expect(site.locator("main")).to_contain_text("Zeynep’in telefonu")


def test_a_browser_that_gives_no_passkey_says_so_and_the_password_still_works(site: Page) -> None:
    zeynep = cast.zeynep()
    go(site, "/login/?next=/account/")
    site.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error('no')) }")
    site.get_by_role("button", name="Geçiş anahtarıyla gir").click()
    expect(site.get_by_role("alert")).to_contain_text("vermedi")
    site.fill("[name=login]", zeynep.email)
    site.fill("[name=password]", cast.PASSWORD)
    site.keyboard.press("Enter")
    arrive(site, "/account/")


def test_from_the_console_word_to_a_colleague(site: Page) -> None:
    go(site, f"/setup/?word={founding.word()}")
    site.fill("[name=name]", "Deniz Koç")
    site.fill("[name=email]", "deniz@ihlamurev.example")
    site.fill("[name=password]", "limon-kolonyasi-12")
    site.get_by_role("button", name="Başla").click()
    site.wait_for_url(re.compile("/(inbox/.*)?$"))
    go(site, "/account/staff/invite/")
    site.fill("[name=name]", "Gül Taş")
    site.fill("[name=email]", "gul@ihlamurev.example")
    site.get_by_role("button", name="Davet et").click()
    path = site.locator("#link").input_value().split("8000", 1)[1]
    site.goto("about:blank")  # what the page still asks for would be sent to the login
    site.context.clear_cookies()
    go(site, path)
    site.fill("[name=password]", "limon-kolonyasi-13")
    site.get_by_role("button", name="Parolayı belirle").click()
    go(site, "/account/")
    expect(site.locator("main")).to_contain_text("gul@ihlamurev.example")


def test_somebody_is_deactivated_only_after_a_question(site: Page) -> None:
    zeynep = cast.zeynep()
    log_in(site, cast.deniz())
    go(site, f"/account/staff/{zeynep.pk}/")
    site.locator("[data-opens=deactivate]").click()
    site.locator("dialog[open]").get_by_role("button", name="Vazgeç").click()
    site.locator("[data-opens=deactivate]").click()
    assert User.objects.get(pk=zeynep.pk).is_active
    site.locator("dialog[open]").get_by_role("button", name="Kapat", exact=True).click()
    arrive(site, "/account/staff/")
    assert not User.objects.get(pk=zeynep.pk).is_active


def test_the_chain_is_checked_on_demand_without_leaving_the_page(site: Page) -> None:
    log_in(site, cast.deniz())
    go(site, "/account/audit/")
    site.get_by_role("button", name="Zinciri denetle").click()
    expect(site.locator("#chain")).to_contain_text("Zincir sağlam")
    assert site.url.endswith("/account/audit/")
