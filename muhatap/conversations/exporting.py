"""Conversations of a list as rows for a spreadsheet, a few at a time, in the order and with the sight of who asks."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts.exporting import harmless
from muhatap.conversations import lists
from muhatap.conversations.lists import NEWEST, Order, View
from muhatap.conversations.models import Conversation

_AT_ONCE = 500


def begin(
    *, view: str | View, name: str, search: str = "", order: Order = NEWEST, by: User, at: datetime
) -> Iterator[list[str]]:
    """A head and a row for each conversation of the list. Written in the audit before the first row leaves. Raises UnknownView."""
    if isinstance(view, str):
        view = lists.named(view, by)
    audit.record(by=by, at=at, act="conversations.exported", kind="conversation", id="", name=name, query=search)
    return _rows(head(), view, search, order, by)


def head() -> list[str]:
    """The names of the columns, in the reader's language."""
    return [
        _("Conversation"),
        _("Subject"),
        _("Status"),
        _("Priority"),
        _("Contact"),
        _("E-mail"),
        _("Phone"),
        _("Inbox"),
        _("Team"),
        _("Assigned to"),
        _("Tags"),
        _("Started"),
        _("Last message"),
        _("Waiting for us since"),
        _("Next deadline"),
    ]


def _rows(head: list[str], view: View, search: str, order: Order, by: User) -> Iterator[list[str]]:
    yield [harmless(cell) for cell in head]
    before = None
    while True:
        found = lists.page(by, view, before=before, search=search, limit=_AT_ONCE, order=order)
        yield from rows([line.pk for line in found.rows])
        before = found.next
        if before is None:
            return


def rows(numbers: list[int]) -> Iterator[list[str]]:
    """These conversations in this order."""
    known = (
        Conversation.objects.select_related("contact", "inbox", "team", "assignee")
        .prefetch_related("tags")
        .in_bulk(numbers)
    )
    for number in numbers:
        if number in known:
            yield [harmless(cell) for cell in _cells(known[number])]


def _cells(one: Conversation) -> Iterator[str]:
    yield from (str(one.pk), one.subject, str(one.get_status_display()), str(one.get_priority_display()))
    yield from (str(one.contact), one.contact.email, one.contact.phone)
    yield from (one.inbox.name, *(str(who or "") for who in (one.team, one.assignee)))
    yield ", ".join(sorted(tag.name for tag in one.tags.all()))
    yield from map(_moment, (one.created_at, one.last_message_at, one.waiting_since, one.next_deadline_at))


def _moment(at: Any) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""
