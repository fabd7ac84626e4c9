"""The inbox as pages and fragments: what one reads."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from muhatap.conversations import lists
from muhatap.conversations.models import Conversation
from muhatap.conversations.visibility import topics, visible_to
from muhatap.shared import clock
from muhatap.web.common import reading, times
from muhatap.web.common.doors import needs, visitor
from muhatap.web.inbox import card, opened, rows, sidebar
from muhatap.web.inbox.display import ListPane, Page

KEPT_QUERY = 200


@needs("conversations.read")
def front(request: HttpRequest) -> HttpResponse:
    """The inbox: what is assigned to me, or what waits for us when that is nothing."""
    user = visitor(request)
    counts = lists.counts(user)
    return _whole(request, "mine" if counts.get("mine") else "waiting", counts=counts)


@needs("conversations.read")
def view(request: HttpRequest, view: str) -> HttpResponse:
    return _whole(request, view)


@needs("conversations.read")
def conversation(request: HttpRequest, number: int) -> HttpResponse:
    """One conversation: the whole page, or only its panes when a row was opened."""
    found = find(request, number)
    if found.merged_into_id:
        found = find(request, found.merged_into_id)
    if request.htmx and not request.htmx.history_restore_request:  # type: ignore[attr-defined]
        return opened.panes(request, found)
    return _whole(request, request.GET.get("view", "all"), selected=found)


@needs("conversations.read")
def rows_again(request: HttpRequest, view: str) -> HttpResponse:
    """The rows of a view, read again because something happened."""
    pane = _pane(request, view, selected=reading.number(request.GET.get("selected")))
    return render(request, "inbox/_rows.html", {"list": pane})


@needs("conversations.read")
def more(request: HttpRequest, view: str) -> HttpResponse:
    """The rows after those already shown."""
    before = cursor(request.GET.get("before", ""))
    return render(
        request, "inbox/_more.html", {"list": _pane(request, view, before=lists.Cursor(*before) if before else None)}
    )


@needs("conversations.read")
def views(request: HttpRequest) -> HttpResponse:
    """The views with their counts, read again."""
    user = visitor(request)
    counts = lists.counts(user)
    shown = Page(
        views=sidebar.groups(user, request.GET.get("here", ""), counts),
        list=_no_list(),
        n_waiting=_n_waiting(counts),
        **_views_live(request),
    )
    return render(request, "inbox/_views.html", {"page": shown})


@needs("conversations.read")
def thread(request: HttpRequest, number: int) -> HttpResponse:
    """The entries of a conversation, read again; whoever reads them has seen them."""
    found = find(request, number)
    return render(request, "inbox/_thread.html", {"thread": opened.thread(visitor(request), found, clock.now())})


@needs("conversations.read")
def earlier(request: HttpRequest, number: int) -> HttpResponse:
    """The entries before those already shown."""
    found = find(request, number)
    before = cursor(request.GET.get("before", ""))
    if before is None:
        raise Http404
    return render(
        request, "inbox/_earlier.html", {"thread": opened.earlier(visitor(request), found, before, clock.now())}
    )


@needs("conversations.read")
def card_again(request: HttpRequest, number: int) -> HttpResponse:
    found = find(request, number)
    return render(request, "inbox/_card.html", {"card": card.card(found, visitor(request), clock.now())})


@needs("conversations.read")
def of_contact(request: HttpRequest, contact_id: int) -> HttpResponse:
    """The conversations of one contact, as a panel on the customer's page."""
    user, now = visitor(request), clock.now()
    found = lists.of_contact(user, contact_id)
    shown = [rows.row(one, "", selected=None, view="all", now=now) for one in found]
    return render(request, "inbox/_of_contact.html", {"rows": shown})


def find(request: HttpRequest, number: int) -> Conversation:
    """The conversation if this user sees it; otherwise it is not there at all."""
    visible = visible_to(visitor(request)) | Conversation.objects.filter(merged_into__in=visible_to(visitor(request)))
    return get_object_or_404(
        visible.select_related("inbox", "contact__company", "assignee", "team").distinct(), pk=number
    )


def cursor(text: str) -> tuple[datetime, int] | None:
    """'2026-11-21T11:32:00+00:00~7' → (moment, 7); None for anything else."""
    moment, _tilde, number = text.partition("~")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    pk = reading.number(number)
    return (at, pk) if at.tzinfo and pk is not None else None


def _whole(
    request: HttpRequest, view: str, *, selected: Conversation | None = None, counts: dict[str, int] | None = None
) -> HttpResponse:
    user, now = visitor(request), clock.now()
    counts = lists.counts(user) if counts is None else counts
    shown = Page(
        views=sidebar.groups(user, view, counts),
        list=_pane(request, view, selected=selected.pk if selected else None, counts=counts),
        conversation=opened.conversation(user, selected, now) if selected else None,
        card=card.card(selected, user, now) if selected else None,
        pane="conversation" if selected else "list",
        n_waiting=_n_waiting(counts),
        **_views_live(request, here=view),
    )
    return render(request, "inbox/page.html", {"page": shown})


def _pane(
    request: HttpRequest,
    view: str,
    *,
    selected: int | None = None,
    counts: dict[str, int] | None = None,
    before: lists.Cursor | None = None,
) -> ListPane:
    user = visitor(request)
    title = sidebar.titles(user).get(view)
    if title is None:
        raise Http404(view)
    n = (lists.counts(user) if counts is None else counts).get(view, 0)
    query = reading.words(request.GET.get("q"), KEPT_QUERY)
    return rows.pane(user, view, title=title, n=n, query=query, selected=selected, now=clock.now(), before=before)


def _views_live(request: HttpRequest, here: str = "") -> dict[str, Any]:
    here = here or request.GET.get("here", "")
    return {
        "views_url": f"{reverse('inbox:views')}?here={here}",
        "views_live": " ".join(sorted(topics(visitor(request)))),
    }


def _n_waiting(counts: dict[str, int]) -> str:
    n = counts.get("waiting", 0)
    return times.count(n) if n else ""


def _no_list() -> ListPane:
    return ListPane(title="", count="", groups=(), reload_url="")
