"""Teams and who is in them."""

import pytest

from muhatap.accounts import teams
from muhatap.accounts.models import AuditEntry, Team
from tests import cast

pytestmark = pytest.mark.django_db
NOW = cast.NOW


def test_a_team_is_made_once() -> None:
    teams.create(name="Satış", by=cast.selin(), at=NOW)
    with pytest.raises(teams.NameTaken):
        teams.create(name="Satış", by=cast.selin(), at=NOW)
    assert Team.objects.count() == 1


def test_a_name_that_is_taken_leaves_the_team_as_it_was() -> None:
    teams.create(name="Satış", by=None, at=NOW)
    destek = cast.destek()
    with pytest.raises(teams.NameTaken):
        teams.rename(team=destek, name="Satış", by=None, at=NOW)
    assert destek.name == "Destek"
    destek.refresh_from_db()
    assert destek.name == "Destek"


def test_who_is_added_twice_is_in_it_once() -> None:
    for _n in range(2):
        teams.add(team=cast.destek(), user=cast.zeynep(), by=cast.can(), at=NOW)
    assert list(cast.destek().members.all()) == [cast.zeynep()]
    assert AuditEntry.objects.count() == 1


def test_a_team_is_filled_with_exactly_these() -> None:
    destek = cast.destek()
    teams.fill(team=destek, members=[cast.zeynep(), cast.can()], by=None, at=NOW)
    teams.fill(team=destek, members=[cast.can(), cast.mert()], by=None, at=NOW)
    assert set(destek.members.all()) == {cast.can(), cast.mert()}


def test_inboxes_outlive_their_team() -> None:
    inbox = cast.support_inbox()
    teams.delete(team=cast.destek(), by=cast.deniz(), at=NOW)
    inbox.refresh_from_db()
    assert inbox.team is None
    assert AuditEntry.objects.get(act="team.delete").object_name == "Destek"


def test_a_form_of_a_team_is_kept_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    destek = cast.destek()

    def fail(**_told: object) -> None:
        raise RuntimeError("the line broke")

    monkeypatch.setattr(teams, "add", fail)
    with pytest.raises(RuntimeError):
        teams.create(name="Satış", members=[cast.zeynep()], by=cast.selin(), at=NOW)
    with pytest.raises(RuntimeError):
        teams.revise(team=destek, name="Destek 2", members=[cast.zeynep()], by=cast.selin(), at=NOW)
    assert list(Team.objects.values_list("name", flat=True)) == ["Destek"]
    assert not AuditEntry.objects.exists()
