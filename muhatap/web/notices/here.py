"""Open pages say that they are, and hear who else is."""

import re

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from muhatap.accounts.models import User
from muhatap.automation.models import Availability
from muhatap.conversations.models import Conversation
from muhatap.notices import presence
from muhatap.shared import clock
from muhatap.web.common import reading
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.templatetags.ui import initials

TAB = re.compile(r"[0-9a-f]{8,40}")


@require_POST
@needs("conversations.read")
def beat(request: HttpRequest) -> HttpResponse:
    """A tab is open and shows this; answers with who is where, as far as this reader may know."""
    user, at = visitor(request), clock.now()
    number = reading.number(request.POST.get("conversation"))
    if tab := _tab(request):
        presence.beat(
            user=user,
            tab=tab,
            conversation=Conversation.objects.filter(pk=number).first() if number else None,
            is_typing=request.POST.get("typing") == "yes",
            is_shown=request.POST.get("shown") == "yes",
            was=_tab(request, "was"),
            at=at,
        )
    here = presence.others(user, at=at)
    return JsonResponse(
        {
            "here": [
                {"conversation": one.conversation_id, "user": one.user_id, "name": one.name, "typing": one.is_typing}
                for one in here
            ]
        }
    )


@require_POST
@needs("conversations.read")
def leave(request: HttpRequest) -> HttpResponse:
    """A tab was closed; the browser does not wait for what we say."""
    if tab := _tab(request):
        presence.leave(user=visitor(request), tab=tab, at=clock.now())
    return HttpResponse(status=204)


@needs("conversations.read")
def team(request: HttpRequest) -> HttpResponse:
    """Who of the others is here, for the side bar."""
    found = [(user, n) for user, n in presence.staff(at=clock.now()) if user != visitor(request)]
    rows = Availability.objects.filter(user__in=[user for user, _n in found])
    states = {row.user_id: str(row.get_state_display()) for row in rows if row.state != Availability.State.AVAILABLE}
    people = [
        {"name": user.name.split()[0], "initials": initials(user.name), "said": _said(user, n, states)}
        for user, n in found
    ]
    return render(request, "notices/_team.html", {"people": people})


def _said(user: User, n: int, states: dict[int, str]) -> str:
    if user.pk in states:
        return states[user.pk].lower()
    if n:
        return ngettext("in %(n)s conversation", "in %(n)s conversations", n) % {"n": n}
    return _("here now")


def _tab(request: HttpRequest, name: str = "tab") -> str:
    given = request.POST.get(name, "")
    return given if TAB.fullmatch(given) else ""
