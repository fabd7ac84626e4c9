"""Messages behind a figure as lines, newest first: who wrote what, how it was read, and what people corrected; as far as the reader may see."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.contacts import paging
from muhatap.contacts.paging import Cursor, Page
from muhatap.conversations.visibility import readable_interactions
from muhatap.insight import voice_rows
from muhatap.insight.voice_rows import Row
from muhatap.interactions.models import Interaction
from muhatap.shared import clock
from muhatap.understanding.models import Correction, Reading
from muhatap.web.common import readings, times
from muhatap.web.common.display import Pages
from muhatap.web.common.doors import visitor
from muhatap.web.common.unseen import hidden
from muhatap.web.understanding import words

LONGEST = 280
Names = Mapping[str, Mapping[str, str]]  # field → answer → what it is called
Url = Callable[[str], str]  # the address of a page of these lines, by its cursor


def of_readings(request: HttpRequest, found: QuerySet[Reading], url: Url) -> dict[str, Any]:
    """What the template of such a page wants."""
    part = paging.by_key(found, "at", is_down=True, cursor=_cursor(request))
    seen = readable_interactions(visitor(request), [one.interaction_id for one in part.rows])
    shown = voice_rows.rows([one.pk for one in part.rows if one.interaction_id in seen])
    lines = _lines(shown, clock.now())
    return _told(found, part, url) | {"lines": lines, "hidden": hidden(len(part.rows) - len(shown))}


def of_unread(request: HttpRequest, found: QuerySet[Interaction], url: Url) -> dict[str, Any]:
    """The same of what nobody has read."""
    part = paging.by_key(found.select_related("contact"), "at", is_down=True, cursor=_cursor(request))
    seen = readable_interactions(visitor(request), [one.pk for one in part.rows])
    shown = [one for one in part.rows if one.pk in seen]
    told = voice_rows.texts([one.pk for one in shown])
    lines = [_said(one, *told.get(one.pk, voice_rows.NOTHING)) for one in shown]
    return _told(found, part, url) | {"lines": lines, "hidden": hidden(len(part.rows) - len(shown))}


def _cursor(request: HttpRequest) -> Cursor | None:
    return Cursor.read(request.GET.get("at", ""))


def _told(found: QuerySet[Any], part: Page[Any], url: Url) -> dict[str, Any]:
    """How many there are is counted once, for the first page."""
    pages = Pages(
        previous_url=url(part.previous.token()) if part.previous else "",
        next_url=url(part.next.token()) if part.next else "",
    )
    return {"pages": pages, "n": None if part.previous else found.count()}


def _lines(rows: Sequence[Row], now: datetime) -> list[dict[str, Any]]:
    said: dict[int, list[Correction]] = {}
    standing = Correction.objects.standing().filter(reading__in=[row.reading for row in rows]).select_related("by")
    for one in standing.order_by("pk"):
        said.setdefault(one.reading_id, []).append(one)
    names = {field: words.names(field) for field in {one.field for each in said.values() for one in each}}
    return [_line(row, said.get(row.reading.pk, []), names, now) for row in rows]


def _line(row: Row, corrections: list[Correction], names: Names, now: datetime) -> dict[str, Any]:
    reading = row.reading
    return _said(reading.interaction, row.text, row.conversation_id, row.message_id) | {
        "language": reading.language,
        "read": " · ".join(readings.value(reading, name) for name in ("kind", "sentiment", "topic")),
        "is_sure": reading.is_sure,
        "corrections": [_correction(one, names[one.field], now) for one in corrections],
    }


def _said(interaction: Interaction, text: str, conversation: int | None, message: int | None) -> dict[str, Any]:
    contact = interaction.contact
    thread = reverse("inbox:conversation", args=[conversation]) if conversation else ""
    person = reverse("contacts:page", args=[contact.pk]) if contact else ""
    text = " ".join(text[: 4 * LONGEST].split())
    return {
        "name": str(contact) if contact else _("Somebody we do not know"),
        "url": f"{thread}#message-{message}" if thread else person,
        "text": text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…",
        "at": interaction.at,
    }


def _correction(one: Correction, names: Mapping[str, str], now: datetime) -> str:
    told = {
        "field": words.ABOUT[one.field],
        "old": names.get(one.old, one.old),
        "new": names.get(one.new, one.new),
        "by": one.by or _("Somebody"),
        "at": times.stamp(one.at, now),
    }
    if one.old == one.new:
        return _("%(field)s: %(new)s was right, says %(by)s, %(at)s") % told
    return _("%(field)s: %(old)s became %(new)s, by %(by)s, %(at)s") % told
