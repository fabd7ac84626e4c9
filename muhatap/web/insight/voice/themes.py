"""Themes: what several people write about lately, found without anybody having named it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from muhatap.accounts.permissions import may
from muhatap.insight import themes
from muhatap.insight.themes import Told
from muhatap.notices import telling
from muhatap.shared import clock
from muhatap.understanding import themes_naming
from muhatap.understanding.models import Theme, ThemeLook
from muhatap.understanding.themes import WEEKS
from muhatap.web.common import charts, reading, times
from muhatap.web.common.charts import Series
from muhatap.web.common.doors import needs, visitor
from muhatap.web.insight.voice import asking, boards, lines
from muhatap.web.insight.voice.around import around
from muhatap.web.insight.voice.asking import Wanted

TABLES = ("product", "channel", "tag", "topic")
WEEK = timedelta(days=6)


@needs("voice.read")
def show(request: HttpRequest) -> HttpResponse:
    """All themes of the last weeks."""
    now = clock.now()
    found = themes.all_of(at=now)
    shown = [told for told in found if told.theme.hidden_at is None]
    look = themes.last_look()
    wanted = asking.read(request)
    every = wanted.but(topic=None, only_topic=None, channel="", tag=None, product=None, theme=None)
    page = {
        "themes": [_line(told, every) for told in shown],
        "hidden_themes": [_line(told, every) for told in found if told.theme.hidden_at],
        "sentence": _sentence(shown),
        **(_looked(look, every) if look else {}),
    }
    return render(request, "insight/voice/themes.html", page | around(request, wanted, "themes"))


def _looked(look: ThemeLook, every: Wanted) -> dict[str, str]:
    """When was looked for themes, and in how many messages."""
    first, n = look.week_on - timedelta(weeks=WEEKS - 1), look.n_texts + look.n_left_out
    said = ngettext("%(n)s message", "%(n)s messages", n) % {"n": times.count(n)}
    url = every.rows(start=first, end=timezone.localdate(look.at))
    return {
        "looked": times.full(look.at),
        "messages": format_html('<a class="link" href="{}">{}</a>', url, said) if n else said,
        "n_drawn": times.count(look.n_texts) if look.n_left_out else "",
    }


@needs("voice.read")
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One theme: its weeks, who writes of it, examples, and what one may do with it."""
    theme = get_object_or_404(Theme, pk=number)
    if theme.merged_into_id:
        return redirect("voice:theme", theme.merged_into_id)
    now = clock.now()
    telling.see_thing(user=visitor(request), thing=theme, at=now)
    told = themes.one(theme, at=now)
    first, last = told.weeks[0][0], told.weeks[-1][0] + WEEK
    wanted = replace(asking.read(request), period="", start=first, end=last, theme=theme.pk)
    others = Theme.objects.filter(merged_into=None, hidden_at=None).exclude(pk=theme.pk).order_by("-pk")[:100]
    page = {
        "theme": theme,
        "told": _line(told, wanted),
        "chart": _chart(told, wanted),
        "examples": [lines.of_message(row, now) for row in themes.examples(theme, visitor(request))],
        "tables": boards.tables(wanted, TABLES, 6),
        "merged": list(theme.merged_themes.order_by("pk")),
        "others": sorted(others, key=str),
        "may_edit": may(visitor(request), "themes.edit"),
        "all_url": wanted.rows(),
    }
    return render(request, "insight/voice/theme.html", page | around(request, wanted, "themes"))


@require_POST
@needs("themes.edit")
def rename(request: HttpRequest, number: int) -> HttpResponse:
    theme = get_object_or_404(Theme, pk=number)
    name = reading.words(request.POST.get("name", ""), 80)
    themes_naming.name(theme=theme, name=name, by=visitor(request), at=clock.now())
    messages.success(request, _("Saved."))
    return redirect("voice:theme", number)


@require_POST
@needs("themes.edit")
def hide(request: HttpRequest, number: int) -> HttpResponse:
    """Hide it, or show it again."""
    theme = get_object_or_404(Theme, pk=number)
    act = themes_naming.show if theme.hidden_at else themes_naming.hide
    act(theme=theme, by=visitor(request), at=clock.now())
    return redirect("voice:themes")


