"""Conversations that hold what was asked for: candidates from the documents, ranked, one row a conversation.

The candidates are the newest MOST messages that match (docs/decisions/0018); rare words are ranked over all time, frequent ones
among their newest. Visibility is asked twice: of the documents, so that the newest MOST are ones the reader may see,
and of the conversations' own rows, whose word is final.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from muhatap.accounts.models import User
from muhatap.conversations import lists
from muhatap.conversations.models import Attachment, Conversation, ConversationTag, Message
from muhatap.conversations.visibility import CALLED, branches, scope
from muhatap.search.meaning import Meaning
from muhatap.shared import patience

MOST = 200
PAGE = 20
PATIENCE_MS = 3000
HALF_LIFE = 180.0  # days after which a find counts half, down to a quarter
_DAY = 86_400
_PLACES = "%s, %s, %s, %s, %s, " + "%s, %s::bigint[], %s::bigint[], {mentions}, %s, " + "%s, %s, %s, %s, %s, %s"
STANDING = """select m.id from unnest(%s::bigint[], %s::bigint[]) f (message_id, conversation_id)
join conversations_message m on m.id = f.message_id and m.conversation_id = f.conversation_id
where exists (select from conversations_conversation
  where conversations_conversation.id = f.conversation_id and merged_into_id is null and ({seen}))"""


@dataclass(frozen=True)
class Hit:
    """A conversation and the message that speaks for it; without words it has none."""

    conversation: Conversation
    message: Message | None = None


@dataclass(frozen=True)
class Candidate:
    message_id: int
    conversation_id: int
    at: datetime
    rank: float


@dataclass(frozen=True)
class Found:
    """One page. `n` conversations in all were found; `oldest_at` says how far back the best of MOST were looked for."""

    hits: list[Hit] = field(default_factory=list)
    n: int = 0
    has_next: bool = False
    oldest_at: datetime | None = None


def conversations(meaning: Meaning, *, user: User, at: datetime, page: int = 1) -> Found:
    """A page of the conversations a user sees, best first, each with its best message. Raises TookTooLong."""
    if meaning.is_impossible:
        return Found()
    if not meaning.has_words and meaning.kinds is None:
        return _listed(meaning, user=user, page=page)
    return _page(meaning, user=user, page=page, order=lambda found: _best(found, at))


def messages(meaning: Meaning, *, user: User, page: int = 1) -> Found:
    """A page of messages a user sees, newest first; two of one conversation are two. Raises TookTooLong."""
    return Found() if meaning.is_impossible else _page(meaning, user=user, page=page, order=list)


def _page(meaning: Meaning, *, user: User, page: int, order: Callable[[list[Candidate]], list[Candidate]]) -> Found:
    found = candidates(meaning, user=user)
    best = order(_visible(found, user))
    shown = best[(page - 1) * PAGE : page * PAGE]
    return Found(
        hits=_read(shown),
        n=len(best),
        has_next=len(best) > page * PAGE,
        oldest_at=found[-1].at if len(found) >= MOST else None,
    )


def quickly(meaning: Meaning, *, user: User, at: datetime, limit: int) -> list[Hit]:
    """The best few while somebody types: two questions to the database. Raises TookTooLong."""
    if meaning.is_impossible or not meaning.has_words:
        return []
    best = _best(candidates(meaning, user=user, most=MOST // 2), at)
    seen = _visible(best[: limit * 2], user)
    return _hits(seen, _messages(seen))[:limit]


def candidates(meaning: Meaning, *, user: User, most: int = MOST) -> list[Candidate]:
    """The newest messages that match, newest first. Raises TookTooLong."""
    sql, values = _call(meaning, user, most)
    with patience.at_most(PATIENCE_MS), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Candidate(*row) for row in cursor.fetchall()]


def _call(meaning: Meaning, user: User, most: int) -> tuple[str, list[Any]]:
    """The question as one statement."""
    within = scope(user)
    inboxes, teams = ([], []) if within.sees_all else (within.inbox_ids, within.team_ids)
    called = "array(" + CALLED + ")" if within.was_called else "'{}'::bigint[]"
    words, word_values = meaning.words
    places = _PLACES.replace("%s", words, 1).format(mentions=called)
    before = [*word_values, most, meaning.since, meaning.until, meaning.kinds, within.sees_all, inboxes, teams]
    after = [
        within.user_id, meaning.inboxes, meaning.teams, meaning.assignees, meaning.statuses, meaning.tags, meaning.not_tags,
    ]  # fmt: skip
    sql = f"select message_id, conversation_id, at, rank from search_candidates({places})"  # noqa: S608 (only our own pieces)
    return sql, [*before, *([user.pk] if within.was_called else []), *after]


def _visible(found: Sequence[Candidate], user: User) -> list[Candidate]:
    """Those whose message still stands where its document says, in a conversation this user sees by its own row."""
    seen = branches(user)
    conditions = " or ".join(branch.sql for branch in seen)
    with connection.cursor() as cursor:
        named = [[one.message_id for one in found], [one.conversation_id for one in found]]
        cursor.execute(STANDING.format(seen=conditions), [*named, *(one for branch in seen for one in branch.values)])
        standing = {number for (number,) in cursor.fetchall()}
    return [candidate for candidate in found if candidate.message_id in standing]


def _best(found: Sequence[Candidate], at: datetime) -> list[Candidate]:
    """One candidate a conversation, best first."""
    ranked = sorted(found, key=lambda candidate: (-score(candidate.rank, candidate.at, at), -candidate.message_id))
    best: dict[int, Candidate] = {}
    for candidate in ranked:
        best.setdefault(candidate.conversation_id, candidate)
    return list(best.values())


def score(rank: float, written_at: datetime, at: datetime) -> float:
    """Rank times recency: today counts whole, long ago a quarter."""
    days = max((at - written_at).total_seconds() / _DAY, 0.0)
    return (rank + 0.01) * (0.25 + 0.75 * float(0.5 ** (days / HALF_LIFE)))


def _read(shown: Sequence[Candidate]) -> list[Hit]:
    """Finds with the names of their attachments."""
    named = Attachment.objects.filter(is_inline=False).order_by("pk")
    return _hits(shown, _messages(shown).prefetch_related(Prefetch("attachments", named)))


def _messages(shown: Sequence[Candidate]) -> "QuerySet[Message]":
    """The messages themselves, without what no line of a find shows."""
    rows = Message.objects.filter(pk__in=[candidate.message_id for candidate in shown])
    related = ("conversation__contact", "conversation__inbox", "conversation__assignee", "by", "contact")
    return rows.select_related(*related).defer("html", "references", "placed_details", "defects")


def _hits(shown: Sequence[Candidate], messages: Iterable[Message]) -> list[Hit]:
    """In the order of the candidates; one whose message has moved meanwhile leads nowhere."""
    by_id = {message.pk: message for message in messages}
    found = [(candidate, by_id.get(candidate.message_id)) for candidate in shown]
    return [
        Hit(message.conversation, message)
        for candidate, message in found
        if message and message.conversation_id == candidate.conversation_id
    ]


def _listed(meaning: Meaning, *, user: User, page: int) -> Found:
    """Without words the conversations speak for themselves: newest first, dates are those of their last message."""
    condition = Q()
    for column, ids in (("inbox_id", meaning.inboxes), ("team_id", meaning.teams), ("assignee_id", meaning.assignees)):
        if ids is not None:
            known = Q(**{f"{column}__in": [one for one in ids if one]})
            condition &= known | Q(**{f"{column}__isnull": True}) if 0 in ids else known
    for tag in meaning.tags or []:
        condition &= Q(pk__in=ConversationTag.objects.filter(tag=tag).values("conversation"))
    for tag in meaning.not_tags or []:
        condition &= ~Q(pk__in=ConversationTag.objects.filter(tag=tag).values("conversation"))
    if meaning.since:
        condition &= Q(last_message_at__gte=meaning.since)
    if meaning.until:
        condition &= Q(last_message_at__lt=meaning.until)
    statuses = tuple(meaning.statuses or Conversation.Status.values)
    found = lists.numbers(user, lists.View(condition, statuses), limit=min(page * PAGE + 1, MOST))
    rows = Conversation.objects.filter(pk__in=found[(page - 1) * PAGE : page * PAGE]).select_related(
        "contact", "inbox", "assignee"
    )
    hits = [Hit(row) for row in rows.order_by("-last_message_at", "-pk")]
    return Found(hits=hits, n=len(found), has_next=len(found) > page * PAGE)
