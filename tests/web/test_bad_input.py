"""What nobody expects, at each door where words come in: ten megabytes, pictures alone, several scripts at once, HTML.

Whoever typed it is told in their language what is wrong and finds it still standing there; what can be taken is kept letter by letter,
and stands on pages as text.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext as _

from muhatap.channels.models import Desk, Inbox
from muhatap.conversations.models import Conversation, Draft, Message
from muhatap.feedback import answering
from muhatap.feedback.models import Invitation, Response, Survey
from muhatap.flow import intake
from muhatap.insight import letters, weekly
from muhatap.interactions.models import RawItem
from muhatap.service.models import Case, Promise
from muhatap.shared import clock
from muhatap.shared.limits import BUCKETS
from muhatap.understanding.models import Topic
from tests import cast
from tests.conversations.conftest import arrival
from tests.feedback.asking_shop import person, question, survey
from tests.insight.conftest import MONDAY, after
from tests.insight.voice_world import said, topic
from tests.web.listening.test_pages import hook_inbox

pytestmark = pytest.mark.django_db
LONG = "Kargo hâlâ gelmedi 😡, yarın 18.00'e kadar arıyoruz. " * 192_000
ODD = {
    "pictures alone": "😡👨‍👩‍👧🔥🔥",
    "several scripts": "Кargo geldі мі? 荷物 الطرد ﷽ \u202eters\u202c z̷̈a İıŞş",
    "html": "<script>alert(1)</script><b>kalın</b> & {{ 7|add:7 }} \"'",
    "ends of lines": "bir\nüç",
}


@dataclass(frozen=True, kw_only=True)
class Door:
    """`send` types a text there in a language; `kept` are the texts of which it keeps a row, and `pages` are where it is read."""

    send: Callable[[str, str], Any]
    kept: Callable[[], list[str]]
    pages: Callable[[], list[str]]
    says: str = ""  # to a text that is too long


@pytest.fixture(autouse=True)
def _fresh() -> None:
    BUCKETS.forget()


def staff(user: cast.User, language: str = "tr") -> Client:
    user.language = language
    user.save(update_fields=["language"])
    client = Client()
    client.force_login(user)
    return client


def typed(url: str, user: Callable[[], cast.User], field: str, **more: object) -> Callable[[str, str], Any]:
    return lambda text, language: staff(user(), language).post(url, {**more, field: text})


def answer(url: str) -> Callable[[str, str], Any]:
    return lambda text, language: Client().post(f"{url}?lang={language}", {"score": "3", "comment": text})


def asked(about: Survey) -> Invitation:
    now = clock.now()
    return Invitation.objects.create(survey=about, contact=person(), about="order:1", due_at=now, sent_at=now)


def from_mail() -> Door:
    about = survey("nps", inbox=cast.support_inbox())
    return _of_survey(about, answer(f"/rate/{answering.token(asked(about))}/"))


def from_link() -> Door:
    about = survey("nps")
    return _of_survey(about, answer(f"/survey/{about.key}/"))


def from_page() -> Door:
    about = survey("nps", is_on_pages=True)

    def send(text: str, language: str) -> Any:
        told = {"step": 1, "fields": {"score": ["3"], "comment": [text]}}
        return Client().post(f"/ask/v1/{about.key}?lang={language}", json.dumps(told), content_type="application/json")

    return _of_survey(about, send)


def _of_survey(about: Survey, send: Callable[[str, str], Any]) -> Door:
    return Door(
        send=send,
        kept=lambda: [*Response.objects.values_list("comment", flat=True)],
        pages=lambda: [f"/surveys/{about.pk}/answers/"],
        says="This is longer than we can keep: at most 2,000 characters.",
    )


def written_down() -> Door:
    inbox = Inbox.objects.create(kind="manual", name="Elden")
    Desk.objects.create(inbox=inbox, user=cast.zeynep())
    return Door(send=typed("/posts/new/", cast.zeynep, "text", inbox=inbox.pk), kept=taken_in, pages=thread)


def told_by_a_program() -> Door:
    hook_inbox()

    def send(text: str, _language: str) -> Any:
        told, key = json.dumps({"id": "1", "text": text}), {"Authorization": "Bearer gizli"}
        return Client().post("/hooks/posts/k-1/", told, content_type="application/json", headers=key)

    return Door(send=send, kept=taken_in, pages=thread, says="at most 2 MB")


def promised() -> Door:
    more = {"due_at": "2030-01-07T17:00", "kind": "delivery"}
    return Door(
        send=typed(f"/promises/to/{person().pk}/", cast.zeynep, "what", **more),
        kept=lambda: [*Promise.objects.values_list("what", flat=True)],
        pages=lambda: ["/promises/?whose=all"],
    )


def made_a_case() -> Door:
    return Door(
        send=typed(f"/cases/to/{person().pk}/", cast.zeynep, "title", kind="complaint"),
        kept=lambda: [*Case.objects.values_list("title", flat=True)],
        pages=lambda: [f"/cases/{Case.objects.get().pk}/"],
    )


def named_a_topic() -> Door:
    return Door(
        send=typed("/understanding/topics/new/", cast.selin, "name"),
        kept=lambda: [*Topic.objects.values_list("name", flat=True)],
        pages=lambda: ["/understanding/topics/"],
    )


def taken_in() -> list[str]:
    for number in RawItem.objects.filter(digested_at=None).values_list("pk", flat=True):
        intake.digest(item_id=number, at=clock.now())
    return [*Message.objects.filter(kind="inbound").values_list("text", flat=True)]


def thread() -> list[str]:
    return [f"/inbox/{Conversation.objects.get().pk}/"]


DOORS = [from_mail, from_link, from_page, written_down, told_by_a_program, promised, made_a_case, named_a_topic]
every_door = pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)


@every_door
@pytest.mark.parametrize(("language", "size"), [("tr", len(LONG)), ("en", 2_200_000)])
def test_what_is_too_long_is_said_in_the_readers_language_and_stands_there_still(
    door: Callable[[], Door], language: str, size: int
) -> None:
    at, text = door(), LONG[:size].strip()
    answer = at.send(text, language)
    shown = unescape(answer.content.decode())

    assert at.kept() == []
    if door in (from_page, told_by_a_program):  # what was typed stands in the page that sent it
        assert answer.status_code == 413
    else:
        assert answer.status_code in (200, 422) and text in shown
    with translation.override(language):
        if door is from_page:
            assert answer.json()["error"]["said"] == _(
                "It was not sent, for it is too long. What you wrote stands here; make it shorter."
            )
        elif at.says:
            assert _(at.says) in shown
        else:
            assert ("en fazla" if language == "tr" else "at most") in shown and 'aria-invalid="true"' in shown


@every_door
@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_what_is_odd_is_kept_letter_by_letter_and_read_as_text(door: Callable[[], Door], text: str) -> None:
    at = door()
    if "\n" in text and door in (promised, made_a_case, named_a_topic):
        text = text.replace("\n", " ")  # their fields have one line
    assert at.send(text.replace("\n", "\r\n"), "tr").status_code in (200, 302)
    assert at.kept() == [text]

    lead = staff(cast.selin())
    for page in at.pages():
        shown = lead.get(page).content.decode()
        assert "<script>alert" not in shown and "<b>kalın</b>" not in shown
        assert escape(text.splitlines()[0]) in shown, page


@pytest.mark.parametrize("language", ["tr", "en"])
@pytest.mark.parametrize("door", [from_mail, from_link, written_down, made_a_case], ids=lambda door: door.__name__)
def test_what_nobody_reads_for_its_size_is_told_so_in_the_readers_language(
    door: Callable[[], Door], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = door()
    monkeypatch.setattr(settings, "DATA_UPLOAD_MAX_MEMORY_SIZE", 100_000)
    answer = at.send(LONG[:200_000], language)

    assert (answer.status_code, at.kept()) == (413, [])
    with translation.override(language):
        ours = door in (from_mail, from_link)
        said = _("This is longer than we can read") if ours else _("This is larger than we accept")
    assert f"<h1>{said}</h1>" in answer.content.decode()


@pytest.mark.parametrize("language", ["tr", "en"])
def test_a_changed_answer_that_is_too_large_leaves_the_answer_as_it_was(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = survey("nps")
    question(about, "Ne üzdü?", most=6)
    onward = Client().post(f"/survey/{about.key}/", {"score": "3"})["Location"].partition("?")[0]
    monkeypatch.setattr(settings, "DATA_UPLOAD_MAX_MEMORY_SIZE", 100_000)

    assert Client().post(f"{onward}?step=2&lang={language}", {"comment": LONG[:200_000]}).status_code == 413
    assert Response.objects.get().comment == ""


def test_two_thousand_letters_on_many_lines_are_not_too_many() -> None:
    """Forms send the end of a line as two characters."""
    about, text = survey("nps"), "a\r\n" * 999 + "ab"
    assert Client().post(f"/survey/{about.key}/", {"score": "3", "comment": text}).status_code == 302
    assert Response.objects.get().comment == text.replace("\r\n", "\n")


def test_a_draft_of_ten_megabytes_is_kept_and_its_promise_found() -> None:
    conversation = arrival(cast.mail(id="<ayse-1@ornek.example>")).conversation
    told = {"kind": "reply", "html": f"<p>{LONG}</p>", "to": "ayse.yilmaz@ornek.example"}
    answer = staff(cast.zeynep(), "en").post(f"/inbox/{conversation.pk}/draft/", told)

    assert answer.status_code == 200 and "A promise, due" in answer.json()["checks"]
    assert LONG.strip() in Draft.objects.get().html


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_a_draft_of_anything_is_checked_and_kept(text: str) -> None:
    conversation = arrival(cast.mail(id="<ayse-1@ornek.example>")).conversation
    told = {"kind": "reply", "html": f"<p>{escape(text)}</p>", "to": "ayse.yilmaz@ornek.example"}
    assert staff(cast.zeynep()).post(f"/inbox/{conversation.pk}/draft/", told).status_code == 200
    assert unescape(Draft.objects.get().html) == f"<p>{text}</p>"


class TestOnPaperAndInTheLetter:
    """Monday's letter to everybody, and the PDF."""

    def letter(self, language: str) -> tuple[str, str]:
        reader = cast.mert()
        reader.language = language
        mail = letters.write(
            user=reader, week=weekly.of_firm(MONDAY.date()), choose_path="/notices/settings/", headers={}
        )
        return str(mail.body), str(mail.alternatives[0][0])

    @pytest.mark.parametrize("language", ["tr", "en"])
    def test_html_in_a_quote_is_text(self, language: str) -> None:
        said("<script>alert(1)</script> kargo gelmedi, <b>rezalet</b> & ayıp")
        plain, html = self.letter(language)
        assert "<script>alert" not in html and "<b>rezalet" not in html
        assert "&lt;b&gt;rezalet&lt;/b&gt; &amp; ayıp" in html and "<b>rezalet</b> & ayıp" in plain

    def test_nobody_is_quoted_with_pictures_alone_and_other_scripts_are_quoted_as_they_are(self) -> None:
        said("😡🔥👎 " * 20)
        said("❤️" * 40, kind="praise")
        assert "“" not in self.letter("tr")[0]
        said("Посылка пришла мокрая, الطرد مبلل, kutu da ezik", after(2))
        assert "“Посылка пришла мокрая, الطرد مبلل, kutu da ezik”" in self.letter("tr")[0]

    @pytest.mark.parametrize("name", ODD.values(), ids=ODD.keys())
    def test_any_name_goes_on_paper(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("muhatap.shared.clock.now", lambda: after(4 * 24 * 60))
        said("Kargo gelmedi", about=topic(name))
        answer = staff(cast.deniz()).get("/insight/voice/pdf/?from=2026-11-16&to=2026-11-22")
        assert answer.status_code == 200 and answer.content.startswith(b"%PDF-")
