"""The list of promises: mine, my team's, all; open, overdue, kept, broken, withdrawn."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from muhatap.accounts.models import Team, User
from muhatap.accounts.permissions import may
from muhatap.flow import promises
from muhatap.service.models import Promise
from muhatap.service.promises import states
from muhatap.shared import clock
from muhatap.web.common import times
from muhatap.web.common.display import ViewGroup, ViewLink
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.unseen import hidden
from muhatap.web.promises import asked, lines, words
from muhatap.web.promises.asked import ALL, MINE, TEAM, Asked

PAGE = 50
SOON = timedelta(days=1)
AHEAD_FIRST = {"open", "ahead", "overdue"}


@require_GET
@needs("promises.read")
def listing(request: HttpRequest) -> HttpResponse:
    user, now = visitor(request), clock.now()
    wanted = asked.read(request, now=now)
    found = _page(asked.rows(wanted, user, at=now), wanted, request.GET.get("before", ""))
    shown, more = found[:PAGE], found[PAGE:]
    page = {
        "sentence": sentence(user, now),
        "lines": lines.lines(shown, user, now),
        "wanted": wanted,
        "narrowed": _narrowed(wanted),
        "states": [
            (words.state_label(name), wanted.but(state=name).url(), name == wanted.state)
            for name in dict.fromkeys([*words.STATES, wanted.state])
        ],
        "people": [(said, wanted.but(whose=name).url(), name == wanted.whose) for name, said in _whose()],
        "hidden": hidden(asked.n_hidden(wanted, user, at=now)),
        "next_url": wanted.url(before=_token(shown[-1])) if more else "",
        "here": request.get_full_path(),
        "views": views("list", user),
    }
    return render(request, "promises/list.html", page)


def sentence(user: User, now: datetime) -> str:
    """What of one's own promises matters now, before any list."""
    mine = promises.visible_to(user).filter(by=user)
    n_over = mine.filter(states(now)["overdue"]).count()
    n_soon = mine.filter(states(now)["ahead"], due_at__lte=now + SOON).count()
    soon = ngettext(
        "%(n)s promise of yours is due within a day", "%(n)s promises of yours are due within a day", n_soon
    ) % {"n": times.count(n_soon)}
    if not n_over:
        return _("%(soon)s.") % {"soon": soon} if n_soon else _("None of your promises is overdue.")
    over = ngettext("%(n)s promise of yours is overdue", "%(n)s promises of yours are overdue", n_over) % {
        "n": times.count(n_over)
    }
    return _("%(over)s, %(soon)s.") % {"over": over, "soon": soon} if n_soon else _("%(over)s.") % {"over": over}


def views(here: str, user: User) -> tuple[ViewGroup, ...]:
    """The second list of the navigation."""
    links = [ViewLink(label=_("Promises"), url=reverse("promises:list"), icon="handshake", is_here=here == "list")]
    if may(user, "insight.own"):
        url = reverse("promises:report")
        links.append(ViewLink(label=_("Kept and cost"), url=url, icon="chart-line", is_here=here == "report"))
    if may(user, "cases.read"):
        links.append(ViewLink(label=_("Cases"), url=reverse("cases:list"), icon="briefcase"))
    return (ViewGroup(title=_("Promises"), links=tuple(links)),)


def _whose() -> list[tuple[str, str]]:
    return [(MINE, _("Mine")), (TEAM, _("My team’s")), (ALL, _("Everybody’s"))]


def _narrowed(wanted: Asked) -> list[tuple[str, str]]:
    """What a figure of the report narrowed the list to: the words, and the address without it."""
    told: list[tuple[str, str]] = []
    if wanted.kind:
        told.append((str(Promise.Kind(wanted.kind).label), wanted.but(kind="").url()))
    if wanted.start or wanted.end:
        said = " – ".join(times.day(day) for day in (wanted.start, wanted.end) if day)
        told.append((said, wanted.but(start=None, end=None).url()))
    if wanted.team is not None:
        team = Team.objects.filter(pk=wanted.team).first()
        said = str(team) if team else _("One team") if wanted.team else _("Without a team")
        told.append((said, wanted.but(team=None).url()))
    if wanted.value:
        told.append((words.segment(wanted.value), wanted.but(value="").url()))
    if wanted.person:
        person = User.objects.filter(pk=wanted.person).first()
        told.append((str(person) if person else _("One person"), wanted.but(person=None).url()))
    return told


def _page(rows: QuerySet[Promise], wanted: Asked, before: str) -> list[Promise]:
    """One more than a page, the next to be due first; what is over, the latest first."""
    is_ahead = wanted.state in AHEAD_FIRST
    if cursor := _cursor(before):
        at, number = cursor
        side = "gt" if is_ahead else "lt"
        rows = rows.filter(Q(**{f"due_at__{side}": at}) | Q(due_at=at, **{f"pk__{side}": number}))
    order = ("due_at", "pk") if is_ahead else ("-due_at", "-pk")
    return list(rows.select_related("contact", "by").order_by(*order)[: PAGE + 1])


def _token(row: Promise) -> str:
    return f"{row.due_at.isoformat()}~{row.pk}"


def _cursor(text: str) -> tuple[datetime, int] | None:
    at, _tilde, number = text.partition("~")
    try:
        moment, row = datetime.fromisoformat(at), int(number[:18])
    except ValueError:
        return None
    return (moment, row) if moment.tzinfo else None
