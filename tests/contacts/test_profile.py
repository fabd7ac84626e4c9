"""What we know, from whom and since when: trust before time, time before chance, and nothing told is forgotten."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from muhatap.contacts import editing, fields, identity, numbers, profile
from muhatap.contacts.models import Company, Contact, CustomField, ProfileFact
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def ayse():
    return identity.resolve(claims=[cast.AYSE], source="email", at=NOW)


def tell(contact, source, hours=0, by=None, **facts):
    profile.update(contact=contact, facts=facts, source=source, at=NOW + timedelta(hours=hours), by=by)


def custom(key, kind, **more):
    return CustomField.objects.create(key=key, label=key, kind=kind, **more)


def test_the_newest_of_equally_trusted_wins_whatever_order_they_arrive_in(ayse):
    tell(ayse, "webchat", hours=2, city="İzmir")
    tell(ayse, "webchat", hours=1, city="Ankara")
    assert ayse.city == "İzmir"


def test_what_zeynep_wrote_stands_against_a_later_header(ayse):
    tell(ayse, "agent", by=cast.zeynep(), name="Ayşe Yılmaz Demir")
    tell(ayse, "email", hours=5, name="AYŞE Y.")
    assert ayse.name == "Ayşe Yılmaz Demir"
    assert [f.value for f in profile.history(ayse) if f.field == "name"] == [
        "AYŞE Y.",
        "Ayşe Yılmaz Demir",
        "Ayşe Yılmaz",
    ]


def test_what_she_said_in_the_form_stands_against_the_header(ayse):
    tell(ayse, "webchat", name="Ayşe Y. Demir")
    tell(ayse, "email", hours=5, name="ayse")
    assert ayse.name == "Ayşe Y. Demir"


def test_who_was_deleted_meanwhile_is_not_changed(ayse):
    Contact.objects.filter(pk=ayse.pk).delete()
    with pytest.raises(Contact.DoesNotExist):
        editing.edit(contact=ayse, facts={"city": "İzmir"}, by=cast.zeynep(), at=NOW)


def test_the_same_said_twice_is_written_once(ayse):
    tell(ayse, "webchat", city="İzmir")
    tell(ayse, "webchat", hours=1, city="İzmir")
    assert ayse.facts.filter(field="city").count() == 1


def test_a_visitor_who_changes_the_name_over_and_over_leaves_one_fact_a_minute(ayse):
    for n in range(30):
        tell(ayse, "webchat", hours=n / 3600, name=f"Ayşe {n}")
    tell(ayse, "webchat", hours=1, name="Ayşe Y.")
    assert ayse.name == "Ayşe Y."
    told = [fact.value for fact in profile.history(ayse) if fact.source == "webchat"]
    assert told == ["Ayşe Y.", "Ayşe 29"]


def test_two_corrections_of_staff_in_one_minute_both_stay_in_the_history(ayse):
    for city in ("İzmir", "Manisa"):
        tell(ayse, "agent", by=cast.zeynep(), city=city)
    assert ayse.facts.filter(field="city").count() == 2


def test_a_long_history_is_not_read_to_know_what_stands(ayse, django_assert_num_queries):
    ProfileFact.objects.bulk_create(
        ProfileFact(contact=ayse, field="name", value=f"Ayşe {n}", source="webchat", at=NOW + timedelta(minutes=n))
        for n in range(300)
    )
    loaded: list[str] = []
    loads = ProfileFact.from_db.__func__

    def counted(cls, *args):
        loaded.append(cls.__name__)
        return loads(cls, *args)

    with pytest.MonkeyPatch.context() as patch, django_assert_num_queries(3):
        patch.setattr(ProfileFact, "from_db", classmethod(counted))
        assert profile.current(ayse)["name"].value == "Ayşe 299"
    assert len(loaded) <= 3


def test_an_emptied_field_stays_empty_when_a_person_emptied_it_and_silence_of_a_channel_empties_nothing(ayse):
    tell(ayse, "webchat", city="İzmir")
    tell(ayse, "webchat", hours=1, city="")
    assert ayse.city == "İzmir"
    tell(ayse, "agent", hours=2, by=cast.zeynep(), city="")
    assert ayse.city == ""


def test_a_company_is_made_once_and_found_by_any_spelling(ayse):
    tell(ayse, "agent", by=cast.zeynep(), company="Güneş Otel")
    assert ayse.company.name == "Güneş Otel"
    tell(ayse, "agent", hours=1, by=cast.zeynep(), company="GÜNEŞ  OTEL")
    assert Company.objects.count() == 1
    assert "gunes otel" in ayse.search_text


def test_values_a_channel_tells_wrongly_are_left_out_and_those_a_person_types_wrongly_are_refused_with_a_reason(ayse):
    tell(ayse, "webchat", phone="12", language="klingonca", city="İzmir")
    assert (ayse.phone, ayse.language, ayse.city) == ("", "", "İzmir")
    with translation.override("en"), pytest.raises(fields.BadValues) as refused:
        tell(ayse, "agent", by=cast.zeynep(), phone="+90 532 41 18", email="ayse@", city="Manisa")
    assert refused.value.errors["phone"] == "3 digits are missing. Example: +90 532 123 41 18"
    assert set(refused.value.errors) == {"phone", "email"}
    ayse.refresh_from_db()
    assert ayse.city == "İzmir"


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("text", "  keten  sever ", "keten sever"),
        ("number", "1.249,90", "1249.9"),
        ("number", "1.249", "1249"),
        ("number", "-3,5", "-3.5"),
        ("date", "21.11.2026", "2026-11-21"),
        ("date", "2026-11-21", "2026-11-21"),
        ("choice", "ALTIN", "Altın"),
        ("money", "1.249,90 ₺", {"amount": "1249.9", "currency": "TRY"}),
        ("money", "EUR 12", {"amount": "12", "currency": "EUR"}),
        ("money", "250 tl", {"amount": "250", "currency": "TRY"}),
    ],
)
def test_custom_fields_keep_what_was_typed_in_one_form(ayse, kind, typed, kept):
    custom("deger", kind, choices=["Gümüş", "Altın"] if kind == "choice" else [])
    tell(ayse, "agent", by=cast.zeynep(), deger=typed)
    ayse.refresh_from_db()
    assert ayse.fields == {"deger": kept}
    tell(ayse, "agent", hours=1, by=cast.zeynep(), deger="")
    assert ayse.fields == {}


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("number", "on iki"), ("number", "1.2.3"), ("number", "9" * 30), ("number", "NaN"), ("number", "1e5"), ("number", "٣"),
        ("date", "31.02.2026"), ("date", "dün"), ("date", "0000-01-01"),
        ("choice", "Platin"),
        ("money", "12 elma"), ("money", "$12€"), ("money", "₺"),
        ("text", "x" * 2001),
    ],
)  # fmt: skip
def test_custom_fields_refuse_what_they_cannot_hold(ayse, kind, typed):
    custom("deger", kind, choices=["Gümüş", "Altın"])
    with pytest.raises(fields.BadValues) as refused:
        tell(ayse, "agent", by=cast.zeynep(), deger=typed)
    assert refused.value.errors["deger"]
    assert not ayse.facts.filter(field="deger").exists()


def test_an_archived_field_takes_nothing_more(ayse):
    custom("eski", "text", archived_at=NOW)
    tell(ayse, "agent", by=cast.zeynep(), eski="x")
    assert ayse.fields == {}


def test_turkish_names_sort_by_the_turkish_alphabet_in_the_database(ayse):
    from muhatap.contacts.models import Contact

    for name in ["Çağla", "Ceren", "Işık", "İpek", "Zeki", "Şule", "Suna", "Aylin"]:
        contact = identity.resolve(claims=[], source="import", at=NOW)
        tell(contact, "import", name=name)
    names = list(Contact.objects.exclude(pk=ayse.pk).order_by("sort_key").values_list("name", flat=True))
    assert names == ["Aylin", "Ceren", "Çağla", "Işık", "İpek", "Suna", "Şule", "Zeki"]


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("1.249,90", "tr", "1249.9"), ("1,249.90", "tr", "1249.9"), ("1.249", "tr", "1249"), ("1.249", "en", "1.249"),
        ("1,249", "tr", "1.249"), ("1,249", "en", "1249"), ("12,5", "en", "12.5"), ("1 249,90", "tr", "1249.9"),
        ("1.249.000", "en", "1249000"), ("−4", "tr", "-4"), ("007", "tr", "7"), (",5", "tr", "0.5"), ("5,", "tr", None),
        ("", "tr", None), ("-", "tr", None), (".", "tr", None), ("1..2", "tr", None), ("12.34.56", "tr", None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text, language, number):
    assert numbers.decimal(text, language) == (Decimal(number) if number else None)
