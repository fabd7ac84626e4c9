"""Views: a filter kept under a name."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.contacts import saved_views
from muhatap.shared import clock
from muhatap.web.common.doors import needs, visitor
from muhatap.web.contacts import filters, sidebar, toasts


@require_POST
@needs("contacts.views")
def save(request: HttpRequest) -> HttpResponse:
    """Keep the present filter, for oneself or for everybody."""
    custom = sidebar.custom_fields()
    wanted = filters.read(request.POST, custom)
    here = reverse("contacts:list") + filters.address(wanted, custom)
    is_shared = request.POST.get("is_shared") == "on"
    try:
        view = saved_views.save(
            name=request.POST.get("name", ""), wanted=wanted, is_shared=is_shared, by=visitor(request), at=clock.now()
        )
    except saved_views.BadView:
        toasts.later(request, _("Not kept: give the view a name of at most 80 characters."), icon="circle-alert")
        return redirect(here)
    toasts.later(request, _("The view “%(name)s” is kept.") % {"name": view.name})
    return redirect(f"{here}&view={view.pk}")


@require_POST
@needs("contacts.views")
def remove(request: HttpRequest, number: int) -> HttpResponse:
    user = visitor(request)
    view = get_object_or_404(saved_views.visible_to(user), pk=number)
    if saved_views.may_change(user, view):
        saved_views.remove(view=view, by=user, at=clock.now())
        toasts.later(request, _("The view “%(name)s” is gone; the contacts stay.") % {"name": view.name})
    else:
        toasts.later(request, _("Only who made this view may remove it."), icon="circle-alert")
    return redirect("contacts:list")
