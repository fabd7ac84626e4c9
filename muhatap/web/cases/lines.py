"""Cases as lines of a page, in ready strings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.service.models import Case
from muhatap.web.cases import words
from muhatap.web.common.links import link


@dataclass(frozen=True, kw_only=True)
class Line:
    id: int
    number: str
    title: str
    name: str
    contact_url: str
    about: str
    icon: str
    became: str
    due: str
    iso: str
    tone: str
    url: str
    is_ended: bool
    tie_url: str = ""


def lines(rows: Iterable[Case], now: datetime) -> list[Line]:
    return [line(row, now) for row in rows]


def line(row: Case, now: datetime) -> Line:
    icon, became = words.became(row, now)
    about = [str(row.get_kind_display()), str(row.cause) if row.cause else _("Cause not known yet")]
    about.append(str(row.owner) if row.owner else str(row.team) if row.team else _("nobody’s"))
    return Line(
        id=row.pk,
        number=f"#{row.pk}",
        title=row.title,
        name=str(row.contact),
        contact_url=reverse("contacts:page", args=[row.contact_id]),
        about=" · ".join(about),
        icon=icon,
        became=became,
        due=words.due(row, now) if row.is_standing else "",
        iso=row.due_at.isoformat() if row.due_at else "",
        tone=words.tone(row, now),
        url=link("cases:one", row.pk),
        is_ended=not row.is_standing,
    )
