"""Filters in the making and views that were kept: the builder, and what one does with saved views."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.accounts.models import Membership, Team, User
from muhatap.accounts.permissions import may
from muhatap.conversations import lists, saved_views, wanting
from muhatap.conversations.models import SavedView
from muhatap.conversations.wanting import Condition, Wanted
from muhatap.shared import clock
from muhatap.web.common import reading
from muhatap.web.common.display import ViewGroup
from muhatap.web.common.doors import needs, visitor
from muhatap.web.inbox import builder, filters, pages, sidebar, viewing

LIVELY = Condition(field="status", op="is", values=("open", "waiting"))
STANDING: dict[str, tuple[Condition, ...]] = {
    "mine": (Condition(field="assignee", op="is", values=("me",)), LIVELY),
    "unassigned": (Condition(field="assignee", op="is", values=("nobody",)), LIVELY),
    "waiting": (Condition(field="status", op="is", values=("open",)),),
    "snoozed": (Condition(field="status", op="is", values=("snoozed",)),),
    "resolved": (Condition(field="status", op="is", values=("resolved",)),),
    "spam": (Condition(field="status", op="is", values=("spam",)),),
    "drafts": (Condition(field="draft", op="yes"),),
}


@needs("conversations.read")
def build(request: HttpRequest) -> HttpResponse:
    """The builder; posted, it shows the list, keeps it as a view, or comes again with a row more or less."""
    if request.method == "POST":
        return _posted(request, None)
    return _builder(
        request, _begun(request), order=filters.order(request.GET), is_any=request.GET.get("match") == "any"
    )


@needs("conversations.read")
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """The builder with a view that was kept."""
    view = _mine(request, number)
    if request.method == "POST":
        return _posted(request, view)
    wanted = Wanted.of_json(view.query)
    rows = [
        replace(row, error=_("This is gone. Choose another, or take the condition away."))
        if one in wanting.broken(wanted)
        else row
        for one, row in zip(wanted.conditions, builder.of_wanted(wanted), strict=True)
        if wanting.operators(one.field)
    ]
    return _builder(request, rows, view=view, order=wanted.order, is_any=wanted.is_any, kept=_kept(view))


@needs("conversations.read")
def listing(request: HttpRequest) -> HttpResponse:
    """Every view this reader has, to put in order, copy, change or remove."""
    user = visitor(request)
    views = [_listed(view, user) for view in saved_views.visible_to(user)[: saved_views.MOST]]
    return render(request, "inbox/saved_views.html", {"views": views, "views_nav": _nav(request, "saved")})


@require_POST
@needs("conversations.read")
def remove(request: HttpRequest, number: int) -> HttpResponse:
    view = _mine(request, number)
    saved_views.remove(view=view, by=visitor(request), at=clock.now())
    messages.success(request, _("The view “%(name)s” is gone; the conversations stay.") % {"name": view.name})
    return redirect("inbox:saved_views")


@require_POST
@needs("conversations.read")
def copy(request: HttpRequest, number: int) -> HttpResponse:
    view = viewing.saved_view(visitor(request), f"view:{number}")
    name = _("%(name)s (copy)") % {"name": view.name[: saved_views.LONGEST - 10]}
    try:
        made = saved_views.duplicate(view=view, name=name, by=visitor(request), at=clock.now())
    except saved_views.BadView as error:
        messages.error(request, _refusal(error.code))
        return redirect("inbox:saved_views")
    return redirect("inbox:saved_view", made.pk)


@require_POST
@needs("conversations.read")
def place(request: HttpRequest, number: int) -> HttpResponse:
    """to=up or down."""
    saved_views.move(
        view=_mine(request, number), up=request.POST.get("to") == "up", by=visitor(request), at=clock.now()
    )
    return redirect("inbox:saved_views")


def _posted(request: HttpRequest, view: SavedView | None) -> HttpResponse:
    act, _colon, text = request.POST.get("do", "").partition(":")
    rows = builder.typed(request.POST)
    if act == "add" and len(rows) < wanting.MOST:
        rows.append(builder.Typed(field=_unused(rows)))
    if act == "drop" and (place := reading.number(text)) is not None and place < len(rows):
        del rows[place]
    conditions, told, is_right = builder.understood(rows)
    wanted = Wanted(
        conditions=conditions,
        is_any=request.POST.get("match") == "any",
        order=filters.order(request.POST) or "newest",
    )
    if act == "show" and is_right:
        return redirect(f"{reverse('inbox:view', args=[viewing.FILTERED])}?{urlencode(filters.pairs(wanted))}")
    error = ""
    if act == "save" and is_right:
        try:
            return _save(request, wanted, view)
        except saved_views.BadView as bad:
            error = _refusal(bad.code)
    shown = told if act in ("show", "save") else rows
    kept = {name: request.POST.get(name, "") for name in ("name", "reach")}
    return _builder(request, shown, view=view, order=wanted.order, is_any=wanted.is_any, kept=kept, error=error)


def _save(request: HttpRequest, wanted: Wanted, view: SavedView | None) -> HttpResponse:
    reach, _colon, number = request.POST.get("reach", "mine").partition(":")
    team = Team.objects.filter(pk=reading.number(number) or 0).first()
    saved = saved_views.save(
        name=request.POST.get("name", ""),
        wanted=wanted,
        reach=reach,
        team=team,
        view=view,
        by=visitor(request),
        at=clock.now(),
    )
    messages.success(request, _("The view “%(name)s” is kept.") % {"name": saved.name})
    return redirect("inbox:view", f"view:{saved.pk}")


def _builder(
    request: HttpRequest,
    rows: list[builder.Typed],
    *,
    order: str,
    is_any: bool,
    view: SavedView | None = None,
    kept: dict[str, str] | None = None,
    error: str = "",
) -> HttpResponse:
    user = visitor(request)
    names = filters.Names(user)
    rows = rows or [builder.Typed(field="status", op="is", values=LIVELY.values)]
    _label, orders = filters.sorts(order or "newest", "", ())
    context = {
        "lines": [builder.line(place, row, names) for place, row in enumerate(rows)],
        "may_add": len(rows) < wanting.MOST,
        "is_any": is_any,
        "orders": [(name, act.label, act.is_here) for name, act in zip(lists.ORDERS, orders, strict=True)],
        "view": view,
        "kept": kept or {"name": "", "reach": "mine"},
        "reaches": _reaches(user),
        "error": error,
        "views_nav": _nav(request, f"view:{view.pk}" if view else ""),
    }
    return render(request, "inbox/filter.html", context)


def _nav(request: HttpRequest, here: str) -> tuple[ViewGroup, ...]:
    user = visitor(request)
    return sidebar.groups(user, here, lists.counts(user), pages.saved_links(request, here=here))


def _begun(request: HttpRequest) -> list[builder.Typed]:
    wanted = filters.read(request.GET)
    conditions = wanted.conditions or STANDING.get(request.GET.get("from", ""), ())
    kind, _colon, number = request.GET.get("from", "").partition(":")
    if not conditions and kind in ("team", "inbox") and reading.number(number):
        conditions = (Condition(field=kind, op="is", values=(number,)), LIVELY)
    return [builder.Typed(field=one.field, op=one.op, values=one.values) for one in conditions]


def _unused(rows: list[builder.Typed]) -> str:
    taken = {row.field for row in rows}
    return next((field for field in wanting.OPERATORS if field not in taken), "status")


def _reaches(user: User) -> list[tuple[str, str]]:
    """Who can have the view: oneself, and for those who lead a team of theirs or everybody."""
    found = [("mine", _("Only me"))]
    if not may(user, saved_views.SHARE):
        return found
    teams = Team.objects.filter(pk__in=Membership.objects.filter(user=user).values("team_id")).order_by("name")
    found += [(f"team:{team.pk}", _("Team: %(name)s") % {"name": team.name}) for team in teams]
    return [*found, ("all", _("Everybody"))]


def _kept(view: SavedView) -> dict[str, str]:
    return {"name": view.name, "reach": f"team:{view.team_id}" if view.reach == "team" else view.reach}


def _listed(view: SavedView, user: User) -> dict[str, Any]:
    wanted = Wanted.of_json(view.query)
    names = filters.Names(user)
    known = [one for one in wanted.conditions if wanting.operators(one.field)]
    return {
        "view": view,
        "url": reverse("inbox:view", args=[f"view:{view.pk}"]),
        "who": _("Team: %(name)s") % {"name": view.team} if view.team else view.get_reach_display(),
        "asks": (_(" or ") if wanted.is_any else " · ").join(filters.sentence(one, names) for one in known),
        "is_broken": bool(wanting.broken(wanted)),
        "may_change": saved_views.may_change(user, view),
    }


def _mine(request: HttpRequest, number: int) -> SavedView:
    user = visitor(request)
    view = get_object_or_404(saved_views.visible_to(user), pk=number)
    if not saved_views.may_change(user, view):
        raise Http404
    return view


def _refusal(code: str) -> str:
    return {
        "name": _("Not kept: give the view a name of at most 80 characters."),
        "too_many": _("Not kept: you have 50 views already. Remove one first."),
        "team": _("Not kept: choose who has the view."),
        "not_allowed": _("Not kept: sharing views is for those who lead."),
        "no_condition": _("Not kept: ask for at least one thing."),
    }[code]
