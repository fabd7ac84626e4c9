"""Promises as lines of a page, in ready strings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.service.models import Promise
from muhatap.web.common.links import link
from muhatap.web.promises import words

ICONS = {"open": "handshake", "overdue": "triangle-alert", "kept": "check", "late": "check", "broken": "triangle-alert",
         "withdrawn": "x", "drafted": "pencil"}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Line:
    """`became` says what it is now; `keep_url` is empty where nothing can be done."""

    id: int
    name: str
    contact_url: str
    what: str
    about: str
    due: str
    iso: str
    tone: str
    icon: str
    became: str
    url: str
    keep_url: str
    withdraw_url: str
    is_ended: bool


def lines(rows: Iterable[Promise], user: User, now: datetime) -> list[Line]:
    may_act = may(user, "promises.make")
    return [line(row, now, may_act=may_act) for row in rows]


def line(row: Promise, now: datetime, *, may_act: bool) -> Line:
    became, url = words.became(row, now), link("promises:one", row.pk)
    is_open = row.state == Promise.State.OPEN
    return Line(
        id=row.pk,
        name=str(row.contact),
        contact_url=reverse("contacts:page", args=[row.contact_id]),
        what=row.what,
        about=f"{row.get_kind_display()} · {row.by}",
        due=words.due(row, now),
        iso=row.due_at.isoformat(),
        tone=words.tone(row, now),
        icon=ICONS[became],
        became=words.state_label(became) if became != "drafted" else row.get_state_display(),
        url=url,
        keep_url=link("promises:keep", row.pk) if is_open and may_act else "",
        withdraw_url=f"{url}#end" if is_open and may_act else "",
        is_ended=row.ended_at is not None,
    )
