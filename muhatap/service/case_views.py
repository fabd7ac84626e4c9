"""Named filters over the list of cases, one's own or everybody's."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.service.models import CaseView
from muhatap.shared.text import without_nul

MOST = 50


class BadView(ValueError):
    """The view has no name, too long a name, or its owner has too many."""


def visible_to(user: User) -> "QuerySet[CaseView]":
    """One's own and then everybody's, by name."""
    is_own = ExpressionWrapper(Q(by=user), output_field=BooleanField())
    return CaseView.objects.filter(Q(by=user) | Q(is_shared=True)).order_by(is_own.desc(), "name", "id")


def may_change(user: User, view: CaseView) -> bool:
    """Its maker; a shared one also those who lead."""
    return view.by_id == user.pk or (view.is_shared and may(user, "cases.shared_views"))


@transaction.atomic
def save(*, name: str, query: Sequence[tuple[str, str]], is_shared: bool, by: User, at: datetime) -> CaseView:
    """Keep a filter under a name; the same maker saving the same name again replaces it. Raises BadView."""
    name = " ".join(without_nul(name).split())
    if not name or len(name) > 80 or CaseView.objects.filter(by=by).exclude(name=name).count() >= MOST:
        raise BadView(name)
    told = {"query": [list(pair) for pair in query], "is_shared": is_shared, "at": at}
    view, _is_new = CaseView.objects.update_or_create(name=name, by=by, defaults=told)
    act = "view.shared" if is_shared else "view.saved"
    audit.record(by=by, at=at, act=act, kind="case view", id=view.pk, name=view.name)
    return view


@transaction.atomic
def remove(*, view: CaseView, by: User, at: datetime) -> None:
    audit.record(by=by, at=at, act="view.removed", kind="case view", id=view.pk, name=view.name)
    view.delete()
