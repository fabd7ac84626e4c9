"""People come by invitation, and set their own password."""

from datetime import timedelta

import pytest

from muhatap.accounts import inviting, staffing
from muhatap.accounts.models import AuditEntry, Invitation, Role, User, Visibility
from tests import cast

pytestmark = pytest.mark.django_db
NOW = cast.NOW


def invite(by: User | None = None, **changes: object) -> inviting.Invited:
    given: dict[str, object] = {
        "email": "Gul@ihlamurev.example",
        "name": "Gül Taş",
        "role": Role.AGENT,
        "visibility": Visibility.TEAM,
        "teams_of": [cast.destek()],
    }
    return inviting.invite(**(given | changes), by=by or cast.selin(), at=NOW)  # type: ignore[arg-type]


def test_an_invited_person_cannot_log_in_before_setting_a_password() -> None:
    user = invite().user
    assert (user.email, user.is_active, user.has_usable_password()) == ("gul@ihlamurev.example", False, False)
    assert list(user.teams.all()) == [cast.destek()]


def test_the_link_sets_the_password_once() -> None:
    token = invite().token
    user = inviting.accept(token=token, password=cast.PASSWORD, at=NOW + timedelta(days=6))
    assert user.is_active
    assert user.check_password(cast.PASSWORD)
    with pytest.raises(inviting.LinkDead):
        inviting.accept(token=token, password="baska-bir-parola", at=NOW)
    user.refresh_from_db()
    assert user.check_password(cast.PASSWORD)


def test_only_the_hash_of_the_link_is_kept() -> None:
    invited = invite()
    assert invited.token not in str(Invitation.objects.values().get())
    assert invited.token not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize("token", ["", "x", "ş" * 40, "\ud800", "' or 1=1 --"])
def test_a_made_up_link_opens_nothing(token: str) -> None:
    invite()
    assert inviting.living(token, at=NOW) is None
    with pytest.raises(inviting.LinkDead):
        inviting.accept(token=token, password=cast.PASSWORD, at=NOW)


def test_a_link_dies_after_seven_days() -> None:
    token = invite().token
    assert inviting.living(token, at=NOW + inviting.LIFETIME) is None


def test_a_new_link_ends_the_one_before() -> None:
    first = invite()
    second = inviting.renew(user=first.user, by=cast.selin(), at=NOW)
    assert inviting.living(first.token, at=NOW) is None
    assert inviting.living(second.token, at=NOW) is not None


def test_deactivating_ends_the_link() -> None:
    invited = invite()
    staffing.deactivate(user=invited.user, by=cast.deniz(), at=NOW)
    assert inviting.living(invited.token, at=NOW) is None


def test_the_same_address_is_not_invited_twice() -> None:
    invite()
    with pytest.raises(inviting.AlreadyHere):
        invite(email="gul@IHLAMUREV.example")
    assert User.objects.filter(email="gul@ihlamurev.example").count() == 1


def test_only_an_owner_invites_an_owner() -> None:
    with pytest.raises(staffing.OwnersOnly):
        invite(role=Role.OWNER)
    assert invite(by=cast.deniz(), role=Role.OWNER).user.role == Role.OWNER


def test_an_owner_who_has_not_come_yet_does_not_count_as_one() -> None:
    deniz = cast.deniz()
    invite(by=deniz, role=Role.OWNER)
    with pytest.raises(staffing.LastOwner):
        staffing.change_role(user=deniz, role=Role.AGENT, by=deniz, at=NOW)


def test_an_administrator_makes_no_password_link_for_an_owner() -> None:
    with pytest.raises(staffing.OwnersOnly):
        inviting.renew(user=cast.deniz(), by=cast.selin(), at=NOW)


def test_somebody_deactivated_gets_no_link() -> None:
    zeynep, deniz = cast.zeynep(), cast.deniz()
    staffing.deactivate(user=zeynep, by=deniz, at=NOW)
    with pytest.raises(inviting.Left):
        inviting.renew(user=zeynep, by=deniz, at=NOW)


def test_every_step_is_audited() -> None:
    invited = invite()
    inviting.accept(token=invited.token, password=cast.PASSWORD, at=NOW)
    assert list(AuditEntry.objects.order_by("id").values_list("act", "by_name")) == [
        ("team.add", "Selin Ak"),
        ("staff.invite", "Selin Ak"),
        ("staff.accept", "Gül Taş"),
    ]
