"""The messages behind a figure of how reading goes, with what people corrected in them, as far as the reader may see them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from muhatap.contacts import paging
from muhatap.contacts.paging import Cursor
from muhatap.conversations.visibility import readable_interactions
from muhatap.insight import voice_rows
from muhatap.insight.voice_rows import Row
from muhatap.shared import clock
from muhatap.understanding import behind
from muhatap.understanding.models import FIELDS, Correction, Reading, Topic
from muhatap.web.common import readings, times
from muhatap.web.common.display import Pages
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.reading import day, number
from muhatap.web.common.unseen import hidden
from muhatap.web.understanding import words

LONGEST = 280
ONE_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which messages: of a week, of a kind, a topic (0: of none), a language, not sure or corrected, with a word of people on a field."""

    week: date | None = None
    kind: str = ""
    topic: int | None = None
    language: str = ""
    only: str = ""
    field: str = ""

    def but(self, **changes: Any) -> "Asked":
        return replace(self, **changes)

    def url(self, **more: str) -> str:
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        kept = [(key, str(value)) for key, value in named.items() if value not in (None, "")]
        return f"{reverse('understanding:behind')}?{urlencode([*kept, *more.items()])}"


@require_GET
@needs("insight.read")
def show(request: HttpRequest) -> HttpResponse:
    """The newest first."""
    user, now = visitor(request), clock.now()
    asked = read(request, now=now)
    found = behind.readings(
        week_on=asked.week,
        kind=asked.kind,
        topic=asked.topic,
        language=asked.language,
        only=asked.only,
        field=asked.field,
    )
    cursor = Cursor.read(request.GET.get("at", ""))
    part = paging.by_key(found, "at", is_down=True, cursor=cursor)
    seen = readable_interactions(user, [one.interaction_id for one in part.rows])
    shown = voice_rows.rows([one.pk for one in part.rows if one.interaction_id in seen])
    page = {
        "title": _title(asked),
        "n": found.count(),
        "lines": _lines(shown, now),
        "hidden": hidden(len(part.rows) - len(shown)),
        "sides": _sides(asked) if asked.week else [],
        "pages": Pages(
            previous_url=asked.url(at=part.previous.token()) if part.previous else "",
            next_url=asked.url(at=part.next.token()) if part.next else "",
        ),
    }
    return render(request, "understanding/behind.html", page)


def read(request: HttpRequest, *, now: datetime) -> Asked:
    """What makes no sense in the address is passed over; without a week and a field it is about the week that runs."""
    given = request.GET
    kind, only, field = given.get("kind", ""), given.get("only", ""), given.get("field", "")
    field = field if field in FIELDS else ""
    on = date.fromisoformat(text) if (text := day(given.get("week"))) else None
    if on is None and not field:
        on = timezone.localtime(now).date()
    language = given.get("language", "")
    return Asked(
        week=on - timedelta(days=on.weekday()) if on else None,
        kind=kind if kind in Reading.Kind.values else "",
        topic=_topic(number(given.get("topic"))),
        language=language if language.isascii() and language.isalpha() and len(language) <= 3 else "",
        only=only if only in behind.ONLY else "",
        field=field,
    )


def _topic(pk: int | None) -> int | None:
    """0 stands for none; a topic that is gone for nothing asked."""
    return pk if not pk or Topic.objects.filter(pk=pk).exists() else None


def linked(text: str, asked: Asked, *, n: float | None = 1) -> SafeString | str:
    """A figure that leads to its messages, where it has any."""
    return format_html('<a class="link" href="{}">{}</a>', asked.url(), text) if n else text


def _title(asked: Asked) -> str:
    if asked.week:
        return _("Messages of the week of %(day)s") % {"day": times.day(asked.week)}
    return _("Corrections: %(field)s") % {"field": words.ABOUT[asked.field]}


def _sides(asked: Asked) -> list[tuple[str, str, bool]]:
    """All of the week, each kind, what was not sure or corrected; and what else was asked for."""
    week = Asked(week=asked.week)
    sides = [(pgettext("messages", "All"), week)]
    sides += [(str(label), week.but(kind=code)) for code, label in Reading.Kind.choices]
    sides += [(_("Not sure"), week.but(only=behind.UNSURE)), (_("Corrected"), week.but(only=behind.CORRECTED))]
    if asked.only == behind.UNTOUCHED:
        sides.append((_("Not checked"), week.but(only=behind.UNTOUCHED)))
    if asked.topic is not None:
        row = Topic.objects.filter(pk=asked.topic).first()
        sides.append((str(row) if row else _("No topic"), asked))
    if asked.language:
        sides.append((words.language(asked.language), asked))
    return [(text, one.url(), one == asked) for text, one in sides]


def _lines(rows: Sequence[Row], now: datetime) -> list[dict[str, Any]]:
    said: dict[int, list[Correction]] = {}
    standing = Correction.objects.standing().filter(reading__in=[row.reading for row in rows]).select_related("by")
    for one in standing.order_by("pk"):
        said.setdefault(one.reading_id, []).append(one)
    return [_line(row, said.get(row.reading.pk, []), now) for row in rows]


def _line(row: Row, corrections: list[Correction], now: datetime) -> dict[str, Any]:
    reading, contact = row.reading, row.reading.interaction.contact
    thread = reverse("inbox:conversation", args=[row.conversation_id]) if row.conversation_id else ""
    person = reverse("contacts:page", args=[contact.pk]) if contact else ""
    text = " ".join(row.text[: 4 * LONGEST].split())
    return {
        "name": str(contact) if contact else _("Somebody we do not know"),
        "url": f"{thread}#message-{row.message_id}" if thread else person,
        "text": text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…",
        "language": reading.language,
        "read": " · ".join(readings.value(reading, name) for name in ("kind", "sentiment", "topic")),
        "is_sure": reading.is_sure,
        "at": reading.at,
        "corrections": [_correction(one, now) for one in corrections],
    }


def _correction(one: Correction, now: datetime) -> str:
    names = dict(words.choices(one.field))
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
