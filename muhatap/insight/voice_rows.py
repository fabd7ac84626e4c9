"""The messages behind a count of what customers say: newest first, as far as the reader may see them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from muhatap.accounts.models import User
from muhatap.conversations.models import Message
from muhatap.conversations.visibility import readable_interactions
from muhatap.feedback import answering
from muhatap.insight.voices import RAW, Asked
from muhatap.interactions.models import Interaction, Post
from muhatap.understanding.models import Reading

LIMIT = 50
NOTHING = ("", None, None)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which messages: what is asked, and of it the kinds and the moods."""

    asked: Asked
    kinds: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cursor:
    at: datetime
    id: int


@dataclass(frozen=True, kw_only=True)
class Row:
    """One message as it was read: its words, and the conversation it stands in, if it does."""

    reading: Reading
    text: str
    conversation_id: int | None
    message_id: int | None


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    n_hidden: int
    next: Cursor | None


def page(wanted: Wanted, user: User, *, before: Cursor | None = None, limit: int = LIMIT) -> Page:
    """At most `limit` messages; those the user may not see are only counted."""
    found = _numbers(wanted, before, limit + 1)
    shown = found[:limit]
    seen = readable_interactions(user, [interaction for _at, _pk, interaction in shown])
    visible = [pk for _at, pk, interaction in shown if interaction in seen]
    after = Cursor(shown[-1][0], shown[-1][1]) if len(found) > limit else None
    return Page(rows(visible), len(shown) - len(visible), after)


def all_rows(wanted: Wanted, user: User, *, at_once: int = 1_000) -> Iterator[Row]:
    """Every message this user sees, however many there are."""
    found = page(wanted, user, limit=at_once)
    yield from found.rows
    while found.next:
        found = page(wanted, user, before=found.next, limit=at_once)
        yield from found.rows


def rows(reading_ids: Collection[int]) -> list[Row]:
    """These readings with their words, in the order given."""
    known = Reading.objects.select_related("interaction__contact", "topic").in_bulk(reading_ids)
    told = texts([one.interaction_id for one in known.values()])
    return [_row(known[pk], told) for pk in reading_ids if pk in known]


def texts(interaction_ids: Collection[int]) -> Mapping[int, tuple[str, int | None, int | None]]:
    """What was written, its conversation and message. An answer to a survey stands in its thread as an entry without words,
    a post that was only heard in none.
    """
    found: dict[int, tuple[str, int | None, int | None]] = {}
    messages = Message.objects.filter(interaction_id__in=interaction_ids)
    for number, reply, text, conversation, pk in messages.values_list(
        "interaction_id", "reply_text", "text", "conversation_id", "pk"
    ):
        found[number or 0] = (reply or text, conversation, pk)
    rest = [number for number in interaction_ids if not found.get(number, NOTHING)[0]]
    heard = Post.objects.filter(interaction__in=rest).values_list("interaction_id", "text") if rest else ()
    said = {**dict(heard), **(answering.words_by_interaction(rest) if rest else {})}
    for number, title, excerpt in Interaction.objects.filter(pk__in=rest).values_list("pk", "title", "excerpt"):
        found[number] = (said.get(number) or excerpt or title, *found.get(number, NOTHING)[1:])
    return found


def _row(reading: Reading, told: Mapping[int, tuple[str, int | None, int | None]]) -> Row:
    text, conversation, message = told.get(reading.interaction_id, ("", None, None))
    return Row(reading=reading, text=text, conversation_id=conversation, message_id=message)


def _numbers(wanted: Wanted, before: Cursor | None, limit: int) -> list[tuple[datetime, int, int]]:
    """(moment, reading, interaction), newest first."""
    values: dict[str, Any] = wanted.asked.values() | {
        "kinds": list(wanted.kinds),
        "moods": list(wanted.moods),
        "at": before.at if before else None,
        "id": before.id if before else None,
        "limit": limit,
    }
    parts = [wanted.asked.condition(), "kind = any(%(kinds)s)" if wanted.kinds else "kind <> 'other'"]
    if wanted.moods:
        parts.append("sentiment = any(%(moods)s)")
    if before:
        parts.append("(at, reading_id) < (%(at)s, %(id)s)")
    statement = f"""select at, reading_id, interaction_id from ({RAW}) cells where {" and ".join(parts)}
        order by at desc, reading_id desc limit %(limit)s"""  # noqa: S608 (parts are ours, values are not in it)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
