"""The pages customers answer on: signed links, tampered ones, links for everybody, without script, in both languages; robots answer nothing."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from muhatap.contacts import consent
from muhatap.conversations import rearranging
from muhatap.feedback import answering, asking, designing, results, wording
from muhatap.feedback.logic import Value
from muhatap.feedback.models import Invitation, Response, Survey
from muhatap.flow import surveying
from muhatap.shared import clock
from muhatap.shared.limits import BUCKETS
from muhatap.web.feedback.forms import QuestionForm
from tests import cast
from tests.feedback.asking_shop import answered, order, person, question, survey
from tests.insight.conftest import after, writes

pytestmark = pytest.mark.django_db
DAY = 24 * 60


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    BUCKETS.forget()
    monkeypatch.setattr("muhatap.shared.clock.now", lambda: after(2 * DAY))


@pytest.fixture
def asked() -> Invitation:
    """Ayşe's blanket came, and she is asked by mail."""
    made = designing.create(
        fields={"name": "Teslimat", "kind": "nps", "occasion": "delivered", "inbox": cast.support_inbox()},
        by=cast.selin(),
        at=after(0),
    )
    designing.change(survey=made, fields={"is_on": True, "delay_minutes": 60}, by=cast.selin(), at=after(0))
    surveying.order_came(order=order(person(), at=after(10)), at=after(11))
    surveying.ask_due(at=after(80))
    return Invitation.objects.get()


def nonce(page: Any) -> str:
    found = re.search(r'name="nonce" value="([^"]+)"', page.content.decode())
    return found[1] if found else ""


def test_a_scanner_that_opens_every_link_answers_nothing_and_refuses_nothing(asked: Invitation) -> None:
    address = f"/rate/{answering.token(asked)}/"
    for tail in ("", "?score=0", "?score=10", "no/", "?step=9", "?lang=en"):
        assert Client().get(address + tail).status_code == 200
        assert Client().head(address + tail).status_code == 200

    assert not Response.objects.exists()
    assert not asking.refuses(person())


def test_pressing_a_score_in_the_mail_chooses_it_and_sending_goes_on_to_what_hangs_on_it(asked: Invitation) -> None:
    why = question(asked.survey, "Ne üzdü?", most=6)
    address = f"/rate/{answering.token(asked)}/"
    assert 'value="3" checked' in Client().get(f"{address}?score=3").content.decode()

    client = Client(enforce_csrf_checks=True)
    sent = client.post(address, {"score": "3"})
    assert sent["Location"] == f"{address}?step=2"
    second = client.get(sent["Location"]).content.decode()
    assert "Ne üzdü?" in second
    client.post(sent["Location"], {f"q{why.pk}": "o1", "comment": "Geç geldi"})

    response = Response.objects.get()
    assert (response.score, response.comment, response.way) == (3, "Geç geldi", "mail")
    assert answering.values(response) == {why.pk: Value(chosen=("o1",))}


def test_whoever_is_content_is_not_asked_what_upset_them(asked: Invitation) -> None:
    question(asked.survey, "Ne üzdü?", most=6)
    address = f"/rate/{answering.token(asked)}/"
    sent = Client().post(address, {"score": "10"})

    page = Client().get(sent["Location"]).content.decode()
    assert "Ne üzdü?" not in page
    assert 'name="comment"' in page


@pytest.mark.parametrize(
    "typed", [{"score": "11"}, {"score": "-1"}, {"score": "9 or 1=1"}, {}, {"score": "３"}, {"score": "\x00"}]
)
def test_what_is_no_score_is_said_at_its_place_and_nothing_is_kept(asked: Invitation, typed: dict[str, str]) -> None:
    page = Client().post(f"/rate/{answering.token(asked)}/", typed | {"comment": "Duruyor"})

    assert page.status_code == 422
    assert 'id="score-error"' in page.content.decode()
    assert not Response.objects.exists()


