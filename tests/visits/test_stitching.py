"""A visitor is one known contact at a time: on proof, back to when nobody was known, and never two people made one."""

import pytest
from django.db import IntegrityError, transaction

from muhatap.contacts import identity, merging
from muhatap.contacts.models import Contact
from muhatap.visits import stitching
from muhatap.visits.models import Site, Visit, VisitNews, VisitorLink, VisitorProof
from muhatap.visits.segment import EARLIEST
from tests import cast
from tests.visits.telling import NOON, after, fold, look

pytestmark = pytest.mark.django_db


def meet(claim: object) -> Contact:
    return identity.resolve(claims=[claim], source="email", at=NOON)  # type: ignore[list-item]


@pytest.fixture
def ayse() -> Contact:
    return meet(cast.AYSE)


@pytest.fixture
def mehmet() -> Contact:
    return meet(cast.MEHMET)


def log_in(site: Site, contact: Contact, minutes: float, *, visitor: str = "tarayici-1") -> VisitorLink | None:
    proof = VisitorProof.objects.create(
        site=site, visitor=visitor, how="signed", subject=str(contact.pk), at=after(minutes), recorded_at=after(minutes)
    )
    return stitching.link(proof=proof, contact=contact, at=after(minutes))


def visit(site: Site, minutes: float, *, visitor: str = "tarayici-1") -> Visit:
    return Visit.objects.create(site=site, visitor=visitor, began_at=after(minutes), ended_at=after(minutes))


def whose(*visits: Visit) -> list[Contact | None]:
    return [stitching.contact_of(one) for one in visits]


def test_what_a_visitor_did_before_the_login_becomes_the_contacts(site: Site, ayse: Contact) -> None:
    before, afterwards, other = visit(site, -9000), visit(site, 5), visit(site, 5, visitor="tarayici-2")

    log_in(site, ayse, 0)

    assert whose(before, afterwards, other) == [ayse, ayse, None]
    assert set(stitching.visits_of(ayse)) == {before, afterwards}
    assert set(VisitNews.objects.values_list("visit", flat=True)) == {before.pk, afterwards.pk}


def test_a_login_again_changes_nothing(site: Site, ayse: Contact) -> None:
    assert log_in(site, ayse, 0) == log_in(site, ayse, 500)

    assert VisitorLink.objects.count() == 1


def test_somebody_else_on_the_same_device_begins_a_new_period_and_nobody_is_merged(
    site: Site, ayse: Contact, mehmet: Contact
) -> None:
    first, second, third = visit(site, 5), visit(site, 65), visit(site, 125)

    for who, at in ((ayse, 0), (mehmet, 60), (ayse, 120)):
        log_in(site, who, at)

    assert whose(first, second, third) == [ayse, mehmet, ayse]
    assert list(VisitorLink.objects.order_by("from_at").values_list("from_at", "until_at")) == [
        (EARLIEST, after(60)), (after(60), after(120)), (after(120), None),
    ]  # fmt: skip
    assert Contact.objects.filter(merged_into=None).count() == 2


def test_a_login_that_is_told_late_gets_the_time_until_the_next_persons(
    site: Site, ayse: Contact, mehmet: Contact
) -> None:
    early, later = visit(site, 10), visit(site, 70)

    log_in(site, mehmet, 60)
    log_in(site, ayse, 0)

    assert whose(early, later) == [ayse, mehmet]


def test_taken_back_its_visits_are_nameless_and_the_next_login_begins_there(
    site: Site, ayse: Contact, mehmet: Contact
) -> None:
    mistaken = log_in(site, mehmet, 0)
    assert mistaken
    early = visit(site, 5)

    assert stitching.take_back(link=mistaken, by=cast.zeynep(), at=after(30))
    assert not stitching.take_back(link=mistaken, by=cast.zeynep(), at=after(31))

    assert whose(early) == [None]
    assert log_in(site, ayse, 20) is None  # of before it was taken back
    log_in(site, ayse, 60)
    assert whose(early, visit(site, 70)) == [None, ayse]


def test_whoever_allowed_nothing_is_tied_to_nobody(site: Site, ayse: Contact) -> None:
    with pytest.raises(stitching.Nameless):
        log_in(site, ayse, 0, visitor="day:0123456789abcdef")


def test_the_database_lets_nobody_be_two_at_once(site: Site, ayse: Contact, mehmet: Contact) -> None:
    log_in(site, ayse, 0)

    with pytest.raises(IntegrityError), transaction.atomic():
        VisitorLink.objects.create(
            site=site, visitor="tarayici-1", contact=mehmet, how="signed", subject="2", from_at=after(9), proved_at=NOON,
            made_at=NOON,
        )  # fmt: skip


def test_merged_contacts_take_their_visits_along_and_back(site: Site, ayse: Contact, mehmet: Contact) -> None:
    one = visit(site, 5)
    log_in(site, mehmet, 0)

    merged = merging.merge(keep=ayse, drop=mehmet, by=cast.can(), at=NOON)
    assert whose(one) == [ayse]
    merging.unmerge(merge=merged, by=cast.can(), at=NOON)

    assert whose(one) == [mehmet]


def test_a_visit_in_which_somebody_else_logs_in_ends_there(site: Site) -> None:
    for at, subject in ((0, "1"), (10, "2")):
        VisitorProof.objects.create(
            site=site, visitor="tarayici-1", how="signed", subject=subject, at=after(at), recorded_at=after(at)
        )
    for at in (1, 5, 11, 12, 9):
        look(site, at)

    fold()

    assert [(v.n_pages, v.began_at) for v in Visit.objects.order_by("began_at")] == [(3, after(1)), (2, after(11))]
