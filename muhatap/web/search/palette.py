"""What the palette shows for a few letters: people, conversations, and where one can go."""

import contextlib
import re
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.assistant import setting
from muhatap.assistant.models import Task
from muhatap.contacts import finding
from muhatap.search import finding as documents
from muhatap.search import highlighting, language, meaning
from muhatap.search.finding import Hit
from muhatap.shared import clock, patience
from muhatap.shared.text import fold, without_nul
from muhatap.web.common import navigation, times
from muhatap.web.common.display import PaletteGroup, PaletteItem
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.templatetags.ui import initials
from muhatap.web.search import lines

LIMIT = 6
LONGEST = 100
SHORTEST = 2


@needs("conversations.read")
def found(request: HttpRequest) -> HttpResponse:
    """The groups of the palette for ?q=."""
    query = without_nul(request.GET.get("q", ""))[:LONGEST].strip()
    user = visitor(request)
    groups = [_people(user, query), _conversations(user, query), _places(user, query), _everything(query)]
    return render(request, "common/_palette_found.html", {"groups": [group for group in groups if group.items]})


def marked(text: str, query: str) -> SafeString:
    """The text with the found letters marked; 'ays' marks 'Ayş' in Ayşe."""
    folded, wanted = fold(text), fold(query)
    if not wanted or len(folded) != len(text) or wanted not in folded:
        return mark_safe(escape(text))  # noqa: S308 (escaped)
    start = folded.index(wanted)
    end = start + len(wanted)
    return mark_safe(f"{escape(text[:start])}<mark>{escape(text[start:end])}</mark>{escape(text[end:])}")  # noqa: S308 (escaped)


def _people(user: User, query: str) -> PaletteGroup:
    rows = []
    if len(query) >= SHORTEST and may(user, "contacts.read"):
        rows = finding.page(finding.Wanted(q=query), at=clock.now(), limit=LIMIT).rows
    items = (_person(row.pk, str(row), row.email or row.phone, query) for row in rows)
    return PaletteGroup(title=_("Contacts"), items=tuple(item for item in items if item))


def _person(number: int, name: str, detail: str, query: str) -> PaletteItem | None:
    try:
        url = reverse("contacts:page", args=[number])
    except NoReverseMatch:
        return None
    return PaletteItem(label=marked(name, query), url=url, initials=initials(name), detail=detail)


def _conversations(user: User, query: str) -> PaletteGroup:
    """Two questions to the database; one that takes too long shows none, and the page of all results says so."""
    now = clock.now()
    asked = language.parse(query, today=timezone.localdate(now))
    hits: list[Hit] = []
    if len(query) >= finding.SHORTEST:
        meant = meaning.understand(asked, user=user, is_typing=True)
        with contextlib.suppress(patience.TookTooLong):
            hits = documents.quickly(meant, user=user, at=now, limit=LIMIT)
    sought = highlighting.sought(asked, is_typing=True)
    items = tuple(
        PaletteItem(
            label=_marked(highlighting.whole(hit.conversation.subject or str(hit.conversation.contact), sought)),
            url=lines.url(hit),
            icon=lines.icon(hit),
            detail=str(hit.conversation.contact),
            end=times.short(hit.message.at if hit.message else hit.conversation.last_message_at, now),
        )
        for hit in hits
    )
    return PaletteGroup(title=_("Conversations"), items=items)


def _marked(pieces: list[highlighting.Piece]) -> SafeString:
    return mark_safe(  # noqa: S308 (escaped)
        "".join(f"<mark>{escape(one.text)}</mark>" if one.is_hit else escape(one.text) for one in pieces)
    )


def _everything(query: str) -> PaletteGroup:
    """The way to all results; the first with Enter when nothing else was found."""
    url = f"{reverse('search:results')}?{urlencode({'q': query})}"
    everything = PaletteItem(label=escape(_("All results for “%(query)s”") % {"query": query}), url=url, icon="search")
    return PaletteGroup(title=_("Search"), items=(everything,) if query else ())


def _assists(user: User, query: str) -> list[PaletteItem]:
    """What the writing assistant does in the conversation that is open."""
    on = setting.tasks(user) if may(user, "assistant.use") else ()
    return [
        PaletteItem(
            label=marked(str(task.label), query),
            url="#assistant",
            icon="pen-line",
            presses=f"[data-assists={task.value}]",
        )
        for task in Task
        if task.value in on
    ]


def _places(user: User, query: str) -> PaletteGroup:
    areas = [
        PaletteItem(label=marked(link.label, query), url=link.url, icon=link.icon)
        for link in navigation.links(user, here="")
    ]
    views = [
        PaletteItem(label=marked(label, query), url=reverse("inbox:view", args=[view]), icon="inbox")
        for view, label in (("mine", _("Assigned to me")), ("unassigned", _("Unassigned")), ("drafts", _("Drafts")))
    ]
    other, label = ("en", "Switch to English") if get_language() == "tr" else ("tr", "Türkçeye geç")
    switch = PaletteItem(
        label=marked(label, query), url=f"{reverse('language')}?language={other}", icon="languages", method="post"
    )
    wanted = fold(query)
    items = [
        item
        for item in [*areas, *views, *_assists(user, query), switch]
        if wanted in fold(re.sub("<.*?>", "", item.label))
    ]
    return PaletteGroup(title=_("Actions"), items=tuple(items))
