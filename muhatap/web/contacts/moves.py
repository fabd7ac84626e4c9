"""A record of a source that was somebody else's: to whom it goes, what that changes, and back again."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from muhatap.contacts import splitting
from muhatap.contacts.models import Contact, CustomField, SourceRecord
from muhatap.contacts.splitting import Becomes
from muhatap.shared import clock
from muhatap.web.common import identities
from muhatap.web.common.doors import needs, visitor
from muhatap.web.contacts import choosing, sidebar, toasts, words
from muhatap.web.contacts.pages import around, find


@require_GET
@needs("contacts.merge")
def choose(request: HttpRequest, number: int, record: int) -> HttpResponse:
    """Search for whom it speaks of, the likely ones first."""
    contact = find(number)
    held = _of(contact, record)
    context = {"contact": contact, "record": words.told(held, sidebar.custom_fields()), "does": _("See what changes")}
    context |= choosing.found(
        request, contact, lambda other: reverse("contacts:moving", args=[contact.pk, held.pk, other])
    )
    if request.headers.get("HX-Target") == "found":
        return render(request, "contacts/_choose_found.html", context)
    return render(request, "contacts/move.html", context | around(request, contact))


@needs("contacts.merge")
def move(request: HttpRequest, number: int, record: int, other: int) -> HttpResponse:
    """What would change of both (GET), and the moving itself (POST)."""
    contact, to = find(number), find(other)
    held = _of(contact, record)
    try:
        if request.method != "POST":
            return _previewed(request, held, to)
        splitting.move(record=held, to=to, by=visitor(request), at=clock.now())
    except splitting.CannotSplit as error:
        toasts.later(request, str(error), icon="circle-alert")
        return redirect("contacts:history", contact.pk)
    undo_url = reverse("contacts:move_back", args=[to.pk, held.pk, contact.pk])
    said = _("The record stands with %(name)s now.") % {"name": to}
    toasts.later(request, said, icon="arrow-right", undo_url=undo_url, undo_label=_("Undo"), seconds=20)
    return redirect("contacts:history", to.pk)


@require_POST
@needs("contacts.merge")
def back(request: HttpRequest, number: int, record: int, other: int) -> HttpResponse:
    """The record goes where it came from, with the addresses that came with it."""
    contact, to = find(number), find(other)
    try:
        splitting.move(record=_of(contact, record), to=to, by=visitor(request), at=clock.now())
    except splitting.CannotSplit as error:
        toasts.later(request, str(error), icon="circle-alert")
    else:
        toasts.later(request, _("The record is back where it was."))
    return toasts.go(request, reverse("contacts:history", args=[to.pk]))


def _of(contact: Contact, record: int) -> SourceRecord:
    return get_object_or_404(
        SourceRecord.objects.select_related("contact"), pk=record, contact=contact, is_current=True
    )


def _previewed(request: HttpRequest, held: SourceRecord, to: Contact) -> HttpResponse:
    custom, contact = sidebar.custom_fields(), held.contact
    sides = zip((contact, to), splitting.preview(record=held, to=to, at=clock.now()), strict=True)
    context = {
        "record": words.told(held, custom),
        "source": identities.first_upper(identities.source(held.source)),
        "to": to,
        "sides": [_side(one, becomes, custom) for one, becomes in sides],
    }
    return render(request, "contacts/moving.html", context | around(request, contact))


def _side(contact: Contact, becomes: Becomes, custom: dict[str, CustomField]) -> dict[str, Any]:
    lines = [
        (words.label(name, custom), *(words.value(name, value, custom) for value in pair))
        for name, pair in becomes.values.items()
    ]
    return {"name": str(contact), "lines": lines, "handles": ", ".join(map(words.plain_handle, becomes.handles))}
