"""Conversations over the years: when they began, who wrote what and when, and how they stand now."""

import heapq
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from benchmarks.filling.firm import Firm
from benchmarks.filling.people import address_of, name_of
from benchmarks.filling.sentences import RARE, answers, letters, subject
from benchmarks.filling.sizes import Size

LIVELY = timedelta(days=40)  # older ones are resolved
MEDIAN, SPREAD = 6.0, 1.0  # of a lognormal: half of all have six messages and fewer, the mean is ten
N_SUBJECTS = 5_000
KINDS = ("inbound", "outbound", "inbound", "outbound", "note", "inbound", "outbound", "event")


@dataclass(slots=True)
class Thread:
    """A conversation while its messages are being written; the last fields are what its row will show."""

    number: int
    contact: int
    inbox: int
    team: int
    assignee: int | None
    subject: str
    begun_at: float
    left: int
    pace: float
    written: int = 0
    last_at: float = 0.0
    last_inbound_at: float = 0.0
    last_inbound: int | None = None
    preview: str = ""
    preview_kind: str = ""


@dataclass(slots=True, frozen=True)
class Entry:
    """One message, in the order of time over all conversations."""

    number: int
    thread: Thread
    kind: str
    at: float
    text: str


class Years:
    """All conversations of a size. Iterate `entries` first: the threads learn their end from them."""

    def __init__(self, size: Size, firm: Firm, now: datetime, dice: random.Random) -> None:
        self.size, self.firm, self.now, self.dice = size, firm, now.timestamp(), dice
        self.threads = self._begun()

    def entries(self) -> Iterator[Entry]:
        said = {"inbound": letters(self.dice), "outbound": answers(self.dice)}
        said["note"] = said["outbound"]
        waiting = [(thread.begun_at, thread.number) for thread in self.threads]
        heapq.heapify(waiting)
        number = 0
        while waiting:
            at, which = waiting[0]
            thread = self.threads[which - 1]
            number += 1
            yield self._entry(number, thread, at, said)
            if thread.left:
                heapq.heapreplace(waiting, (min(at + self.dice.expovariate(thread.pace), self.now), which))
            else:
                heapq.heappop(waiting)

    def status(self, thread: Thread) -> str:
        """How a conversation stands: old ones are resolved, one in thirty was spam."""
        fate = thread.number % 30
        if fate == 0:
            return "spam"
        if self.now - thread.last_at > LIVELY.total_seconds() or fate in (1, 2, 3, 4):
            return "resolved"
        if fate in (5, 6):
            return "snoozed"
        return "open" if thread.preview_kind == "inbound" else "waiting"

    def _begun(self) -> list[Thread]:
        size, dice = self.size, self.dice
        age = size.age.total_seconds()
        begun = sorted(self.now - dice.random() * age for _ in range(size.n_conversations))
        subjects = [subject(dice) for _ in range(N_SUBJECTS)]
        lengths = self._lengths()
        return [self._thread(number, at, lengths[number - 1], subjects) for number, at in enumerate(begun, start=1)]

    def _lengths(self) -> list[int]:
        """How many messages each has, so that together they make the size; one is by far the longest."""
        size, dice = self.size, self.dice
        wanted = size.n_messages - size.longest
        drawn = [
            max(1, min(round(dice.lognormvariate(math.log(MEDIAN), SPREAD)), 900)) for _ in range(size.n_conversations)
        ]
        drawn[size.n_conversations // 2] = 0
        difference = wanted - sum(drawn)
        step = 1 if difference > 0 else -1
        while difference:
            which = dice.randrange(size.n_conversations)
            if drawn[which] + step >= 1 and which != size.n_conversations // 2:
                drawn[which] += step
                difference -= step
        drawn[size.n_conversations // 2] = size.longest
        return drawn

    def _thread(self, number: int, at: float, n_messages: int, subjects: list[str]) -> Thread:
        dice, firm = self.dice, self.firm
        inbox = firm.inboxes[min(int(dice.expovariate(0.08)), len(firm.inboxes) - 1)]
        team = firm.team_of_inbox[inbox]
        assignee = dice.choice(firm.agents_of_team[team]) if dice.random() < 0.8 and firm.agents_of_team[team] else None
        contact = (
            dice.randrange(1, self.size.n_contacts + 1) if dice.random() < 0.7 else 1 + int(dice.expovariate(1 / 500))
        )
        pace = 1 / 1_500.0 if n_messages >= self.size.longest else 1 / 20_000.0
        return Thread(
            number,
            min(contact, self.size.n_contacts),
            inbox,
            team,
            assignee,
            dice.choice(subjects),
            at,
            n_messages,
            pace,
        )

    def _entry(self, number: int, thread: Thread, at: float, said: dict[str, list[str]]) -> Entry:
        kind = "inbound" if not thread.written else KINDS[(thread.number + thread.written) % len(KINDS)]
        text = "" if kind == "event" else self._words(number, thread, said[kind])
        thread.left -= 1
        thread.written += 1
        if kind in ("inbound", "outbound"):
            thread.last_at, thread.preview, thread.preview_kind = at, text[:200], kind
        if kind == "inbound":
            thread.last_inbound_at, thread.last_inbound = at, number
        return Entry(number, thread, kind, at, text)

    def _words(self, number: int, thread: Thread, pool: list[str]) -> str:
        text = pool[int(self.dice.random() * len(pool))]
        if number % 20 == 0:
            text = f"{text} Sipariş numaram #{10_000 + thread.number % 900_000}."
        if number % 100_000 == 0:
            text = f"{text} Bir de {RARE[number // 100_000 % len(RARE)]} sordum."
        return text


def sender_of(thread: Thread) -> str:
    """Who wrote, as a message keeps it: JSON for COPY."""
    return f'{{"name": "{name_of(thread.contact)}", "email": "{address_of(thread.contact)}"}}'
