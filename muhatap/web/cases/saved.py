"""Views of cases: a filter kept under a name, beside the list."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.accounts.models import User
from muhatap.service import case_views
from muhatap.service.models import CaseView
from muhatap.shared import clock
from muhatap.web.cases import asked
from muhatap.web.common.display import ViewGroup, ViewLink
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.reading import number

MOST_SHOWN = 2 * case_views.MOST  # all of one's own, and as many of others


@require_POST
@needs("cases.read")
def save(request: HttpRequest) -> HttpResponse:
    """Keep the present filter, for oneself or for everybody."""
    user, now = visitor(request), clock.now()
    wanted = asked.of(request.POST, order=request.POST.get("order", ""), now=now)
    is_shared = request.POST.get("is_shared") == "on"
    try:
        view = case_views.save(
            name=request.POST.get("name", ""), query=wanted.pairs(), is_shared=is_shared, by=user, at=now
        )
    except case_views.BadView:
        messages.warning(request, _("Not kept: give the view a name of at most 80 characters."))
        return redirect(wanted.url())
    messages.success(request, _("The view “%(name)s” is kept.") % {"name": view.name})
    return redirect(url(view))


@require_POST
@needs("cases.read")
def remove(request: HttpRequest, number: int) -> HttpResponse:
    user = visitor(request)
    view = get_object_or_404(case_views.visible_to(user), pk=number)
    if case_views.may_change(user, view):
        case_views.remove(view=view, by=user, at=clock.now())
        messages.success(request, _("The view “%(name)s” is gone; the cases stay.") % {"name": view.name})
    else:
        messages.warning(request, _("Only who made this view may remove it."))
    return redirect("cases:list")


def chosen(request: HttpRequest) -> CaseView | None:
    """The view that the address names."""
    named = number(request.GET.get("view"))
    return case_views.visible_to(visitor(request)).filter(pk=named).first() if named is not None else None


def group(user: User, here: str) -> tuple[ViewGroup, ...]:
    """The views in the navigation; none where nobody has made any."""
    links = [
        ViewLink(
            label=view.name,
            url=url(view),
            icon="users-round" if view.is_shared else "list-filter",
            is_here=here == f"view:{view.pk}",
        )
        for view in case_views.visible_to(user)[:MOST_SHOWN]
    ]
    return (ViewGroup(title=_("Views"), links=tuple(links)),) if links else ()


def url(view: CaseView) -> str:
    """The list as it was kept."""
    pairs = [(str(name), str(value)) for name, value in view.query]
    return f"{reverse('cases:list')}?{urlencode([*pairs, ('view', view.pk)])}"