def test_a_changed_link_opens_nothing(asked: Invitation) -> None:
    whole = answering.token(asked)
    for token in (whole[:-1], whole[:-1] + ("A" if whole[-1] != "A" else "B"), whole.swapcase(), "0", whole + whole):
        assert Client().post(f"/rate/{token}/", {"score": "10"}).status_code == 404
        assert Client().post(f"/rate/{token}/no/").status_code == 404

    other = answering.receipt(Response(pk=asked.pk))
    assert Client().get(f"/rate/{other}/").status_code == 404  # a receipt is no invitation
    assert Client().get(f"/survey/answer/{whole}/").status_code == 404  # nor the other way round
    assert not Response.objects.exists()


def test_do_not_ask_me_is_kept_after_one_press_and_can_be_taken_back(
    asked: Invitation, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/rate/{answering.token(asked)}/no/"
    Client().post(address, {"List-Unsubscribe": "One-Click"})
    assert asking.refuses(person())
    monkeypatch.setattr("muhatap.shared.clock.now", lambda: after(2 * DAY + 1))
    Client().post(address, {"again": "1"})
    assert consent.last_word(contact=person(), **asking.REFUSED) is True


def test_everybody_with_the_link_answers_step_by_step_and_may_change_their_mind() -> None:
    about = survey()
    why = question(about, "Ne üzdü?", "choices", most=6, is_required=True)
    client = Client()
    first = client.get(f"/survey/{about.key}/?by=qr&lang=en")
    assert b"How likely are you" in first.content

    sent = client.post(f"/survey/{about.key}/?by=qr&lang=en", {"score": "4", "nonce": nonce(first)})
    again = client.post(f"/survey/{about.key}/?by=qr&lang=en", {"score": "4", "nonce": nonce(first)})
    assert sent.status_code == again.status_code == 302
    assert Response.objects.count() == 1
    second = client.get(sent["Location"]).content
    assert b"Send the answer" in second and b"Send the rating" not in second
    assert client.post(sent["Location"], {}).status_code == 422
    done = client.post(sent["Location"], {f"q{why.pk}": ["o1", "o2", "uydurma"]})
    assert "/thanks/" in done["Location"]
    client.post(done["Location"].replace("thanks/", ""), {"score": "9"})

    response = Response.objects.get()
    assert (response.score, response.way, response.language, response.contact) == (9, "qr", "en", None)
    assert answering.values(response) == {}


def test_a_program_that_fills_in_what_nobody_sees_is_not_kept() -> None:
    about = survey()
    Client().post(f"/survey/{about.key}/", {"score": "10", "website": "http://spam.example", "nonce": "x"})
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"is_on": False}, 410),
        ({"closes_at": after(DAY)}, 410),
        ({"most_answers": 0}, 410),
        ({"is_linked": False}, 404),
    ],
)
def test_a_survey_that_is_over_full_or_not_for_everybody_says_so(fields: dict[str, Any], status: int) -> None:
    about = survey()
    Survey.objects.update(**fields)

    assert Client().get(f"/survey/{about.key}/").status_code == status
    assert Client().post(f"/survey/{about.key}/", {"score": "9", "nonce": "x"}).status_code == status
    assert not Response.objects.exists()


@pytest.mark.parametrize("fields", [{"is_on": False}, {"closes_at": after(DAY)}, {"archived_at": after(DAY)}])
def test_a_survey_that_is_over_takes_nothing_by_mail_or_receipt_and_says_so(
    asked: Invitation, fields: dict[str, Any]
) -> None:
    begun = answered(survey(), 3)
    Survey.objects.update(**fields)

    for address in (f"/rate/{answering.token(asked)}/", f"/survey/answer/{answering.receipt(begun)}/"):
        for page in (Client().get(address + "?lang=en"), Client().post(address + "?lang=en", {"score": "9"})):
            assert page.status_code == 410
            assert "This question is not asked any more" in page.content.decode()
    assert [one.score for one in Response.objects.all()] == [3]


