"""Who is here: told only when it changes, and only to those who may know of the conversation."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from muhatap.accounts.models import Role, User, Visibility
from muhatap.accounts.remembering import remember
from muhatap.conversations.models import Conversation
from muhatap.notices import presence
from muhatap.notices.models import Presence
from muhatap.shared.live import CHANNEL
from tests import cast

pytestmark = pytest.mark.django_db

NOW = cast.NOW


def beat(user: User, conversation: Conversation | None, tab: str = "a", after: float = 0, **more: bool) -> None:
    presence.beat(user=user, tab=tab, conversation=conversation, at=NOW + timedelta(seconds=after), **more)


def seen_by(user: User, after: float = 0) -> list[tuple[str, bool]]:
    return [(here.name, here.is_typing) for here in presence.others(user, at=NOW + timedelta(seconds=after))]


def outsider() -> User:
    return cast.staff("yeni@ihlamurev.example", "Yeni Biri", Role.AGENT, Visibility.OWN)


def test_colleagues_see_each_other_and_not_themselves(conversation: Conversation) -> None:
    beat(cast.can(), conversation)
    beat(cast.zeynep(), conversation, is_typing=True)

    assert seen_by(cast.zeynep()) == [("Can Aydın", False)]
    assert seen_by(cast.can()) == [("Zeynep Arslan", True)]


def test_several_tabs_of_one_person_count_once(conversation: Conversation) -> None:
    beat(cast.can(), conversation, tab="a")
    beat(cast.can(), conversation, tab="b", is_typing=True)

    assert seen_by(cast.zeynep()) == [("Can Aydın", True)]
    presence.leave(user=cast.can(), tab="b", at=NOW)
    assert seen_by(cast.zeynep()) == [("Can Aydın", False)]
    presence.leave(user=cast.can(), tab="a", at=NOW)
    assert seen_by(cast.zeynep()) == []


def test_whoever_falls_silent_is_gone(conversation: Conversation) -> None:
    beat(cast.can(), conversation)

    assert seen_by(cast.zeynep(), after=44) and not seen_by(cast.zeynep(), after=46)


def test_a_hidden_tab_looks_at_nothing_but_is_at_work(conversation: Conversation) -> None:
    beat(cast.can(), conversation, is_shown=False)

    assert seen_by(cast.zeynep()) == []
    assert presence.staff(at=NOW) == [(cast.can(), 0)]
    assert not presence.is_looking(cast.can(), at=NOW)


def test_nobody_learns_of_a_conversation_they_may_not_see(conversation: Conversation) -> None:
    beat(cast.can(), conversation)
    beat(outsider(), conversation)

    assert seen_by(outsider()) == []
    assert seen_by(cast.zeynep()) == [("Can Aydın", False)]
    assert Presence.objects.get(user=outsider()).conversation is None


def test_the_team_sees_who_is_here_and_in_how_many_conversations(conversation: Conversation) -> None:
    beat(cast.can(), conversation, tab="a")
    beat(cast.can(), conversation, tab="b")
    beat(cast.deniz(), None)

    assert presence.staff(at=NOW) == [(cast.can(), 1), (cast.deniz(), 0)]


def test_tabs_that_fell_silent_are_forgotten(conversation: Conversation) -> None:
    beat(cast.can(), conversation)
    beat(cast.deniz(), conversation, after=170)

    presence.tidy(at=NOW + timedelta(seconds=181))

    assert [row.user for row in Presence.objects.all()] == [cast.deniz()]


def test_a_beat_that_changes_nothing_asks_for_ones_own_tabs_and_writes_one_row(
    conversation: Conversation, django_assert_num_queries: Any
) -> None:
    can = cast.can()
    remember(can)
    beat(can, conversation)

    with django_assert_num_queries(2):
        beat(can, conversation, after=20)
    with django_assert_num_queries(1):
        presence.others(can, at=NOW)


def test_the_table_is_not_worth_the_write_ahead_log() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select relpersistence from pg_class where relname = 'notices_presence'")
        assert cursor.fetchone() == ("u",)


@pytest.fixture
def heard(transactional_db: None) -> Iterator["Heard"]:
    with Heard() as heard:
        yield heard


class Heard:
    """Everything that is announced, with its topics."""

    def __enter__(self) -> "Heard":
        database = connection.settings_dict
        self.line = psycopg.connect(
            dbname=database["NAME"], user=database["USER"], host=database["HOST"], port=database["PORT"] or None,
            password=database["PASSWORD"] or None, autocommit=True,
        )  # fmt: skip
        self.line.execute(f"listen {CHANNEL}")
        return self

    def __exit__(self, *_why: object) -> None:
        self.line.close()

    def of(self, kind: str) -> list[dict[str, object]]:
        found = [json.loads(notice.payload) for notice in self.line.notifies(timeout=0.2)]
        return [news for news in found if news["kind"] == kind]


@pytest.mark.django_db(transaction=True)
def test_only_changes_are_told_and_only_where_the_conversation_is_seen(
    heard: Heard, conversation: Conversation
) -> None:
    beat(cast.can(), conversation)
    beat(cast.can(), conversation, after=20)
    beat(cast.can(), conversation, after=40, is_typing=True)
    beat(cast.can(), conversation, tab="b", after=41)
    presence.leave(user=cast.can(), tab="a", at=NOW + timedelta(seconds=42))
    presence.leave(user=cast.can(), tab="b", at=NOW + timedelta(seconds=43))

    told = heard.of("presence")

    assert [(news["is_here"], news["is_typing"]) for news in told] == [
        (True, False), (True, True), (True, False), (False, False),
    ]  # fmt: skip
    topics = {f"conversation:{conversation.pk}", f"inbox:{conversation.inbox_id}", f"team:{conversation.team_id}"}
    assert all(set(news["topics"]) == topics for news in told)  # type: ignore[call-overload]


@pytest.mark.django_db(transaction=True)
def test_whoever_turns_a_page_has_not_gone(heard: Heard, conversation: Conversation) -> None:
    beat(cast.can(), conversation, tab="a")
    presence.beat(user=cast.can(), tab="b", was="a", conversation=conversation, at=NOW + timedelta(seconds=5))

    assert len(heard.of("presence")) == 1
    assert [row.tab for row in Presence.objects.all()] == ["b"]
