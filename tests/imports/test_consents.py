"""Consents come with a file of contacts: a no always wins, a yes lifts no no, and an undo leaves what was there before."""

from datetime import UTC, datetime

import pytest

from muhatap.contacts import agreed, consent
from muhatap.contacts.agreed import Word
from muhatap.contacts.models import Consent, Contact
from muhatap.imports import consents, guessing, running, targets
from muhatap.sales.consent import OFFERS
from tests import cast
from tests.cast import NOW, minutes
from tests.imports.test_running import imported, mapped, met, outcomes, undone

pytestmark = pytest.mark.django_db
HEADER = "Ad;E-posta;E-posta izni;İzin tarihi;İzin kaynağı;İzin kanıtı"
COLUMNS = ["name", "email", targets.OFFERS, targets.AGREED_ON, targets.AGREED_WHERE, targets.PROOF]
YES = "Ayşe Yılmaz;ayse.yilmaz@ornek.example;ONAY;05.03.2025;HS_WEB;form-118"


def word(email: str = "ayse.yilmaz@ornek.example") -> bool | None:
    return consent.last_word(contact=Contact.objects.get(email=email), **OFFERS)


def test_a_yes_comes_with_its_day_its_source_and_its_proof() -> None:
    assert guessing.columns(HEADER.split(";"), [YES.split(";")], []) == COLUMNS

    one = imported(YES, header=HEADER)

    row = Consent.objects.get()
    assert (row.channel, row.purpose, row.source, row.proof) == ("email", "offers", one.source, "HS_WEB · form-118")
    assert (row.given_at, row.withdrawn_at) == (datetime(2025, 3, 4, 21, tzinfo=UTC), None)
    assert word() is True
    imported(YES, header=HEADER)
    assert Consent.objects.count() == 1

    assert outcomes(undone(one)) == ["created"]
    assert not Consent.objects.exists()


def test_a_no_of_a_file_wins_over_our_yes_and_gives_it_back_with_the_undo() -> None:
    ayse = met("ayse.yilmaz@ornek.example", "Ayşe Yılmaz")
    consent.give(contact=ayse, **OFFERS, source="agent", by=cast.zeynep(), at=NOW - minutes(5))

    one = imported(YES.replace("ONAY", "Hayır"), header=HEADER)
    assert (word(), outcomes(one)) == (False, ["updated"])
    undone(one)

    assert word() is True and Consent.objects.get().withdrawn_source == ""


def test_a_yes_of_a_file_lifts_no_no_however_new_it_says_it_is() -> None:
    ayse = met("ayse.yilmaz@ornek.example", "Ayşe Yılmaz")
    consent.withdraw(contact=ayse, **OFFERS, by=None, source="survey", at=NOW - minutes(5))

    imported(YES.replace("05.03.2025", "20.11.2026"), header=HEADER)

    assert word() is False


def test_of_two_rows_on_one_contact_the_no_wins_in_either_order() -> None:
    no = YES.replace("ONAY", "RET")
    for rows in ((YES, no), (no, YES)):
        one = imported(*rows, header=HEADER)
        assert word() is False
        undone(one)
        assert not Consent.objects.exists()


def test_a_yes_that_was_taken_back_since_stays_a_no_after_the_undo() -> None:
    one = imported(YES, header=HEADER)
    consent.withdraw(contact=Contact.objects.get(), **OFFERS, by=None, source="survey", at=NOW + minutes(1))

    undone(one)

    assert word() is False


def test_what_nobody_can_read_is_no_yes() -> None:
    odd = YES.replace("ONAY", "belki")

    assert outcomes(imported(odd, header=HEADER)) == ["failed"]
    lenient = imported(odd, header=HEADER, is_lenient=True)
    assert (outcomes(lenient), "belki" in lenient.rows.get().detail) == (["created"], True)
    assert not Consent.objects.exists()


def test_a_dry_run_keeps_nothing() -> None:
    one = mapped(YES, header=HEADER)
    running.rehearse(one=one, by=cast.mert(), at=NOW)

    assert not Consent.objects.exists()


@pytest.mark.parametrize(
    ("cells", "is_yes", "on"),
    [
        (("evet", "", ""), True, None),
        (("2025-03-05 10:22:31", "", ""), True, "2025-03-05"),
        (("subscribed", "01/02/2026", ""), True, "2026-02-01"),
        (("yes", "01.02.2026", "03.02.2026"), False, "2026-02-03"),
        (("hayır", "01.02.2026", ""), False, "2026-02-01"),
    ],
)
def test_a_cell_says_yes_no_or_the_day(cells: tuple[str, str, str], is_yes: bool, on: str | None) -> None:
    columns = [targets.OFFERS, targets.AGREED_ON, targets.ENDED_ON]

    [said] = consents.read(columns, cells, dates="dmy")

    assert (said.is_yes, said.on.isoformat() if said.on else None) == (is_yes, on)
    assert said.at(NOW) <= NOW
    assert consents.read(columns, ("", "01.02.2026", ""), dates="dmy") == ()


def test_a_day_that_has_not_come_is_today() -> None:
    ayse = met("ayse.yilmaz@ornek.example")
    [said] = consents.read([targets.OFFERS], ["2031-01-01"], dates="dmy")

    agreed.tell(
        words=[Word(contact=ayse.pk, channel="email", purpose="offers", is_yes=True, at=said.at(NOW))], source="import:1", by=None
    )  # fmt: skip

    assert Consent.objects.get().given_at == NOW