def test_a_flood_from_one_address_is_held_back_and_told_so() -> None:
    about = survey()
    answers = [
        Client().post(f"/survey/{about.key}/", {"score": "9", "nonce": f"n{number}"}).status_code
        for number in range(40)
    ]
    assert answers.count(429) >= 5
    assert Response.objects.count() <= 32


def test_the_editor_keeps_questions_with_their_condition_and_shows_both_languages() -> None:
    about, client = survey(), Client()
    client.force_login(cast.selin(), backend="django.contrib.auth.backends.ModelBackend")
    told = {
        "kind": "choice",
        "text_tr": "Ne üzdü?",
        "text_en": "What upset you?",
        "options": "Kargo | Delivery\nÜrün | Product",
    }
    told |= {"when": "score", "most": "6"}
    assert client.post(f"/surveys/{about.pk}/questions/new/", told).status_code == 302
    assert client.post(f"/surveys/{about.pk}/questions/new/", told | {"options": "Tek"}).status_code == 422

    typed = "Kargo | Delivery\n| The price"
    known = QuestionForm(told | {"options": typed}, survey=about, question=about.questions.get())
    assert known.is_valid()
    kept = designing.ask(
        survey=about, fields=known.told(), question=about.questions.get(), by=cast.selin(), at=clock.now()
    )
    assert QuestionForm(survey=about, question=kept).initial["options"] == typed  # English alone stays English

    page = client.get(f"/surveys/{about.pk}/edit/").content.decode()
    assert "Ne üzdü?" in page
    assert "What upset you?" in page
    code = client.get(f"/surveys/{about.pk}/code.svg")
    assert code["Content-Type"] == "image/svg+xml"
    assert b"<path" in code.content


def test_a_number_leads_to_its_answers_and_its_file_runs_no_formula() -> None:
    about, client = survey(), Client()
    Client().post(f"/survey/{about.key}/", {"score": "3", "comment": "=1+1", "nonce": "a"})
    client.force_login(cast.ece(), backend="django.contrib.auth.backends.ModelBackend")

    page = client.get(f"/surveys/{about.pk}/").content.decode()
    assert f"/surveys/{about.pk}/answers/?from=" in page
    assert "score=3" in page
    assert "=1+1" in client.get(f"/surveys/{about.pk}/answers/?score=3").content.decode()
    assert "=1+1" not in client.get(f"/surveys/{about.pk}/answers/?score=9").content.decode()
    stream: Any = client.get(f"/surveys/{about.pk}/export/?table=answers")
    text = b"".join(stream.streaming_content).decode()
    assert "'=1+1" in text


@pytest.mark.parametrize(
    ("kind", "scores", "figure", "interval"),
    [
        ("nps", (10, 10, 3), "+33", "−51 ile +85 arası"),
        ("csat", (5, 4, 2), "%67", "%21 ile %94 arası"),
        ("ces", (7, 6, 4), "5,7", "1,9 ile 7,0 arası"),
    ],
)
def test_the_chart_of_a_survey_says_how_sure_it_is(
    kind: str, scores: tuple[int, ...], figure: str, interval: str
) -> None:
    about, client = survey(kind), Client()
    for minute, score in enumerate(scores):
        answered(about, score, minute=minute)
    client.force_login(cast.ece(), backend="django.contrib.auth.backends.ModelBackend")

    chart = client.get(f"/surveys/{about.pk}/").content.decode().split('id="chart-score"')[1].split("</section>")[0]
    row = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", chart))
    assert f"{figure} {interval} 3 yanıt" in row
    assert 'class="trend-band"' in chart and f"/surveys/{about.pk}/answers/?" in chart


