"""What the palette shows for a few letters: people, conversations, and where one can go."""

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.contacts import finding
from muhatap.conversations import lists
from muhatap.shared import clock
from muhatap.shared.text import fold, without_nul
from muhatap.web.common import navigation, times
from muhatap.web.common.display import PaletteGroup, PaletteItem
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.templatetags.ui import initials

LIMIT = 6
LONGEST = 100
SHORTEST = 2


@needs("conversations.read")
def found(request: HttpRequest) -> HttpResponse:
    """The groups of the palette for ?q=."""
    query = without_nul(request.GET.get("q", ""))[:LONGEST].strip()
    user = visitor(request)
    groups = [_people(user, query), _conversations(user, query), _places(user, query)]
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
    rows = lists.found(user, query, limit=LIMIT) if len(query) >= finding.SHORTEST else []
    now = clock.now()
    items = tuple(
        PaletteItem(
            label=marked(row.subject or str(row.contact), query),
            url=reverse("inbox:conversation", args=[row.pk]),
            icon="mail" if row.inbox.kind == "email" else "message-square",
            detail=str(row.contact),
            end=times.short(row.last_message_at, now),
        )
        for row in rows
    )
    return PaletteGroup(title=_("Conversations"), items=items)


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
    items = [item for item in [*areas, *views, switch] if wanted in fold(re.sub("<.*?>", "", item.label))]
    return PaletteGroup(title=_("Actions"), items=tuple(items))
