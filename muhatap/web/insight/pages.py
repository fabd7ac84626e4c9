"""The report pages: figures, people, ratings, the rows behind a figure, and what each figure means."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.conversations import counting
from muhatap.insight import checking, figures, listing, reports
from muhatap.insight.figures import FIGURES
from muhatap.insight.listing import Cursor, Wanted
from muhatap.shared import clock
from muhatap.web.common import charts, times
from muhatap.web.common.display import ViewGroup, ViewLink
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.unseen import hidden
from muhatap.web.insight import boards, filters, lines
from muhatap.web.insight.filters import Filters
from muhatap.web.insight.voice import around as voice

PAGE = 50  # rows
SHOWN = {"today", "7d", "30d", "90d"}  # presets that stand as links; all are in the form


@needs("insight.own")
def overview(request: HttpRequest) -> HttpResponse:
    wanted = filters.read(request)
    now, over = reports.period(wanted.cut), charts.spans(wanted)
    then = reports.period(reports.before(wanted.cut))
    drawn = [boards.flow(wanted, now, over), boards.response(wanted, now, over)]
    if not wanted.person:
        drawn.append(boards.backlog(wanted, over))
    page = {
        "sentence": boards.sentence(wanted, now),
        "cards": boards.cards(wanted, now, then),
        "waiting": times.count(counting.waiting(visitor(request))),
        "waiting_sentence": figures.WAITING,
        "charts": drawn,
        "hours": boards.hours(wanted, now),
        "hours_text": FIGURES["answered" if wanted.person else "received"].sentence,
        "hours_csv": wanted.url("export", table="hours"),
        "is_first_day": not any(tally.n for tally in now.whole.values()),
    }
    return render(request, "insight/overview.html", page | around(wanted, "overview"))


@needs("insight.own")
def people(request: HttpRequest) -> HttpResponse:
    """Who did how much; an agent sees their own row."""
    wanted = filters.read(request)
    tables = [(_("People"), "person", boards.table(wanted, "person"))]
    if not wanted.is_own:
        tables += [
            (_("Inboxes"), "inbox", boards.table(wanted, "inbox")),
            (_("Teams"), "team", boards.table(wanted, "team")),
        ]
    page = {
        "tables": [
            {"title": title, "rows": rows, "csv_url": wanted.url("export", table=name)}
            for title, name, rows in tables
            if rows
        ],
        "heads": boards.heads(),
    }
    return render(request, "insight/people.html", page | around(wanted, "people"))


@needs("insight.own")
def ratings(request: HttpRequest) -> HttpResponse:
    wanted = filters.read(request)
    now, then = reports.period(wanted.cut), reports.period(reports.before(wanted.cut))
    rows = listing.page(Wanted(figure="rating", cut=wanted.cut), visitor(request), limit=20)
    page = {
        "cards": boards.some(("rating", "response_rate"), wanted, now, then),
        "scores": boards.scores(wanted, now),
        "rows": lines.rows(rows.rows, "rating", clock.now()),
        "hidden": hidden(rows.n_hidden),
        "all_url": wanted.rows("rating"),
    }
    return render(request, "insight/ratings.html", page | around(wanted, "ratings"))


@needs("insight.own")
def rows(request: HttpRequest) -> HttpResponse:
    """The conversations behind a figure, as far as the reader may see them."""
    wanted = filters.read(request)
    name = request.GET.get("figure", "")
    if name not in FIGURES or (wanted.is_own and not FIGURES[name].is_of_people):
        raise Http404
    asked = _asked(request, name, wanted)
    found = listing.page(asked, visitor(request), before=_cursor(request.GET.get("before", "")), limit=PAGE)
    here = wanted.rows(name, hour=asked.hour, weekday=asked.weekday, score=asked.score)
    page = {
        "figure": FIGURES[name],
        "narrowed": lines.narrowed(asked),
        "rows": lines.rows(found.rows, name, clock.now()),
        "hidden": hidden(found.n_hidden),
        "next_url": f"{here}&before={_token(found.next)}" if found.next else "",
        "csv_url": wanted.url(
            "export", table="rows", figure=name, hour=asked.hour, weekday=asked.weekday, score=asked.score
        ),
        "value_label": lines.value_label(name),
    }
    return render(request, "insight/rows.html", page | around(wanted, "rows"))


@needs("insight.own")
def definitions(request: HttpRequest) -> HttpResponse:
    """Every figure in one sentence, and when they were last compared with the conversations."""
    last = checking.latest()
    page = {
        "figures": [*FIGURES.values()],
        "waiting_sentence": figures.WAITING,
        "checked": times.full(last.at) if last else "",
        "n_cells": times.count(last.n_cells) if last else "",
        "n_differences": len(last.differences) if last else 0,
    }
    return render(request, "insight/definitions.html", page | around(filters.read(request), "definitions"))


def around(wanted: Filters, here: str) -> dict[str, Any]:
    """What stands around every report: the views of the area, and the filters."""
    presets = filters.presets(wanted.today)
    return {
        "views": _views(wanted, here),
        "filters": wanted,
        "period_said": filters.said(wanted),
        "presets": [(name, said, name == wanted.period) for name, (said, _s, _e) in presets.items()],
        "quick": [
            (said, wanted.but(period=name).url(here)) for name, (said, _s, _e) in presets.items() if name in SHOWN
        ]
        if here in ("overview", "people", "ratings")
        else [],
        "choices": {} if wanted.is_own else filters.choices(wanted),
        "here_url": reverse(f"insight:{here}"),
        "calendar_url": wanted.but(is_working=not wanted.is_working).url(here),
    }


def _views(wanted: Filters, here: str) -> tuple[ViewGroup, ...]:
    links = [
        ("overview", _("Overview"), "chart-line"),
        ("people", _("My work") if wanted.is_own else _("Workload"), "users"),
        ("ratings", _("Ratings"), "smile"),
        ("definitions", _("What the figures mean"), "book-open-text"),
    ]
    shown = [
        ViewLink(label=label, url=wanted.url(name), icon=icon, is_here=name == here) for name, label, icon in links
    ]
    if not wanted.is_own:
        shown.insert(1, ViewLink(label=_("Web site"), url=reverse("web:overview"), icon="mouse-pointer-click"))
    if not wanted.is_own:
        shown.insert(-1, ViewLink(label=_("Surveys"), url=reverse("surveys:list"), icon="smile"))
    shown.insert(-1, ViewLink(label=_("Promises"), url=reverse("promises:report"), icon="handshake"))
    if not wanted.is_own:
        shown.insert(-1, ViewLink(label=_("Cost of quality"), url=reverse("cases:report"), icon="coins"))
    return (ViewGroup(title=_("Insight"), links=tuple(shown)), voice.group())


def _asked(request: HttpRequest, name: str, wanted: Filters) -> Wanted:
    given = request.GET
    return Wanted(
        figure=name,
        cut=wanted.cut,
        hour=filters.number(given, "hour", most=23),
        weekday=filters.number(given, "weekday", most=6),
        score=filters.number(given, "score", most=5),
    )


def _cursor(text: str) -> Cursor | None:
    at, _tilde, number = text.partition("~")
    try:
        moment, row = datetime.fromisoformat(at), int(number[:19])
    except ValueError:
        return None
    return Cursor(moment, row) if moment.tzinfo and 0 < row < 2**63 else None


def _token(cursor: Cursor) -> str:
    return f"{cursor.at.isoformat().replace('+', '%2B')}~{cursor.id}"
