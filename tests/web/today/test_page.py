"""Today: the sentence, who comes first, and the ruler's places."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from muhatap.accounts.models import User
from muhatap.conversations import assigning, closing, counting, drafting
from muhatap.conversations.models import Conversation
from muhatap.insight import measuring
from muhatap.shared import clock
from muhatap.web.today import ruler
from muhatap.web.today.waiting import Line
from tests import cast
from tests.conversations.conftest import conversation_of

pytestmark = pytest.mark.django_db
NOON = datetime.fromisoformat("2026-11-21T14:32:00+03:00")


def waits(name: str, due_in: float | None, to: User | None = None, **more: object) -> Conversation:
    conversation, now = conversation_of(name), clock.now()
    moment = now + cast.minutes(due_in) if due_in is not None else None
    Conversation.objects.filter(pk=conversation.pk).update(
        next_deadline_at=moment, waiting_since=now, preview=f"{name} soruyor", **more
    )
    conversation.refresh_from_db()
    if to:
        assigning.assign(conversation=conversation, to=to, by=None, at=now)
    return conversation


@pytest.fixture
def zeynep(client: Client) -> Client:
    zeynep = cast.zeynep()
    zeynep.language = "en"
    zeynep.save()
    client.force_login(zeynep)
    return client


def test_one_sentence_then_who_comes_first(zeynep: Client) -> None:
    waits("Elif Şahin", 200, cast.zeynep())
    waits("Hakan Demir", -154, cast.zeynep())
    waits("Mehmet Kaya", None, cast.zeynep(), status="waiting")
    waits("Oğuz Çelik", 5)
    page = zeynep.get("/today/").content.decode()
    assert "2 people are waiting for you, 1 is overdue." in page
    assert page.index("Hakan Demir soruyor") < page.index("Elif Şahin soruyor")
    assert "Oğuz" not in page and "In 1 conversation it is their turn" in page


def test_who_has_begun_goes_on(zeynep: Client) -> None:
    conversation = waits("İpek Güneş", 60, cast.zeynep())
    drafting.save(conversation=conversation, kind="reply", by=cast.zeynep(), at=clock.now(), html="<p>Merhaba</p>")
    page = zeynep.get("/today/").content.decode()
    assert ">Continue<" in page and f"/inbox/{conversation.pk}/" in page


def test_the_whole_team_is_one_click_away_and_stands_there_when_nothing_is_mine(zeynep: Client) -> None:
    cast.support_inbox()
    waits("Oğuz Çelik", 5)
    assert "1 person is waiting for an answer" in zeynep.get("/today/").content.decode()
    assert "Nobody is waiting for you." in zeynep.get("/today/?whose=mine").content.decode()


def test_an_analyst_reads_and_is_offered_no_answer(client: Client) -> None:
    waits("Oğuz Çelik", 5)
    client.force_login(cast.ece())
    page = client.get("/today/").content.decode()
    assert ">Reply<" not in page
    assert "/triggers/tasks/" not in page  # which would be refused


def test_what_was_done_leads_to_its_rows(zeynep: Client) -> None:
    counting.fold()
    assert "figure=resolved" not in zeynep.get("/today/").content.decode()  # nobody reads "0 resolved"
    conversation = waits("İpek Güneş", 60, cast.zeynep())
    closing.resolve(conversation=conversation, by=cast.zeynep(), at=clock.now())
    measuring.measure(conversation_ids=[conversation.pk])
    assert "figure=resolved" in zeynep.get("/today/").content.decode()


def line(name: str, minutes: float, state: str = "") -> Line:
    return Line(
        name=name, text="", channel="", channel_icon="", url="", act="", language="", state=state,
        due_at=NOON + timedelta(minutes=minutes),
    )  # fmt: skip


def test_the_ruler_holds_today_and_joins_names_that_stand_close() -> None:
    lines = [line("Hakan Demir", -154, "late"), line("Elif Şahin", 6), line("Ayşe Yılmaz", 18, "soon"), line("Y", 2000)]
    drawn = ruler.draw({"Answers": lines, "Promises": [line("Oğuz Çelik", 60)]}, NOON)
    assert drawn is not None
    answers, promises = drawn.lanes
    assert [(mark.label, mark.state) for mark in answers.marks] == [("Hakan", "late"), ("Elif, Ayşe", "soon")]
    assert (drawn.ticks[0].label, drawn.ticks[-1].label, drawn.now) == ("09:00", "20:00", "14:32")
    assert all(0 <= float(dot.rstrip("%")) <= 100 for mark in answers.marks for dot in mark.dots)
    assert [mark.label for mark in promises.marks] == ["Oğuz"] and promises.middle > answers.floor


def test_labels_that_would_run_into_each_other_become_one() -> None:
    lines = [
        line(name, minutes)
        for name, minutes in (("Emily Carter", 180), ("Kerem Aslan", 190), ("Berk Tan", 320), ("Ayşe Yılmaz", 335))
    ]
    drawn = ruler.draw({"Answers": lines}, NOON)

    assert drawn
    assert [mark.label for mark in drawn.lanes[0].marks] == ["Emily, Kerem, Berk +1"]


def test_a_day_without_deadlines_has_no_ruler() -> None:
    assert ruler.draw({"Answers": [line("Yarın", 2000)], "Promises": []}, NOON) is None


def test_names_at_the_right_edge_stand_before_their_dot() -> None:
    drawn = ruler.draw({"Answers": [line("Gece Kuşu", 9 * 60)]}, NOON)
    assert drawn is not None and drawn.lanes[0].marks[0].anchor == "end" and drawn.ticks[-1].label == "24:00"
