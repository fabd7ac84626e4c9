"""Whatever people do to conversations, in whatever order the jobs come, the roll-ups equal a count of the rows themselves."""

import logging
import random
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muhatap.conversations import assigning, closing, rearranging
from muhatap.conversations.models import Conversation, Message, Rearrangement
from muhatap.flow import measuring, reply
from muhatap.insight import checking, raw, rollups
from muhatap.insight.rollups import Cut
from tests import cast
from tests.insight.conftest import after, answers, follow_all, writes

pytestmark = pytest.mark.django_db
DAYS = (date(2026, 11, 1), date(2026, 12, 31))
ACTS = (
    "writes", "writes", "writes", "answers", "answers", "machine", "take_back", "resolve", "resolve", "reopen", "spam",
    "assign", "hand_over", "merge", "split", "move", "put_back", "put_back", "fold",
)  # fmt: skip
STEPS = st.tuples(st.sampled_from(ACTS), st.integers(0, 200), st.integers(0, 900), st.booleans())


class Firm:
    """A week at the shop: acts chosen by numbers, jobs run late and out of order."""

    def __init__(self) -> None:
        self.at = after(0)
        self.n = 0
        self.seen = 0
        self.staff = [cast.zeynep(), cast.can()]

    def act(self, name: str, nth: int, minutes: int, is_followed: bool) -> None:
        self.at += timedelta(minutes=minutes, seconds=nth)
        self.n += 1
        with transaction.atomic():
            getattr(self, name)(nth)
        if is_followed:
            self.follow(nth)

    def follow(self, seed: int) -> None:
        entries = list(Message.objects.filter(pk__gt=self.seen).select_related("conversation").order_by("pk"))
        random.Random(seed).shuffle(entries)
        for entry in entries:
            measuring.follow(message=entry, at=self.at)
            self.seen = max(self.seen, entry.pk)

    def one(self, nth: int) -> Conversation | None:
        rows = list(Conversation.objects.filter(merged_into=None).order_by("pk"))
        return rows[nth % len(rows)] if rows else None

    def by(self, nth: int) -> cast.User:
        return self.staff[nth % 2]

    def writes(self, nth: int) -> None:
        thread = self.one(nth) if nth % 3 else None
        spoken = thread.messages.exclude(external_id="").order_by("-pk").first() if thread else None
        more = {"references": (spoken.external_id,)} if spoken else {}
        kind = "auto_reply" if nth % 11 == 0 else "message"
        sent_at = self.at - timedelta(minutes=nth if nth % 7 == 0 else 0)  # some mails travel long
        message = writes(self.at, id=f"<{self.n}@ornek.example>", kind=kind, **more)
        Message.objects.filter(pk=message.pk).update(at=sent_at)

    def answers(self, nth: int) -> None:
        if thread := self.one(nth):
            answers(thread, self.at, by=self.by(nth), and_resolve=nth % 4 == 0)

    def machine(self, nth: int) -> None:
        if thread := self.one(nth):
            answers(thread, self.at, by=None)

    def take_back(self, nth: int) -> None:
        sent = Message.objects.filter(kind="outbound", is_automatic=False).order_by("-pk").first()
        if sent:
            reply.take_back(message=sent, by=self.by(nth), at=self.at)

    def resolve(self, nth: int) -> None:
        if thread := self.one(nth):
            closing.resolve(conversation=thread, by=self.by(nth) if nth % 5 else None, at=self.at)

    def spam(self, nth: int) -> None:
        if (thread := self.one(nth)) and nth % 2:
            closing.mark_spam(conversation=thread, by=self.by(nth), at=self.at)

    def reopen(self, nth: int) -> None:
        if thread := self.one(nth):
            closing.reopen(conversation=thread, by=self.by(nth), at=self.at)

    def assign(self, nth: int) -> None:
        if thread := self.one(nth):
            assigning.assign(conversation=thread, to=self.by(nth), by=None, at=self.at)

    def hand_over(self, nth: int) -> None:
        if thread := self.one(nth):
            assigning.hand_to_team(
                conversation=thread, team=cast.destek() if nth % 2 else None, by=self.staff[1], at=self.at
            )

    def merge(self, nth: int) -> None:
        source, target = self.one(nth), self.one(nth + 1)
        if source and target and source != target:
            rearranging.merge(conversation=source, target=target, by=self.by(nth), at=self.at)

    def split(self, nth: int) -> None:
        if thread := self.one(nth):
            said = thread.messages.exclude(kind="event").order_by("-pk")
            if len(said) > 1:
                rearranging.split(conversation=thread, message_ids=[said[0].pk], by=self.by(nth), at=self.at)

    def move(self, nth: int) -> None:
        source, target = self.one(nth), self.one(nth + 1)
        said = source.messages.exclude(kind="event").order_by("-pk").first() if source else None
        if source and target and said and source != target:
            rearranging.move(conversation=source, message_ids=[said.pk], target=target, by=self.by(nth), at=self.at)

    def put_back(self, nth: int) -> None:
        if done := Rearrangement.objects.filter(undone_at=None).order_by("-pk").first():
            rearranging.undo(rearrangement=done, by=self.by(nth), at=self.at)

    def fold(self, nth: int) -> None:
        rollups.fold()


def kept() -> dict[tuple[object, ...], tuple[int, int]]:
    by = ("figure", "on", "inbox_id", "team_id", "user_id")
    found = rollups.sums(Cut(start=DAYS[0], end=DAYS[1]), raw.FIGURES, by=by)
    return {tuple(cell): (n, total) for *cell, n, total in found}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(st.lists(STEPS, min_size=4, max_size=22))
def test_whatever_is_done_the_figures_are_those_of_the_rows(steps: list[tuple[str, int, int, bool]]) -> None:
    with transaction.atomic():
        firm = Firm()
        for step in steps:
            firm.act(*step)
        firm.follow(1)

        counted = dict(raw.cells(*DAYS))
        assert kept() == counted
        rollups.refill()
        assert kept() == counted
        transaction.set_rollback(True)


def test_the_nightly_check_agrees_and_tells_when_it_does_not(caplog: pytest.LogCaptureFixture) -> None:
    letter = writes(after(0), id="<1@ornek.example>")
    answers(letter.conversation, after(20), by=cast.zeynep())
    follow_all()
    tuesday = datetime.fromisoformat("2026-11-17T03:20+03:00")

    assert checking.check_yesterday(at=tuesday).differences == []

    Message.objects.filter(kind="outbound").delete()  # behind everybody's back
    with caplog.at_level(logging.ERROR):
        found = checking.check_yesterday(at=tuesday)
    assert {each["figure"] for each in found.differences} == {"answered", "first_response"}
    assert "differs" in caplog.text

    list(measuring.rebuild(at=tuesday))
    assert checking.check_yesterday(at=tuesday).differences == []
