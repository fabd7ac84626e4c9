"""The firm's own fields: listed, added, changed, put away and brought back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.contacts import designing
from muhatap.contacts.models import CustomField
from muhatap.shared import clock
from muhatap.web.common.doors import needs, visitor
from muhatap.web.contacts import sidebar, toasts
from muhatap.web.contacts.forms import FieldForm


@needs("contacts.fields")
def show(request: HttpRequest) -> HttpResponse:
    """The fields in use and those put away; a POST adds one."""
    form = FieldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            field = designing.define(
                label=told["label"],
                kind=told["kind"],
                about=told["about"],
                choices=form.lines(),
                by=visitor(request),
                at=clock.now(),
            )
        except designing.BadField as error:
            form.refuse(error)
        else:
            said = (
                _("The field “%(name)s” is on every conversation now.")
                if field.about == CustomField.About.CONVERSATION
                else _("The field “%(name)s” is on every contact now.")
            )
            toasts.later(request, said % {"name": field.label})
            return redirect("contacts:fields")
    return render(request, "contacts/fields.html", _around(request) | {"form": form, **_fields()})


@needs("contacts.fields")
def change(request: HttpRequest, number: int) -> HttpResponse:
    field = get_object_or_404(CustomField, pk=number)
    form = FieldForm(request.POST or None, field=field)
    if request.method == "POST" and form.is_valid():
        try:
            designing.change(
                field=field, label=form.cleaned_data["label"], choices=form.lines(), by=visitor(request), at=clock.now()
            )
        except designing.BadField as error:
            form.refuse(error)
        else:
            toasts.later(request, _("The field “%(name)s” is kept.") % {"name": field.label})
            return redirect("contacts:fields")
    return render(request, "contacts/field.html", _around(request) | {"form": form, "field": field})


@require_POST
@needs("contacts.fields")
def archive(request: HttpRequest, number: int) -> HttpResponse:
    field = get_object_or_404(CustomField, pk=number)
    designing.archive(field=field, by=visitor(request), at=clock.now())
    undo_url = reverse("contacts:restore_field", args=[field.pk])
    said = _("“%(name)s” is put away; its values stay.") % {"name": field.label}
    toasts.later(request, said, icon="archive", undo_url=undo_url, seconds=10)
    return redirect("contacts:fields")


@require_POST
@needs("contacts.fields")
def restore(request: HttpRequest, number: int) -> HttpResponse:
    field = get_object_or_404(CustomField, pk=number)
    try:
        designing.restore(field=field, by=visitor(request), at=clock.now())
    except designing.BadField as error:
        toasts.later(request, str(error), icon="circle-alert")
    else:
        toasts.later(request, _("The field “%(name)s” is back, with its values.") % {"name": field.label})
    return toasts.go(request, reverse("contacts:fields"))


@require_POST
@needs("contacts.fields")
def move(request: HttpRequest, number: int) -> HttpResponse:
    field = get_object_or_404(CustomField, pk=number)
    designing.move(field=field, up=request.POST.get("to") == "up", by=visitor(request), at=clock.now())
    return redirect("contacts:fields")


def _fields() -> dict[str, object]:
    archived = CustomField.objects.filter(archived_at__isnull=False).order_by("label", "id")
    groups = [(about.label, designing.active(about)) for about in CustomField.About]
    return {"groups": groups, "archived": list(archived[:200])}


def _around(request: HttpRequest) -> dict[str, object]:
    return {"views": sidebar.groups(request, "fields"), "toasts": toasts.waiting(request)}
