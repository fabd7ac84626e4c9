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
select percentile_cont(0.5) within group (order by waited) from (
  select extract(epoch from min(answer.at) - question.at) as waited
  from channels_webchat_chatline question
  join channels_webchat_chatsession session on session.id = question.session_id
  join channels_webchat_chatline answer
    on answer.session_id = question.session_id and answer.id > question.id and answer.direction = 'out'
  where session.inbox_id = %s and session.last_seen_at > %s and question.direction = 'in' and question.at > %s
  group by question.id, question.at order by question.id desc limit 200) recent having count(*) >= 5
"""


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
    """In how many minutes half of the questions of the last two weeks were answered; None while there are fewer than five."""
    since = at - timedelta(days=14)
    with connection.cursor() as cursor:
        cursor.execute(PACE, [inbox_id, since, since])
        row = cursor.fetchone()
    return max(1, round(row[0] / 60)) if row and row[0] is not None else None
