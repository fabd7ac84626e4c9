"""How an inbox is doing: each number leads to its rows, and what can be mended has its button."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.accounts.permissions import may
from muhatap.channels.email import mailbox
from muhatap.channels.email.models import Errand, Mailbox
from muhatap.channels.email.trouble import Trouble
from muhatap.channels.models import Inbox
from muhatap.interactions import outbox
from muhatap.interactions.models import Outgoing, Quarantine, RawItem
from muhatap.shared import clock
from muhatap.web.common import reading, times
from muhatap.web.common.display import Pages
from muhatap.web.common.doors import needs, visitor
from muhatap.web.settings import reach
from muhatap.web.settings.span_form import SpanForm

DAYS = 30  # what the numbers look back on; counting all rows would slow the page as the years pass
N_ROWS = 50
State = Outgoing.State
STATES = {
    "waiting": (State.QUEUED, State.HANDING),
    "sent": (State.ACCEPTED, State.DELIVERED, State.READ),
    "failed": (State.FAILED, State.BOUNCED),
    "uncertain": (State.UNCERTAIN,),
}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number, what it counts, and the page with its rows."""

    label: str
    value: str
    url: str = ""
    note: str = ""
    tone: str = ""


@needs("inboxes.read")
def show(request: HttpRequest, pk: int) -> HttpResponse:
    user = visitor(request)
    inbox = get_object_or_404(reach.looked_after(user).select_related("team"), pk=pk)
    template = "settings/_health.html" if getattr(request, "htmx", False) else "settings/health.html"
    has_rows = reach.readable(user).filter(pk=pk).exists()
    return render(request, template, _state_of(inbox, has_rows) | {"may_edit": may(user, "inboxes.edit")})


@require_POST
@needs("inboxes.edit")
def fetch(request: HttpRequest, pk: int) -> HttpResponse:
    """The buttons: fetch now, fetch what is missing, fetch older mail."""
    inbox = get_object_or_404(Inbox, pk=pk, kind="email")
    kind = request.POST.get("kind", "")
    since_on = _day(request.POST.get("since_on", ""))
    if kind not in Errand.Kind.values or (kind == Errand.Kind.BACKFILL and since_on is None):
        messages.error(request, _("Say from which day on. Nothing was asked for."))
        return redirect("settings:health", pk)
    mailbox.ask(inbox=inbox, kind=Errand.Kind(kind), by=visitor(request), at=clock.now(), since_on=since_on)
    return redirect("settings:health", pk)


@require_POST
@needs("inboxes.edit")
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    mailbox.stop(inbox=get_object_or_404(Inbox, pk=pk, kind="email"), by=visitor(request), at=clock.now())
    return redirect("settings:health", pk)


@needs("inboxes.read")
def items(request: HttpRequest, pk: int) -> HttpResponse:
    """What came in, newest first."""
    return items_page(request, get_object_or_404(reach.readable(visitor(request)), pk=pk), SpanForm())


def items_page(request: HttpRequest, inbox: Inbox, span: SpanForm) -> HttpResponse:
    """The rows that came in, with the form to read those of a span again."""
    found = (
        RawItem.objects.filter(inbox=inbox)
        .select_related("interaction__message")
        .defer("raw")
        .order_by("-received_at", "-id")
    )
    rows, pages = _paged(request, found, "received_at")
    lines = [{"item": row, "interaction": getattr(row, "interaction", None), "message": _message(row)} for row in rows]
    page = {"inbox": inbox, "lines": lines, "pages": pages, "form": span, "table_name": _("What came in")}
    page["may_replay"] = may(visitor(request), "intake.replay")
    return render(request, "settings/items.html", page, status=422 if span.errors else 200)


@needs("inboxes.read")
def outgoing(request: HttpRequest, pk: int) -> HttpResponse:
    """What was or is to be sent, in one state."""
    inbox = get_object_or_404(reach.readable(visitor(request)), pk=pk)
    state = request.GET.get("state", "waiting")
    state = state if state in STATES else "waiting"
    found = Outgoing.objects.filter(_is(state, clock.now()), inbox=inbox)
    found = found.select_related("interaction__message", "interaction__contact")
    rows, pages = _paged(request, found.order_by("-state_at", "-id"), "state_at")
    lines = [{"row": row, "message": getattr(row.interaction, "message", None)} for row in rows]
    tabs = [(name, label, name == state) for name, label in _state_labels().items()]
    page = {"inbox": inbox, "lines": lines, "pages": pages, "tabs": tabs, "state": state}
    page["table_name"] = _("What went out")
    return render(request, "settings/outgoing.html", page)


def _state_of(inbox: Inbox, has_rows: bool) -> dict[str, Any]:
    """Numbers lead to their rows for whoever may read those."""
    now = clock.now()
    box = Mailbox.objects.filter(inbox=inbox).first()
    errands = list(Errand.objects.filter(mailbox=box).order_by("-id")[:5]) if box else []
    figures = [*_fetched(inbox, box, now), *_sent(inbox, now)]
    return {
        "inbox": inbox,
        "mailbox": box,
        "trouble": _trouble(box, now),
        "figures": figures if has_rows else [replace(figure, url="") for figure in figures],
        "errands": [_errand(each) for each in errands],
        "is_busy": any(each.done_at is None for each in errands),
        "n_missing": (box.n_on_server - box.n_here) if box else 0,
        "days": DAYS,
    }


