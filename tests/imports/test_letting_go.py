"""Files of contacts go by themselves; the contacts, what became of each row, and the way back stay."""

import os
from datetime import datetime, timedelta
from typing import Any

import pytest

from muhatap.accounts.models import AuditEntry
from muhatap.contacts.models import Contact
from muhatap.conversations import drafting
from muhatap.conversations.models import Draft
from muhatap.imports import letting_go, results, running, uploading
from muhatap.imports.models import Import, ImportRow
from muhatap.imports.reading.table import Manner
from muhatap.shared import files
from tests import cast
from tests.cast import NOW
from tests.conversations.conftest import arrival
from tests.imports.test_running import AYSE, IPEK, everything, imported, mapped, met, undone, uploaded

pytestmark = pytest.mark.django_db
NUMBER = "10000000146"
OVER = NOW + timedelta(days=30)


@pytest.fixture(autouse=True)
def _of_long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files bear the time of the machine, whatever moment a test speaks of."""
    store = files.store

    def stored(chunks: Any) -> tuple[str, int]:
        sha256, size = store(chunks)
        put_up(sha256, NOW)
        return sha256, size

    monkeypatch.setattr(files, "store", stored)


def put_up(sha256: str, at: datetime) -> None:
    os.utime(files.path(sha256), (at.timestamp(), at.timestamp()))


def lying() -> set[str]:
    return set(files.every()) if (files._root()).exists() else set()


def read_again(one: Import, *, header_row: int, at: datetime = NOW) -> None:
    uploading.read_again(one=one, manner=Manner(header_row=header_row), by=cast.mert(), at=at)


def test_a_month_after_an_import_its_file_and_every_cell_of_it_go() -> None:
    met("ayse.yilmaz@ornek.example", name="Ayşe")
    one = imported(AYSE, "Bozuk Satır;bu bir adres değil;;;;;", IPEK)
    assert one.samples and one.rows.exclude(detail="").exists() and len(lying()) == 2

    assert letting_go.let_all_go(at=OVER - timedelta(seconds=1)) == 0
    assert letting_go.let_all_go(at=OVER) == 1
    assert letting_go.let_all_go(at=OVER) == 0

    one.refresh_from_db()
    assert (one.file_gone_at, one.samples, one.rehearsal) == (OVER, [], {}) and not lying()
    assert not one.rows.exclude(detail="").exists()
    assert (one.state, one.counts) == ("done", {"created": 1, "updated": 1, "failed": 1})
    assert Contact.objects.filter(name="İpek Güneş").exists()
    entry = AuditEntry.objects.get(act="import.let_go")
    assert (entry.by_id, entry.object_name, entry.details["n"]) == (None, "kisiler.csv", 3)


def test_without_its_file_an_import_is_taken_back_all_the_same() -> None:
    met("ayse.yilmaz@ornek.example", name="Ayşe")
    before = everything()
    one = imported(AYSE, IPEK, is_overwriting=True)
    letting_go.let_all_go(at=OVER)

    undone(one, at=OVER + timedelta(days=1))

    one.refresh_from_db()
    assert (one.state, one.undo_counts) == ("undone", {"reversed": 2})
    assert everything() == before


def test_of_a_number_of_identity_nothing_but_its_print_is_left() -> None:
    one = imported(
        f"Ayşe Yılmaz;{NUMBER};ayse@ornek.example", "Bozuk;12345;bozuk",
        header="Ad Soyad;T.C. Kimlik No;E-posta", columns=["name", "national", "email"], match="national",
    )  # fmt: skip

    letting_go.let_all_go(at=OVER)

    assert NUMBER not in str(list(Import.objects.values())) + str(list(ImportRow.objects.values()))
    assert not lying() and one.rows.get(outcome="created").contact


def test_a_file_that_was_put_up_and_forgotten_goes_too_and_can_no_longer_be_begun() -> None:
    ready, read = mapped(AYSE), uploaded(IPEK)

    assert letting_go.let_all_go(at=OVER) == 2

    for one in (ready, read):
        one.refresh_from_db()
        assert (one.state, one.problem) == ("failed", {"code": "forgotten"})
        with pytest.raises(uploading.CannotReadAgain):
            uploading.read_again(one=one, manner=Manner(encoding="utf-8"), by=cast.mert(), at=OVER)
    with pytest.raises(running.NotNow):
        running.run(one=ready, by=cast.mert(), at=OVER)
    assert not Contact.objects.exists()


@pytest.mark.parametrize("state", ["running", "rehearsing", "undoing"])
def test_an_import_that_is_at_work_keeps_its_file(state: str) -> None:
    one = imported(AYSE)
    Import.objects.filter(pk=one.pk).update(state=state)

    assert letting_go.let_all_go(at=NOW + timedelta(days=400)) == 0
    assert len(lying()) == 2


def test_bytes_that_somebody_else_names_stay() -> None:
    first, second = imported(AYSE), uploaded(AYSE)
    Import.objects.filter(pk=second.pk).update(at=NOW + timedelta(days=5))
    letting_go.let_all_go(at=OVER)

    assert {first.sha256, second.rows_sha256} == lying()
    conversation = arrival(
        cast.mail(cast.AYSE, id="<1@ornek.example>", text="Merhaba", subject="Liste", at=NOW)
    ).conversation
    named = [{"name": "kisiler.csv", "type": "text/csv", "size": second.size, "sha256": second.sha256}]
    Draft.objects.create(conversation=conversation, by=cast.zeynep(), kind="reply", files=named, saved_at=NOW)

    letting_go.let_all_go(at=OVER + timedelta(days=5))

    assert lying() == {second.sha256}  # a draft has it attached
    assert not letting_go.standing().exists()


def test_a_draft_that_was_thrown_away_comes_back_with_its_file() -> None:
    one = imported(AYSE)
    conversation = arrival(
        cast.mail(cast.AYSE, id="<1@ornek.example>", text="Merhaba", subject="Liste", at=NOW)
    ).conversation
    named = [{"name": "kisiler.csv", "type": "text/csv", "size": one.size, "sha256": one.sha256}]
    Draft.objects.create(conversation=conversation, by=cast.zeynep(), kind="reply", files=named, saved_at=NOW)
    copy = drafting.throw_away(conversation=conversation, by=cast.zeynep(), kind="reply", at=OVER)

    assert letting_go.let_all_go(at=OVER) == 1

    assert lying() == {one.sha256} and copy
    assert drafting.bring_back(copy=copy, at=OVER).files == named


def test_rows_in_whose_place_others_were_read_go_at_once() -> None:
    one = uploaded(AYSE, IPEK)
    for header_row in (1, 0, 0):
        read_again(one, header_row=header_row)
        assert lying() == {one.sha256, one.rows_sha256}
    other = uploaded(AYSE, IPEK, name="ayni.csv")
    read_again(one, header_row=1)
    assert one.rows_sha256 == other.rows_sha256
    read_again(one, header_row=0)
    assert one.rows_sha256 != other.rows_sha256 and lying() == {one.sha256, one.rows_sha256, other.rows_sha256}


def test_rows_of_an_import_that_went_while_it_was_read_go_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    suggest = uploading._suggest

    def forgotten(one: Import) -> None:
        Import.objects.filter(pk=one.pk).update(state="failed")
        suggest(one)

    monkeypatch.setattr(uploading, "_suggest", forgotten)
    one = uploaded(AYSE)

    assert (one.state, one.rows_sha256) == ("failed", "") and lying() == {one.sha256}


def test_rows_that_went_with_another_import_before_they_were_named_are_read_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other, suggest = uploaded(AYSE), uploading._suggest

    def meanwhile(one: Import) -> None:
        suggest(one)
        if one.pk != other.pk and one.rows_sha256 == other.rows_sha256:
            read_again(other, header_row=0)

    with monkeypatch.context() as patch:
        patch.setattr(uploading, "_suggest", meanwhile)
        one = uploaded(AYSE, name="ayni.csv")

    assert one.state == "read" and one.rows_sha256 != other.rows_sha256
    assert lying() == {one.sha256, one.rows_sha256, other.rows_sha256}


def test_who_had_a_file_read_again_has_as_many_days_as_before() -> None:
    again, tried = uploaded(AYSE), mapped(IPEK)
    late = NOW + timedelta(days=29)
    read_again(again, header_row=1, at=late)
    Import.objects.filter(pk=tried.pk).update(state="rehearsing")
    running.cancel(one=tried, by=cast.mert(), at=late)

    assert letting_go.let_all_go(at=OVER) == 0
    assert letting_go.let_all_go(at=late + timedelta(days=30)) == 2


def test_a_file_that_cannot_be_removed_stops_no_younger_one(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = imported(AYSE), imported(IPEK)
    remove = files.remove

    def refused(sha256: str) -> None:
        if sha256 == first.sha256:
            raise PermissionError(sha256)
        remove(sha256)

    with monkeypatch.context() as patch:
        patch.setattr(files, "remove", refused)
        assert letting_go.let_all_go(at=OVER) == 1
    assert letting_go.standing().get() == first and second.sha256 not in lying()

    assert letting_go.let_all_go(at=OVER) == 1
    assert not lying()


def test_bytes_that_are_put_up_again_while_it_is_asked_who_names_them_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    one = imported(AYSE)
    is_named = letting_go._is_named

    def meanwhile(sha256: str, **more: Any) -> bool:
        put_up(one.sha256, OVER)
        return is_named(sha256, **more)

    monkeypatch.setattr(letting_go, "_is_named", meanwhile)
    letting_go.let_all_go(at=OVER)

    assert lying() == {one.sha256}


def test_a_file_whose_bytes_were_just_put_up_again_waits_for_another_night() -> None:
    one = imported(AYSE)
    put_up(one.sha256, OVER)

    assert letting_go.let_all_go(at=OVER) == 0
    assert letting_go.let_all_go(at=OVER + timedelta(days=1)) == 1


def test_who_dies_between_the_file_and_its_row_does_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    imported(AYSE)

    def killed(**_told: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("muhatap.accounts.audit.record", killed)
        with pytest.raises(KeyboardInterrupt):
            letting_go.let_all_go(at=OVER)
    assert not lying() and letting_go.standing().count() == 1

    assert letting_go.let_all_go(at=OVER) == 1


def test_the_firm_says_how_many_days_and_may_keep_all() -> None:
    imported(AYSE)
    for days in (None, None, 7):
        letting_go.change(days=days, by=cast.selin(), at=NOW)
        if days is None:
            assert letting_go.let_all_go(at=NOW + timedelta(days=4000)) == 0
    assert letting_go.let_all_go(at=NOW + timedelta(days=7)) == 1
    told = AuditEntry.objects.filter(act="keeping.files").order_by("pk").values_list("details", flat=True)
    assert list(told) == [{"before": 30, "after": "for_ever"}, {"before": "for_ever", "after": 7}]


def test_what_became_of_the_rows_is_a_file_still_without_their_cells() -> None:
    one = imported(AYSE, "Bozuk Satır;bu bir adres değil;;;;;")
    letting_go.let_all_go(at=OVER)
    one.refresh_from_db()

    rows = list(results.rows(one, head=["Satır", "Ne oldu"], said=lambda row: [row.outcome]))

    assert rows == [["Satır", "Ne oldu"], ["2", "created"], ["3", "failed"]]
