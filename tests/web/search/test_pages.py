"""The search page: what was found, what was understood of the question, and the way on."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from muhatap.channels.contract import FileRef
from muhatap.contacts import identity, profile
from muhatap.search import finding
from muhatap.shared import patience
from tests import cast
from tests.search.conftest import written

pytestmark = pytest.mark.django_db


@pytest.fixture
def asking(client: Client) -> "Ask":
    user = cast.deniz()
    user.language = "en"
    user.save()
    client.force_login(user)
    return Ask(client)


class Ask:
    def __init__(self, client: Client) -> None:
        self.client = client

    def __call__(self, q: str, **more: object) -> str:
        answer = self.client.get(reverse("search:results"), {"q": q, **more})
        assert answer.status_code == 200
        return unescape(answer.content.decode())


def marks(page: str) -> list[str]:
    return re.findall(r"<mark>(.*?)</mark>", page)


def test_a_find_leads_to_its_message_with_the_words_marked(asking: Ask) -> None:
    message = written("Havlunun <b>iadesini</b> istiyorum", subject="Havlu")

    shown = asking("iade havlu")

    assert f'href="/inbox/{message.conversation_id}/#message-{message.pk}"' in shown
    assert marks(shown) == ["Havlu", "Havlunun", "iadesini"]
    assert "<b>iadesini" not in shown
    assert "1 found" in shown


def test_the_empty_page_teaches_the_language(asking: Ask) -> None:
    shown = asking("")

    assert "How to ask" in shown
    assert "?q=0532" in shown


def test_filters_stand_as_chips_that_can_be_taken_off(asking: Ask) -> None:
    written("kargo")

    shown = asking("kargo from:ayşe durum:açık")

    assert "Remove from:ayşe" in shown
    assert "?q=kargo+durum%3Aa%C3%A7%C4%B1k" in shown


@pytest.mark.parametrize(
    ("q", "told"),
    [
        ("foo:bar", "There is no filter “foo:”"),
        ("kargo önce:dünden", "“dünden” is no date we know"),
        ("kargo from:", "Nothing stands after “from:”"),
        ("kargo etiket:yok", "Nothing here is called “etiket:yok”"),
        ("a" * 900, "Only the first 400 letters"),
    ],
)
def test_what_was_not_understood_is_told_and_what_was_typed_stays(asking: Ask, q: str, told: str) -> None:
    shown = asking(q)

    assert told in shown
    assert f'value="{q}"' in shown


def test_nothing_found_offers_less_and_names_that_sound_alike(asking: Ask) -> None:
    profile.update(
        contact=identity.resolve(claims=[cast.AYSE], source="email", at=cast.NOW),
        facts={"name": "Ayşe Yılmaz"}, source="email", at=cast.NOW,
    )  # fmt: skip

    shown = asking("yilmas durum:açık")

    assert "Nothing found" in shown
    assert "Ayşe Yılmaz" in shown
    assert "without “durum:açık”" in shown


def test_people_and_companies_have_tabs(asking: Ask) -> None:
    identity.resolve(claims=[cast.AYSE], source="email", at=cast.NOW)

    assert "ayse.yilmaz" in asking("ayse", tab="contacts")
    assert "Nothing found" in asking("ayse", tab="companies")


def test_files_are_found_by_their_names(asking: Ask) -> None:
    file = FileRef(name="ekim-faturası.pdf", type="application/pdf", size=2048, sha256="0" * 64)
    written("ekte fatura yok", files=(file,))
    written("fatura nerede", sender=cast.MEHMET)

    shown = asking("fatura", tab="files")

    assert "faturası" in marks(shown)
    assert "2 KB" in shown
    assert "fatura nerede" not in shown


def test_frequent_words_say_how_far_back_was_looked(asking: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST", 2)
    monkeypatch.setattr(finding.candidates, "__kwdefaults__", {"most": 2})
    for number in range(3):
        claim = cast.Claim(kind="email", value=f"k{number}@ornek.example", is_verified=True)
        written("kargo", sender=claim, at=cast.NOW - timedelta(days=number))

    shown = asking("kargo")

    assert "the best of the newest 2 messages since" in shown
    assert "before%3A2026-11-2" in shown


def test_a_question_that_takes_too_long_says_so(asking: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise patience.TookTooLong

    monkeypatch.setattr(finding, "candidates", stopped)

    assert "it was stopped. Add a word" in asking("kargo")


@pytest.mark.parametrize("q", ["\x00", "'; drop table x", "%", "((", "a:b:c", "!&|", "😀", "page" * 300])
def test_nothing_typed_breaks_the_page_or_the_palette(asking: Ask, q: str) -> None:
    for tab in ("", "contacts", "companies", "files", "none"):
        asking(q, tab=tab, page="-1")
    assert asking.client.get(reverse("search:palette"), {"q": q}).status_code == 200


def test_the_palette_leads_to_messages_and_to_all_results(asking: Ask) -> None:
    message = written("nevresim takımı", subject="Soru")

    shown = unescape(asking.client.get(reverse("search:palette"), {"q": "nevre"}).content.decode())

    assert f"/inbox/{message.conversation_id}/#message-{message.pk}" in shown
    assert "/search/?q=nevre" in shown


def test_the_way_back_to_an_old_message_is_loaded_at_once(asking: Ask) -> None:
    first = written("ilk", at=cast.NOW - timedelta(days=9))
    for number in range(45):
        written(
            f"söz {number}", at=cast.NOW - timedelta(days=8) + timedelta(minutes=number), in_reply_to=first.external_id
        )
    thread = asking.client.get(f"/inbox/{first.conversation_id}/").content.decode()
    assert f"message-{first.pk}" not in thread
    earlier = unescape(re.search(r'hx-get="(/inbox/\d+/earlier/[^"]*)"', thread)[1])  # type: ignore[index]

    brought = asking.client.get(f"{earlier}&to={first.pk}").content.decode()

    assert f'id="message-{first.pk}"' in brought
    assert asking.client.get(f"{earlier}&to=none").status_code == 200
