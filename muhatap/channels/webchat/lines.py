"""The lines of a visitor's window: put in once, read by cursor, marked as delivered and read, forward only."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from muhatap.channels.webchat.models import ChatLine, ChatSession
from muhatap.shared import locks

PAGE = 50
PACE = """
select percentile_cont(0.5) within group (order by extract(epoch from answered.at - question.at))
from (
  select line.id, line.session_id, line.at
  from channels_webchat_chatline line join channels_webchat_chatsession session on session.id = line.session_id
  where session.inbox_id = %s and session.last_seen_at > %s and line.direction = 'in' and line.at > %s
  order by line.id desc limit 200
) question
cross join lateral (
  select min(answer.at) as at from channels_webchat_chatline answer
  where answer.session_id = question.session_id and answer.id > question.id and answer.direction = 'out'
) answered
where answered.at is not null having count(*) >= 5
"""
PACE_HOLDS = timedelta(minutes=1)
_paces: dict[int, tuple[datetime, int | None]] = {}  # by inbox; every page of the shop asks


@transaction.atomic
def put(
    *,
    session: ChatSession,
    direction: str,
    key: str,
    text: str,
    files: Sequence[dict[str, Any]],
    at: datetime,
    author: str = "",
) -> tuple[ChatLine, bool]:
    """The line under this key, and whether it is new. Repeating changes nothing.

    One transaction at a time for a session, so that lines become visible in the order of their ids: a reader who has
    seen line 7 will never miss a line 6 that was committed later.
    """
    locks.hold("chat", session.pk)
    return ChatLine.objects.get_or_create(
        session=session,
        direction=direction,
        key=key,
        defaults={"text": text, "files": list(files), "at": at, "author": author[:120]},
    )


def after(session: ChatSession, cursor: int) -> list[ChatLine]:
    """Lines after the cursor, oldest first; at most a page, ask again with the last one's id."""
    return list(session.lines.filter(pk__gt=cursor).order_by("pk")[:PAGE])


def before(session: ChatSession, cursor: int | None = None) -> list[ChatLine]:
    """The newest lines before the cursor (or of all), oldest first."""
    lines = session.lines.filter(pk__lt=cursor) if cursor else session.lines.all()
    return list(reversed(lines.order_by("-pk")[:PAGE]))


@transaction.atomic
def mark(*, session: ChatSession, delivered: int, read: int, at: datetime) -> list[ChatLine]:
    """The window has what we said up to line `delivered`, and the visitor read up to `read`. Returns the lines this changed."""
    changed = []
    waiting = session.lines.select_for_update().filter(direction="out", read_at=None, pk__lte=max(delivered, read))
    for line in waiting.order_by("pk"):
        if line.delivered_at is None:
            line.delivered_at = at
        elif line.pk > read:
            continue
        if line.pk <= read:
            line.read_at = at
        changed.append(line)
    ChatLine.objects.bulk_update(changed, ["delivered_at", "read_at"])
    return changed


def unread_out(session: ChatSession) -> QuerySet[ChatLine]:
    """What we said and the visitor neither read nor got by mail."""
    return session.lines.filter(direction="out", read_at=None, mailed_at=None).order_by("pk")


def usual_minutes(inbox_id: int, *, at: datetime) -> int | None:
    """In how many minutes half of the newest questions were answered; None while fewer than five were in two weeks.

    Worked out once a minute for an inbox in each process.
    """
    asked_at, known = _paces.get(inbox_id, (None, None))
    if asked_at is None or not timedelta(0) <= at - asked_at < PACE_HOLDS:
        known = _usual_minutes(inbox_id, at=at)
        _paces[inbox_id] = (at, known)
    return known


def _usual_minutes(inbox_id: int, *, at: datetime) -> int | None:
    since = at - timedelta(days=14)
    with connection.cursor() as cursor:
        cursor.execute(PACE, [inbox_id, since, since])
        row = cursor.fetchone()
    return max(1, round(row[0] / 60)) if row and row[0] is not None else None
