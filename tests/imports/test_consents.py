"""Consents come with a file of contacts: a no always wins, a yes lifts no no, and an undo leaves what was there before."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from muhatap.accounts.models import AuditEntry
from muhatap.contacts import agreed, consent, merging
from muhatap.contacts.agreed import Word
from muhatap.contacts.models import Consent, Contact
from muhatap.imports import consents, guessing, mapping, running, targets
from muhatap.sales.consent import OFFERS
from tests import cast
from tests.cast import NOW, minutes
from tests.imports.test_running import imported, mapped, met, outcomes, undone

pytestmark = pytest.mark.django_db
HEADER = "Ad;E-posta;E-posta izni;İzin tarihi;İzin kaynağı;İzin kanıtı"
COLUMNS = ["name", "email", targets.OFFERS, targets.AGREED_ON, targets.AGREED_WHERE, targets.PROOF]
YES = "Ayşe Yılmaz;ayse.yilmaz@ornek.example;ONAY;05.03.2025;HS_WEB;form-118"
NO = YES.replace("ONAY", "RET")


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
    for rows in ((YES, NO), (NO, YES)):
        one = imported(*rows, header=HEADER)
        assert word() is False
        undone(one)
        assert not Consent.objects.exists()


def test_a_yes_that_was_taken_back_since_stays_a_no_after_the_undo() -> None:
    one = imported(YES, header=HEADER)
    consent.withdraw(contact=Contact.objects.get(), **OFFERS, by=None, source="survey", at=NOW + minutes(1))

    undone(one)

    assert word() is False


@pytest.mark.parametrize("had_agreed", [True, False])
def test_a_no_of_their_own_outlives_the_file_that_said_it_first(had_agreed: bool) -> None:
    ayse = met("ayse.yilmaz@ornek.example", "Ayşe Yılmaz")
    if had_agreed:
        consent.give(contact=ayse, **OFFERS, source="agent", by=cast.zeynep(), at=NOW - minutes(5))
    one = imported(NO, header=HEADER)

    said = [
        consent.withdraw(contact=ayse, **OFFERS, by=None, source="survey", at=NOW + minutes(minute))
        for minute in (1, 2)
    ]
    undone(one)

    assert (said, word()) == ([True, False], False)
    assert consent.give(contact=ayse, **OFFERS, source="agent", by=None, at=NOW + minutes(90)) and word() is True


def test_a_yes_of_their_own_outlives_the_file_that_said_it_first() -> None:
    ayse = met("ayse.yilmaz@ornek.example", "Ayşe Yılmaz")
    one = imported(YES, header=HEADER)
    for _twice in range(2):
        consent.give(contact=ayse, **OFFERS, source="agent", by=cast.zeynep(), at=NOW + minutes(1))
    undone(one)

    assert word() is True and Consent.objects.get().source == "agent"


def test_an_undo_holds_the_contacts_before_it_reads_what_they_said() -> None:
    one = imported(NO, header=HEADER)
    with CaptureQueriesContext(connection) as asked:
        agreed.take_back(contacts=[Contact.objects.get().pk], source=one.source)

    said = [query["sql"] for query in asked]
    held = next(place for place, sql in enumerate(said) if "FOR UPDATE" in sql)
    assert held < next(place for place, sql in enumerate(said) if "contacts_consent" in sql)


def test_a_file_that_went_leaves_its_row_to_the_file_that_withdrew_it() -> None:
    met("ayse.yilmaz@ornek.example", "Ayşe Yılmaz")
    first, second = imported(YES, header=HEADER), imported(NO, header=HEADER)

    undone(first)
    assert (word(), Consent.objects.get().source) == (False, second.source)
    undone(second)

    assert not Consent.objects.exists()


def test_of_two_files_that_say_no_either_may_go_and_the_no_stays() -> None:
    ayse = met("ayse.yilmaz@ornek.example", "Ayşe Yılmaz")
    consent.give(contact=ayse, **OFFERS, source="agent", by=cast.zeynep(), at=NOW - minutes(5))
    for first_to_go in (0, 1):
        files = [imported(NO, header=HEADER), imported(NO, header=HEADER)]
        undone(files[first_to_go])
        assert word() is False
        undone(files[1 - first_to_go])
        assert word() is True


def test_an_undo_finds_what_the_file_told_of_who_was_merged_since() -> None:
    one = imported(YES, header=HEADER)
    ayse, other = Contact.objects.get(), met("ayse@is.example", "Ayşe Yılmaz")
    merging.merge(keep=other, drop=ayse, by=cast.can(), at=NOW + minutes(1))
    assert consent.last_word(contact=other, **OFFERS) is True

    undone(one)

    assert not Consent.objects.exists()


def test_of_a_row_that_is_left_out_a_no_is_kept_and_no_yes() -> None:
    met("ayse.yilmaz@ornek.example", "Ayşe Yılmaz")
    assert (outcomes(imported(YES, header=HEADER, mode="create")), word()) == (["left"], None)

    one = imported(NO, header=HEADER, mode="create")

    assert (outcomes(one), word()) == (["left"], False)
    undone(one)
    assert word() is None and Contact.objects.get().name == "Ayşe Yılmaz"


def test_the_audit_says_how_many_agreed_and_refused() -> None:
    others = [NO.replace("ayse.yilmaz", name) for name in ("elif.sahin", "mehmet.kaya")]
    undone(imported(YES, *others, header=HEADER))

    told = AuditEntry.objects.filter(act__in=("import.done", "import.undo")).order_by("pk")
    assert [(one.details["consent_yes"], one.details["consent_no"]) for one in told] == [(1, 2), (1, 2)]


def test_a_mapping_that_says_when_and_not_to_what_is_refused() -> None:
    with pytest.raises(mapping.BadMapping) as refused:
        mapped(YES, header=HEADER, columns=["name", "email", "", *COLUMNS[3:]])
    assert refused.value.code == "no_purpose"


def test_a_list_of_those_who_left_needs_no_word() -> None:
    imported("ayse.yilmaz@ornek.example;01.05.2024", header="E-posta;Ret tarihi")

    assert word() is False and Consent.objects.get().withdrawn_at == datetime(2024, 4, 30, 21, tzinfo=UTC)


def test_what_nobody_can_read_is_no_yes() -> None:
    odd = YES.replace("ONAY", "belki")

    assert outcomes(imported(odd, header=HEADER)) == ["failed"]
    lenient = imported(odd, header=HEADER, is_lenient=True)
    assert (outcomes(lenient), "belki" in lenient.rows.get().detail) == (["created"], True)
    assert not Consent.objects.exists()

    two = "Ad;E-posta;E-posta izni;Anket izni"
    lenient = imported("Ayşe Yılmaz;ayse.yilmaz@ornek.example;belki;hayır", header=two, is_lenient=True)
    assert (Consent.objects.get().purpose, word(), "belki" in lenient.rows.get().detail) == ("research", None, True)


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
        (("RET", "0000-00-00", ""), False, None),
        (("hayır", "-", "-"), False, None),
        (("", "01.02.2024", "2024-05-01"), False, "2024-05-01"),
        (("belki", "", "01.05.2024"), False, "2024-05-01"),
    ],
)
def test_a_cell_says_yes_no_or_the_day(cells: tuple[str, str, str], is_yes: bool, on: str | None) -> None:
    columns = [targets.OFFERS, targets.AGREED_ON, targets.ENDED_ON]

    [said] = consents.read(columns, cells, dates="dmy")

    assert (said.is_yes, said.on.isoformat() if said.on else None) == (is_yes, on)
    assert said.at(NOW) <= NOW
    assert consents.read(columns, ("", "01.02.2026", ""), dates="dmy") == ()


@pytest.mark.parametrize("cells", [("evet", "0000-00-00", ""), ("evet", "", "-"), ("belki", "", ""), ("", "", "-")])
def test_a_yes_must_be_read_to_the_last_cell(cells: tuple[str, str, str]) -> None:
    with pytest.raises(consents.Unclear):
        consents.read([targets.OFFERS, targets.AGREED_ON, targets.ENDED_ON], cells, dates="dmy")


def test_a_day_of_the_end_alone_ends_what_the_file_speaks_of() -> None:
    said = consents.read([targets.RESEARCH, targets.ENDED_ON], ["", "01.05.2024"], dates="dmy")

    assert [(one.purpose, one.is_yes) for one in said] == [("research", False)]


def test_a_day_that_has_not_come_is_today() -> None:
    ayse = met("ayse.yilmaz@ornek.example")
    [said] = consents.read([targets.OFFERS], ["2031-01-01"], dates="dmy")
    late = Word(contact=ayse.pk, channel="email", purpose="offers", is_yes=True, at=said.at(NOW + minutes(9)))

    agreed.tell(words=[late], source="import:1", by=None, at=NOW)

    assert Consent.objects.get().given_at == NOW


def test_those_of_whom_a_no_may_be_said_are_held_in_one_order_with_the_others() -> None:
    header, columns = "Ad;E-posta;E-posta izni", ["name", "email", targets.OFFERS]
    for name in ("Ayşe Yılmaz", "Fatma Yılmaz"):
        imported(f"{name};aile@ornek.example;;;;;", match="")
    met("hakan@ornek.example", "Hakan Demir")
    rows = "Hakan;hakan@ornek.example;RET", "Ayşe;aile@ornek.example;RET"
    everybody = sorted(Contact.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as asked:
        one = imported(*rows, header=header, columns=columns)
    assert outcomes(one) == ["updated", "failed"]
    held = [each["sql"] for each in asked if "NO KEY UPDATE" in each["sql"] and '"contacts_contact"' in each["sql"]]
    assert all(str(pk) in held[0].partition("any(")[2] for pk in everybody)
