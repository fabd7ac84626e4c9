"""The report pages: what they say, where each figure leads, who sees what, and files for spreadsheets."""

import re
from html import unescape

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from muhatap.accounts.models import Visibility
from muhatap.conversations import assigning
from muhatap.conversations.models import Message
from muhatap.flow import surveying
from muhatap.web.insight import exports
from tests import cast
from tests.insight.conftest import after, answers, follow_all, writes

pytestmark = pytest.mark.django_db
WEEK = "from=2026-11-16&to=2026-11-22"


@pytest.fixture(autouse=True)
def _in_that_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muhatap.shared.clock.now", lambda: after(4 * 24 * 60))


@pytest.fixture
def letter() -> Message:
    """Ayşe wrote, Zeynep answered after half an hour and resolved."""
    message = writes(after(0), id="<1@ornek.example>")
    answers(message.conversation, after(30), by=cast.zeynep(), and_resolve=True)
    follow_all()
    return message


def reader(user: cast.User) -> Client:
    user.language = "en"
    user.save(update_fields=["language"])
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = "en"
    return client


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return unescape(response.content.decode())


def test_every_figure_leads_to_as_many_rows_as_it_says(letter: Message) -> None:
    client = reader(cast.can())
    shown = page(client, f"/insight/?{WEEK}")

    links = set(re.findall(r'href="(/insight/rows/[^"]+)"', shown))
    assert len(links) > 8
    for link in links:
        assert f"/inbox/{letter.conversation_id}/" in page(client, link), link


def test_what_the_reader_may_not_see_is_only_counted(letter: Message) -> None:
    can = cast.can()
    can.visibility = Visibility.OWN
    can.save(update_fields=["visibility"])

    shown = page(reader(can), f"/insight/rows/?figure=first_response&{WEEK}")
    assert f"/inbox/{letter.conversation_id}/" not in shown
    assert "Ayşe" not in shown
    assert "eye-off" in shown or "1 of these" in shown


def test_an_agent_sees_their_own_figures_whatever_the_address_asks(letter: Message) -> None:
    second = writes(after(60), id="<2@ornek.example>")
    answers(second.conversation, after(61), by=cast.can())
    assigning.assign(conversation=second.conversation, to=cast.zeynep(), by=cast.can(), at=after(62))
    follow_all()
    client = reader(cast.zeynep())

    shown = page(client, f"/insight/rows/?figure=answered&person={cast.can().pk}&{WEEK}")
    assert f"/inbox/{letter.conversation_id}/" in shown
    assert f"/inbox/{second.conversation_id}/" not in shown
    assert "Can Aydın" not in page(client, f"/insight/people/?{WEEK}")
    page(client, f"/insight/rows/?figure=arrived&{WEEK}", status=404)
    page(client, f"/insight/export/?table=inbox&{WEEK}", status=404)


def test_a_marketer_has_no_reports() -> None:
    page(reader(cast.mert()), "/insight/", status=403)


def test_the_cost_of_a_report_does_not_grow_with_conversations(letter: Message) -> None:
    from django.db import connection

    client = reader(cast.can())
    page(client, f"/insight/?{WEEK}")
    with CaptureQueriesContext(
        connection,
    ) as few:
        page(client, f"/insight/?{WEEK}")
    for n in range(5):
        other = writes(after(70 + n), id=f"<more-{n}@ornek.example>")
        answers(other.conversation, after(80 + n), by=cast.zeynep())
    follow_all()
    with CaptureQueriesContext(connection) as many:
        page(client, f"/insight/?{WEEK}")

    assert len(many) == len(few)
    counted = [q["sql"] for q in many if "insight_moment" in q["sql"]]
    assert counted == []


def test_rows_are_paged_by_key(letter: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    second = writes(after(60), id="<2@ornek.example>")
    follow_all()
    monkeypatch.setattr("muhatap.web.insight.pages.PAGE", 1)
    client = reader(cast.can())

    first = page(client, f"/insight/rows/?figure=arrived&{WEEK}")
    assert f"/inbox/{second.conversation_id}/" in first
    following = re.findall(r'href="(/insight/rows/[^"]+before=[^"]+)"', first)
    last = page(client, following[0])
    assert f"/inbox/{letter.conversation_id}/" in last
    assert 'rel="next"' not in last


def test_files_are_for_spreadsheets_and_run_nothing(letter: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = writes(after(90), id="<evil@ornek.example>", subject="=HYPERLINK(1)")
    follow_all()
    client = reader(cast.can())
    client.cookies["django_language"] = "tr"
    can = cast.can()
    can.language = "tr"
    can.save(update_fields=["language"])

    response = client.get(f"/insight/export/?table=rows&figure=arrived&{WEEK}", headers={"accept-language": "tr"})
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff")
    assert "'=HYPERLINK(1)" in text
    assert ";" in text.splitlines()[0]
    assert str(evil.conversation_id) in text
    monkeypatch.setattr(exports, "AT_ONCE", 1)
    again = b"".join(client.get(f"/insight/export/?table=rows&figure=arrived&{WEEK}").streaming_content).decode()
    assert again.splitlines() == text.splitlines()  # however many are read together, all are there
    for table in ("flow", "response", "backlog", "hours", "person", "inbox", "team"):
        assert client.get(f"/insight/export/?table={table}&{WEEK}").status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        "from=x&to=y", "from=2026-11-22&to=2026-11-16", "from=0001-01-01&to=9999-12-31", "period=nothing",
        "person=abc&inbox=-1&team=99999999999999999999999", "period=year", "period=last_month&hours=working", "from=&to=%00",
    ],
)  # fmt: skip
def test_what_makes_no_sense_in_an_address_is_passed_over(asked: str, letter: Message) -> None:
    client = reader(cast.can())
    for path in ("", "people/", "ratings/", "definitions/"):
        page(client, f"/insight/{path}?{asked}")
    page(client, f"/insight/rows/?figure=backlog&hour=99&weekday=9&score=x&before=zz&{asked}")
    page(client, f"/insight/rows/?figure=none&{asked}", status=404)


def test_ratings_stand_with_their_share(letter: Message) -> None:
    from muhatap.feedback import asking
    from muhatap.feedback.models import Invitation

    asking.set_up(inbox=cast.support_inbox(), fields={"is_on": True, "delay_minutes": 0}, by=cast.selin(), at=after(0))
    for message in Message.objects.filter(event="resolved").select_related("conversation__contact"):
        surveying.follow(message=message, at=message.at)
    surveying.ask_due(at=after(31))
    surveying.rate(invitation=Invitation.objects.get(), score=4, comment="İyi", at=after(40))
    follow_all()

    shown = page(reader(cast.can()), f"/insight/ratings/?{WEEK}")
    assert "4.0" in shown
    assert "100%" in shown
    assert f"/inbox/{letter.conversation_id}/" in shown
