"""The page where an administrator says how long data is kept, and reads what is held and what goes next."""

from datetime import date, datetime, timedelta

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muhatap.accounts.models import User
from muhatap.imports import letting_go as imports
from muhatap.insight import letting_go as lake
from muhatap.shared import clock
from muhatap.visits import how_long, letting_go
from muhatap.web.common import times
from muhatap.web.common.doors import needs, visitor
from muhatap.web.settings.how_long_form import FOR_EVER, HowLongForm

Fact = tuple[str, str]


@needs("keeping.edit")
def edit(request: HttpRequest) -> HttpResponse:
    form = HowLongForm(request.POST or None, initial=_standing())
    if request.method == "POST" and form.is_valid() and _kept(form, by=visitor(request), at=clock.now()):
        messages.success(request, _("Saved. What is over goes in the next night."))
        return redirect("settings:keeping")
    now = clock.now()
    page = {"form": form, "events": _of_events(now), "lake": _of_lake(now), "files": _of_files(now)}
    return render(request, "settings/how_long.html", page, status=422 if form.errors else 200)


def _standing() -> dict[str, int]:
    events, files = how_long.current(), imports.current()
    told = {"months": events.months, "lake_months": events.lake_months, "days": files.days}
    return {name: FOR_EVER if value is None else value for name, value in told.items()}


@transaction.atomic
def _kept(form: HowLongForm, *, by: User, at: datetime) -> bool:
    data = form.cleaned_data
    try:
        how_long.change(months=data["months"], lake_months=data["lake_months"], by=by, at=at)
    except how_long.LakeKeepsLess:
        form.add_error("lake_months", _("The lake cannot keep less than the database. Choose at least as long."))
        return False
    imports.change(days=data["days"], by=by, at=at)
    return True


def _of_events(now: datetime) -> list[Fact]:
    leaves = [leaf for leaf in letting_go.standing() if leaf.begins_at <= now]
    gone_before = how_long.current().gone_before
    facts = [(_("Held now"), _held(len(leaves), leaves[0].day if leaves else None, sum(leaf.size for leaf in leaves)))]
    if leaves:
        goes = how_long.goes_on(leaves[0].days()[-1])
        facts.append((_("Goes next"), _next(times.day(leaves[0].day), goes, now)))
    if gone_before:
        facts.append((_("Gone"), _("all before %(day)s") % {"day": times.day(timezone.localdate(gone_before))}))
    return facts


def _of_lake(now: datetime) -> list[Fact]:
    try:
        n, first, size = lake.held()
    except OSError:
        return [(_("Held now"), _("The store of closed days does not answer. Ask again later."))]
    gone_before = how_long.current().lake_gone_before
    facts = [(_("Held now"), _held(n, first, size))]
    if first:
        month = _("the month of %(day)s") % {"day": times.day(first)}
        facts.append((_("Goes next"), _next(month, how_long.goes_from_lake_on(first), now)))
    if gone_before:
        facts.append((_("Gone"), _("all before %(day)s") % {"day": times.day(gone_before)}))
    return facts


def _of_files(now: datetime) -> list[Fact]:
    n, days = imports.standing().count(), imports.current().days
    said = ngettext("%(n)s file, %(size)s", "%(n)s files, %(size)s", n)
    facts = [(_("Held now"), said % {"n": times.count(n), "size": times.size(imports.size())} if n else _("Nothing"))]
    if n and days is None:
        facts.append((_("Goes next"), _("nothing, all is kept for ever")))
    elif days is not None and (first := imports.first_to_go(days=days)):
        name, at = first
        facts.append((_("Goes next"), _next(f"“{name}”", timezone.localdate(at), now)))
    return facts


def _held(n: int, first: date | None, size: int) -> str:
    if first is None:
        return _("Nothing")
    said = ngettext("%(n)s day, since %(day)s: %(size)s", "%(n)s days, since %(day)s: %(size)s", n)
    return said % {"n": times.count(n), "day": times.day(first), "size": times.size(size)}


def _next(what: str, night: date | None, now: datetime) -> str:
    if night is None:
        return _("nothing, all is kept for ever")
    tonight = timezone.localdate(now) + timedelta(days=1)
    if night <= tonight:
        return _("%(what)s, in the next night") % {"what": what}
    return _("%(what)s, in the night to %(night)s") % {"what": what, "night": times.day(night)}
