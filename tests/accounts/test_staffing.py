"""Roles, leaving, coming back; and that an owner always remains."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from muhatap.accounts import staffing, teams
from muhatap.accounts.models import AuditEntry, Role, Team, User, Visibility
from tests import cast

NOW = cast.NOW


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("act", flat=True))


@pytest.mark.django_db
class TestRoles:
    def test_an_owner_makes_an_agent_a_team_lead(self) -> None:
        zeynep = cast.zeynep()
        staffing.change_role(user=zeynep, role=Role.TEAM_LEAD, by=cast.deniz(), at=NOW)
        zeynep.refresh_from_db()
        assert zeynep.role == Role.TEAM_LEAD
        assert AuditEntry.objects.get().details == {"before": "agent", "after": "team_lead"}

    def test_nothing_is_written_down_when_nothing_changes(self) -> None:
        staffing.change_role(user=cast.zeynep(), role=Role.AGENT, by=cast.deniz(), at=NOW)
        assert acts() == []

    @pytest.mark.parametrize(
        "act",
        [
            lambda by: staffing.change_role(user=cast.deniz(), role=Role.AGENT, by=by, at=NOW),
            lambda by: staffing.change_role(user=cast.zeynep(), role=Role.OWNER, by=by, at=NOW),
            lambda by: staffing.change_role(user=by, role=Role.OWNER, by=by, at=NOW),
            lambda by: staffing.change_visibility(user=cast.deniz(), visibility=Visibility.OWN, by=by, at=NOW),
            lambda by: staffing.rename(user=cast.deniz(), name="Deniz", by=by, at=NOW),
            lambda by: staffing.deactivate(user=cast.deniz(), by=by, at=NOW),
        ],
    )
    def test_an_administrator_touches_no_owner_and_makes_none(self, act: object) -> None:
        with pytest.raises(staffing.OwnersOnly):
            act(cast.selin())  # type: ignore[operator]
        assert acts() == []

    def test_the_last_owner_stays_one(self) -> None:
        deniz = cast.deniz()
        with pytest.raises(staffing.LastOwner):
            staffing.change_role(user=deniz, role=Role.AGENT, by=deniz, at=NOW)
        deniz.refresh_from_db()
        assert deniz.role == Role.OWNER

    def test_the_system_cannot_deactivate_the_last_owner_either(self) -> None:
        with pytest.raises(staffing.LastOwner):
            staffing.deactivate(user=cast.deniz(), by=None, at=NOW)

    def test_a_deactivated_owner_does_not_count(self) -> None:
        deniz, second = cast.deniz(), cast.staff("ikinci@ihlamurev.example", "İkinci Sahip", Role.OWNER)
        staffing.deactivate(user=second, by=deniz, at=NOW)
        with pytest.raises(staffing.LastOwner):
            staffing.change_role(user=deniz, role=Role.AGENT, by=deniz, at=NOW)

    def test_with_two_owners_one_may_step_down(self) -> None:
        deniz, second = cast.deniz(), cast.staff("ikinci@ihlamurev.example", "İkinci Sahip", Role.OWNER)
        staffing.change_role(user=deniz, role=Role.AGENT, by=deniz, at=NOW)
        assert User.objects.get(role=Role.OWNER) == second

    def test_the_database_itself_keeps_an_owner(self) -> None:
        cast.deniz()
        with pytest.raises(DatabaseError, match="owner must remain"), transaction.atomic():
            User.objects.update(is_active=False)
        with pytest.raises(DatabaseError, match="owner must remain"), transaction.atomic():
            User.objects.all().delete()

    def test_a_form_that_is_refused_changes_nothing_at_all(self) -> None:
        deniz = cast.deniz()
        with pytest.raises(staffing.LastOwner):
            staffing.revise(
                user=deniz, name="Başka", role=Role.AGENT, visibility=Visibility.OWN, teams_of=[], by=deniz, at=NOW
            )
        deniz.refresh_from_db()
        assert (deniz.name, deniz.visibility) == ("Deniz Koç", Visibility.ALL)

    def test_one_form_changes_everything_it_says(self) -> None:
        zeynep, destek, satis = cast.zeynep(), cast.destek(), Team.objects.create(name="Satış")
        teams.add(team=destek, user=zeynep, by=None, at=NOW)
        staffing.revise(
            user=zeynep,
            name="Zeynep Arslan Kaya",
            role=Role.TEAM_LEAD,
            visibility=Visibility.TEAM,
            teams_of=[satis],
            by=cast.deniz(),
            at=NOW,
        )
        zeynep.refresh_from_db()
        assert (zeynep.name, zeynep.role, zeynep.visibility) == ("Zeynep Arslan Kaya", "team_lead", "team")
        assert list(zeynep.teams.all()) == [satis]
        assert acts()[1:] == [
            "staff.change_role", "staff.rename", "staff.change_visibility", "team.add", "team.remove"
        ]  # fmt: skip


@pytest.mark.django_db
class TestLeaving:
    def test_who_leaves_is_logged_out_everywhere_at_once(self, client: Client) -> None:
        zeynep = cast.zeynep()
        client.post("/login/", {"login": zeynep.email, "password": cast.PASSWORD})
        assert client.get("/account/").status_code == 200
        staffing.deactivate(user=zeynep, by=cast.deniz(), at=NOW)
        assert client.get("/account/").status_code == 302
        entry = AuditEntry.objects.get(act="staff.deactivate")
        assert entry.details == {"n_sessions": 1}

    def test_coming_back_does_not_revive_old_sessions(self, client: Client) -> None:
        zeynep, deniz = cast.zeynep(), cast.deniz()
        client.post("/login/", {"login": zeynep.email, "password": cast.PASSWORD})
        staffing.deactivate(user=zeynep, by=deniz, at=NOW)
        staffing.reactivate(user=zeynep, by=deniz, at=NOW)
        zeynep.refresh_from_db()
        assert zeynep.is_active
        assert client.get("/account/").status_code == 302

    def test_nobody_deactivates_themselves(self) -> None:
        selin = cast.selin()
        with pytest.raises(staffing.Oneself):
            staffing.deactivate(user=selin, by=selin, at=NOW)

    def test_somebody_who_never_had_a_password_is_not_let_in_by_reactivating(self) -> None:
        invited = User.objects.create_user("yeni@ihlamurev.example", None, name="Yeni", is_active=False)
        staffing.reactivate(user=invited, by=cast.deniz(), at=NOW)
        invited.refresh_from_db()
        assert not invited.is_active


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_remove_each_other_in_the_same_moment_leave_one() -> None:
    owners = [cast.deniz().pk, cast.staff("ikinci@ihlamurev.example", "İkinci Sahip", Role.OWNER).pk]
    together, refused = threading.Barrier(2), []

    def remove(me: int, other: int) -> None:
        by, user = User.objects.get(pk=me), User.objects.get(pk=other)
        try:
            together.wait(timeout=20)
            staffing.deactivate(user=user, by=by, at=NOW)
        except staffing.LastOwner:
            refused.append(me)
        finally:
            connection.close()

    threads = [threading.Thread(target=remove, args=pair) for pair in (owners, owners[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(refused) == 1
    assert User.objects.filter(role=Role.OWNER, is_active=True).count() == 1
