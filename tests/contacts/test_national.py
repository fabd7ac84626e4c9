"""T.C. identity numbers: told apart, never kept, and of each person one."""

from importlib import import_module

import pytest
from django.db import connection

from muhatap.accounts.models import AuditEntry
from muhatap.contacts import (
    candidates,
    comparable,
    exporting,
    finding,
    graph,
    hearing,
    identity,
    merging,
    national,
    records,
    saved_views,
)
from muhatap.contacts.finding import Wanted
from muhatap.contacts.identity import IdentityTaken, NoIdentity
from muhatap.contacts.models import Contact, Identity, SourceRecord
from muhatap.contacts.records import Told
from muhatap.duplicates.models import Proposal
from muhatap.matching import blocking
from tests import cast
from tests.cast import NOW
from tests.duplicates.test_running import asked, look

AYSES, OTHER = "10000000146", "12345678950"


@pytest.mark.parametrize(
    ("typed", "is_one"),
    [
        (AYSES, True),
        ("123 456 789 50", True),
        ("10000000147", False),
        ("00000000000", False),
        ("11111111110", False),
        ("1000000014", False),
        ("05321234118", False),
        ("١٢٣٤٥٦٧٨٩٥٠", False),
    ],
)
def test_check_digits_tell_a_number_from_what_was_typed(typed: str, is_one: bool) -> None:
    assert bool(national.print_of(typed)) is is_one


def test_a_print_is_the_same_however_the_number_is_written_and_gives_its_last_digits_alone() -> None:
    value = national.print_of("100 000 001 46")
    assert value == national.print_of(AYSES) == national.print_of(value) != national.print_of(OTHER)
    assert AYSES not in value and national.shown(value) == "•••••••••46"


def named(name: str, number: str, *, is_verified: bool = True) -> Contact:
    contact = Contact.objects.create(name=name, sort_key="", search_text="", created_at=NOW, last_seen_at=NOW)
    identity.add(contact=contact, kind="national", value=number, is_verified=is_verified, by=cast.can(), at=NOW)
    return contact


@pytest.mark.django_db
def test_staff_write_it_down_and_find_by_it_and_the_number_stands_nowhere() -> None:
    ayse = named("Ayşe Yılmaz", AYSES)
    row = Identity.objects.values().get()
    assert AYSES not in str(row) and row["written"] == "•••••••••46"
    assert list(finding.matching(Wanted(q=AYSES), at=NOW)) == [ayse]
    with pytest.raises(IdentityTaken):
        named("Ayşe Y.", AYSES)
    with pytest.raises(NoIdentity):
        named("Hakan Demir", "10000000147")


@pytest.mark.django_db
def test_two_proved_numbers_are_two_people_for_a_sources_record_and_for_the_nightly_look() -> None:
    """A father and the son who bears his name, with one phone."""
    common = {"name": "Mehmet Kaya", "phone": "0533 410 20 77", "city": "Kadıköy"}
    told = [
        Told(source="shop", external_id=number, fields={**common, "national": number}, at=NOW)
        for number in (AYSES, OTHER)
    ]
    [father] = records.take(told[:1], by=None, at=NOW)
    [son] = records.take(told[1:], by=None, at=NOW)
    assert father.contact != son.contact
    assert AYSES not in str(Contact.objects.get(pk=father.contact).records.values("told", "values", "normal"))

    look()
    assert all(one.refused == "contradicted" for one in asked()) and not Proposal.objects.filter(band="merge").exists()


@pytest.mark.django_db
def test_a_merge_carries_it_and_the_parting_gives_it_back() -> None:
    ayse, elif_ = named("Ayşe Yılmaz", AYSES), named("Ayşe Yılmaz", OTHER, is_verified=False)
    merged = merging.merge(keep=ayse, drop=elif_, by=cast.can(), at=NOW)
    assert {row.written for row in identity.of(ayse)} == {"•••••••••46", "•••••••••50"}
    merging.unmerge(merge=merged, by=cast.can(), at=NOW)
    assert [row.written for row in identity.of(elif_)] == ["•••••••••50"]


def told_in_a_field(number: str, source: str, **more: str) -> records.Taken:
    fields = {"name": "Ayşe Yılmaz", "tckn": number, **more}
    return records.take([Told(source=source, external_id="1", fields=fields, at=NOW)], by=None, at=NOW)[0]


@pytest.mark.django_db
def test_digits_kept_before_there_were_prints_become_a_print() -> None:
    old = SourceRecord.objects.get(pk=told_in_a_field(AYSES, "shop").record)
    SourceRecord.objects.filter(pk=old.pk).update(normal=old.normal | {"national": AYSES})
    comparable.index([(old.pk, comparable.read({"national": AYSES}))])
    new = SourceRecord.objects.get(pk=told_in_a_field(AYSES, "file", email="ayse@ornek.example").record)
    with connection.cursor() as cursor:
        cursor.execute(import_module("muhatap.contacts.migrations.0015_numbers_as_prints").ANEW)
    assert not old.keys.exists() and new.keys.exists()

    hearing.compare_missing()
    old.refresh_from_db()
    assert old.normal["national"] == new.normal["national"] == national.print_of(AYSES)
    assert set(old.keys.values_list("key", flat=True)) == set(blocking.keys(comparable.read(old.normal)))


@pytest.mark.django_db
def test_a_slip_in_a_number_speaks_neither_for_nor_against() -> None:
    slipped, right = (comparable.of({"name": "Ayşe Yılmaz", "tckn": number}) for number in ("10000000147", AYSES))
    assert not slipped.national and right.national == national.print_of(AYSES)
    assert not any(one.field == "national" for one in candidates.weigh(slipped, right).evidence)


@pytest.mark.django_db
def test_no_pattern_of_numbers_is_kept_and_a_blocked_one_is_audited_as_it_is_shown() -> None:
    with pytest.raises(graph.BadRule):
        graph.block(kind="national", how="pattern", value=AYSES, by=cast.selin(), at=NOW)
    row = graph.block(kind="national", how="exact", value=AYSES, by=cast.selin(), at=NOW)
    graph.unblock(row=row, by=cast.selin(), at=NOW)
    told = AuditEntry.objects.filter(object_kind="identity_rule")
    assert set(told.values_list("object_name", flat=True)) == {"•••••••••46"}


@pytest.mark.django_db
@pytest.mark.parametrize("sought", [AYSES, "100 000 001 46", f"Ayşe {AYSES}"])
def test_who_exports_what_a_number_found_leaves_it_nowhere(sought: str) -> None:
    exporting.begin(wanted=Wanted(q=sought), by=cast.selin(), at=NOW)
    assert AuditEntry.objects.get(act="contacts.exported").details["query"]["q"].endswith("•••••••••46")


@pytest.mark.django_db
def test_a_saved_view_keeps_the_print_and_finds_by_it() -> None:
    ayse = named("Ayşe Yılmaz", AYSES)
    view = saved_views.save(name="Ayşe", wanted=Wanted(q=AYSES), is_shared=False, by=cast.can(), at=NOW)
    assert AYSES not in str(view.query)
    assert list(finding.matching(Wanted.of_json(view.query), at=NOW)) == [ayse]


@pytest.mark.django_db
def test_who_holds_a_number_is_asked_before_the_contacts_are() -> None:
    ayse = named("Ayşe Yılmaz", AYSES)
    asked = str(finding.matching(Wanted(q=AYSES), at=NOW).query)
    assert "contacts_identity" not in asked and f"IN ({ayse.pk})" in asked
