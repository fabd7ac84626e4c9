"""Whatever is linked, merged, split and parted, in whatever order: each record stands in one contact, and parting restores."""

import contextlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muhatap.contacts import errand, families, giving_back, handles, merging, profile, records, splitting, taking
from muhatap.contacts.giving_back import Given
from muhatap.contacts.models import Contact, LedgerEntry, Merge, SourceRecord
from muhatap.contacts.records import Told
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db
NAMES = ("Ayşe Yılmaz", "Ayşe Y.", "Mehmet Kaya", "Elif Şahin")
CITIES = ("İzmir", "Bursa", "", "Ankara")
STEP = st.tuples(
    st.sampled_from(["told", "told", "file", "file", "merge", "merge", "split", "part", "wrote", "back"]),
    st.integers(0, 99),
    st.integers(0, 99),
)
ROW = (
    *("pk", "name", "email", "phone", "city", "language", "company", "fields"),
    *("sort_key", "search_text", "created_at", "last_seen_at", "merged_into"),
)


class Undone(Exception):
    """The walk is over, nothing of it stays."""


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, min_size=4, max_size=14))
def test_each_record_stands_in_one_contact_and_parting_restores_what_was(steps):
    can = cast.can()
    FILES.clear()
    with pytest.raises(Undone), transaction.atomic():
        for n, (what, a, b) in enumerate(steps):
            at = NOW + timedelta(minutes=n)
            STEPS[what](a, b, can, at)
            everything_is_somewhere()
        part_all_and_compare(can)
        raise Undone


def told(a: int, b: int, by: Any, at: Any) -> None:
    fields = {"name": NAMES[a % 4], "city": CITIES[b % 4], "email": f"kisi{a % 7}@ornek.example" if b % 3 else ""}
    records.take([Told(source=f"import:{b % 2}", external_id=str(a % 9), fields=fields, at=at)], by=None, at=at)


def merge(a: int, b: int, by: Any, at: Any) -> None:
    standing = list(Contact.objects.filter(merged_into=None).order_by("id"))
    if len(standing) < 2 or a % len(standing) == b % len(standing):
        return
    keep, drop = standing[a % len(standing)], standing[b % len(standing)]
    before = projection()
    merged = merging.merge(keep=keep, drop=drop, by=by, at=at)
    with pytest.raises(Undone), transaction.atomic():
        merging.unmerge(merge=merged, by=by, at=at)
        assert projection() == before
        raise Undone


def split(a: int, b: int, by: Any, at: Any) -> None:
    contact = pick(Contact.objects.filter(merged_into=None), a)
    record = contact and pick(SourceRecord.objects.filter(contact=contact, is_current=True), b)
    if contact and record:
        with contextlib.suppress(splitting.CannotSplit):
            splitting.split(contact=contact, records=[record.pk], by=by, at=at)


def part(a: int, b: int, by: Any, at: Any) -> None:
    """Any merge, also one under others."""
    if merged := pick(Merge.objects.filter(undone_at=None), a):
        drop = merged.drop_id
        merging.unmerge(merge=merged, by=by, at=at)
        assert families.standing([drop]) == {drop: drop}


def wrote(a: int, b: int, by: Any, at: Any) -> None:
    if contact := pick(Contact.objects.filter(merged_into=None), a):
        profile.update(contact=contact, facts={"city": CITIES[b % 4]}, source="agent", at=at, by=by)


def file(a: int, b: int, by: Any, at: Any) -> None:
    """Three rows of a file, matched by address; two of them may speak of one person."""
    rows = []
    for n, turn in enumerate((a, b, a + b)):
        email = f"kisi{turn % 7}@ornek.example" if turn % 4 else ""
        handle = handles.read("email", email)
        facts = {"name": NAMES[turn % 4], "city": CITIES[turn % 3]} | ({"email": email} if email else {})
        told = {name: value for name, value in facts.items() if value}
        rows.append(errand.Told(number=n, facts=told, handles=(handle,) if handle else (), key=email))
    source = f"import:{100 + len(LedgerEntry.objects.all())}"
    FILES.append((source, at, taking.take(rows=rows, source=source, match="email", by=by, at=at)))


def back(a: int, b: int, by: Any, at: Any) -> None:
    """A whole file is undone, whatever happened to its contacts since."""
    if not FILES:
        return
    source, since, taken = FILES.pop(a % len(FILES))
    rows = [
        Given(number=one.number, contact=one.contact, is_new=one.outcome == "created", before=one.before or {})
        for one in reversed(taken)
        if one.contact
    ]
    giving_back.give_back(rows=rows, source=source, since=since, by=by, at=at)


FILES: list[tuple[str, Any, list[errand.Taken]]] = []
STEPS = {
    "file": file,
    "back": back,
    "told": told,
    "merge": merge,
    "split": split,
    "part": part,
    "wrote": wrote,
}


def pick(rows: Any, n: int) -> Any:
    found = list(rows.order_by("id"))
    return found[n % len(found)] if found else None


def projection() -> list[dict[str, Any]]:
    return list(Contact.objects.order_by("id").values(*ROW))


def everything_is_somewhere() -> None:
    """Each record stands in exactly one standing contact: the one its home, as the ledger last said, stands for today."""
    rows = list(SourceRecord.objects.values_list("pk", "contact", "home_id"))
    standing = families.standing({home for _pk, _contact, home in rows})
    assert [(pk, contact) for pk, contact, _home in rows] == [(pk, standing[home]) for pk, _contact, home in rows]
    assert not SourceRecord.objects.filter(contact__merged_into__isnull=False).exists()
    links = LedgerEntry.objects.filter(kind="link").order_by("record_id", "-id").distinct("record_id")
    homes = {pk: home for pk, _contact, home in rows}
    assert {pk: one for pk, one in links.values_list("record_id", "one") if pk in homes} == homes


def part_all_and_compare(by: Any) -> None:
    """The row of everybody is what follows from what is told of them: writing it anew changes nothing."""
    for merged in Merge.objects.filter(undone_at=None).order_by("-id"):
        merging.unmerge(merge=merged, by=by, at=NOW)
    everything_is_somewhere()
    assert not Contact.objects.filter(merged_into__isnull=False).exists()
    assert profile.project(list(Contact.objects.values_list("pk", flat=True)), at=NOW) == []


def test_the_database_lets_nobody_change_a_word_or_the_ledger():
    records.take([Told(source="import:1", external_id="1", fields={"name": "Ayşe"}, at=NOW)], by=None, at=NOW)
    for sql in (
        "update contacts_sourcerecord set told = '{}'",
        "update contacts_ledgerentry set reason = 'x'",
        "delete from contacts_ledgerentry",
    ):
        with pytest.raises(Exception, match=r"keeps its words|append-only"), transaction.atomic():
            connection.cursor().execute(sql)
