"""What waits, as lines of a page: who, what they want, how long yet, and the one thing to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.conversations import listed
from muhatap.conversations.models import Conversation
from muhatap.web.common import channels, times
from muhatap.web.common.due import until

LOOKED_AT, SHOWN = 30, 6


@dataclass(frozen=True, kw_only=True)
class Line:
    """`state` is "", "soon" or "late"; `act` the one thing to do, which `url` leads to."""

    name: str
    text: str
    channel: str
    channel_icon: str
    url: str
    act: str
    language: str
    span: str = ""
    state: str = ""
    iso: str = ""
    soon_iso: str = ""
    due_at: datetime | None = None


def lines(rows: Iterable[listed.Line], user: User, *, view: str, now: datetime) -> list[Line]:
    """Those rows in which it is our turn, or whose time is over, in the order they came."""
    ours = [row for row in rows if row.status == Conversation.Status.OPEN or _is_late(row, now)]
    may_reply = may(user, "conversations.reply")
    return [_line(row, view=view, now=now, may_reply=may_reply) for row in ours]


def _line(row: listed.Line, *, view: str, now: datetime, may_reply: bool) -> Line:
    icon, channel = _channel(row.channel)
    span = until(row.next_deadline_at, row.warn_at, now) if row.next_deadline_at else {}
    since = times.span(now - row.waiting_since) if row.waiting_since else ""
    return Line(
        name=row.name,
        text=row.preview or row.subject,
        channel=channel,
        channel_icon=icon,
        url=f"{reverse('inbox:conversation', args=[row.pk])}?view={view}",
        act=_act(row, may_reply),
        language=row.language,
        span=span.get("text") or (_("waiting %(span)s") % {"span": since} if since else ""),
        state=span.get("state", ""),
        iso=span.get("iso", ""),
        soon_iso=span.get("soon_iso", ""),
        due_at=row.next_deadline_at,
    )


def _act(row: listed.Line, may_reply: bool) -> str:
    if not may_reply:
        return pgettext("act", "Open")
    return _("Continue") if row.has_draft else pgettext("act", "Reply")


def _is_late(row: listed.Line, now: datetime) -> bool:
    return row.next_deadline_at is not None and row.next_deadline_at <= now


def _channel(kind: str) -> tuple[str, str]:
    return channels.icon(kind), channels.name(kind)
