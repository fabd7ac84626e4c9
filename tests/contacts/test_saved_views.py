"""Filters kept under a name: whose they are, and what the audit remembers of them."""

import pytest

from muhatap.accounts.models import AuditEntry, Role, User
from muhatap.accounts.permissions import PERMISSIONS
from muhatap.contacts import saved_views
from muhatap.contacts.finding import Wanted
from muhatap.contacts.models import SavedView
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def kept(by: User, *, is_shared: bool = False) -> SavedView:
    return saved_views.save(name="İzmirliler", wanted=Wanted(city="İzmir"), is_shared=is_shared, by=by, at=NOW)


def test_what_somebody_shared_is_changed_by_exactly_those_the_table_of_permissions_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shared = kept(cast.mert(), is_shared=True)
    assert saved_views.may_change(cast.mert(), shared)
    assert saved_views.may_change(cast.can(), shared)
    assert not saved_views.may_change(cast.zeynep(), shared)
    monkeypatch.setitem(PERMISSIONS, "contacts.shared_views", frozenset({Role.AGENT}))
    assert saved_views.may_change(cast.zeynep(), shared)
    assert not saved_views.may_change(cast.can(), shared)


def test_ones_own_view_is_in_the_audit_too() -> None:
    view = kept(cast.zeynep())
    saved_views.remove(view=view, by=cast.zeynep(), at=NOW)
    kept(cast.zeynep(), is_shared=True)
    acts = AuditEntry.objects.order_by("id").values_list("act", flat=True)
    assert list(acts) == ["view.saved", "view.removed", "view.shared"]
