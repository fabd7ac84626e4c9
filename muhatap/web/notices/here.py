"""Open pages say that they are, and hear who else is."""

import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
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

TEAM = "notices/_team.html"
TAB = re.compile(r"[0-9a-f]{8,40}")


@dataclass(frozen=True, kw_only=True)
class Person:
    """A colleague who is here, as the side bar shows them."""

    name: str
    initials: str
    said: str


@require_POST
@needs("conversations.read")
def beat(request: HttpRequest) -> HttpResponse:
    """A tab is open and shows this; answers with who is where, as far as this reader may know. A page that was just drawn asks
    for the team too, which so costs it no request of its own."""
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
    told: dict[str, object] = {
        "here": [
            {"conversation": one.conversation_id, "user": one.user_id, "name": one.name, "typing": one.is_typing}
            for one in here
        ]
    }
    if request.POST.get("team") == "yes":
        told["team"] = render_to_string(TEAM, {"people": _people(user)})
    return JsonResponse(told)


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
    return render(request, TEAM, {"people": _people(visitor(request))})


def _people(reader: User) -> list[Person]:
    found = [(user, n) for user, n in presence.staff(at=clock.now()) if user != reader]
    rows = Availability.objects.exclude(state=Availability.State.AVAILABLE)
    states = {row.user_id: str(row.get_state_display()) for row in rows.filter(user__in=[user for user, _n in found])}
    return [
        Person(name=user.name.split()[0], initials=initials(user.name), said=_said(user, n, states))
        for user, n in found
    ]


def _said(user: User, n: int, states: dict[int, str]) -> str:
    if user.pk in states:
        return states[user.pk].lower()
    if n:
        return ngettext("in %(n)s conversation", "in %(n)s conversations", n) % {"n": n}
    return _("here now")


def _tab(request: HttpRequest, name: str = "tab") -> str:
    given = request.POST.get(name, "")
    return given if TAB.fullmatch(given) else ""
