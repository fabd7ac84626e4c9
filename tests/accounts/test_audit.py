"""The audit only grows, and whoever changes it behind our back is found."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from muhatap.accounts import audit
from muhatap.accounts.models import AuditEntry, AuditLink
from tests import cast

pytestmark = pytest.mark.django_db
commits = pytest.mark.django_db(transaction=True)


def write(act: str = "team.create", name: str = "Destek", **details: object) -> AuditEntry:
    """An entry, chained as at the end of its transaction although the test's own goes on."""
    entry = record(act, name, **details)
    sql("set constraints all immediate; set constraints all deferred")
    return entry


def record(act: str = "team.create", name: str = "Destek", **details: object) -> AuditEntry:
    return audit.record(by=None, at=cast.NOW, act=act, kind="team", id=7, name=name, **details)


@contextmanager
def superuser_without_triggers() -> Iterator[None]:
    """What an owner of the database can do: switch our guards off, work, and switch them on again."""
    tables = ("accounts_auditentry", "accounts_auditlink")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"alter table {table} disable trigger user")
        yield
        for table in tables:
            cursor.execute(f"alter table {table} enable trigger user")


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize(
    "statement",
    [
        "update accounts_auditentry set act = 'nothing.happened'",
        "delete from accounts_auditentry",
        "update accounts_auditlink set hash = repeat('a', 64)",
        "delete from accounts_auditlink",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(statement: str) -> None:
    write()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(statement)
    assert AuditEntry.objects.get().act == "team.create"


def test_an_empty_audit_is_whole() -> None:
    assert audit.first_broken() is None
    assert audit.head() == (0, audit.GENESIS)


def test_a_chain_of_entries_is_whole_and_has_no_gaps() -> None:
    for n in range(12):
        write(name=f"Ekip {n}")
    assert audit.first_broken() is None
    assert list(AuditLink.objects.order_by("place").values_list("place", flat=True)) == list(range(1, 13))


@commits
def test_an_act_that_is_rolled_back_leaves_no_entry_and_no_gap() -> None:
    write()
    with pytest.raises(RuntimeError), transaction.atomic():
        write()
        raise RuntimeError
    write()
    assert audit.head()[0] == 2
    assert audit.first_broken() is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("act", "'team.delete'"),
        ("by_name", "'Zeynep Arslan'"),
        ("at", "at + interval '1 microsecond'"),
        ("object_name", "'Satış'"),
        ("details", "'{}'"),
        ("by_id", "9"),
    ],
)
def test_a_changed_entry_is_found_where_it_stands(column: str, value: str) -> None:
    for n in range(5):
        write(before=n)
    third = AuditEntry.objects.order_by("id")[2]
    with superuser_without_triggers():
        sql(f"update accounts_auditentry set {column} = {value} where id = %s", third.pk)
    assert audit.first_broken() == audit.Broken(place=3, entry_id=third.pk, reason="changed")


def test_a_removed_entry_is_found() -> None:
    entries = [write() for _n in range(4)]
    with superuser_without_triggers():
        sql("delete from accounts_auditentry where id = %s", entries[1].pk)
    assert audit.first_broken() == audit.Broken(place=2, entry_id=entries[1].pk, reason="missing")


def test_removing_the_link_too_leaves_a_gap_that_is_found() -> None:
    entries = [write() for _n in range(4)]
    with superuser_without_triggers():
        sql("delete from accounts_auditentry where id = %s", entries[1].pk)
        sql("delete from accounts_auditlink where entry_id = %s", entries[1].pk)
    assert audit.first_broken() == audit.Broken(place=2, entry_id=None, reason="missing")


@commits
def test_an_entry_slipped_in_past_the_trigger_is_found() -> None:
    write()
    with superuser_without_triggers():
        slipped = record(act="owner.was_never_asked")
    assert audit.first_broken() == audit.Broken(place=2, entry_id=slipped.pk, reason="unchained")


def test_a_cut_tail_shows_against_the_remembered_head() -> None:
    entries = [write() for _n in range(6)]
    audit.seal(at=cast.NOW)
    with superuser_without_triggers():
        for entry in entries[3:]:
            sql("delete from accounts_auditlink where entry_id = %s", entry.pk)
            sql("delete from accounts_auditentry where id = %s", entry.pk)
    assert audit.first_broken() == audit.Broken(place=6, entry_id=None, reason="cut")


