"""The inbox as pages and fragments: what one reads."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.conversations import lists, saved_views, visibility
from muhatap.conversations.models import Conversation
from muhatap.conversations.visibility import topics
from muhatap.shared import clock
from muhatap.web.common import navigation, reading, times
from muhatap.web.common.display import ViewLink
from muhatap.web.common.doors import needs, visitor
from muhatap.web.inbox import bulk_bar, card, due, opened, rows, sidebar, viewing
from muhatap.web.inbox.display import ListPane, Page

AT_ONCE = 100  # rows read alone
WALKS = tuple(str(number) for number in range(len(lists.BY_DEADLINE)))


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
    if request.htmx and not request.htmx.history_restore_request:  # type: ignore[attr-defined]
        return opened.panes(request, found)
    return _whole(request, request.GET.get("view", "all"), selected=found)


@needs("conversations.read")
def rows_again(request: HttpRequest, view: str) -> HttpResponse:
    """The rows of a view, read again because something happened; with ?only= those of these conversations alone."""
    if only := [number for text in request.GET.getlist("only")[:AT_ONCE] if (number := reading.number(text))]:
        return _some_rows(request, view, only)
    pane = _pane(request, view, selected=reading.number(request.GET.get("selected")))
    return render(request, "inbox/_rows.html", {"list": pane})


def _some_rows(request: HttpRequest, view: str, only: list[int]) -> HttpResponse:
    user, now = visitor(request), clock.now()
    shown = viewing.open_view(user, view, request.GET, at=now)
    selected = reading.number(request.GET.get("selected"))
    found = rows.some(user, shown, only, selected=selected, now=now)
    return render(request, "inbox/_some_rows.html", {"rows": found})


@needs("conversations.read")
def more(request: HttpRequest, view: str) -> HttpResponse:
    """The rows after those already shown."""
    before = _place(request.GET.get("before", ""))
    return render(request, "inbox/_more.html", {"list": _pane(request, view, before=before)})


@needs("conversations.read")
def views(request: HttpRequest) -> HttpResponse:
    """The views with their counts, read again."""
    user = visitor(request)
    counts = lists.counts(user)
    shown = Page(
        views=sidebar.groups(user, request.GET.get("here", ""), counts, saved_links(request, is_counted=True)),
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
    """The entries before those already shown; with ?to= all back to that one."""
    found = find(request, number)
    before = cursor(request.GET.get("before", ""))
    if before is None:
        raise Http404
    to = reading.number(request.GET.get("to"))
    thread = opened.earlier(visitor(request), found, before, clock.now(), to=to)
    return render(request, "inbox/_earlier.html", {"thread": thread})


@needs("conversations.read")
def card_again(request: HttpRequest, number: int) -> HttpResponse:
    found = find(request, number)
    return render(request, "inbox/_card.html", {"card": card.card(found, visitor(request), clock.now())})


@needs("conversations.read")
def of_contact(request: HttpRequest, contact_id: int) -> HttpResponse:
    """The conversations of one contact, as a panel on the customer's page."""
    user, now = visitor(request), clock.now()
    found = lists.of_contact(user, contact_id)
    shown = [rows.row(one, selected=None, view="all", now=now) for one in found]
    return render(request, "inbox/_of_contact.html", {"rows": shown})


@needs("conversations.read")
def deadline(request: HttpRequest, number: int) -> HttpResponse:
    """What is due in the head of a conversation, read again."""
    return render(request, "inbox/_deadline.html", {"due": due.of_conversation(find(request, number), clock.now())})


def find(request: HttpRequest, number: int) -> Conversation:
    """The conversation (or what it was merged into) if this user sees it; otherwise it is not there at all."""
    found = visibility.find(visitor(request), number)
    if found is None:
        raise Http404
    return found


def cursor(text: str) -> tuple[datetime, int] | None:
    """'2026-11-21T11:32:00+00:00~7' → (moment, 7); None for anything else."""
    moment, _tilde, number = text.partition("~")
    at, pk = clock.read(moment), reading.number(number)
    return (at, pk) if at and pk is not None else None


def _place(text: str) -> lists.Cursor | None:
    """Where a page of a list ended; '~7' when it ended among rows without a moment, '…~7~2' on the third of its walks."""
    text, walk = _walk(text)
    if text.startswith("~") and (pk := reading.number(text[1:])) is not None:
        return lists.Cursor(None, pk, walk)
    found = cursor(text)
    return lists.Cursor(*found, walk) if found else None


def _walk(text: str) -> tuple[str, int]:
    place, _tilde, walk = text.rpartition("~")
    return (place, int(walk)) if place.count("~") == 1 and walk in WALKS else (text, 0)


def _whole(
    request: HttpRequest, view: str, *, selected: Conversation | None = None, counts: dict[str, int] | None = None
) -> HttpResponse:
    user, now = visitor(request), clock.now()
    counts = lists.counts(user) if counts is None else counts
    navigation.tell(request, "inbox", counts.get("waiting", 0))
    saved = saved_links(request, here=view)
    shown = Page(
        views=sidebar.groups(user, view, counts, saved),
        views_wait=any(not link.count for link in saved[:-1]),
        list=_pane(request, view, selected=selected.pk if selected else None, counts=counts, is_whole=True),
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
    is_whole: bool = False,
) -> ListPane:
    user, now = visitor(request), clock.now()
    shown = viewing.open_view(user, view, request.GET, at=now)
    n = (lists.counts(user) if counts is None else counts).get(view, 0)
    bulk = bulk_bar.bar(user, shown, now, n=n) if is_whole else None
    return rows.pane(user, shown, n=n, selected=selected, now=now, before=before, bulk=bulk)


def saved_links(request: HttpRequest, *, here: str = "", is_counted: bool = False) -> tuple[ViewLink, ...]:
    """The saved views of the side bar; only the part read again counts them, so that no page waits for it."""
    user, now = visitor(request), clock.now()
    here = here or request.GET.get("here", "")
    found = [
        ViewLink(
            label=view.name,
            url=reverse("inbox:view", args=[f"view:{view.pk}"]),
            icon="list-filter" if view.reach == view.Reach.MINE else "users-round",
            count=viewing.counted(view, user, at=now) if is_counted else viewing.known_count(view, user),
            is_here=here == f"view:{view.pk}",
        )
        for view in saved_views.visible_to(user)[: saved_views.MOST]
    ]
    manage = ViewLink(
        label=_("All views"), url=reverse("inbox:saved_views"), icon="sliders-horizontal", is_here=here == "saved"
    )
    return (*found, manage)


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