def test_an_agent_sees_who_waits_and_says_that_they_have_spoken() -> None:
    about, client = survey(), Client()
    surveying.answer_openly(
        survey=about,
        given=answering.Given(score=2, comment="Kırık çıktı"),
        way="page",
        language="tr",
        nonce="p",
        contact=person(),
        at=after(5),
    )
    client.force_login(cast.zeynep(), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/surveys/{about.pk}/").status_code == 403
    page = client.get("/surveys/waiting/").content.decode()
    assert "Kırık çıktı" in page
    case = Response.objects.get().follow_up.case_number
    assert f"/cases/{case}/" in page
    assert f"/surveys/{about.pk}/" not in page  # it would refuse them

    with translation.override("tr"):
        told = wording.told(Response.objects.get())
    assert told in client.get(f"/contacts/{person().pk}/").content.decode()

    owed = Response.objects.get().follow_up
    client.post(f"/surveys/waiting/{owed.pk}/", {"act": "called", "note": "Aradım"})
    client.post(f"/surveys/waiting/{owed.pk}/", {"act": "solved"})
    owed.refresh_from_db()
    assert (owed.called_by, owed.note, owed.solved_by) == (cast.zeynep(), "Aradım", cast.zeynep())


def test_who_waits_is_seen_by_agents_where_their_conversation_went() -> None:
    letter, other = (writes(after(minute), id=f"<{minute}@ornek.example>") for minute in (0, 1))
    invitation = Invitation.objects.create(
        survey=survey(),
        contact=letter.conversation.contact,
        conversation_id=letter.conversation_id,
        way="mail",
        due_at=after(2),
        sent_at=after(2),
    )
    surveying.rate(invitation=invitation, score=1, comment="Kırık çıktı", at=after(3))
    rearranging.merge(conversation=letter.conversation, target=other.conversation, by=cast.can(), at=after(4))

    client = Client()
    client.force_login(cast.zeynep(), backend="django.contrib.auth.backends.ModelBackend")
    assert "Kırık çıktı" in client.get("/surveys/waiting/").content.decode()


def test_the_list_of_surveys_counts_all_answers_at_once() -> None:
    client = Client()
    client.force_login(cast.selin(), backend="django.contrib.auth.backends.ModelBackend")

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            page = client.get("/surveys/?lang=en").content.decode()
        assert "Anket nps" in page
        return len(seen)

    answered(survey(), 9)
    queries()  # what is remembered from now on
    few = queries()
    for kind in ("ces", "csat"):
        answered(survey(kind), 5)
    answered(survey("own"), None, comment="Güzel")
    assert queries() == few
    given = results.of_surveys(after(0).date(), after(2 * DAY).date())
    assert {key: sum(counts.values()) for key, counts in given.items()} == dict.fromkeys(
        Survey.objects.values_list("pk", flat=True), 1
    )


def test_a_question_that_is_too_long_is_not_said_to_be_missing() -> None:
    about = survey()
    for told, is_missing in (({"text_en": "a" * 100_000}, False), ({"text_tr": "  "}, True), ({}, True)):
        form = QuestionForm({"kind": "text", **told}, survey=about)
        with translation.override("en"):
            said = str(form.errors)
        assert ("Write the question in one language at least." in said) == is_missing
        assert not form.is_valid()


@pytest.mark.parametrize(
    "path", ["/survey/nonsense-key/", "/survey/answer/OTc:1xVTKj:TAMPERED/", "/rate/x/", "/rate/x/no/"]
)
def test_an_address_that_opens_nothing_answers_in_the_language_of_the_browser(path: str) -> None:
    for spoken, language in (("en-GB,en;q=0.9", "en"), ("tr", "tr"), ("de", "tr")):
        shown = Client().get(path, headers={"accept-language": spoken})
        assert (shown.status_code, shown["Content-Language"]) == (404, language)
        assert f'<html lang="{language}"' in shown.content.decode()
    chosen = Client().get(path + "?lang=en").content.decode()
    assert "This link opens no survey" in chosen and "scan the code" in chosen