def test_a_tail_written_anew_shows_too() -> None:
    first = write()
    kept = write(name="gerçek")
    audit.seal(at=cast.NOW)
    with superuser_without_triggers():
        sql("delete from accounts_auditlink where entry_id = %s", kept.pk)
        sql("delete from accounts_auditentry where id = %s", kept.pk)
    write(name="uydurma")
    assert first.pk
    assert audit.first_broken() == audit.Broken(place=2, entry_id=None, reason="cut")


def test_a_head_is_remembered_once_and_survives_a_torn_line(tmp_path: Path) -> None:
    write()
    audit.seal(at=cast.NOW)
    audit.seal(at=cast.NOW + timedelta(hours=1))
    file = tmp_path / "audit-seals.log"
    assert len(file.read_text().splitlines()) == 1
    with file.open("a") as torn:
        torn.write("2026-11-21T12:00:00+00:00 2 ab")
    assert audit.first_broken() is None


def test_nothing_is_remembered_of_an_empty_audit(tmp_path: Path) -> None:
    audit.seal(at=cast.NOW)
    assert not (tmp_path / "audit-seals.log").exists()


@pytest.mark.parametrize("at", [1, 10, 123_456, 999_999])
def test_microseconds_are_kept_exactly(at: int) -> None:
    moment = datetime(2038, 1, 19, 3, 14, 7, at, tzinfo=UTC)
    audit.record(by=None, at=moment, act="team.create", kind="team", id=1)
    sql("set constraints all immediate")
    assert audit.first_broken() is None
    assert AuditEntry.objects.get().at == moment


@pytest.mark.parametrize(
    "name",
    ["İpek Güneş", "Şule Çağlar", "Iğdır’lı Ayşe", "👩‍🏫 Öğretmen", "a\x00b", "e\u0301", "\ud800tek", '"\\', "x" * 400],
)
def test_names_of_every_kind_are_chained(name: str) -> None:
    write(name=name, before=name, after={name: [name]})
    write()
    assert audit.first_broken() is None


def test_what_json_does_not_keep_exactly_is_written_as_text() -> None:
    entry = write(share=0.1, huge=1e22, small=5, big=2**70, due=cast.NOW, none=None, yes=True, many={"b", "a"})
    entry.refresh_from_db()
    assert entry.details == {
        "share": "0.1",
        "huge": "1e+22",
        "small": 5,
        "big": 2**70,
        "due": cast.NOW.isoformat(),
        "none": None,
        "yes": True,
        "many": ["a", "b"],
    }
    assert audit.first_broken() is None


def test_a_long_chain_is_checked_in_pieces() -> None:
    for _n in range(7):
        write()
    first = audit.check(limit=3)
    assert (first.place, first.is_over) == (3, False)
    second = audit.check(after=first.place, previous=first.hash, limit=3)
    last = audit.check(after=second.place, previous=second.hash, limit=3)
    assert (last.place, last.is_over, last.broken) == (7, True, None)


def test_a_piece_that_begins_with_a_wrong_hash_breaks() -> None:
    for _n in range(3):
        write()
    broken = audit.check(after=1, previous="f" * 64).broken
    assert broken is not None
    assert broken.place == 2


@commits
def test_transactions_side_by_side_keep_the_chain_whole() -> None:
    """Sixteen at once, each writing between other work: nobody waits for another's end, none is lost, no gap."""
    together = threading.Barrier(4)

    def work(number: int) -> None:
        try:
            for turn in range(4):
                with transaction.atomic():
                    record(name=f"{number}")
                    together.wait(timeout=20)  # all four hold an unfinished entry at the same moment
                    record(name=f"{number}/{turn}")
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert AuditEntry.objects.count() == 32
    assert audit.first_broken() is None


@commits
def test_the_chain_follows_the_order_of_commits_not_of_beginnings() -> None:
    begun, finished = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                record(name="önce başladı")
                begun.set()
                finished.wait(timeout=20)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    begun.wait(timeout=20)
    write(name="önce bitti")
    finished.set()
    thread.join(timeout=20)
    names = AuditLink.objects.order_by("place").values_list("entry__object_name", flat=True)
    assert list(names) == ["önce bitti", "önce başladı"]
    assert audit.first_broken() is None
