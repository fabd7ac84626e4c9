"""Which list is open: a standing view, a saved one, or a filter that stands in the address only."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.core.cache import cache
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.conversations import lists, saved_views, wanting
from muhatap.conversations.models import SavedView
from muhatap.conversations.wanting import Wanted
from muhatap.web.common import reading, times
from muhatap.web.inbox import filters, sidebar

FILTERED = "filtered"
KEPT_QUERY = 200
KEPT_COUNT_S = 30


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A list as it was asked for. `asked` are the names and values that ask for it again."""

    name: str
    title: str
    view: str | lists.View
    order: str
    query: str
    asked: tuple[tuple[str, str], ...]
    wanted: Wanted | None = None
    saved: SavedView | None = None

    @property
    def url(self) -> str:
        return reverse("inbox:view", args=[self.name])

    @property
    def address(self) -> str:
        return f"{self.url}?{urlencode(self.asked)}" if self.asked else self.url


def open_view(user: User, name: str, query: QueryDict, *, at: datetime) -> Opened:
    """The list of this name for this user. Raises Http404 for one that is not there, or not theirs to see."""
    words = reading.words(query.get("q"), KEPT_QUERY)
    search = (("q", words),) if words else ()
    if name == FILTERED:
        wanted = filters.read(query)
        view = wanting.view(wanted, user=user, at=at)
        asked = (*filters.pairs(wanted), *search)
        return Opened(
            name=name, title=_("Filter"), view=view, order=wanted.order, query=words, asked=asked, wanted=wanted
        )
    order = filters.order(query)
    kept = (("order", order),) if order else ()
    if name.startswith("view:"):
        saved = saved_view(user, name)
        wanted = Wanted.of_json(saved.query)
        return Opened(
            name=name,
            title=saved.name,
            view=wanting.view(wanted, user=user, at=at),
            order=order or wanted.order,
            query=words,
            asked=(*kept, *search),
            wanted=wanted,
            saved=saved,
        )
    title = sidebar.titles(user).get(name)
    if title is None:
        raise Http404(name)
    return Opened(
        name=name, title=title, view=name, order=order or _usual_order(name), query=words, asked=(*kept, *search)
    )


def _usual_order(name: str) -> str:
    """What waits stands by when it is due; what sleeps or is done, and what is few, by when it last moved."""
    return "newest" if name in ("snoozed", "resolved", "spam", "drafts", "mentions") else "deadline"


def saved_view(user: User, name: str) -> SavedView:
    """'view:12' → that view. Raises Http404."""
    number = reading.number(name.partition(":")[2])
    found = saved_views.visible_to(user).filter(pk=number or 0).first()
    if found is None:
        raise Http404(name)
    return found


def counted(view: SavedView, user: User, *, at: datetime) -> str:
    """How many stand in it, at most 99, counted once in a while."""
    key = _key(view, user)
    kept = cache.get(key)
    if kept is None:
        n = saved_views.n_up_to_bound(view, user=user, at=at)
        kept = "" if not n else "99+" if n >= saved_views.BOUND else times.count(n)
        cache.set(key, kept, KEPT_COUNT_S)
    return str(kept)


def known_count(view: SavedView, user: User) -> str:
    """The same, if it was counted lately; a page does not wait for it."""
    return str(cache.get(_key(view, user)) or "")


def _key(view: SavedView, user: User) -> str:
    return f"inbox-view-{view.pk}-{view.at.timestamp()}-{user.pk}"
