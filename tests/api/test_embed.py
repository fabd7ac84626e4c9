"""The script and the small shop."""

import pytest
from django.test import Client

from muhatap.channels.webchat import signed
from muhatap.shared import clock, secrets
from tests import cast

SECRET = "a-secret-of-the-shop-" + "x" * 30


@pytest.mark.parametrize("name", ["chat.js", "muhatap.js", "survey.js"])
def test_a_script_is_for_any_site_and_asked_again_only_when_it_changed(name: str) -> None:
    first = Client().get(f"/embed/{name}")
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert first.headers["Content-Type"].startswith("text/javascript")
    assert "max-age" in first.headers["Cache-Control"]
    again = Client().get(f"/embed/{name}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.django_db
def test_the_demo_shop_stands_only_where_the_demo_is() -> None:
    assert Client().get("/demo/shop/").status_code == 404
    cast.chat_inbox(identity_secret_sealed=secrets.seal(SECRET))
    page = Client().get("/demo/shop/").content.decode()
    assert 'data-inbox="ihlamur-ev"' in page
    assert 'data-identity=""' in page
    assert Client().get("/demo/shop.css").status_code == 200


@pytest.mark.django_db
def test_ayse_is_signed_in_at_the_demo_shop() -> None:
    cast.chat_inbox(identity_secret_sealed=secrets.seal(SECRET))
    page = Client().get("/demo/shop/?customer").content.decode()
    token = page.split('data-identity="')[1].split('"')[0]
    assert signed.read(token, secret=SECRET, at=clock.now()).subject == "20871"
