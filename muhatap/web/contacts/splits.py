"""Records of sources taken out of a contact into one of their own, and put back; a word that two are different, taken back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.contacts import merging, splitting
from muhatap.duplicates import reviewing
from muhatap.shared import clock
from muhatap.web.common.doors import needs, visitor
from muhatap.web.contacts import toasts
from muhatap.web.contacts.pages import find

_MOST = 200


@require_POST
@needs("contacts.merge")
def split(request: HttpRequest, number: int) -> HttpResponse:
    """The chosen records become a contact of their own, somebody else from now on."""
    contact = find(number)
    chosen = [int(text) for text in request.POST.getlist("record")[:_MOST] if text.isascii() and text.isdigit()]
    try:
        new = splitting.split(contact=contact, records=chosen, by=visitor(request), at=clock.now())
    except splitting.CannotSplit as error:
        toasts.later(request, str(error), icon="circle-alert")
        return redirect("contacts:history", contact.pk)
    said = _("%(name)s is a contact of its own now.") % {"name": new}
    undo_url = reverse("contacts:rejoin", args=[contact.pk, new.pk])
    toasts.later(request, said, icon="split", undo_url=undo_url, undo_label=_("Undo"), seconds=20)
    return redirect("contacts:page", new.pk)


@require_POST
@needs("contacts.merge")
def rejoin(request: HttpRequest, number: int, other: int) -> HttpResponse:
    """What was taken out goes back, and the word that they are two is taken back with it."""
    contact, taken_out = find(number), find(other)
    try:
        merging.merge(keep=contact, drop=taken_out, by=visitor(request), at=clock.now(), reason="rejoined")
    except merging.CannotMerge as error:
        toasts.later(request, str(error), icon="circle-alert")
    else:
        toasts.later(request, _("It is one contact again."), icon="merge")
    return toasts.go(request, reverse("contacts:page", args=[contact.pk]))


@require_POST
@needs("contacts.merge")
def recall(request: HttpRequest, number: int, other: int) -> HttpResponse:
    """They may be one person after all."""
    one, two = find(number), find(other)
    try:
        reviewing.recall(one=one, other=two, by=visitor(request), at=clock.now())
    except reviewing.CannotAnswer as error:
        toasts.later(request, str(error), icon="circle-alert")
    else:
        toasts.later(request, _("Taken back. We will ask again."))
    return toasts.go(request, reverse("contacts:page", args=[one.pk]))
