"""What was found, as a file for spreadsheets: the tab one looks at, as far as its pages go."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.contacts.exporting import harmless
from muhatap.conversations import exporting
from muhatap.search import finding, language, meaning, people
from muhatap.search.finding import Hit
from muhatap.search.language import Query
from muhatap.shared import clock, patience
from muhatap.web.common import reading, spreadsheets
from muhatap.web.common.doors import needs, visitor
from muhatap.web.search.pages import EXPORTED, LAST_PAGE, LONGEST


@require_GET
@needs("conversations.read")
def export(request: HttpRequest) -> Any:  # a stream, which Django does not count among its HttpResponses
    """Every page of one tab; whoever may not take its list along may not take this along."""
    user, now, tab = visitor(request), clock.now(), request.GET.get("tab", "") or "conversations"
    if tab not in EXPORTED or not may(user, EXPORTED[tab]):
        raise Http404
    q = reading.words(request.GET.get("q"), LONGEST)
    query = language.parse(q, today=timezone.localdate(now))
    audit.record(by=user, at=now, act="search.exported", kind="search", id="", name=tab, query=q)
    rows = ROWS[tab](query, user, now) if not query.is_empty else iter([])
    return spreadsheets.answer(
        ([harmless(cell) for cell in row] for row in rows),
        name=f"{tab}-{now:%Y-%m-%d}",
        is_xlsx=request.GET.get("as") == "xlsx",
    )


def _conversations(query: Query, user: User, now: datetime) -> Iterator[list[str]]:
    yield exporting.head()
    for hits in _pages(query, user, now, of_files=False):
        yield from exporting.rows([hit.conversation.pk for hit in hits])


def _files(query: Query, user: User, now: datetime) -> Iterator[list[str]]:
    yield [_("File"), _("Type"), _("Size"), _("Conversation"), _("Contact"), _("At")]
    for hits in _pages(query, user, now, of_files=True):
        for hit in hits:
            for file in hit.message.attachments.all() if hit.message else ():
                at = timezone.localtime(hit.message.at) if hit.message else now
                told = [file.name, file.type, str(file.size), str(hit.conversation.pk), str(hit.conversation.contact)]
                yield [*told, f"{at:%Y-%m-%d %H:%M}"]


def _contacts(query: Query, user: User, now: datetime) -> Iterator[list[str]]:
    yield [_("Name"), _("E-mail"), _("Phone"), _("City"), _("Company"), _("Last seen"), "id"]
    for page in count(1):
        found, has_next = people.contacts(query, at=now, page=page)
        for one in found:
            company, seen = one.company.name if one.company else "", timezone.localtime(one.last_seen_at)
            yield [one.name, one.email, one.phone, one.city, company, f"{seen:%Y-%m-%d %H:%M}", str(one.pk)]
        if not has_next or page >= LAST_PAGE:
            return


def _companies(query: Query, user: User, now: datetime) -> Iterator[list[str]]:
    yield [_("Name"), _("Web address"), "id"]
    for firm in people.companies(query):
        yield [firm.name, firm.domain, str(firm.pk)]


def _pages(query: Query, user: User, now: datetime, *, of_files: bool) -> Iterator[list[Hit]]:
    meant = meaning.understand(query, user=user, of_files=of_files)
    for page in range(1, LAST_PAGE + 1):
        try:
            found = (
                finding.messages(meant, user=user, page=page)
                if of_files
                else finding.conversations(meant, user=user, at=now, page=page)
            )
        except patience.TookTooLong:
            return
        yield found.hits
        if not found.has_next:
            return


ROWS = {"conversations": _conversations, "files": _files, "contacts": _contacts, "companies": _companies}
