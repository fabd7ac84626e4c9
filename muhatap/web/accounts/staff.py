"""Who works here: the list, invitations, roles, leaving."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from muhatap.accounts import inviting, staffing
from muhatap.accounts.models import Invitation, Team, User
from muhatap.accounts.permissions import may
from muhatap.shared import clock
from muhatap.web.accounts import mail
from muhatap.web.accounts.forms import Invitee, Person
from muhatap.web.common.doors import needs, visitor

OPEN = Q(used_at=None, revoked_at=None)


@dataclass(frozen=True, kw_only=True)
class Line:
    """`standing` is here, invited, expired (the link ran out) or left."""

    person: User
    teams: tuple[Team, ...]
    standing: str


@needs("staff.read")
def listing(request: HttpRequest) -> HttpResponse:
    people = User.objects.prefetch_related("teams", Prefetch("invitations", Invitation.objects.filter(OPEN)))
    lines = [
        Line(person=user, teams=tuple(user.teams.all()), standing=_standing(user))
        for user in sorted(people, key=lambda user: (_standing(user) == "left", user.sort_key))
    ]
    page = {"people": lines, "may_invite": may(visitor(request), "staff.edit")}
    return render(request, "accounts/staff.html", page)


@never_cache
@needs("staff.edit")
def invite(request: HttpRequest) -> HttpResponse:
    by = visitor(request)
    form = Invitee(request.POST or None, may_make_owners=staffing.may_touch_owners(by))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data | {"teams_of": form.cleaned_data.get("teams", ())}
        given.pop("teams", None)
        try:
            return _show_link(request, inviting.invite(**given, by=by, at=clock.now()))
        except inviting.AlreadyHere:
            form.add_error("email", _("Somebody with this e-mail address is on the staff list already."))
    return render(request, "accounts/invite.html", {"form": form}, status=422 if form.errors else 200)


@needs("staff.edit")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    by, user = visitor(request), get_object_or_404(User, pk=pk)
    may_edit = _may_edit(by, user)
    form = Person(request.POST or None, may_make_owners=staffing.may_touch_owners(by), initial=_initial(user))
    if request.method == "POST" and may_edit and form.is_valid():
        given = form.cleaned_data | {"teams_of": form.cleaned_data.get("teams", ())}
        given.pop("teams", None)
        try:
            staffing.revise(user=user, **given, by=by, at=clock.now())
        except (staffing.LastOwner, staffing.OwnersOnly) as error:
            form.add_error("role", _said(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:staff")
    page = {"form": form, "person": get_object_or_404(User, pk=pk), "may_edit": may_edit, "is_me": by.pk == pk}
    page |= {"has_left": _standing(user) == "left", "is_invited": not user.has_usable_password()}
    return render(request, "accounts/person.html", page, status=422 if form.errors else 200)


@never_cache
@require_POST
@needs("staff.edit")
def renew_link(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    try:
        return _show_link(request, inviting.renew(user=user, by=visitor(request), at=clock.now()))
    except (staffing.OwnersOnly, inviting.Left) as error:
        return _refused(request, user, error)


@require_POST
@needs("staff.edit")
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    try:
        staffing.deactivate(user=user, by=visitor(request), at=clock.now())
    except (staffing.LastOwner, staffing.OwnersOnly, staffing.Oneself) as error:
        return _refused(request, user, error)
    messages.success(request, _("%(name)s can no longer log in, and is logged out everywhere.") % {"name": user})
    return redirect("accounts:staff")


@require_POST
@needs("staff.edit")
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    try:
        staffing.reactivate(user=user, by=visitor(request), at=clock.now())
    except staffing.OwnersOnly as error:
        return _refused(request, user, error)
    messages.success(request, _("%(name)s can log in again.") % {"name": user})
    return redirect("accounts:person", pk=pk)


def _show_link(request: HttpRequest, invited: inviting.Invited) -> HttpResponse:
    """On the answer itself, once: a link kept for a redirect would be a link kept."""
    url = mail.link(invited)
    page = {"person": invited.user, "url": url, "invitation": invited.invitation, "was_mailed": mail.send(invited)}
    return render(request, "accounts/link.html", page)


def _refused(request: HttpRequest, user: User, error: Exception) -> HttpResponse:
    messages.error(request, _said(error))
    return redirect("accounts:person", pk=user.pk)


def _said(error: Exception) -> str:
    return {
        staffing.OwnersOnly: _("Only an owner can change an owner."),
        staffing.LastOwner: _("This is the last owner. Make somebody else an owner first."),
        staffing.Oneself: _("You cannot deactivate yourself. Another administrator can."),
        inviting.Left: _("This person is deactivated. Let them in again first."),
    }[type(error)]


def _may_edit(by: User, user: User) -> bool:
    try:
        staffing.guard(user, by)
    except staffing.OwnersOnly:
        return False
    return True


def _initial(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "role": user.role,
        "visibility": user.visibility,
        "teams": Team.objects.filter(memberships__user=user),
    }


def _standing(user: User) -> str:
    if user.is_active:
        return "here"
    if user.has_usable_password():
        return "left"
    return "invited" if any(one.expires_at > clock.now() for one in user.invitations.all()) else "expired"
