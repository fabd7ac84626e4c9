"""The messages behind a figure of how reading goes: of a week, of a topic, corrected; learned from; never read."""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from muhatap.shared import clock
from muhatap.understanding import behind, catching_up
from muhatap.understanding.models import FIELDS, LearnedModel, Reading, Topic
from muhatap.web.common import times
from muhatap.web.common.doors import needs
from muhatap.web.common.reading import day, number
from muhatap.web.understanding import lines, words

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
    asked = read(request, now=clock.now())
    found = behind.readings(
        week_on=asked.week,
        kind=asked.kind,
        topic=asked.topic,
        language=asked.language,
        only=asked.only,
        field=asked.field,
    )
    page = {
        "title": _title(asked),
        "sides": _sides(asked) if asked.week else [],
        "here": "learned" if asked.week or asked.field else "topics",
    }
    page |= lines.of_readings(request, found, lambda at: asked.url(at=at))
    return render(request, "understanding/behind.html", page)


@require_GET
@needs("insight.read")
def learned_from(request: HttpRequest, pk: int) -> HttpResponse:
    """The messages people had corrected when this was learned; or those held back to judge it by."""
    row = get_object_or_404(LearnedModel.objects.defer("bytes"), pk=pk)
    only = behind.HELD_BACK if request.GET.get("only") == behind.HELD_BACK else behind.CORRECTED
    here = reverse("understanding:learned_from", args=[pk])
    sides = ((behind.CORRECTED, _("Corrected")), (behind.HELD_BACK, _("Held back")))
    page = {
        "title": _("%(field)s, learned %(at)s") % {"field": words.ABOUT[row.about], "at": times.full(row.fitted_at)},
        "sides": [(text, f"{here}?only={code}", code == only) for code, text in sides],
        "here": "learned",
    }
    found = behind.learned_from(row, only=only)
    page |= lines.of_readings(request, found, lambda at: f"{here}?{urlencode({'only': only, 'at': at})}")
    return render(request, "understanding/behind.html", page)


@require_GET
@needs("insight.read")
def never_read(request: HttpRequest) -> HttpResponse:
    """What came before there was a reader, or could not be read."""
    here = reverse("understanding:never_read")
    page = {"title": _("Messages that were never read"), "sides": [], "here": "learned"}
    page |= lines.of_unread(request, catching_up.missing(), lambda at: f"{here}?{urlencode({'at': at})}")
    return render(request, "understanding/behind.html", page)


def read(request: HttpRequest, *, now: datetime) -> Asked:
    """What makes no sense in the address is passed over; without a week, a field and a topic it is about the week that runs."""
    given = request.GET
    kind, only, field = given.get("kind", ""), given.get("only", ""), given.get("field", "")
    field = field if field in FIELDS else ""
    on = date.fromisoformat(text) if (text := day(given.get("week"))) else None
    topic = _topic(number(given.get("topic")))
    if on is None and not field and topic is None:
        on = timezone.localtime(now).date()
    language = given.get("language", "")
    return Asked(
        week=on - timedelta(days=on.weekday()) if on else None,
        kind=kind if kind in Reading.Kind.values else "",
        topic=topic,
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
    if asked.field:
        return _("Corrections: %(field)s") % {"field": words.ABOUT[asked.field]}
    return _topic_name(asked)


def _topic_name(asked: Asked) -> str:
    row = Topic.objects.filter(pk=asked.topic or 0).first()
    return str(row) if row else _("No topic")


def _sides(asked: Asked) -> list[tuple[str, str, bool]]:
    """All of the week, each kind, what was not sure or corrected; and what else was asked for."""
    week = Asked(week=asked.week)
    sides = [(pgettext("messages", "All"), week)]
    sides += [(str(label), week.but(kind=code)) for code, label in Reading.Kind.choices]
    sides += [(_("Not sure"), week.but(only=behind.UNSURE)), (_("Corrected"), week.but(only=behind.CORRECTED))]
    if asked.only == behind.UNTOUCHED:
        sides.append((_("Not checked"), week.but(only=behind.UNTOUCHED)))
    if asked.topic is not None:
        sides.append((_topic_name(asked), asked))
    if asked.language:
        sides.append((words.language(asked.language), asked))
    return [(text, one.url(), one == asked) for text, one in sides]
