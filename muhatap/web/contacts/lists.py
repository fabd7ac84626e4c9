"""The list of contacts: filters, one page by key, a bounded count."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.accounts.permissions import may
from muhatap.contacts import finding, saved_views
from muhatap.contacts.finding import Wanted
from muhatap.contacts.models import Company, Contact, ContactTag, CustomField, SavedView, Tag
from muhatap.contacts.paging import Cursor, Page
from muhatap.shared import clock, phone
from muhatap.web.common import reading, times
from muhatap.web.common.display import Pages
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.templatetags.ui import initials
from muhatap.web.contacts import filters, sidebar, toasts, words

_MOST_TAGS = 200


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table."""

    id: int
    name: str
    initials: str
    url: str
    under: str
    email: str
    phone: str
    company: str
    company_url: str
    city: str
    tags: tuple[str, ...]
    seen: str
    seen_iso: str
    seen_full: str


@needs("contacts.read")
def show(request: HttpRequest) -> HttpResponse:
    """The whole page, or only its rows when the search field asks."""
    custom = sidebar.custom_fields()
    wanted, now = filters.read(request.GET, custom), clock.now()
    found = finding.page(wanted, at=now, cursor=Cursor.read(request.GET.get("at", "")))
    shown = _table(wanted, custom, found, now)
    if request.headers.get("HX-Target") == "contacts":
        return render(request, "contacts/_list.html", shown | {"may": _may(request)})
    return render(request, "contacts/list.html", shown | _around(request, wanted, custom))


def rows(contacts: list[Contact], now: datetime) -> tuple[Row, ...]:
    """Lines for these contacts, with their tags in one question."""
    tags: dict[int, list[str]] = {}
    taggings = ContactTag.objects.filter(contact__in=contacts).select_related("tag").order_by("tag__folded")
    for tagging in taggings:
        tags.setdefault(tagging.contact_id, []).append(tagging.tag.name)
    return tuple(_row(contact, tuple(tags.get(contact.pk, ())), now) for contact in contacts)


def _row(contact: Contact, tags: tuple[str, ...], now: datetime) -> Row:
    name = str(contact)
    return Row(
        id=contact.pk,
        name=name,
        initials=initials(name),
        url=reverse("contacts:page", args=[contact.pk]),
        under=", ".join(filter(None, [contact.company.name if contact.company else "", contact.city])),
        email=contact.email,
        phone=phone.readable(contact.phone) if contact.phone else "",
        company=contact.company.name if contact.company else "",
        company_url=reverse("contacts:company", args=[contact.company_id]) if contact.company_id else "",
        city=contact.city,
        tags=tags,
        seen=times.short(contact.last_seen_at, now),
        seen_iso=contact.last_seen_at.isoformat(),
        seen_full=times.full(contact.last_seen_at),
    )


def _table(wanted: Wanted, custom: dict[str, CustomField], found: Page[Contact], now: datetime) -> dict[str, Any]:
    n = finding.bounded_count(wanted, at=now)
    here = filters.address(wanted, custom)
    return {
        "rows": rows(found.rows, now),
        "wanted": wanted,
        "count": words.people(n, finding.BOUND),
        "here": here,
        "pairs": filters.pairs(wanted, custom),
        "chips": filters.chips(wanted, custom),
        "pages": Pages(
            previous_url=f"{here}&at={found.previous.token()}" if found.previous else "",
            next_url=f"{here}&at={found.next.token()}" if found.next else "",
        ),
        "by_name_url": filters.address(replace(wanted, sort="name"), custom),
        "by_seen_url": filters.address(replace(wanted, sort="seen"), custom),
        "is_first_day": wanted.is_everything and not found.rows,
    }


def _around(request: HttpRequest, wanted: Wanted, custom: dict[str, CustomField]) -> dict[str, Any]:
    """What stands around the rows and does not change while one searches."""
    view = _view(request)
    here = f"view:{view.pk}" if view else "all" if wanted.is_everything else ""
    return {
        "views": sidebar.groups(request, here),
        "title": view.name if view else _("Contacts"),
        "view": view,
        "may_remove_view": bool(view and saved_views.may_change(visitor(request), view)),
        "may": _may(request),
        "tags": list(Tag.objects.order_by("folded")[:_MOST_TAGS]),
        "companies": list(Company.objects.order_by("sort_key", "id")[:_MOST_TAGS]),
        "languages": [(code, words.language(code)) for code in words.LANGUAGES],
        "seen": filters.seen_choices(),
        "custom": [(field, words.typed(key, wanted.fields.get(key), custom)) for key, field in custom.items()],
        "toasts": toasts.waiting(request),
    }


def _view(request: HttpRequest) -> SavedView | None:
    number = reading.number(request.GET.get("view"))
    return saved_views.visible_to(visitor(request)).filter(pk=number).first() if number is not None else None


def _may(request: HttpRequest) -> dict[str, bool]:
    return {name: may(visitor(request), f"contacts.{name}") for name in ("edit", "merge", "export", "import")}
