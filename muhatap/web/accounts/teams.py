"""Teams and who is in them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.accounts import teams
from muhatap.accounts.models import Team, User
from muhatap.accounts.permissions import may
from muhatap.shared import clock
from muhatap.shared.text import sort_key
from muhatap.web.accounts.forms import TeamForm
from muhatap.web.common.doors import needs, visitor


@needs("staff.read")
def listing(request: HttpRequest) -> HttpResponse:
    lines = [
        {"team": team, "members": sorted(team.members.all(), key=lambda user: user.sort_key)}
        for team in sorted(Team.objects.prefetch_related("members"), key=lambda team: sort_key(team.name))
    ]
    page = {"teams": lines, "may_edit": may(visitor(request), "teams.edit")}
    return render(request, "accounts/teams.html", page)


@needs("teams.edit")
def new(request: HttpRequest) -> HttpResponse:
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            teams.create(**form.cleaned_data, by=visitor(request), at=clock.now())
        except teams.NameTaken:
            _name_taken(form)
        else:
            return _saved(request)
    return render(request, "accounts/team.html", {"form": form}, status=422 if form.errors else 200)


@needs("teams.edit")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    team = get_object_or_404(Team, pk=pk)
    members = User.objects.filter(memberships__team=team)
    form = TeamForm(request.POST or None, initial={"name": team.name, "members": members})
    if request.method == "POST" and form.is_valid():
        try:
            teams.revise(team=team, **form.cleaned_data, by=visitor(request), at=clock.now())
        except teams.NameTaken:
            _name_taken(form)
        else:
            return _saved(request)
    return render(request, "accounts/team.html", {"form": form, "team": team}, status=422 if form.errors else 200)


@require_POST
@needs("teams.edit")
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    team = get_object_or_404(Team, pk=pk)
    teams.delete(team=team, by=visitor(request), at=clock.now())
    messages.success(request, _("%(name)s is no longer a team.") % {"name": team.name})
    return redirect("accounts:teams")


def _saved(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("accounts:teams")


def _name_taken(form: TeamForm) -> None:
    form.add_error("name", _("Another team has this name."))
