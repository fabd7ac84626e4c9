"""What menus offer that stand on every page and are seldom opened: asked when one opens them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.contacts.models import Tag
from muhatap.conversations.models import Conversation
from muhatap.web.common.doors import needs, visitor
from muhatap.web.inbox import colleagues
from muhatap.web.inbox.display import Choice, Colleague
from muhatap.web.inbox.pages import find

MOST_TAGS = 50


@needs("conversations.assign")
def assignees(request: HttpRequest, number: int) -> HttpResponse:
    """To whom a conversation can be given."""
    return render(request, "inbox/_assignees.html", {"choices": _assignees(find(request, number), visitor(request))})


@needs("conversations.organise")
def followers(request: HttpRequest, number: int) -> HttpResponse:
    """Which colleagues could follow a conversation."""
    found, user = find(request, number), visitor(request)
    taken = {user.pk, *found.followers.values_list("user_id", flat=True)}
    url = reverse("inbox:follow", args=[found.pk])
    choices = tuple(
        Colleague(name=one.name, initials=one.initials, url=f"{url}?who={one.id}")
        for one in colleagues.people(user)
        if one.id not in taken
    )
    return render(request, "inbox/_followers.html", {"choices": choices})


@needs("conversations.note")
def mentions(request: HttpRequest) -> HttpResponse:
    """Whom one can call with @."""
    found = colleagues.people(visitor(request))
    choices = tuple(Colleague(id=one.id, name=one.name, initials=one.initials) for one in found)
    return render(request, "inbox/_mentions.html", {"choices": choices})


@needs("conversations.organise")
def bulk_people(request: HttpRequest) -> HttpResponse:
    """To whom the chosen conversations can be given."""
    user = visitor(request)
    people = [Choice(f"assign:{one.id}", one.name) for one in colleagues.people(user) if one.may_answer]
    teams = [Choice(f"team:{pk}", name, "users") for pk, name in colleagues.teams(user)]
    choices = (Choice("assign:nobody", _("Nobody")), *people, *teams)
    return render(request, "inbox/_bulk_choices.html", {"choices": choices})


@needs("conversations.organise")
def bulk_tags(request: HttpRequest) -> HttpResponse:
    """The tags that can be taken off the chosen conversations."""
    found = Tag.objects.order_by("folded").values_list("pk", "name")[:MOST_TAGS]
    choices = [Choice(f"untag:{pk}", name) for pk, name in found]
    return render(request, "inbox/_bulk_tags.html", {"choices": choices})


def _assignees(row: Conversation, user: User) -> tuple[Colleague, ...]:
    url = reverse("inbox:assign", args=[row.pk])
    nobody = Colleague(name=_("Nobody"), initials="", url=f"{url}?to=nobody", is_here=row.assignee_id is None)
    people = [
        Colleague(
            name=one.name,
            initials=one.initials,
            url=f"{url}?to=user:{one.id}",
            is_here=one.id == row.assignee_id,
        )
        for one in colleagues.people(user)
        if one.may_answer
    ]
    teams = [
        Colleague(name=name, initials="", url=f"{url}?to=team:{number}", is_here=number == row.team_id, is_team=True)
        for number, name in colleagues.teams(user)
    ]
    return (nobody, *people, *teams)
