"""Two hands take an import back, each what is its own."""

import threading
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest

from muhatap.contacts import giving_back
from muhatap.contacts.giving_back import Given
from muhatap.contacts.models import Company, Contact, Likeness, Tag
from muhatap.imports import running, undoing
from muhatap.imports.models import Import
from muhatap.shared import locks
from tests import cast
from tests.cast import NOW
from tests.imports.test_running import AYSE, IPEK, everything, imported

ROWS = [
    IPEK,
    *(f"Kişi {n};kisi{n}@ornek.example;;{'Güneş Otel' if n % 2 else ''};;toptan;" for n in range(6)),
    AYSE,
    AYSE.replace("İzmir", "Bursa"),
]


def begun(one: Import) -> Import:
    Import.objects.filter(pk=one.pk).update(state="undoing", undone_by=cast.mert())
    return one


@pytest.mark.django_db(transaction=True)
def test_hands_work_side_by_side_and_no_contact_is_in_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "CHUNK", 2)
    one, work, give_back = begun(imported(*ROWS)), defaultdict[int, list[int]](list), giving_back.give_back

    def noting(*, rows: Sequence[Given], **more: Any) -> None:
        work[threading.get_ident()] += [row.contact for row in rows]
        give_back(rows=rows, **more)

    monkeypatch.setattr(giving_back, "give_back", noting)
    people = list(Contact.objects.order_by("pk").values_list("pk", flat=True))
    for this, other in pairwise(people):  # each hint is between contacts of both
        Likeness.objects.create(one_id=this, other_id=other, because="match", at=NOW)

    running.go_on(import_id=one.pk, at=NOW)
    one.refresh_from_db()

    assert (one.state, one.undo_counts) == ("undone", {"reversed": 9})
    assert not any(everything().values()) and not Likeness.objects.exists()
    assert sorted(tuple({pk % undoing.HANDS for pk in mine}) for mine in work.values()) == [(0,), (1,)]


@pytest.mark.django_db
def test_a_hand_that_died_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "CHUNK", 1)
    one, n, give_back = begun(imported(*ROWS)), list[int](), giving_back.give_back

    def dying(**told: Any) -> None:
        give_back(**told)
        n.append(1)
        if len(n) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(giving_back, "give_back", dying)
    with pytest.raises(KeyboardInterrupt):
        running.go_on(import_id=one.pk, at=NOW)
    one.refresh_from_db()
    assert (one.state, one.undo_counts) == ("undoing", {"reversed": 2})
    running.go_on(import_id=one.pk, at=NOW)
    one.refresh_from_db()
    assert (one.state, one.undo_counts) == ("undone", {"reversed": 9}) and not any(everything().values())


@pytest.mark.django_db
def test_what_one_hand_of_an_older_version_did_is_not_done_again() -> None:
    one = begun(imported(*ROWS))
    second = one.rows.order_by("number")[1].number
    Import.objects.filter(pk=one.pk).update(undo_before=second)
    running.go_on(import_id=one.pk, at=NOW)
    assert list(one.rows.exclude(undone="").values_list("number", flat=True)) == [second - 1]


@pytest.mark.django_db
def test_firms_that_came_along_go_some_at_a_time_and_again_after_a_death(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "CHUNK", 2)
    one = begun(imported(*(f"Kişi {n};kisi{n}@ornek.example;;Firma {n};;etiket {n};" for n in range(5))))
    used = Company.objects.get(name="Firma 4")
    Contact.objects.create(company=used, created_at=NOW, last_seen_at=NOW)
    n, remove = list[int](), giving_back.remove_unused

    def dying(**some: list[int]) -> None:
        n.append(sum(map(len, some.values())))
        if len(n) == 2:
            raise KeyboardInterrupt
        remove(**some)

    monkeypatch.setattr(giving_back, "remove_unused", dying)
    with pytest.raises(KeyboardInterrupt):
        running.go_on(import_id=one.pk, at=NOW)
    one.refresh_from_db()
    assert (one.state, Company.objects.count()) == ("undoing", 3)
    running.go_on(import_id=one.pk, at=NOW)
    one.refresh_from_db()
    assert (one.state, list(Company.objects.all()), Tag.objects.count()) == ("undone", [used], 0)
    assert max(n) == 2 and Contact.objects.get().company == used


@pytest.mark.django_db
def test_a_short_one_has_both_hands_before_it_holds_any_contact(monkeypatch: pytest.MonkeyPatch) -> None:
    one, seen, hold, give_back = begun(imported(*ROWS)), list[object](), locks.hold, giving_back.give_back

    def holding(*parts: object) -> None:
        seen.append(parts[-1])
        hold(*parts)

    def giving(**told: Any) -> None:
        seen.append("rows")
        give_back(**told)

    monkeypatch.setattr(locks, "hold", holding)
    monkeypatch.setattr(giving_back, "give_back", giving)
    running.go_on(import_id=one.pk, at=NOW)
    assert seen[: seen.index("rows")][:2] == [0, 1]
