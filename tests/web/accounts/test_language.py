"""Turkish and English, before and after logging in."""

import pytest
from django.test import Client

from tests import cast

pytestmark = pytest.mark.django_db


def test_an_installation_speaks_turkish_first(client: Client) -> None:
    response = client.get("/login/")
    assert response.headers["Content-Language"] == "tr"
    assert "Giriş" in response.content.decode() or "Gir" in response.content.decode()


def test_the_switch_works_before_logging_in_and_returns_to_the_page(client: Client) -> None:
    response = client.post("/language/", {"language": "en", "next": "/login/?next=/inbox/"})
    assert response.headers["Location"] == "/login/?next=/inbox/"
    assert "Log in" in client.get("/login/").content.decode()


def test_after_logging_in_the_choice_is_kept_with_the_person(client: Client) -> None:
    zeynep = cast.zeynep()
    client.force_login(zeynep, backend="django.contrib.auth.backends.ModelBackend")
    client.post("/language/", {"language": "en", "next": "/account/"})
    zeynep.refresh_from_db()
    assert zeynep.language == "en"
    elsewhere = Client()
    elsewhere.force_login(zeynep, backend="django.contrib.auth.backends.ModelBackend")
    assert elsewhere.get("/account/").headers["Content-Language"] == "en"


@pytest.mark.parametrize("there", ["https://baska.example/", "//baska.example/", "javascript:alert(1)", ""])
def test_nobody_is_sent_to_another_site(client: Client, there: str) -> None:
    assert client.post("/language/", {"language": "en", "next": there}).headers["Location"] == "/"


def test_a_language_we_do_not_speak_changes_nothing(client: Client) -> None:
    client.post("/language/", {"language": "xx", "next": "/login/"})
    assert client.get("/login/").headers["Content-Language"] == "tr"


def test_a_link_cannot_switch_it(client: Client) -> None:
    assert client.get("/language/?language=en").status_code == 405
