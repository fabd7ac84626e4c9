"""The list of cases, with its filters in the address, and the same as a file."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from muhatap.accounts import audit
from muhatap.accounts.models import Team, User
from muhatap.accounts.permissions import may
from muhatap.contacts import paging
from muhatap.contacts.exporting import harmless
from muhatap.contacts.paging import Cursor
from muhatap.flow import cases
from muhatap.sales.models import Product
from muhatap.service import case_views, casework, causes
from muhatap.service.models import Case, Cause
from muhatap.shared import clock
from muhatap.web.cases import asked, lines, saved, words
from muhatap.web.cases.asked import ALL, MINE, NONE, ORDERS, TEAM, Asked
from muhatap.web.common import spreadsheets, times
from muhatap.web.common.display import Pages, ViewGroup, ViewLink
from muhatap.web.common.doors import needs, visitor

AT_ONCE = 500
MOST_EXPORTED = 100_000


@require_GET
@needs("cases.read")
def listing(request: HttpRequest) -> HttpResponse:
    user, now = visitor(request), clock.now()
    wanted, view = asked.read(request, now=now), saved.chosen(request)
    column, is_down = ORDERS[wanted.order]
    found = paging.by_key(
        asked.rows(wanted, user, at=now), column, is_down=is_down, cursor=Cursor.read(request.GET.get("at", ""))
    )
    page = {
        "sentence": sentence(user, now),
        "lines": lines.lines(found.rows, now),
        "wanted": wanted,
        "narrowed": _narrowed(wanted),
        "states": [
            (words.state_label(name), wanted.but(state=name).url(), name == wanted.state)
            for name in dict.fromkeys([*words.STATES, wanted.state])
        ],
        "people": [(said, wanted.but(whose=name).url(), name == wanted.whose) for name, said in _whose()],
        "orders": [(said, wanted.but(order=name).url(), name == wanted.order) for name, said in _orders()],
        "kinds": Case.Kind.choices,
        "causes": [(cause.pk, path) for cause, path in causes.offered()],
        "pages": Pages(previous_url=_at(wanted, found.previous), next_url=_at(wanted, found.next)),
        "export_url": wanted.url("export") if may(user, "cases.export") else "",
        "here": request.get_full_path(),
        "title": view.name if view else _("Cases"),
        "may_keep": wanted.but(order="due") != Asked(),
        "pairs": wanted.pairs(),
        "remove_url": reverse("cases:remove_view", args=[view.pk])
        if view and case_views.may_change(user, view)
        else "",
        "views": views(f"view:{view.pk}" if view else "list", user),
    }
    return render(request, "cases/list.html", page)


@require_GET
@needs("cases.export")
def export(request: HttpRequest) -> Any:  # a stream, which Django does not count among its HttpResponses
    """The cases that the address asks for, one a row; no cell runs as a formula."""
    user, now = visitor(request), clock.now()
    wanted = asked.read(request, now=now)
    audit.record(by=user, at=now, act="cases.exported", kind="case", id="", filters=dict(wanted.pairs()))
    rows = ([harmless(cell) for cell in row] for row in _rows(wanted, user, now))
    name = f"cases-{timezone.localtime(now):%Y-%m-%d}"
    return spreadsheets.answer(rows, name=name, is_xlsx=request.GET.get("as") == "xlsx")


def sentence(user: User, now: datetime) -> str:
    """What matters of all cases one may read, before any list."""
    standing = cases.visible_to(user).filter(casework.states(now)["standing"])
    n = standing.count()
    if not n:
        return _("No case is open.")
    n_over = standing.filter(due_at__lte=now).count()
    n_nobodys = standing.filter(owner=None).count()
    open_ones = ngettext("%(n)s case is open", "%(n)s cases are open", n) % {"n": times.count(n)}
    over = ngettext("%(n)s is overdue", "%(n)s are overdue", n_over) % {"n": times.count(n_over)}
    nobodys = ngettext("%(n)s is nobody’s", "%(n)s are nobody’s", n_nobodys) % {"n": times.count(n_nobodys)}
    parts = [open_ones, *(text for count, text in ((n_over, over), (n_nobodys, nobodys)) if count)]
    return f"{', '.join(parts)}."


def views(here: str, user: User) -> tuple[ViewGroup, ...]:
    """The second list of the navigation."""
    found = [ViewLink(label=_("Cases"), url=reverse("cases:list"), icon="briefcase", is_here=here == "list")]
    for name, label, icon, permission in (
        ("report", _("Cost of quality"), "chart-line", "costs.read"),
        ("causes", _("Causes"), "list-tree", "service.edit"),
        ("rates", _("What an hour costs"), "timer", "service.edit"),
    ):
        if may(user, permission):
            found.append(ViewLink(label=label, url=reverse(f"cases:{name}"), icon=icon, is_here=here == name))
    if may(user, "promises.read"):
        found.append(ViewLink(label=_("Promises"), url=reverse("promises:list"), icon="handshake"))
    return (ViewGroup(title=_("Cases"), links=tuple(found)), *saved.group(user, here))


def _whose() -> list[tuple[str, str]]:
    return [(ALL, _("Everybody’s")), (MINE, _("Mine")), (TEAM, _("My team’s"))]


def _orders() -> list[tuple[str, str]]:
    return [("due", _("Due first")), ("newest", _("Newest first")), ("oldest", _("Oldest first"))]


def _narrowed(wanted: Asked) -> list[tuple[str, str]]:
    """What else the list is narrowed to: the words, and the address without it."""
    told: list[tuple[str, str]] = []
    if wanted.kind:
        told.append((str(Case.Kind(wanted.kind).label), wanted.but(kind="").url()))
    told += _named(wanted)
    if wanted.others:
        told.append((_("The others of a table"), wanted.but(others=()).url()))
    if wanted.start or wanted.end:
        said = " – ".join(times.day(day) for day in (wanted.start, wanted.end) if day)
        told.append((said, wanted.but(start=None, end=None).url()))
    if wanted.words:
        told.append((f"“{wanted.words}”", wanted.but(words="").url()))
    return told


def _named(wanted: Asked) -> Iterator[tuple[str, str]]:
    """The same of what has a name of its own; of some one can also ask for what has none."""
    named: tuple[tuple[str, Any, str, str], ...] = (
        ("cause", Cause, _("One cause"), ""),
        ("only_cause", Cause, _("One cause"), _("Without a cause")),
        ("product", Product, _("One product"), _("Without a product")),
        ("team", Team, _("One team"), _("Without a team")),
        ("person", User, _("One person"), ""),
    )
    for field, model, one, none in named:
        value = getattr(wanted, field)
        if value or (value == NONE and none):
            row = model.objects.filter(pk=value).first() if value else None
            yield str(row) if row else one if value else none, wanted.but(**{field: None}).url()


def _at(wanted: Asked, cursor: Cursor | None) -> str:
    return wanted.url(at=cursor.token()) if cursor else ""


def _rows(wanted: Asked, user: User, now: datetime) -> Iterator[list[str]]:
    yield [
        _("Number"), _("Title"), _("Contact"), _("Kind"), _("Cause"), _("Whose it is"), _("Team"), _("State"),
        _("Opened at"), _("How it was opened"), _("Due"), _("Ended at"), _("What was done"), _("In words"),
        _("Given"), pgettext("cases", "Repeats"),
    ]  # fmt: skip
    column, is_down = ORDERS[wanted.order]
    found = asked.rows(wanted, user, at=now).prefetch_related("resolutions", "compensations")
    for row in found.order_by(f"{'-' if is_down else ''}{column}", "pk")[:MOST_EXPORTED].iterator(chunk_size=AT_ONCE):
        resolution = row.resolution
        given = [one for one in row.compensations.all() if one.undone_at is None]
        yield [
            str(row.pk), row.title, str(row.contact), row.get_kind_display(), str(row.cause or ""),
            str(row.owner or ""), str(row.team or ""), row.get_state_display(), _moment(row.opened_at),
            row.get_origin_display(), _moment(row.due_at), _moment(row.ended_at),
            resolution.get_kind_display() if resolution else "", resolution.what if resolution else "",
            "; ".join(f"{one.get_kind_display()} {one.amount.normalize():f} {one.currency}" for one in given),
            str(row.former_id or ""),
        ]  # fmt: skip


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""
