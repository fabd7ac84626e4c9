"""The search page: one field, its language, and what was found, tab by tab."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.search import finding, language, meaning, people
from muhatap.search.language import Filter, Hint, Query
from muhatap.shared import clock, patience
from muhatap.web.common import reading, times
from muhatap.web.common.doors import needs, visitor
from muhatap.web.search import lines, words
from muhatap.web.search.display import Chip, Link, Results, Tab

LONGEST = 1000  # the language cuts at less, and says so
EXPORTED = {"conversations": "conversations.export", "files": "conversations.export"} | dict.fromkeys(
    ("contacts", "companies"), "contacts.export"
)
LAST_PAGE = finding.MOST // finding.PAGE


@needs("conversations.read")
def results(request: HttpRequest) -> HttpResponse:
    """What was found for ?q=, on the tab ?tab=; without a question the page teaches how to ask."""
    user, now = visitor(request), clock.now()
    q = reading.words(request.GET.get("q"), LONGEST)
    tab = request.GET.get("tab", "")
    tab = tab if tab in _shown_tabs(user) else "conversations"
    page = min(max(reading.number(request.GET.get("page")) or 1, 1), LAST_PAGE)
    query = language.parse(q, today=timezone.localdate(now))
    shown = Results(q=q, tab=tab, tabs=_tabs(user, q, tab), chips=_chips(query, tab))
    if not query.is_empty:
        shown = FILLED[tab](shown, query, user, now, page)
    shown = replace(shown, hints=shown.hints or _hints(query.hints))
    may_export = not shown.is_empty and may(user, EXPORTED[tab])
    shown = replace(
        shown, export_url=f"{reverse('search:export')}?{urlencode({'q': q, 'tab': tab})}" if may_export else ""
    )
    return render(request, "search/page.html", {"results": shown, "lessons": _lessons()})


def _conversations(shown: Results, query: Query, user: User, now: datetime, page: int) -> Results:
    return _of_documents(shown, query, user, now, page, of_files=False)


def _files(shown: Results, query: Query, user: User, now: datetime, page: int) -> Results:
    return _of_documents(shown, query, user, now, page, of_files=True)


def _of_documents(shown: Results, query: Query, user: User, now: datetime, page: int, *, of_files: bool) -> Results:
    meant = meaning.understand(query, user=user, of_files=of_files)
    hints = _hints((*query.hints, *meant.hints))
    try:
        found = _found(meant, user, now, page, of_files=of_files)
    except patience.TookTooLong:
        trouble = _("This would have taken too long, so it was stopped. Add a word, a date or an inbox.")
        return replace(shown, trouble=trouble, hints=hints)
    return replace(
        shown,
        lines=lines.lines(found.hits, query, now=now, of_files=of_files),
        said=_said(found, page),
        older_url=_older_url(shown, query, found) if found.oldest_at and not found.has_next else "",
        suggestions=() if found.hits else _suggestions(shown, query, user),
        hints=hints,
        **_paging(shown, page, has_next=found.has_next),
    )


def _found(meant: meaning.Meaning, user: User, now: datetime, page: int, *, of_files: bool) -> finding.Found:
    if of_files:
        return finding.messages(meant, user=user, page=page)
    return finding.conversations(meant, user=user, at=now, page=page)


def _contacts(shown: Results, query: Query, user: User, now: datetime, page: int) -> Results:
    found, has_next = people.contacts(query, at=now, page=page)
    suggestions = () if found else _suggestions(shown, query, user)
    return replace(
        shown, people=lines.people(found, now=now), suggestions=suggestions, **_paging(shown, page, has_next=has_next)
    )


def _companies(shown: Results, query: Query, user: User, now: datetime, page: int) -> Results:
    links = [Link(label=one.name, url=reverse("contacts:company", args=[one.pk])) for one in people.companies(query)]
    return replace(shown, companies=tuple(links))


Fill = Callable[[Results, Query, User, datetime, int], Results]
FILLED: dict[str, Fill] = {
    "conversations": _conversations,
    "contacts": _contacts,
    "companies": _companies,
    "files": _files,
}


def _said(found: finding.Found, page: int) -> str:
    """What one looks at, in a sentence."""
    if not found.hits:
        return ""
    if found.oldest_at:
        return _("Frequent words: the best of the newest %(most)d messages since %(day)s.") % {
            "most": finding.MOST,
            "day": times.heading(timezone.localtime(found.oldest_at).date(), timezone.localdate(clock.now())),
        }
    if found.has_next or page > 1:
        return _("Page %(page)d") % {"page": page}
    n = len(found.hits)
    return ngettext("%(n)d found", "%(n)d found", n) % {"n": n}


def _suggestions(shown: Results, query: Query, user: User) -> tuple[Link, ...]:
    """Nothing was found: the same without a filter, and names that sound like it."""
    pieces = [one for one in query.pieces if isinstance(one, Filter) or len(query.terms) > 1]
    less = [
        Link(label=_("without “%(piece)s”") % {"piece": piece.written}, url=_url(query.without(piece), shown.tab))
        for piece in pieces
        if query.without(piece)
    ]
    names = people.like(query) if may(user, "contacts.read") else []
    return (*(Link(label=name, url=_url(name, "contacts")) for name in names), *less[:4])


def _older_url(shown: Results, query: Query, found: finding.Found) -> str:
    """What lies before the newest MOST. Other dates' ends are gone, for this one is earlier."""
    day = timezone.localtime(found.oldest_at).date().isoformat()
    kept = [one.written for one in query.pieces if not (isinstance(one, Filter) and one.name in ("before", "on"))]
    before = pgettext("search filter", "before")
    return _url(" ".join([*kept, f"{before}:{day}"]), shown.tab)


def _chips(query: Query, tab: str) -> tuple[Chip, ...]:
    return tuple(Chip(text=one.written, without_url=_url(query.without(one), tab)) for one in query.filters)


def _hints(hints: tuple[Hint, ...]) -> tuple[str, ...]:
    return tuple(words.hint(one) for one in dict.fromkeys(hints))


def _shown_tabs(user: User) -> dict[str, str]:
    may_see_people = may(user, "contacts.read")
    return {name: label for name, label in words.tabs().items() if may_see_people or name in ("conversations", "files")}


def _tabs(user: User, q: str, here: str) -> tuple[Tab, ...]:
    return tuple(Tab(label=label, url=_url(q, name), is_here=name == here) for name, label in _shown_tabs(user).items())


def _lessons() -> list[tuple[str, str, str]]:
    return [(example, _url(example, "conversations"), meant) for example, meant in words.lessons()]


def _paging(shown: Results, page: int, *, has_next: bool) -> dict[str, Any]:
    return {
        "previous_url": _url(shown.q, shown.tab, page - 1) if page > 1 else "",
        "next_url": _url(shown.q, shown.tab, page + 1) if has_next and page < LAST_PAGE else "",
    }


def _url(q: str, tab: str, page: int = 1) -> str:
    asked = {"q": q, "tab": "" if tab == "conversations" else tab, "page": str(page) if page > 1 else ""}
    return f"{reverse('search:results')}?{urlencode({name: value for name, value in asked.items() if value})}"
