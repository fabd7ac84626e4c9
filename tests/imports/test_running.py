"""Files of contacts go in by the chunk, each row once, and out again as if they had never come."""

import gc
from collections.abc import Sequence
from typing import Any

import pytest

from muhatap.accounts.models import AuditEntry
from muhatap.contacts import designing, editing, identity, merging, noting, profile, rivals, tagging
from muhatap.contacts.models import Company, Contact, ContactNote, ContactTag, Identity, Likeness, SourceRecord, Tag
from muhatap.imports import mapping, rowsfile, running, uploading, writing
from muhatap.imports.mapping import Chosen
from muhatap.imports.models import Import
from muhatap.imports.reading.table import Manner
from tests import cast
from tests.cast import NOW, minutes

pytestmark = pytest.mark.django_db
LATER = NOW + minutes(60)
HEADER = "Ad Soyad;E-posta;Telefon;Firma;Şehir;Etiketler;Not"
COLUMNS = ["name", "email", "phone", "company", "city", "tags", "note"]
AYSE = "Ayşe Yılmaz;ayse.yilmaz@ornek.example;0532 123 41 18;;İzmir;Sadık, Bülten;Kapıcıya bırakılsın"
IPEK = "İpek Güneş;ipek@gunesotel.example;;Güneş Otel;Antalya;toptan;"


def uploaded(*lines: str, header: str = HEADER, name: str = "kisiler.csv") -> Import:
    text = "\n".join([header, *lines]) + "\n"
    return uploading.begin(name=name, chunks=[text.encode()], by=cast.mert(), at=NOW)


def mapped(*lines: str, header: str = HEADER, **more: Any) -> Import:
    one = uploaded(*lines, header=header)
    columns = COLUMNS if header == HEADER else one.columns
    chosen: dict[str, Any] = {"columns": columns, "match": "email", "mode": "both"} | more
    mapping.choose(one=one, chosen=Chosen(**chosen), by=cast.mert(), at=NOW)
    return one


def imported(*lines: str, header: str = HEADER, **more: Any) -> Import:
    one = mapped(*lines, header=header, **more)
    running.run(one=one, by=cast.mert(), at=NOW)
    return one


def undone(one: Import, at: Any = LATER) -> Import:
    running.undo(one=one, by=cast.mert(), at=at)
    return one


def outcomes(one: Import) -> list[str]:
    return list(one.rows.order_by("number").values_list("outcome", flat=True))