def _trouble(box: Mailbox | None, now: datetime) -> dict[str, str] | None:
    if box is None or not box.trouble:
        return None
    title = str(Trouble(box.trouble).label)
    since = _("Since %(when)s. We keep trying; mail waits on the server and is not lost.") % {
        "when": times.stamp(box.trouble_since or now, now)
    }
    return {"title": title, "text": since, "detail": box.trouble_detail}


def _fetched(inbox: Inbox, box: Mailbox | None, now: datetime) -> list[Figure]:
    since = now - timedelta(days=DAYS)
    n_items = RawItem.objects.filter(inbox=inbox, received_at__gte=since).count()
    n_waiting = Quarantine.objects.filter(item__inbox=inbox, released_at=None).count()
    came = Figure(label=_("Came in"), value=times.count(n_items), url=reverse("settings:items", args=[inbox.pk]))
    held = Figure(
        label=_("In quarantine"),
        value=times.count(n_waiting),
        url=f"{reverse('settings:quarantine')}?inbox={inbox.pk}",
        tone="soon" if n_waiting else "",
    )
    if box is None:
        return [came, held]
    as_of = times.stamp(box.reconciled_at, now) if box.reconciled_at else _("Not compared yet")
    n_missing = box.n_on_server - box.n_here
    return [
        Figure(label=_("Last fetched"), value=times.stamp(box.last_ok_at, now) if box.last_ok_at else _("Never")),
        Figure(label=_("Read up to"), value=times.count(box.cursor), note=_("number on the server")),
        Figure(label=_("On the server"), value=times.count(box.n_on_server), note=as_of),
        Figure(
            label=_("Of these here"),
            value=times.count(box.n_here),
            note=as_of,
            tone="soon" if n_missing else "",
            url=came.url,
        ),
        came,
        held,
    ]


def _sent(inbox: Inbox, now: datetime) -> list[Figure]:
    since = now - timedelta(days=DAYS)
    counted = dict(
        Outgoing.objects.filter(inbox=inbox, state_at__gte=since)
        .values_list("state")
        .annotate(n=Count("id"))
        .values_list("state", "n")
    )
    n_long = Outgoing.objects.filter(_takes_long(now), inbox=inbox, state_at__gte=since).count()
    moved = {"waiting": -n_long, "uncertain": n_long}
    tones = {"failed": "late", "uncertain": "soon"}
    figures = []
    for name, label in _state_labels().items():
        n = sum(counted.get(state, 0) for state in STATES[name]) + moved.get(name, 0)
        url = f"{reverse('settings:outgoing', args=[inbox.pk])}?state={name}"
        figures.append(Figure(label=label, value=times.count(n), url=url, tone=tones.get(name, "") if n else ""))
    return figures


def _is(name: str, now: datetime) -> Q:
    """What is being handed over for long is not known to have gone, either."""
    found = Q(state__in=STATES[name])
    if name == "uncertain":
        return found | _takes_long(now)
    return found & ~_takes_long(now) if name == "waiting" else found


def _takes_long(now: datetime) -> Q:
    return Q(state=State.HANDING, state_at__lt=now - outbox.TAKES_LONG)


def _state_labels() -> dict[str, str]:
    return {
        "waiting": _("Waiting to be sent"),
        "sent": _("Sent"),
        "failed": _("Not sent or returned"),
        "uncertain": _("Not known whether it went"),
    }


def _errand(errand: Errand) -> dict[str, Any]:
    said = _("%(done)s of %(total)s, %(new)s new") % {
        "done": times.count(errand.n_done),
        "total": times.count(errand.n_total),
        "new": times.count(errand.n_new),
    }
    since = f" · {errand.since_on:%d.%m.%Y}" if errand.since_on else ""
    return {
        "name": f"{errand.get_kind_display()}{since}",
        "errand": errand,
        "said": said if errand.kind != Errand.Kind.FETCH else "",
    }


def _paged(request: HttpRequest, found: Any, field: str) -> tuple[list[Any], Pages]:
    """A page by key: rows before (moment, id), one more than shown tells whether there is a next."""
    before, before_id = clock.read(request.GET.get("before", "")), reading.number(request.GET.get("id"))
    if before and before_id:
        found = found.filter(**{f"{field}__lte": before}).exclude(**{field: before, "id__gte": before_id})
    rows = list(found[: N_ROWS + 1])
    if len(rows) <= N_ROWS:
        return rows, Pages()
    last = rows[N_ROWS - 1]
    query = request.GET.copy()
    query["before"], query["id"] = getattr(last, field).isoformat(), str(last.pk)
    return rows[:N_ROWS], Pages(next_url=f"?{query.urlencode()}")


def _message(item: RawItem) -> Any:
    return getattr(getattr(item, "interaction", None), "message", None)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2200 else None
