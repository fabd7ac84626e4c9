"""Invitations one by one, the last first: the page of whom a survey asked, and of whom it did not ask after all."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from muhatap.contacts import paging
from muhatap.contacts.paging import Cursor, Page
from muhatap.feedback.models import Invitation
from muhatap.web.common import charts, times
from muhatap.web.common.display import Pages
from muhatap.web.common.doors import visitor
from muhatap.web.feedback import results, words
from muhatap.web.feedback.asked import Asked


def part(request: HttpRequest, found: QuerySet[Invitation], column: str) -> Page[Invitation]:
    """The page of `found` that the address asks for, by when they were asked or passed over."""
    return paging.by_key(found, column, is_down=True, cursor=Cursor.read(request.GET.get("at", "")))


def shown(
    request: HttpRequest, wanted: Asked, here: str, found: QuerySet[Invitation], rows: Page[Invitation]
) -> dict[str, Any]:
    """What both pages want beside their lines; `here` is the name of the page in addresses."""
    return {
        "survey": wanted.cut.survey,
        "wanted": wanted,
        "here": here,
        "n": times.count(found.count()),
        "said": charts.days_said(wanted.cut.start, wanted.cut.end),
        "pages": Pages(previous_url=_at(wanted, here, rows.previous), next_url=_at(wanted, here, rows.next)),
        "narrowed": results.narrowed(wanted, here),
        "views": words.views("surveys:list", visitor(request)),
    }


def line(row: Invitation, *, at: datetime | None, said: str, is_quiet: bool = True) -> dict[str, Any]:
    """Who, when, and what came of it."""
    return {
        "who": str(row.contact),
        "contact_url": reverse("contacts:page", args=[row.contact_id]),
        "thread_url": reverse("inbox:conversation", args=[row.conversation_id]) if row.conversation_id else "",
        "way": words.way(row.way),
        "at": at,
        "said": said,
        "is_quiet": is_quiet,
    }


def _at(wanted: Asked, here: str, cursor: Cursor | None) -> str:
    return wanted.url(here, at=cursor.token()) if cursor else ""