def met(email: str, name: str = "", is_verified: bool = True, source: str = "email") -> Contact:
    claim = type(cast.AYSE)(kind="email", value=email, is_verified=is_verified, name=name)
    return identity.resolve(claims=[claim], source=source, at=NOW - minutes(600))


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All that is known of contacts, but for what is kept for good: records and the ledger."""
    tables: Sequence[Any] = (Contact, Identity, Company, Tag, ContactTag, ContactNote)
    return {table.__name__: list(table.objects.order_by("pk").values_list()) for table in tables}


def test_a_row_becomes_a_contact_with_all_that_it_says() -> None:
    one = imported(AYSE, IPEK)
    assert (one.state, one.counts) == ("done", {"created": 2})
    ayse = Contact.objects.get(name="Ayşe Yılmaz")
    assert (ayse.email, ayse.phone, ayse.city) == ("ayse.yilmaz@ornek.example", "+905321234118", "İzmir")
    assert sorted(ayse.taggings.values_list("tag__name", flat=True)) == ["Bülten", "Sadık"]
    assert ayse.notes.get().text == "Kapıcıya bırakılsın"
    assert "05321234118" in ayse.search_text and ayse.sort_key
    told = Identity.objects.filter(contact=ayse).values_list("kind", "source", "verified_at")
    assert sorted(told) == [("email", one.source, None), ("phone", one.source, None)]
    assert Contact.objects.get(name="İpek Güneş").company == Company.objects.get(name="Güneş Otel")
    assert SourceRecord.objects.get(contact=ayse).values["city"] == "İzmir"


def test_the_same_file_again_changes_nothing() -> None:
    imported(AYSE, IPEK)
    before = everything()
    again = imported(AYSE, IPEK)
    assert again.counts == {"unchanged": 2}
    assert everything() == before


def test_a_known_customer_is_brought_up_to_date_and_what_staff_wrote_stays() -> None:
    ayse = met("ayse.yilmaz@ornek.example", "Ayse")
    editing.edit(contact=ayse, facts={"city": "Karşıyaka"}, by=cast.zeynep(), at=NOW - minutes(30))
    one = imported(AYSE)
    ayse.refresh_from_db()
    assert outcomes(one) == ["updated"]
    assert (ayse.name, ayse.city, ayse.phone) == ("Ayşe Yılmaz", "Karşıyaka", "+905321234118")


def test_what_staff_wrote_is_written_over_only_when_somebody_says_so() -> None:
    ayse = met("ayse.yilmaz@ornek.example", "Ayse")
    editing.edit(contact=ayse, facts={"city": "Karşıyaka"}, by=cast.zeynep(), at=NOW - minutes(30))
    one = imported(AYSE, is_overwriting=True)
    ayse.refresh_from_db()
    assert ayse.city == "İzmir"
    undone(one)
    ayse.refresh_from_db()
    assert (ayse.city, ayse.name) == ("Karşıyaka", "Ayse")


def test_two_rows_of_one_person_are_one_contact() -> None:
    one = imported(AYSE, "Ayşe Yılmaz Kaya;AYSE.YILMAZ@ornek.example;;;Bursa;;")
    assert outcomes(one) == ["created", "merged"]
    before = Contact.objects.values().get()
    assert (before["name"], before["city"]) == ("Ayşe Yılmaz Kaya", "Bursa")
    assert profile.project([before["id"]], at=LATER) == [] and Contact.objects.values().get() == before


def test_of_a_new_contacts_addresses_only_a_later_row_remembers_what_it_brought() -> None:
    one = imported(AYSE, AYSE.replace("0532 123 41 18", "0533 765 20 77"))
    first, second = one.rows.order_by("number")
    brought = list(Identity.objects.filter(value="+905337652077").values_list("pk", flat=True))
    assert "identities" not in first.before and second.before["identities"] == brought


def test_a_number_that_everybody_types_makes_nobody_one_and_is_nobodys() -> None:
    one = imported("Mehmet Kaya;;0555 555 55 55;;;;", "Elif Şahin;;0555 555 55 55;;;;", match="phone")
    assert outcomes(one) == ["created", "created"]
    assert not Identity.objects.exists() and Contact.objects.get(name="Elif Şahin").phone == "+905555555555"
    undone(one)
    assert not Contact.objects.exists()


def test_rows_of_one_person_in_different_chunks_are_one_contact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "CHUNK", 1)
    one = imported(AYSE, IPEK, AYSE.replace("İzmir", "Bursa"))
    assert outcomes(one) == ["created", "created", "merged"]
    assert Contact.objects.get(name="Ayşe Yılmaz").city == "Bursa"
    undone(one)
    assert not Contact.objects.exists()


def test_an_address_that_a_visitor_only_claimed_leads_to_nobody() -> None:
    stranger = met("ayse.yilmaz@ornek.example", "Biri", is_verified=False, source="webchat")
    one = imported(AYSE)
    assert outcomes(one) == ["created"]
    stranger.refresh_from_db()
    assert (stranger.city, stranger.phone) == ("", "")


def test_a_key_of_two_contacts_is_left_to_a_person() -> None:
    imported("Mehmet Kaya;;0216 555 05 12;;;;", match="phone")
    imported("Elif Şahin;;0216 555 05 12;;;;", match="")
    one = imported(";;0216 555 05 12;;;;", match="phone")
    assert [(row.outcome, row.reason) for row in one.rows.all()] == [("failed", "several")]


def test_a_row_leads_to_the_contact_the_known_one_was_merged_into() -> None:
    ayse, other = met("ayse.yilmaz@ornek.example", "Ayşe"), met("a.yilmaz@is.example", "A. Yılmaz")
    merging.merge(keep=other, drop=ayse, by=cast.deniz(), at=NOW - minutes(20))
    one = imported(AYSE)
    assert one.rows.get().contact == other.pk


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Ayşe;ayse(at)ornek;;;;;", "bad_value"),
        ("Ayşe;ayse@ornek.example;12;;;;", "bad_value"),
        (";;;Güneş Otel;;;", "nobody"),
        ("Ayşe;ayse@ornek.example;;;;;;fazla;hücre", "ragged"),
        (f"{'a' * 300};ayse@ornek.example;;;;;", "bad_value"),
    ],
)
def test_a_row_that_cannot_be_kept_says_why_and_takes_no_other_with_it(line: str, reason: str) -> None:
    one = imported(line, IPEK)
    assert [(row.outcome, row.reason) for row in one.rows.order_by("number")] == [("failed", reason), ("created", "")]


def test_a_row_may_be_taken_without_the_value_that_cannot_be_read() -> None:
    one = imported("Ayşe;ayse@ornek.example;12;;;;", is_lenient=True)
    assert outcomes(one) == ["created"]
    assert "12" in one.rows.get().detail
    assert Contact.objects.get().phone == ""


@pytest.mark.parametrize(("mode", "found"), [("create", ["left", "created"]), ("update", ["updated", "left"])])
def test_only_new_or_only_known_contacts(mode: str, found: list[str]) -> None:
    met("ayse.yilmaz@ornek.example", "Ayse")
    assert outcomes(imported(AYSE, IPEK, mode=mode)) == found


def test_a_dry_run_counts_what_the_run_will_do_and_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "CHUNK", 2)
    met("ayse.yilmaz@ornek.example", "Ayse")
    one = mapped(AYSE, IPEK, "Bozuk;x;;;;;", IPEK)
    before = everything()
    running.rehearse(one=one, by=cast.mert(), at=NOW)
    assert everything() == before
    assert one.state == "mapped"
    assert one.rehearsal["counts"] == {"updated": 1, "created": 1, "failed": 1, "merged": 1}
    assert one.rehearsal["samples"]["updated"][0]["fields"]["name"] == ["Ayse", "Ayşe Yılmaz"]
    running.run(one=one, by=cast.mert(), at=NOW)
    assert one.counts == one.rehearsal["counts"]


def test_undo_leaves_nothing_of_an_import() -> None:
    ayse = met("ayse.yilmaz@ornek.example", "Ayse")
    editing.edit(contact=ayse, facts={"city": "Karşıyaka"}, by=cast.zeynep(), at=NOW - minutes(30))
    before = everything()
    one = imported(AYSE, IPEK, AYSE.replace("İzmir", "Bursa"), "Can Er;can@er.example;;Güneş Otel;;toptan;")
    undone(one)
    assert (one.state, one.undo_counts) == ("undone", {"reversed": 4})
    assert everything() == before


def test_undo_keeps_what_was_changed_since_and_says_so() -> None:
    ayse = met("ayse.yilmaz@ornek.example", "Ayse")
    one = imported(AYSE, IPEK, "Can Er;can@er.example;;;;;", "Elif Şahin;elif@sahin.example;;;;;")
    editing.edit(contact=ayse, facts={"city": "Foça"}, by=cast.zeynep(), at=NOW + minutes(5))
    ipek = Contact.objects.get(name="İpek Güneş")
    noting.write(contact=ipek, text="Toptancı", by=cast.zeynep(), at=NOW + minutes(5))
    ayse.refresh_from_db()
    can = Contact.objects.get(name="Can Er")
    tagging.tag(contacts=[can.pk], name="yeni", by=cast.zeynep(), at=NOW + minutes(5))
    undone(one)
    told = [(row.outcome, row.undone, row.undone_why) for row in one.rows.order_by("number")]
    assert told == [
        ("updated", "kept", "changed:city"),
        ("created", "kept", "noted"),
        ("created", "kept", "tagged"),
        ("created", "reversed", ""),
    ]
    ayse.refresh_from_db()
    assert (ayse.name, ayse.city, ayse.phone) == ("Ayse", "Foça", "")
    assert one.undo_counts == {"kept": 3, "reversed": 1}


def test_undo_keeps_a_contact_that_was_merged_since() -> None:
    one = imported(IPEK)
    other = met("ipek@ev.example", "İpek")
    merging.merge(keep=other, drop=Contact.objects.get(name="İpek Güneş"), by=cast.deniz(), at=NOW + minutes(5))
    undone(one)
    assert one.rows.get().undone == "kept"


def test_a_run_that_died_goes_on_where_it_was_and_doubles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "CHUNK", 1)
    one = mapped(AYSE, IPEK, "Can Er;can@er.example;;;;;")
    note, n = running.writing.note, []

    def dying(*told: Any) -> None:
        note(*told)
        n.append(1)
        if len(n) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(running.writing, "note", dying)
    Import.objects.filter(pk=one.pk).update(state="running")
    with pytest.raises(KeyboardInterrupt):
        running.go_on(import_id=one.pk, at=NOW)
    one.refresh_from_db()
    assert (one.n_done, Contact.objects.count()) == (1, 1)
    running.go_on(import_id=one.pk, at=NOW)
    running.go_on(import_id=one.pk, at=NOW)
    one.refresh_from_db()
    assert (one.state, one.counts, Contact.objects.count()) == ("done", {"created": 3}, 3)


def test_a_stopped_import_keeps_what_it_took_and_can_be_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "CHUNK", 1)
    monkeypatch.setattr(running, "CHUNKS_A_JOB", 1)
    one = imported(AYSE, IPEK)
    running.cancel(one=one, by=cast.mert(), at=NOW)
    running.go_on(import_id=one.pk, at=NOW)
    one.refresh_from_db()
    assert (one.state, Contact.objects.count()) == ("cancelled", 1)
    undone(one)
    running.go_on(import_id=one.pk, at=NOW)
    assert not Contact.objects.exists()


def test_only_what_stands_to_be_run_is_run() -> None:
    one = imported(AYSE)
    with pytest.raises(running.NotNow):
        running.run(one=one, by=cast.mert(), at=NOW)
    undone(one)
    with pytest.raises(running.NotNow):
        running.undo(one=one, by=cast.mert(), at=NOW)


def test_columns_without_a_name_become_fields_of_the_firms_own() -> None:
    one = mapped("Ayşe;a@ornek.example;1.249,90;21.11.2026", header="Ad;E-posta;Ciro;Doğum günü")
    mapping_columns = ["name", "email", "new:number", "new:date"]
    mapping.choose(one=one, chosen=Chosen(columns=mapping_columns, match="email", mode="both"), by=cast.deniz(), at=NOW)
    running.run(one=one, by=cast.mert(), at=NOW)
    assert [field.label for field in designing.active()] == ["Ciro", "Doğum günü"]
    assert (
        Contact.objects.get().fields == {"ciro": "1249.9", "dogum-gunu": "2026-11-21"} or Contact.objects.get().fields
    )


def test_a_file_like_one_before_knows_its_mapping() -> None:
    imported(AYSE, columns=["name", "email", "", "", "", "", "note"])
    assert uploaded(IPEK).columns == ["name", "email", "", "", "", "", "note"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"columns": [""] * 7, "match": ""}, "nothing"),
        ({"columns": ["name", "name", "", "", "", "", ""], "match": ""}, "twice"),
        ({"columns": ["name", "", "", "", "", "", ""]}, "no_key"),
        ({"columns": ["name"], "match": ""}, "unknown"),
        ({"columns": ["password", "", "", "", "", "", ""], "match": ""}, "unknown"),
        ({"mode": "update", "match": ""}, "no_key"),
        ({"tag": "x" * 61}, "tag"),
    ],
)
def test_a_mapping_that_means_nothing_is_refused(more: dict[str, Any], code: str) -> None:
    with pytest.raises(mapping.BadMapping) as refused:
        mapped(AYSE, **more)
    assert refused.value.code == code


def test_it_stands_in_the_audit_who_did_it() -> None:
    undone(imported(AYSE))
    acts = AuditEntry.objects.filter(object_kind="import").order_by("id").values_list("act", flat=True)
    assert list(acts) == ["import.upload", "import.map", "import.run", "import.done", "import.undo"]


def test_contacts_of_one_key_are_named_and_noted_for_people_to_look_at() -> None:
    imported("Mehmet Kaya;;0216 555 05 12;;;;", match="phone")
    imported("Elif Şahin;;0216 555 05 12;;;;", match="")
    pair = set(Contact.objects.values_list("pk", flat=True))
    one = mapped(";;0216 555 05 12;;;;", match="phone")
    running.rehearse(one=one, by=cast.mert(), at=NOW)
    assert not Likeness.objects.exists()
    running.run(one=one, by=cast.mert(), at=NOW)
    hint = Likeness.objects.get()
    assert ({hint.one_id, hint.other_id}, hint.because) == (pair, "same_phone")
    assert [str(contact) for contact in rivals.of("phone", ["+902165550512"])["+902165550512"]] == [
        "Mehmet Kaya",
        "Elif Şahin",
    ]


def test_a_file_is_read_again_in_the_manner_somebody_chooses() -> None:
    text = "Ad|Şehir\nŞule Ünal|Ağrı\n"
    one = uploading.begin(name="x.csv", chunks=[text.encode("mac_turkish")], by=cast.mert(), at=NOW)
    assert one.samples != [["Şule Ünal", "Ağrı"]]
    manner = Manner(encoding="mac_turkish", delimiter="|", header_row=0)
    uploading.read_again(one=one, manner=manner, by=cast.mert(), at=NOW)
    assert (one.state, one.n_rows, one.samples[1]) == ("read", 2, ["Şule Ünal", "Ağrı"])
    uploading.read_again(one=one, manner=Manner(encoding="mac_turkish", header_row=1), by=cast.mert(), at=NOW)
    assert (one.header, one.samples, one.columns) == (["Ad", "Şehir"], [["Şule Ünal", "Ağrı"]], ["name", "city"])
    with pytest.raises(uploading.CannotReadAgain):
        uploading.read_again(one=one, manner=Manner(encoding="rot13"), by=cast.mert(), at=NOW)


def test_a_file_whose_guess_failed_is_rescued_and_one_that_has_begun_is_not_read_again() -> None:
    one = uploading.begin(name="x.csv", chunks=["Ad;Not\nŞule;x\n".encode(), b"\xfe\xfd;y\n"], by=cast.mert(), at=NOW)
    assert one.problem["code"] == "encoding"
    uploading.read_again(one=one, manner=Manner(encoding="cp1252"), by=cast.mert(), at=NOW)
    assert (one.state, one.n_rows, one.problem) == ("read", 2, {})
    done = imported(AYSE)
    with pytest.raises(uploading.CannotReadAgain):
        uploading.read_again(one=done, manner=Manner(), by=cast.mert(), at=NOW)


def test_amounts_and_days_are_read_as_it_was_said_and_remembered() -> None:
    header = "Ad;E-posta;Ciro;Gün"
    one = uploaded("Ayşe;a@ornek.example;1.249;3/4/2026", header=header)
    columns = ["name", "email", "new:number", "new:date"]
    chosen = Chosen(columns=columns, match="email", mode="both", decimal=".", dates="mdy")
    mapping.choose(one=one, chosen=chosen, by=cast.deniz(), at=NOW)
    running.run(one=one, by=cast.mert(), at=NOW)
    assert sorted(Contact.objects.get().fields.values()) == ["1.249", "2026-03-04"]
    again = uploaded("Can;c@ornek.example;1.249;3/4/2026", header=header)
    assert (again.reading["decimal"], again.reading["dates"]) == (".", "mdy")


def test_the_cells_of_any_row_are_found_by_its_number() -> None:
    one = uploaded(*(f"Kişi {n} {'x' * (n % 97)};k{n}@o.example;;;;;" for n in range(3000)))
    found = rowsfile.cells_of(one.rows_sha256, [2, 3, 777, 2999, 3001, 9999])
    assert {number: cells[0].split(" x")[0].strip() for number, cells in found.items()} == {
        2: "Kişi 0",
        3: "Kişi 1",
        777: "Kişi 775",
        2999: "Kişi 2997",
        3001: "Kişi 2999",
    }


def test_garbage_is_collected_while_an_import_waits_for_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    was_collected = {}
    hold, take = running.locks.hold, writing.take

    def waits(*parts: object) -> None:
        was_collected.setdefault("waiting", gc.isenabled())
        hold(*parts)

    def taken(*told: Any, **more: Any) -> Any:
        was_collected["taking"] = gc.isenabled()
        return take(*told, **more)

    monkeypatch.setattr(running.locks, "hold", waits)
    monkeypatch.setattr(writing, "take", taken)
    imported(AYSE)

    assert was_collected == {"waiting": True, "taking": False}
