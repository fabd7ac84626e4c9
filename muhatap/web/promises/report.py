"""The report: how many promises are kept, and what they cost in hours and money, by kind, team and person."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from muhatap.accounts import audit
from muhatap.accounts.models import Team, User
from muhatap.contacts.exporting import harmless
from muhatap.insight.valued import by_value
from muhatap.service import promises as figures
from muhatap.service.models import Promise
from muhatap.service.promises import Tally
from muhatap.shared import clock
from muhatap.web.common import spreadsheets, times
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.tables import Card, Cell, Row
from muhatap.web.promises import asked, pages, words
from muhatap.web.promises.asked import Asked

COLUMNS = ("owed", "in_time", "late", "broken", "overdue", "put_off", "withdrawn")
PERIODS = (30, 90, 365)
NONE = 0


@require_GET
@needs("insight.own")
def show(request: HttpRequest) -> HttpResponse:
    user, now = visitor(request), clock.now()
    wanted = asked.for_report(request, now=now)
    found = asked.rows(wanted, user, at=now)
    whole = figures.tally(found, at=now)
    page = {
        "sentence": _sentence(whole),
        "said": " – ".join(times.day(day) for day in (wanted.start, wanted.end) if day),
        "cards": _cards(whole, wanted),
        "tables": [
            (title, name, rows, wanted.url("export", table=name))
            for name, title in _tables(wanted)
            if (rows := _rows(name, wanted, user, now))
        ],
        "heads": _heads(),
        "all_url": wanted.url("export"),
        "periods": _periods(wanted, now),
        "wanted": wanted,
        "views": pages.views("report", user),
    }
    return render(request, "promises/report.html", page)


@require_GET
@needs("insight.own")
def export(request: HttpRequest) -> Any:  # a stream, which Django does not count among its HttpResponses
    """A table of the report as a file, or the promises themselves; no cell runs as a formula."""
    user, now = visitor(request), clock.now()
    wanted = asked.for_report(request, now=now)
    table = request.GET.get("table", "")
    rows = _all(wanted, user, now) if table not in dict(_tables(wanted)) else _each(table, wanted, user, now)
    audit.record(
        by=user, at=now, act="promises.exported", kind="promise", id="", name=table, filters=dict(wanted.pairs())
    )
    lines = ([harmless(cell) for cell in row] for row in rows)
    name = f"promises-{timezone.localtime(now):%Y-%m-%d}"
    return spreadsheets.answer(lines, name=name, is_xlsx=request.GET.get("as") == "xlsx")


def _sentence(whole: Tally) -> str:
    if whole.share is None:
        return _("No promise was due in these days.")
    told = {"kept": times.count(whole.kept), "n": times.count(whole.n_owed), "share": times.percent(whole.share)}
    said = _("%(kept)s of %(n)s promises were kept in time, %(share)s") % told
    cost = words.cost(whole.minutes, whole.costs)
    if not cost:
        return f"{said}."
    took = (
        _("%(said)s; they took %(cost)s.") if whole.told == whole.ended else _("%(said)s; they took at least %(cost)s.")
    )
    return took % {"said": said, "cost": cost}


def _cards(whole: Tally, wanted: Asked) -> list[Card]:
    share = times.percent(whole.share) if whole.share is not None else "–"
    took = words.cost(whole.minutes, whole.costs) or "–"
    expected = words.cost(whole.expected_minutes, whole.expected_costs)
    return [
        Card(
            label=_("Kept in time"),
            value=share,
            under=_("%(kept)s of %(n)s") % {"kept": whole.kept, "n": whole.n_owed},
            sentence=_(
                "Of promises due in these days, those kept by then, as people say; overdue ones count as not kept."
            ),
            url=wanted.but(state="in_time").url(),
        ),
        Card(
            label=_("Overdue and open"),
            value=times.count(whole.overdue),
            under="",
            sentence=_("Their moment is over, and nobody has said yet how they ended."),
            url=wanted.but(state="overdue").url(),
        ),
        Card(
            label=_("Broken"),
            value=times.count(whole.broken),
            under="",
            sentence=_("Somebody said so, with the reason."),
            url=wanted.but(state="broken").url(),
        ),
        Card(
            label=_("What they took"),
            value=took,
            under=_("%(cost)s expected") % {"cost": expected} if expected else "",
            sentence=_("Hours and money written down at their end, whatever the end was."),
            url=wanted.but(state="said").url(),
            notes=_told(whole, wanted),
        ),
    ]


def _told(whole: Tally, wanted: Asked) -> tuple[Cell, ...]:
    """Kept at one press, a promise says nothing of what it took: then the cost is more than what stands here."""
    if not whole.ended:
        return ()
    said = ngettext(
        "%(n)s of %(m)s ended promise says what it took",
        "%(n)s of %(m)s ended promises say what they took",
        whole.ended,
    )
    told = Cell(
        text=said % {"n": times.count(whole.told), "m": times.count(whole.ended)},
        url=wanted.but(state="told").url() if whole.told else "",
    )
    n = whole.ended - whole.told
    missing = ngettext("%(n)s does not", "%(n)s do not", n) % {"n": times.count(n)}
    return (told, Cell(text=missing, url=wanted.but(state="untold").url())) if n else (told,)


def _tables(wanted: Asked) -> list[tuple[str, str]]:
    found = [("kind", _("By kind")), ("value", _("By what the customer’s orders come to"))]
    return found if wanted.whose == asked.MINE else [*found, ("team", _("By team")), ("person", _("By person"))]


def _heads() -> list[str]:
    counts = [words.state_label(name) for name in COLUMNS]
    return [counts[0], _("Share"), *counts[1:], _("Time"), _("Money")]


def _rows(name: str, wanted: Asked, user: User, now: datetime) -> list[Row]:
    field = {"kind": "kind", "value": "value", "team": "team_id", "person": "by_id"}[name]
    found = asked.rows(wanted, user, at=now)
    cells = figures.tallies(by_value(found) if name == "value" else found, field, at=now)
    called = _names(name)
    return [
        Row(name=called(key), cells=_cells(tally, wanted.but(**_narrowed(name, key))))
        for key, tally in sorted(cells.items(), key=lambda one: -one[1].n)
    ]


def _narrowed(name: str, key: str) -> dict[str, Any]:
    if key == "None":
        return {name: NONE}
    return {name: key if name in ("kind", "value") else int(key)}


def _names(name: str) -> Callable[[str], str]:
    if name == "kind":
        return lambda key: str(Promise.Kind(key).label)
    if name == "value":
        return words.segment
    table: Any = Team if name == "team" else User
    known = {str(row.pk): str(row) for row in table.objects.all()}
    return lambda key: known.get(key, _("Without a team") if name == "team" else "–")


def _cells(tally: Tally, wanted: Asked) -> tuple[Cell, ...]:
    values = (tally.n_owed, tally.kept, tally.late, tally.broken, tally.overdue, tally.put_off, tally.withdrawn)
    counts = [
        Cell(text=times.count(n), url=wanted.but(state=state).url() if n else "")
        for state, n in zip(COLUMNS, values, strict=True)
    ]
    share = Cell(text=times.percent(tally.share) if tally.share is not None else "–")
    rest = (words.cost(tally.minutes, ()), words.cost(None, tally.costs))
    url = wanted.but(state="said").url()
    return (counts[0], share, *counts[1:], *(Cell(text=text or "–", url=url if text else "") for text in rest))


def _periods(wanted: Asked, now: datetime) -> list[tuple[str, str, bool]]:
    today = timezone.localtime(now).date()
    spans = [(n, today - timedelta(days=n - 1)) for n in PERIODS]
    return [
        (
            _("Last %(n)s days") % {"n": n},
            wanted.but(start=start, end=today).url("report"),
            (wanted.start, wanted.end) == (start, today),
        )
        for n, start in spans
    ]


def _each(table: str, wanted: Asked, user: User, now: datetime) -> Iterator[list[str]]:
    yield [dict(_tables(wanted))[table], *_heads()]
    for row in _rows(table, wanted, user, now):
        yield [row.name, *(cell.text for cell in row.cells)]


def _all(wanted: Asked, user: User, now: datetime) -> Iterator[list[str]]:
    yield [
        _("Number"), _("Contact"), _("What was promised"), _("Kind"), _("By whom"), _("Promised at"), _("First due"),
        _("Due"), _("State"), _("Ended at"), _("Expected minutes"), _("Expected cost"), _("Minutes it took"),
        _("Money it took"), _("Currency"), _("Why"),
    ]  # fmt: skip
    found = asked.rows(wanted, user, at=now).select_related("contact", "by").prefetch_related("endings")
    for row in found.order_by("due_at", "pk").iterator(chunk_size=500):
        ending = row.ending
        moments = [
            f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""
            for at in (row.made_at, row.first_due_at, row.due_at, row.ended_at)
        ]
        numbers = [
            row.expected_minutes,
            row.expected_cost,
            *((ending.actual_minutes, ending.actual_cost) if ending else (None, None)),
        ]
        yield [
            str(row.pk), str(row.contact), row.what, row.get_kind_display(), str(row.by), *moments[:3],
            words.state_label(words.became(row, now)), moments[3],
            *("" if value is None else f"{value.normalize():f}" if hasattr(value, "normalize") else str(value) for value in numbers),
            row.currency, ending.why if ending else "",
        ]  # fmt: skip
