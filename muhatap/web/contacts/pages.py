"""One contact: the page, the form of its profile, older days; and a new contact."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from muhatap.contacts import editing, fields
from muhatap.contacts.models import Contact
from muhatap.shared import clock
from muhatap.web.common.doors import needs, visitor
from muhatap.web.contacts import showing, sidebar, timelines, toasts
from muhatap.web.contacts.forms import ProfileForm


def find(number: int) -> Contact:
    """The contact, or the one it was merged into; 404 when there was never such a one."""
    return get_object_or_404(Contact.objects.select_related("company", "merged_into"), pk=number).standing()


@require_GET
@needs("contacts.read")
def page(request: HttpRequest, number: int) -> HttpResponse:
    contact, user, now = find(number), visitor(request), clock.now()
    if contact.pk != number:
        return redirect("contacts:page", contact.pk)
    kind = request.GET.get("kind", "")
    shown = showing.person(
        contact, user, now, sidebar.groups(request, ""), kind=kind if kind in timelines.kind_names() else ""
    )
    return render(request, "contacts/person.html", {"person": shown, "toasts": toasts.waiting(request)})


@require_GET
@needs("contacts.read")
def older(request: HttpRequest, number: int) -> HttpResponse:
    """The days before those already shown."""
    kind = request.GET.get("kind", "")
    before = timelines.cursor(request.GET.get("before", ""))
    kind = kind if kind in timelines.kind_names() else ""
    found = timelines.page(find(number), visitor(request), clock.now(), before=before, kind=kind)
    return render(request, "contacts/_timeline.html", {"timeline": found})


@needs("contacts.edit")
def edit(request: HttpRequest, number: int) -> HttpResponse:
    contact = find(number)
    form = ProfileForm(request.POST or None, contact=contact)
    if request.method == "POST" and form.is_valid():
        try:
            editing.edit(contact=contact, facts=form.changes(), by=visitor(request), at=clock.now())
        except fields.BadValues as error:
            form.refuse(error)
        else:
            toasts.later(request, _("The profile is kept."))
            return redirect("contacts:page", contact.pk)
    return render(request, "contacts/edit.html", around(request, contact) | {"form": form})


def around(request: HttpRequest, contact: Contact) -> dict[str, object]:
    return {
        "contact": contact,
        "contact_url": reverse("contacts:page", args=[contact.pk]),
        "views": sidebar.groups(request, ""),
        "toasts": toasts.waiting(request),
    }
