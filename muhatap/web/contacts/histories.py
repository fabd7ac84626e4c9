"""Where the values of a contact come from: what stands and why, all that was told, the records of sources, who decided what."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from muhatap.accounts.permissions import may
from muhatap.contacts import fields, ledger, profile, ruling
from muhatap.contacts.models import Contact, CustomField, LedgerEntry, SourceRecord
from muhatap.contacts.searching import family_ids
from muhatap.contacts.survivorship import Golden
from muhatap.shared import clock
from muhatap.web.common import identities, times
from muhatap.web.common.doors import needs, visitor
from muhatap.web.contacts import sidebar, ties, toasts, words
from muhatap.web.contacts.pages import around, find

_MOST_RECORDS = 100
_MOST_DECISIONS = 50


@require_GET
@needs("contacts.read")
def show(request: HttpRequest, number: int) -> HttpResponse:
    contact, now = find(number), clock.now()
    custom, golden = sidebar.custom_fields(), profile.current(contact)
    context = around(request, contact) | {
        "standing": [_standing(golden[name], custom, now) for name in [*fields.BUILT_IN, *custom] if name in golden],
        "lines": _told(contact, custom, {one.fact_id for one in golden.values()}, now),
        "records": _records(contact, custom, now),
        "decisions": [_decision(one, now) for one in ledger.of(family_ids(contact), _MOST_DECISIONS)],
        "apart": ties.of(contact, now),
        "may_merge": may(visitor(request), "contacts.merge"),
        "may_edit": may(visitor(request), "contacts.edit"),
        "may_split": may(visitor(request), "contacts.merge") and _n_people(contact) > 1,
    }
    return render(request, "contacts/history.html", context)


@require_POST
@needs("contacts.edit")
def pin(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """This value stays, whatever is told later; or it goes by the rules again."""
    contact = find(number)
    if name in ruling.names():
        is_pinned = "release" not in request.POST
        act = profile.pin if is_pinned else profile.release
        act(contact=contact, name=name, by=visitor(request), at=clock.now())
        said = _("It stays as it is, whatever others tell.") if is_pinned else _("It goes by the rules again.")
        toasts.later(request, said, icon="pin" if is_pinned else "pin-off")
    return redirect("contacts:history", contact.pk)


def _standing(one: Golden, custom: dict[str, CustomField], now: datetime) -> dict[str, Any]:
    return {
        "name": one.field,
        "label": words.label(one.field, custom),
        "value": words.value(one.field, one.value, custom),
        "source": identities.source(one.source, str(one.by) if one.by else ""),
        "why": words.rule(one.rule),
        "is_pinned": one.is_pinned,
        "time": times.stamp(one.at, now),
        "iso": one.at.isoformat(),
    }


def _told(
    contact: Contact, custom: dict[str, CustomField], current: set[int | None], now: datetime
) -> list[dict[str, Any]]:
    return [
        {
            "label": words.label(fact.field, custom),
            "value": words.value(fact.field, fact.value, custom),
            "source": identities.source(fact.source, str(fact.by) if fact.by else ""),
            "time": times.stamp(fact.at, now),
            "iso": fact.at.isoformat(),
            "is_current": fact.pk in current,
        }
        for fact in profile.history(contact)
    ]


def _records(contact: Contact, custom: dict[str, CustomField], now: datetime) -> list[dict[str, Any]]:
    rows = SourceRecord.objects.filter(contact=contact).order_by("-id")[:_MOST_RECORDS]
    return [
        {
            "id": row.pk,
            "source": identities.first_upper(identities.source(row.source)),
            "number": row.external_id,
            "told": words.told(row, custom),
            "state": _("stands")
            if row.is_current
            else _("taken back")
            if row.withdrawn_at
            else _("followed by a newer one"),
            "is_current": row.is_current,
            "time": times.stamp(row.at, now),
            "iso": row.at.isoformat(),
        }
        for row in rows
    ]


def _n_people(contact: Contact) -> int:
    """How many words could stand alone: versions of one word go together."""
    words_of = SourceRecord.objects.filter(contact=contact, is_current=True)
    return words_of.values("source", "external_id").distinct()[:2].count()


def _decision(one: LedgerEntry, now: datetime) -> dict[str, Any]:
    return {
        "what": one.get_kind_display(),
        "who": one.by_name or _("The system"),
        "about": ", ".join(f"#{pk}" for pk in (one.one, one.other) if pk),
        "url": reverse("contacts:page", args=[one.other or one.one]),
        "why": words.because(one),
        "time": times.stamp(one.at, now),
        "iso": one.at.isoformat(),
    }
