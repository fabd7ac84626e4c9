"""Two people who are not one, tied by hand: of one household, of one company, or strangers; and who was called so."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from muhatap.contacts import bonds, families
from muhatap.contacts.models import Contact
from muhatap.contacts.searching import family_ids
from muhatap.duplicates import reviewing
from muhatap.shared import clock
from muhatap.web.common import reading, times
from muhatap.web.common.doors import needs, visitor
from muhatap.web.contacts import choosing, toasts, words
from muhatap.web.contacts.pages import around, find

_MOST = 50


@require_GET
@needs("contacts.merge")
def choose(request: HttpRequest, number: int) -> HttpResponse:
    """Search for the other one, and say how the two belong together."""
    contact = find(number)
    context = choosing.found(request, contact, lambda other: other) | {"contact": contact}
    if request.headers.get("HX-Target") == "found":
        return render(request, "contacts/_tie_found.html", context)
    return render(request, "contacts/tie.html", context | around(request, contact))


@require_POST
@needs("contacts.merge")
def tie(request: HttpRequest, number: int) -> HttpResponse:
    contact, other = find(number), find(reading.number(request.POST.get("other")) or 0)
    how = request.POST.get("how", "")
    if contact.pk == other.pk:
        return redirect("contacts:history", contact.pk)
    try:
        reviewing.differ(
            one=contact, other=other, by=visitor(request), at=clock.now(), how=how if how in bonds.HOW else ""
        )
    except reviewing.CannotAnswer as error:
        toasts.later(request, str(error), icon="circle-alert")
    else:
        undo_url = reverse("contacts:recall", args=[contact.pk, other.pk])
        said = _("Noted: %(one)s and %(other)s are two people.") % {"one": contact, "other": other}
        toasts.later(request, said, undo_url=undo_url, undo_label=_("Undo"), seconds=20)
    return redirect("contacts:history", contact.pk)


def of(contact: Contact, now: datetime) -> list[dict[str, Any]]:
    """Whom this contact is not, newest word first, each other person once."""
    family = family_ids(contact)
    said = bonds.said(family, _MOST)
    others = {one.pk: one.other if one.one in family else one.one for one in said}
    standing = families.standing({pk for pk in others.values() if pk})
    known = Contact.objects.in_bulk(set(standing.values()) - {contact.pk})
    found: dict[int, dict[str, Any]] = {}
    for one in said:
        other = known.get(standing.get(others[one.pk] or 0, 0))
        if other and other.pk not in found:
            found[other.pk] = {
                "id": other.pk,
                "name": str(other),
                "url": reverse("contacts:page", args=[other.pk]),
                "why": words.because(one),
                "who": one.by_name or _("The system"),
                "time": times.stamp(one.at, now),
                "iso": one.at.isoformat(),
            }
    return list(found.values())
