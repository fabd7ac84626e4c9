"""What two contacts agreed to once they are one: the stricter word, until the person they are says another."""

import pytest

from muhatap.contacts import consent, identity, merging
from muhatap.contacts.models import Contact
from muhatap.sales.consent import OFFERS
from tests import cast
from tests.cast import NOW, minutes

pytestmark = pytest.mark.django_db


@pytest.fixture
def ayse() -> Contact:
    return identity.resolve(claims=[cast.AYSE], source="email", at=NOW)


@pytest.fixture
def elif_() -> Contact:
    return identity.resolve(claims=[cast.ELIF], source="email", at=NOW)


def says(contact: Contact, is_yes: bool, minute: float) -> None:
    act = consent.give if is_yes else consent.withdraw
    act(contact=contact, **OFFERS, by=None, at=NOW + minutes(minute), source="agent")


def merged(keep: Contact, drop: Contact, minute: float) -> merging.Merge:
    return merging.merge(keep=keep, drop=drop, by=cast.can(), at=NOW + minutes(minute))


def word(contact: Contact) -> bool | None:
    return consent.last_word(contact=contact, **OFFERS)


@pytest.mark.parametrize("no_of_kept", [True, False])
def test_a_yes_of_the_one_does_not_lift_the_others_older_no(ayse: Contact, elif_: Contact, no_of_kept: bool) -> None:
    says(ayse, not no_of_kept, 2 - no_of_kept)
    says(elif_, no_of_kept, 1 + no_of_kept)
    one = merged(ayse, elif_, 3)
    assert word(ayse) is False

    merging.unmerge(merge=one, by=cast.can(), at=NOW + minutes(4))
    assert (word(ayse), word(elif_)) == (not no_of_kept, no_of_kept)


def test_what_they_say_after_the_merge_is_the_word_of_both(ayse: Contact, elif_: Contact) -> None:
    says(ayse, False, 1)
    says(elif_, True, 2)
    merged(ayse, elif_, 3)
    says(ayse, True, 4)
    assert word(ayse) is True


def test_a_yes_said_after_a_merge_stays_one_when_a_third_comes(ayse: Contact, elif_: Contact) -> None:
    emily = identity.resolve(claims=[cast.EMILY], source="email", at=NOW)
    says(elif_, False, 1)
    merged(ayse, elif_, 2)
    says(ayse, True, 3)
    merged(emily, ayse, 4)
    assert word(emily) is True


def test_a_no_said_of_both_outlives_their_parting(ayse: Contact, elif_: Contact) -> None:
    says(ayse, False, 1)
    says(elif_, True, 2)
    one = merged(ayse, elif_, 3)
    says(ayse, False, 4)
    merging.unmerge(merge=one, by=cast.can(), at=NOW + minutes(5))
    assert word(elif_) is False


def test_a_no_that_comes_while_two_are_merged_is_the_word_of_whoever_stands(ayse: Contact, elif_: Contact) -> None:
    says(ayse, True, 1)
    stale = Contact.objects.get(pk=elif_.pk)
    merged(ayse, elif_, 2)
    says(stale, False, 3)
    assert word(ayse) is False
