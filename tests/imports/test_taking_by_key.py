"""Whom a file's key names: a person, or the colleagues and relatives who share it."""

from typing import Any

import pytest

from muhatap.contacts import consent, graph
from muhatap.contacts.models import Consent, Contact, Identity
from muhatap.imports import running
from muhatap.imports.models import Import, ImportRow
from muhatap.sales.consent import OFFERS
from tests import cast
from tests.cast import NOW
from tests.imports.test_running import imported, mapped, met, outcomes, undone

pytestmark = pytest.mark.django_db
IPEK = "İpek Güneş;info@gunesotel.example;;Güneş Otel;;;"
HAKAN = "Hakan Demir;info@gunesotel.example;;Güneş Otel;;;"


def names() -> list[str]:
    return sorted(Contact.objects.values_list("name", flat=True))


def test_colleagues_with_one_mailbox_stay_as_many_as_they_are_and_are_found_again() -> None:
    one = imported(IPEK, HAKAN, IPEK)
    assert (outcomes(one), names()) == (["created", "created", "merged"], ["Hakan Demir", "İpek Güneş"])

    assert imported(HAKAN, IPEK).counts == {"unchanged": 2}
    ipek = Contact.objects.get(name="İpek Güneş")
    Contact.objects.filter(pk=ipek.pk).update(name="İpek Güneş Ak")
    assert imported(IPEK.replace("İpek", "IPEK")).rows.get().contact == ipek.pk


def test_the_mailbox_itself_is_nobody_of_the_file() -> None:
    hotel = met("info@gunesotel.example", "Güneş Otel")
    assert outcomes(imported(IPEK)) == ["created"]
    assert imported(IPEK.replace("İpek Güneş", "Güneş Otel")).rows.get().contact == hotel.pk


def test_a_number_that_many_share_needs_a_name_too() -> None:
    rows = [f"{name};;0850 222 00 33;;;;" for name in ("Ayşe Yılmaz", "Mehmet Kaya")]
    graph.block(kind="phone", how="switchboard", value="0850 222 00 33", by=cast.selin(), at=NOW)
    assert outcomes(imported(*rows, match="phone")) == ["created", "created"]


def test_a_familys_phone_renames_nobody_and_the_name_says_who_is_meant() -> None:
    family = ("Ayşe Yılmaz;;0532 123 41 18;;;;", "Mehmet Yılmaz;;0532 123 41 18;;;;")
    assert outcomes(imported(*family, match="phone")) == ["created", "created"]
    again = imported("Ayse YILMAZ;;0532 123 41 18;;Bursa;;", "M. Yılmaz;;0532 123 41 18;;İzmir;;", match="phone")
    assert outcomes(again) == ["updated", "updated"]
    assert set(Contact.objects.values_list("email", "city")) == {("", "Bursa"), ("", "İzmir")}
    assert outcomes(imported(";;0532 123 41 18;;;;", match="phone")) == ["failed"]


def test_a_dry_run_tells_colleagues_of_different_chunks_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "CHUNK", 1)
    one = mapped(IPEK, HAKAN, IPEK)
    running.rehearse(one=one, by=cast.mert(), at=NOW)
    assert one.rehearsal["counts"] == {"created": 2, "merged": 1}


def doubtful() -> Import:
    """Two contacts of one address, both from files, and a file that says no for it."""
    for name in ("Ayşe Yılmaz", "Fatma Yılmaz"):
        imported(f"{name};aile@ornek.example;;;;;", match="")
    return imported(
        "Ayşe;aile@ornek.example;RET", header="Ad;E-posta;E-posta izni", columns=["name", "email", "consent:offers"]
    )


def test_a_no_is_heard_of_each_whom_a_row_may_mean_and_goes_with_the_file() -> None:
    one = doubtful()
    assert outcomes(one) == ["failed"]
    people = Contact.objects.filter(merged_into=None)
    assert [consent.last_word(contact=contact, **OFFERS) for contact in people] == [False, False]

    undone(one)
    assert not Consent.objects.exists()


def test_a_number_of_identity_is_a_key_and_is_not_kept() -> None:
    header, columns = "Ad;Kimlik", ["name", "national"]
    one = imported(
        "Ayşe Yılmaz;10000000146", "Hakan Demir;10000000147", header=header, columns=columns, match="national"
    )
    assert outcomes(one) == ["created", "failed"]
    row = Identity.objects.get(kind="national")
    assert str(row) == "•••••••••46" and "10000000146" not in f"{row.value}{row.comparable}"
    assert "10000000146" not in str(row.contact.records.values_list("told", "values", "normal"))

    again = imported("Ayşe Yılmaz Ak;100 000 001 46", header=header, columns=columns, match="national")
    assert again.rows.get().contact == row.contact_id


def test_a_number_of_identity_lies_in_its_file_alone() -> None:
    """Neither a sound one nor one with a slip in it stands beside the file: in samples, in what a dry run shows, in a refusal."""
    lines = ("Ayşe Yılmaz;10000000146", "Hakan Demir;10000000147")
    chosen: dict[str, Any] = {"header": "Ad;Kimlik", "columns": ["name", "national"], "match": "national"}
    one = mapped(*lines, **chosen)
    running.rehearse(one=one, by=cast.mert(), at=NOW)
    assert [row[1] for row in one.samples] == ["•••••••••46", "•••••••••47"]
    running.run(one=one, by=cast.mert(), at=NOW)
    [refused] = one.rows.filter(outcome="failed").values_list("detail", flat=True)
    assert refused.startswith("Kimlik: ")
    lenient = imported(*lines, **chosen, is_lenient=True)
    kept = [*Import.objects.values_list("samples", "rehearsal"), *ImportRow.objects.values(), lenient.counts]
    assert "1000000014" not in str(kept)
