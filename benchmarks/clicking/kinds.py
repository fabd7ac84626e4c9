"""Every click that is measured: where it goes, and the statements that would fetch the same."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from benchmarks.clicking import floors
from benchmarks.clicking.browser import Browser
from benchmarks.filling.people import phone_of
from benchmarks.filling.sentences import RARE
from muhatap.conversations import lists
from muhatap.conversations.models import Conversation
from muhatap.conversations.visibility import visible_to

NEVER = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Step:
    """One click of one agent."""

    path: str
    data: dict[str, str] | None = None
    is_part: bool = False
    floor: Sequence[str] = ()
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Click:
    """A kind of click: `step` throws the dice for one agent; None when there is nothing they could click on."""

    name: str
    step: Callable[[Browser, random.Random], Step | None]


def kinds() -> list[Click]:
    """All of them, those that only read first."""
    reading = [*standing_views(), next_page(), conversation(), longest(), counts(), card(), *searches()]
    return [*reading, note(), answer(), assignment()]


def standing_views() -> list[Click]:
    """Each view that everybody has, opened whole."""
    conditions = {
        "mine": ("assignee_id = %(user)s", floors.LIVELY),
        "unassigned": ("assignee_id is null", floors.LIVELY),
        "waiting": ("true", ("open",)),
        "all": ("true", floors.LIVELY),
        "snoozed": ("true", ("snoozed",)),
        "resolved": ("true", ("resolved",)),
        "spam": ("true", ("spam",)),
    }
    return [Click(f"list_{view}", _opens(view, *held)) for view, held in conditions.items()]


def next_page() -> Click:
    """The page after the fifth of the resolved, where nobody has been before."""

    def step(agent: Browser, dice: random.Random) -> Step:
        at = datetime.now(UTC) - timedelta(days=dice.uniform(20, 300))
        values = {"user": agent.user.pk, "at": at, "id": 0}
        query = urlencode({"before": f"{at.isoformat()}~0"})
        sql = floors.rows(floors.sight(agent.user).branches, statuses=("resolved",))
        return Step(f"/inbox/in/resolved/more/?{query}", is_part=True, floor=(sql,), values=values)

    return Click("next_page", step)


def conversation() -> Click:
    def step(agent: Browser, dice: random.Random) -> Step | None:
        return _opened(agent, _any_of(agent, dice))

    return Click("open_conversation", step)


def longest() -> Click:
    def step(agent: Browser, dice: random.Random) -> Step | None:
        found = Conversation.objects.order_by("pk")[Conversation.objects.count() // 2]
        return _opened(agent, found.pk) if visible_to(agent.user).filter(pk=found.pk).exists() else None

    return Click("open_longest", step)


def counts() -> Click:
    def step(agent: Browser, dice: random.Random) -> Step:
        within = floors.sight(agent.user).within
        return Step("/inbox/views/?here=mine", is_part=True, floor=(floors.COUNTS.format(within=within),))

    return Click("side_bar_counts", step)


def card() -> Click:
    def step(agent: Browser, dice: random.Random) -> Step | None:
        number = _any_of(agent, dice)
        statements = (floors.CONVERSATION, floors.CARD, floors.TIMELINE, floors.OTHERS)
        return number and Step(
            f"/inbox/{number}/card/", is_part=True, floor=statements, values={"conversation": number}
        )  # type: ignore[return-value]

    return Click("contact_card", step)


def searches() -> list[Click]:
    """The page of results for a word in every third letter, in a few letters of a million, a phrase, and a telephone."""
    asked = {
        "word": lambda dice: dice.choice(["ürün", "kargo", "iadesini", "fatura"]),
        "rare_word": lambda dice: dice.choice(RARE),
        "phrase": lambda dice: dice.choice(['"kargo takip numaram"', '"elinize sağlık"', '"hediye paketi"']),
        "phone": lambda dice: phone_of(dice.randrange(1, 4_000)),
    }
    seers = [Click(f"search_{kind}", _asks(words, sees_own=False)) for kind, words in asked.items()]
    return [*seers, *(Click(f"search_own_{kind}", _asks(words, sees_own=True)) for kind, words in asked.items())]


def note() -> Click:
    """Write something into a thread; a note takes the same way as an answer but sends no mail."""

    def step(agent: Browser, dice: random.Random) -> Step | None:
        number = _any_of(agent, dice)
        data = {"kind": "note", "html": f"<p>Depoyla konuştum, {dice.randrange(10**6)} hazır.</p>"}
        return _acted(number, f"/inbox/{number}/message/", data)

    return Click("post_note", step)


def answer() -> Click:
    def step(agent: Browser, dice: random.Random) -> Step | None:
        number = _any_of(agent, dice)
        if not number:
            return None
        contact = Conversation.objects.select_related("contact").get(pk=number).contact
        data = {"kind": "reply", "html": "<p>Paketiniz yola çıktı.</p>", "to": contact.email}
        return _acted(number, f"/inbox/{number}/message/", data)

    return Click("post_reply", step)


def assignment() -> Click:
    def step(agent: Browser, dice: random.Random) -> Step | None:
        number = _any_of(agent, dice)
        keeps = agent.user.visibility == "own" or dice.random() < 0.5  # or they would see it no longer
        to = f"user:{agent.user.pk}" if keeps else "nobody"
        return _acted(number, f"/inbox/{number}/assignee/?to={to}", {})

    return Click("assign", step)


def _opens(view: str, condition: str, statuses: Sequence[str]) -> Callable[[Browser, random.Random], Step]:
    def step(agent: Browser, dice: random.Random) -> Step:
        sight = floors.sight(agent.user)
        branches = ["true"] if view == "mine" else sight.branches
        statements = (floors.rows(branches, condition, statuses), floors.COUNTS.format(within=sight.within))
        values = {"user": agent.user.pk, "at": NEVER, "id": 0}
        return Step(f"/inbox/in/{view}/", floor=statements, values=values)

    return step


def _asks(words: Callable[[random.Random], str], *, sees_own: bool) -> Callable[[Browser, random.Random], Step | None]:
    def step(agent: Browser, dice: random.Random) -> Step | None:
        if (agent.user.visibility == "own") != sees_own:
            return None
        return Step(f"/search/?{urlencode({'q': words(dice)})}")

    return step


def _opened(agent: Browser, number: int | None) -> Step | None:
    if not number:
        return None
    statements = (floors.CONVERSATION, floors.MESSAGES, floors.CARD, floors.TIMELINE, floors.OTHERS)
    return Step(f"/inbox/{number}/", is_part=True, floor=statements, values={"conversation": number})


def _acted(number: int | None, path: str, data: dict[str, str]) -> Step | None:
    """An act answers with the conversation as it stands after it; that reading is its floor."""
    if not number:
        return None
    statements = (floors.CONVERSATION, floors.MESSAGES, floors.CARD, floors.TIMELINE, floors.OTHERS)
    return Step(path, data, is_part=True, floor=statements, values={"conversation": number})


def _any_of(agent: Browser, dice: random.Random) -> int | None:
    """Some conversation this agent sees: a living one, or an old one."""
    view = dice.choice(["all", "all", "resolved"])
    at = datetime.now(UTC) - (timedelta(days=dice.uniform(0, 300)) if view == "resolved" else timedelta(0))
    rows = lists.page(agent.user, view, before=lists.Cursor(at, 0), limit=20).rows
    return dice.choice(rows).pk if rows else None
