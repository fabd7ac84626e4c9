"""What the bell, presence and preferences answer."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from muhatap.conversations import noting
from muhatap.conversations.models import Conversation
from muhatap.flow import happened, notifying
from muhatap.notices import presence, telling, things, wishes
from muhatap.notices.models import Kind, Notice, Presence, PushSubscription, QuietHours
from muhatap.shared import clock
from muhatap.understanding.models import Theme
from tests import cast
from tests.conversations.conftest import arrival

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(db: None) -> Conversation:
    cast.can()
    return arrival(cast.mail(id="<ayse-1@ornek.example>")).conversation


@pytest.fixture
def can(client: Client) -> Client:
    client.force_login(cast.can())
    client.cookies["django_language"] = "en"
    cast.User.objects.update(language="en")
    return client


def call_can(conversation: Conversation) -> None:
    note = noting.write_note(
        conversation=conversation, html="", text="@Can bakar mısın?", by=cast.zeynep(), at=clock.now()
    )
    happened.follow(message_id=note.pk, at=clock.now(), steps=(notifying.follow,))


def url(name: str) -> str:
    return reverse(f"notices:{name}")


def test_what_stands_in_no_conversation_has_a_line_of_its_own_until_it_is_looked_at(can: Client) -> None:
    theme = Theme.objects.create(words=["naylon", "koku"], begins_on=timezone.localdate(), found_at=clock.now())
    week = theme.weeks.create(begins_on=timezone.localdate(), n_messages=6, n_people=6, n_all=40, expected=1)
    for _twice in range(2):
        telling.tell_of(users=[cast.can()], kind=Kind.THEME, thing=things.jump(week), at=clock.now())

    [told] = can.get(url("news"), {"after": "0"}).json()["news"]
    assert (told["about"], told["conversation"]) == (f"theme-{theme.pk}", None)
    assert "naylon, koku" in can.get(url("list")).content.decode()
    can.get(told["url"])
    assert can.get(url("news")).json()["n"] == 0


def test_the_bell_counts_conversations_and_forgets_what_was_opened(can: Client, conversation: Conversation) -> None:
    call_can(conversation)
    call_can(conversation)

    told = can.get(url("news"), {"after": "0"}).json()
    assert (told["n"], len(told["news"])) == (1, 2)
    assert told["news"][0]["title"] == "Ayşe Yılmaz" and "calls you" in told["news"][0]["text"]
    assert can.get(url("news"), {"after": told["last"]}).json()["news"] == []
    page = can.get(url("list")).content.decode()
    assert "Ayşe Yılmaz" in page and "Mark all as seen" in page

    can.get(reverse("inbox:conversation", args=[conversation.pk]))

    assert can.get(url("news")).json()["n"] == 0


def test_all_can_be_marked_as_seen(can: Client, conversation: Conversation) -> None:
    call_can(conversation)

    can.post(url("see_all"))

    assert not Notice.objects.filter(user=cast.can(), seen_at=None).exists()


def test_a_page_says_what_it_shows_and_hears_who_is_where(can: Client, conversation: Conversation) -> None:
    presence.beat(user=cast.zeynep(), tab="z", conversation=conversation, at=clock.now(), is_typing=True)
    given = {"tab": "0123456789abcdef", "conversation": str(conversation.pk), "shown": "yes"}

    here = can.post(url("here"), given).json()["here"]

    assert [(one["name"], one["typing"]) for one in here] == [("Zeynep Arslan", True)]
    assert Presence.objects.get(user=cast.can()).conversation == conversation
    team = can.get(url("team")).content.decode()
    assert "Zeynep" in team and "in 1 conversation" in team and "Can" not in team
    assert can.post(url("here"), given | {"team": "yes"}).json()["team"] == team
    can.post(url("gone"), given)
    assert not Presence.objects.filter(user=cast.can()).exists()


@pytest.mark.parametrize(
    "given", [{}, {"tab": "<script>"}, {"tab": "0" * 41}, {"tab": "0123abcd", "conversation": "999999"},
              {"tab": "0123abcd", "conversation": "x\x00"}, {"tab": "0123abcd", "conversation": "9" * 30}]
)  # fmt: skip
def test_a_beat_of_nonsense_shows_nobody_anywhere(can: Client, given: dict[str, str]) -> None:
    assert can.post(url("here"), given).status_code == 200
    assert not Presence.objects.exclude(conversation=None).exists()


def chosen(**more: str) -> dict[str, str]:
    return {"mine.page": "on", "mention.mail": "on", "begins": "20:00", "ends": "08:30", "weekends": "on"} | more


def test_what_one_wants_is_kept(can: Client) -> None:
    assert can.post(url("preferences"), chosen(time_zone="Europe/London")).status_code == 302

    table = wishes.table(cast.can())
    assert (table["mine"], table["mention"], table["assigned"]) == (["page"], ["mail"], [])
    quiet = QuietHours.objects.get()
    assert (f"{quiet.begins:%H:%M}", f"{quiet.ends:%H:%M}", quiet.weekends) == ("20:00", "08:30", True)
    page = can.get(url("preferences")).content.decode()
    assert 'name="mine.page" checked' in page and 'value="20:00"' in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"begins": "yirmi"}, "Write a time like 20:00."),
        ({"ends": ""}, "Quiet hours have a beginning and an end."),
        ({"begins": "25:00"}, "Write a time like 20:00."),
        ({"time_zone": "Mars/Olympus"}, "Mars/Olympus"),
    ],
)
def test_whatever_is_wrong_what_was_chosen_stays(can: Client, wrong: dict[str, str], said: str) -> None:
    answer = can.post(url("preferences"), chosen(**wrong))

    page = answer.content.decode()
    assert answer.status_code == 422 and said in page
    assert 'name="mine.page" checked' in page and wishes.table(cast.can())["mine"] == list(wishes.USUAL[Kind.MINE])


def test_a_browser_without_an_address_is_told_so(can: Client) -> None:
    answer = can.post(url("subscribe"), {"endpoint": "http://127.0.0.1/", "key": "x", "secret": "y"})

    assert (answer.status_code, PushSubscription.objects.count()) == (422, 0)
    assert "no address" in answer.json()["said"]


def test_the_app_has_a_name_and_a_worker_for_the_whole_site(client: Client) -> None:
    manifest: Any = client.get(url("manifest"))
    worker = client.get(url("worker"))

    assert manifest["Content-Type"] == "application/manifest+json"
    assert manifest.json()["scope"] == "/" and {icon["sizes"] for icon in manifest.json()["icons"]} >= {"512x512"}
    assert worker["Service-Worker-Allowed"] == "/" and worker["Cache-Control"] == "no-cache"
    assert "worker-src 'self'" in worker["Content-Security-Policy"]
