"""Two contacts side by side, made one, and parted again."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from muhatap.accounts.models import User
from muhatap.contacts import fields, identity, likeness, merging, profile
from muhatap.contacts.models import Contact, CustomField, Merge
from muhatap.duplicates import reviewing
from muhatap.shared import clock
from muhatap.web.common import identities, of_two, reading, times
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.templatetags.ui import initials
from muhatap.web.contacts import choosing, sidebar, toasts, words
from muhatap.web.contacts.pages import find


@dataclass(frozen=True, kw_only=True)
class Line:
    """One field in three columns: what is kept now, what the other says, what stands afterwards."""

    label: str
    keep: str
    drop: str
    after: str
    is_same: bool


@needs("contacts.merge")
def show(request: HttpRequest) -> HttpResponse:
    """Side by side (GET), and the merge itself (POST)."""
    asked = request.POST if request.method == "POST" else request.GET
    keep, drop = (_asked(asked.get(name, "")) for name in ("keep", "drop"))
    if keep.pk == drop.pk:
        toasts.later(request, _("These two are one contact already."), icon="info")
        return redirect("contacts:page", keep.pk)
    if request.method != "POST":
        return _side_by_side(request, keep, drop)
    why = ", ".join(one.because for one in likeness.between(keep, drop))
    try:
        merged = reviewing.unite(keep=keep, drop=drop, by=visitor(request), at=clock.now(), reason=why)
    except merging.CannotMerge as error:
        return _side_by_side(request, keep, drop, error=str(error))
    said = _("Two contacts merged, %(rows)s moved") % {"rows": words.rows(merging.n_moved(merged))}
    undo_url = reverse("contacts:unmerge", args=[merged.pk])
    toasts.later(request, said, icon="merge", undo_url=undo_url, undo_label=_("Split"), seconds=20)
    return redirect("contacts:page", keep.pk)


@require_POST
@needs("contacts.merge")
def undo(request: HttpRequest, number: int) -> HttpResponse:
    merge = get_object_or_404(Merge.objects.select_related("keep", "drop"), pk=number)
    target = reverse("contacts:page", args=[merge.keep_id])
    try:
        merging.unmerge(merge=merge, by=visitor(request), at=clock.now())
    except merging.CannotUnmerge as error:
        toasts.later(request, str(error), icon="circle-alert")
    else:
        said = _("%(keep)s and %(drop)s are two contacts again.") % {"keep": merge.keep, "drop": merge.drop}
        toasts.later(request, said, icon="split")
    return toasts.go(request, target)


@require_POST
@needs("contacts.merge")
def deny(request: HttpRequest, number: int, other: int) -> HttpResponse:
    """Somebody says that these are two people."""
    one, two = find(number), find(other)
    if one.pk == two.pk:
        return redirect("contacts:page", one.pk)
    try:
        reviewing.differ(one=one, other=two, by=visitor(request), at=clock.now())
    except reviewing.CannotAnswer as error:
        toasts.later(request, str(error), icon="circle-alert")
    else:
        said = _("Noted: two different people. We will not ask again.")
        undo_url = reverse("contacts:recall", args=[one.pk, two.pk])
        toasts.later(request, said, undo_url=undo_url, undo_label=_("Undo"), seconds=20)
    return redirect("contacts:page", one.pk)


@require_GET
@needs("contacts.merge")
def choose(request: HttpRequest, number: int) -> HttpResponse:
    """Search for the other half of a merge, the likely ones first."""
    contact = find(number)
    context = {"contact": contact, "contact_url": reverse("contacts:page", args=[contact.pk])}
    context |= choosing.found(request, contact, lambda other: _pair(contact.pk, other))
    if request.headers.get("HX-Target") == "found":
        return render(request, "contacts/_choose_found.html", context)
    return render(request, "contacts/choose.html", context | {"views": sidebar.groups(request, "")})


def _side_by_side(request: HttpRequest, keep: Contact, drop: Contact, *, error: str = "") -> HttpResponse:
    custom, now = sidebar.custom_fields(), clock.now()
    told, asked = merging.preview(keep=keep, drop=drop), reviewing.question(keep, drop)
    context = {
        "keep": keep,
        "drop": drop,
        "heads": [_head(contact, now) for contact in (keep, drop)],
        "lines": [*_lines(keep, drop, told, custom), *_beside(keep, drop, visitor(request))],
        "moves": [words.model(label, n) for label, n in told.n_rows.most_common()],
        "n_rows": words.rows(told.n_rows.total()),
        "evidence": [identities.first_upper(words.evidence(one)) for one in likeness.between(keep, drop)],
        "are_identified": all(any(i.verified_at for i in identity.of(contact)) for contact in (keep, drop)),
        "review_url": reverse("duplicates:one", args=[asked.pk]) if asked else "",
        "other_way_url": _pair(drop.pk, keep.pk),
        "error": error,
        "views": sidebar.groups(request, ""),
        "toasts": toasts.waiting(request),
    }
    return render(request, "contacts/merge.html", context, status=409 if error else 200)


def _lines(keep: Contact, drop: Contact, told: merging.Preview, custom: dict[str, CustomField]) -> list[Line]:
    found = []
    for name in [*fields.BUILT_IN, *custom]:
        here, there = (words.value(name, profile.value_of(contact, name), custom) for contact in (keep, drop))
        if here or there:
            after = words.value(name, told.values.get(name), custom)
            found.append(
                Line(label=words.label(name, custom), keep=here, drop=there, after=after, is_same=here == there)
            )
    return [*found, _addresses(keep, drop)]


def _beside(keep: Contact, drop: Contact, user: User) -> list[Line]:
    return [
        Line(label=one.label, keep=one.here, drop=one.there, after=one.after, is_same=one.here == one.there)
        for one in of_two.beside(keep, drop, user)
    ]


def _addresses(keep: Contact, drop: Contact) -> Line:
    here, there = ([identities.text(i) for i in identity.of(contact)] for contact in (keep, drop))
    both = list(dict.fromkeys([*here, *there]))
    label = _("Addresses and numbers")
    return Line(label=label, keep=", ".join(here), drop=", ".join(there), after=", ".join(both), is_same=here == there)


def _head(contact: Contact, now: datetime) -> dict[str, str]:
    said = _("In touch since %(when)s") % {"when": times.short(contact.created_at, now)}
    return {
        "name": str(contact),
        "initials": initials(str(contact)),
        "said": said,
        "url": reverse("contacts:page", args=[contact.pk]),
    }


def _pair(keep: int, drop: int) -> str:
    return f"{reverse('contacts:merge')}?keep={keep}&drop={drop}"


def _asked(number: str) -> Contact:
    return find(reading.number(number) or 0)