@require_POST
@needs("themes.edit")
def merge(request: HttpRequest, number: int) -> HttpResponse:
    """Merge another theme into this one."""
    theme = get_object_or_404(Theme, pk=number)
    other = get_object_or_404(Theme, pk=reading.number(request.POST.get("other")) or 0)
    try:
        themes_naming.merge(keep=theme, drop=other, by=visitor(request), at=clock.now())
    except themes_naming.NotOne:
        messages.error(request, _("A theme cannot be merged into itself. Choose another one."))
    return redirect("voice:theme", number)


@require_POST
@needs("themes.edit")
def split(request: HttpRequest, number: int) -> HttpResponse:
    """Take a merge back."""
    theme = get_object_or_404(Theme, pk=number)
    themes_naming.split(theme=theme, by=visitor(request), at=clock.now())
    return redirect("voice:theme", number)


def why(told: Told) -> str:
    """Why it is said to jump: how many wrote, how many were to be expected."""
    week = told.now
    if week is None or not week.is_jump:
        return ""
    said = ngettext(
        "%(n)s person wrote of it this week; %(usual)s would be usual.",
        "%(n)s people wrote of it this week; %(usual)s would be usual.",
        week.n_people,
    ) % {"n": times.count(week.n_people), "usual": _usual(round(week.expected or 0, 1))}
    chance = _("So many come together by chance less than once in a thousand weeks.")
    return f"{said} {chance}" if (week.chance or 0) < 0.001 else said


def _usual(expected: float) -> str:
    """0.2, and nobody without a fraction."""
    return times.decimal(expected) if expected else times.count(0)


def _sentence(shown: list[Told]) -> str:
    jumps = [told for told in shown if told.is_jump]
    if jumps:
        said = ngettext(
            "%(n)s theme jumps this week: %(names)s.", "%(n)s themes jump this week: %(names)s.", len(jumps)
        )
        return said % {"n": len(jumps), "names": ", ".join(f"“{told.theme}”" for told in jumps[:3])}
    fresh = [told for told in shown if told.is_new]
    if fresh:
        said = ngettext("Nothing jumps. %(n)s theme is new.", "Nothing jumps. %(n)s themes are new.", len(fresh))
        return said % {"n": len(fresh)}
    return _("Nothing jumps and nothing is new.")


def _line(told: Told, wanted: Wanted) -> dict[str, Any]:
    """A theme in the list; its counts are of people and lead to their messages."""
    most = max((week.n_people for _on, week in told.weeks if week), default=0)
    heights = [(week.n_people / most * 20 if week and most else 0) for _on, week in told.weeks]
    now = told.now.n_people if told.now else 0
    first, last = told.weeks[0][0], told.weeks[-1][0]
    return {
        "id": told.theme.pk,
        "name": str(told.theme),
        "words": ", ".join(told.theme.words) if told.theme.name else ", ".join(told.theme.words[3:]),
        "url": reverse("voice:theme", args=[told.theme.pk]),
        "is_jump": told.is_jump,
        "is_new": told.is_new,
        "why": why(told),
        "now": times.count(now),
        "now_url": wanted.rows(start=last, end=last + WEEK, theme=told.theme.pk) if now else "",
        "people": times.count(told.n_people),
        "people_url": wanted.rows(start=first, end=last + WEEK, theme=told.theme.pk) if told.n_people else "",
        "bars": [(nth * 5, round(20 - height, 1), round(height, 1)) for nth, height in enumerate(heights)],
        "width": WEEKS * 5,
    }


def _chart(told: Told, wanted: Wanted) -> charts.Chart:
    over = [(on, on + WEEK) for on, _week in told.weeks]
    series = Series(
        label=_("People"),
        values=[week.n_people if week else 0 for _on, week in told.weeks],
        written=lambda n: times.count(round(n)),
        url=lambda span: wanted.rows(start=span[0], end=span[1]),
    )
    return charts.draw(
        name="weeks",
        title=_("By the week"),
        text=_("How many people wrote of it; whoever wrote twice in a week counts once."),
        over=over,
        series=[series],
        csv_url=wanted.url("export", table="weeks"),
    )
