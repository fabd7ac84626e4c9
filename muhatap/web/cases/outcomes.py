"""The cases behind the costs: how many were opened, came back and were resolved in time, by cause and by product."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muhatap.accounts.models import User
from muhatap.service import case_figures
from muhatap.service.case_figures import Outcome
from muhatap.web.cases import asked, cuts
from muhatap.web.cases.asked import NONE, Asked
from muhatap.web.cases.counted import Counted
from muhatap.web.common import times
from muhatap.web.common.tables import Cell, Row

PREFIX = "cases-"  # before the name of a cut: costs have tables of the same names


def titles() -> list[tuple[str, str]]:
    return [(f"{PREFIX}cause", _("Cases by cause")), (f"{PREFIX}product", _("Cases by product"))]


def heads() -> list[str]:
    return [
        _("Cases opened"),
        _("Came back from an earlier one"),
        _("Median time to resolve"),
        _("Resolved in time"),
        _("Late"),
    ]


def behind(counted: Counted) -> Asked:
    """The cases opened on these days, of the same cause, product and team, as their list is asked for them."""
    only_cause = NONE if counted.cause == NONE else counted.only_cause
    return Asked(
        state="all",
        cause=counted.cause or None,
        only_cause=only_cause,
        product=counted.product,
        team=counted.team,
        start=counted.start,
        end=counted.end,
    )


def table(title: str, wanted: Asked, user: User, *, at: datetime, most: int | None = None) -> list[Row]:
    """All of them in a line, then a line for each value, the most frequent first, the rest beyond `most` in one line."""
    name, rows = title.removeprefix(PREFIX), asked.rows(wanted, user, at=at)
    found = case_figures.outcomes_by(rows, name, at=at)
    if not found:
        return []
    keys = sorted(found, key=lambda key: (-found[key].n, key or NONE))
    shown, rest = keys[:most], keys[most:] if most else []
    called = cuts.names(name, shown)
    lines = [_row(_("All of them"), case_figures.outcome(rows, at=at), wanted)]
    lines += [_row(called(key), found[key], _narrowed(wanted, name, key)) for key in shown]
    if rest:
        title = ngettext("%(n)s other", "%(n)s others", len(rest)) % {"n": times.count(len(rest))}
        together = case_figures.outcome(case_figures.but(rows, name, shown), at=at)
        lines.append(_row(title, together, wanted.but(others=(name, *(str(key or NONE) for key in shown)))))
    return lines


def file(title: str, wanted: Asked, user: User, *, at: datetime) -> Iterator[list[str]]:
    yield [dict(titles())[title], *heads()]
    for row in table(title, wanted, user, at=at):
        yield [row.name, *(cell.text for cell in row.cells)]


def timed(wanted: Asked, user: User, *, at: datetime) -> tuple[Cell, ...]:
    """How many say what time they took: where nobody writes it down, they cost more than the figure says."""
    n, n_timed = (asked.rows(wanted.but(state=state), user, at=at).count() for state in ("all", "timed"))
    if not n:
        return ()
    said = ngettext("%(n)s of %(m)s case has time written down", "%(n)s of %(m)s cases have time written down", n) % {
        "n": times.count(n_timed),
        "m": times.count(n),
    }
    told = _cell(said, n_timed, wanted.but(state="timed"))
    missing = ngettext("%(n)s has none", "%(n)s have none", n - n_timed) % {"n": times.count(n - n_timed)}
    return (told, _cell(missing, 1, wanted.but(state="untimed"))) if n > n_timed else (told,)


def _narrowed(wanted: Asked, name: str, key: int | None) -> Asked:
    return wanted.but(**{"only_cause" if name == "cause" else name: key or NONE})


def _row(name: str, told: Outcome, wanted: Asked) -> Row:
    median = times.span(told.median) if told.median is not None else "–"
    cells = (
        _cell(times.count(told.n), told.n, wanted),
        _cell(_share(told.share_repeated, told.repeated), told.repeated, wanted.but(state="repeated")),
        _cell(median, told.ended, wanted.but(state="ended")),
        _cell(_share(told.share_in_time, told.in_time), told.in_time, wanted.but(state="in_time")),
        _cell(times.count(told.late), told.late, wanted.but(state="late")),
    )
    return Row(name=name, cells=cells)


def _share(share: float | None, n: int) -> str:
    if share is None:
        return "–"
    return _("%(share)s (%(n)s)") % {"share": times.percent(share), "n": times.count(n)}


def _cell(text: str, n: int, wanted: Asked) -> Cell:
    return Cell(text=text, url=wanted.url() if n else "")
