"""Named filters over the list of contacts, one's own or everybody's."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.contacts import national
from muhatap.contacts.finding import Wanted
from muhatap.contacts.models import SavedView
from muhatap.shared.text import without_nul

MOST = 50


class BadView(ValueError):
    """The view has no name, too long a name, or its owner has too many."""


def visible_to(user: User) -> "QuerySet[SavedView]":
    """One's own and everybody's, by name."""
    return (
        SavedView.objects.filter(Q(by=user) | Q(is_shared=True))
        .select_related("by")
        .order_by("-is_shared", "name", "id")
    )


def may_change(user: User, view: SavedView) -> bool:
    """Its maker; a shared one also those who lead."""
    return view.by_id == user.pk or (view.is_shared and may(user, "contacts.shared_views"))


@transaction.atomic
def save(*, name: str, wanted: Wanted, is_shared: bool, by: User, at: datetime) -> SavedView:
    """Keep a filter under a name; the same maker saving the same name again replaces it. Raises BadView."""
    name = " ".join(without_nul(name).split())
    if not name or len(name) > 80 or SavedView.objects.filter(by=by).exclude(name=name).count() >= MOST:
        raise BadView(name)
    wanted = replace(wanted, q=national.print_of(wanted.q) or wanted.q)  # a print finds the same people
    view, _ = SavedView.objects.update_or_create(
        name=name, by=by, defaults={"query": wanted.as_json(), "is_shared": is_shared, "at": at}
    )
    act = "view.shared" if is_shared else "view.saved"
    audit.record(by=by, at=at, act=act, kind="contact view", id=view.pk, name=view.name)
    return view


@transaction.atomic
def remove(*, view: SavedView, by: User, at: datetime) -> None:
    audit.record(by=by, at=at, act="view.removed", kind="contact view", id=view.pk, name=view.name)
    view.delete()
