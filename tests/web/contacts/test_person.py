"""The page of one contact: who, why and from where; written down, changed, tagged, noted."""

from datetime import timedelta

import pytest
from django.test import Client

from muhatap.accounts.models import AuditEntry, Visibility
from muhatap.channels.contract import Claim
from muhatap.contacts import agreed, identity, noting
from muhatap.contacts.agreed import Word
from muhatap.contacts.models import Consent, Contact, ContactNote, Identity, Tag
from muhatap.sales import consent as buyers
from muhatap.sales.models import Order, Shop
from tests import cast
from tests.cast import NOW
from tests.web.contacts.conftest import HX, enter, url, wrote

pytestmark = pytest.mark.django_db


def test_the_page_says_who_why_and_from_where(zeynep, ayse):
    noting.write(contact=ayse, text="Kapıcıya bırakılsın", by=cast.can(), at=NOW)
    wrote(ayse, "Siparişim gelmedi.")
    person = zeynep.get(url("page", ayse.pk)).context["person"]
    assert [line.text for line in person.identities] == ["ayse.yilmaz@ornek.example"]
    assert person.identities[0].is_verified
    assert {line.label: line.value for line in person.profile}["Telefon"] == "+90 532 123 41 18"
    assert person.profile[0].source
    assert [note.text for note in person.notes] == ["Kapıcıya bırakılsın"] and not person.notes[0].remove_url
    assert person.timeline.days[0].rows[0].text == "Siparişim gelmedi."


def test_words_of_a_conversation_one_may_not_see_are_not_shown(client, ayse):
    wrote(ayse, "Çok gizli")
    blind = cast.staff("kor@ihlamurev.example", "Kör Agent", "agent", Visibility.OWN)
    page = enter(client, blind).get(url("page", ayse.pk))
    assert "gizli" not in page.content.decode()
    assert page.context["person"].timeline.days[0].rows[0].url == ""


def test_older_days_come_by_key(can, ayse):
    for hour in range(60):
        wrote(ayse, f"{hour}. mesaj", at=NOW - timedelta(hours=hour), in_thread=False)
    timeline = can.get(url("page", ayse.pk)).context["person"].timeline
    older = can.get(timeline.next_url, headers=HX)
    assert "59. mesaj" in older.content.decode() and "<html" not in older.content.decode()
    assert older.context["timeline"].next_url == ""
    for garbage in (
        "x",
        "x~1",
        "2026-01-01~1",
        "2026-01-01T00:00:00+00:00~-5",
        "~",
        "2026-01-01T00:00:00+00:00~" + "9" * 40,
    ):
        assert can.get(url("timeline", ayse.pk), {"before": garbage}).status_code == 200


def test_a_merged_contact_leads_to_the_one_who_was_kept(can, ayse, ipek):
    can.post(url("merge"), {"keep": ayse.pk, "drop": ipek.pk})
    assert can.get(url("page", ipek.pk)).url == url("page", ayse.pk)
    assert can.get(url("page", 10**12)).status_code == 404


def test_the_profile_is_edited_and_says_who_wrote_it(zeynep, ayse):
    form = zeynep.get(url("edit", ayse.pk)).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    assert zeynep.post(url("edit", ayse.pk), typed | {"city": "Manisa", "company": "Güneş Otel"}).status_code == 302
    ayse.refresh_from_db()
    assert (ayse.city, ayse.company.name) == ("Manisa", "Güneş Otel")
    assert {f.field: f.by.name for f in ayse.facts.filter(source="agent")} == {
        "city": "Zeynep Arslan",
        "company": "Zeynep Arslan",
    }
    assert "Zeynep Arslan" in zeynep.get(url("history", ayse.pk)).content.decode()


def test_what_was_typed_wrongly_stays_with_a_reason(zeynep, ayse):
    answer = zeynep.post(url("edit", ayse.pk), {"name": "Ayşe", "phone": "+90 532 41 18", "email": "ayse@"})
    page = answer.content.decode()
    assert answer.status_code == 200 and "+90 532 41 18" in page and "ayse@" in page
    assert set(answer.context["form"].errors) == {"phone", "email"}
    ayse.refresh_from_db()
    assert ayse.name == "Ayşe Yılmaz"


@pytest.mark.parametrize(
    "value", ["x" * 100_000, "\x00", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "<script>", "{{ 7 }}"]
)
@pytest.mark.parametrize("field", ["name", "email", "phone", "city", "language", "company"])
def test_hostile_and_huge_values_are_no_fault(zeynep, ayse, field, value):
    answer = zeynep.post(url("edit", ayse.pk), {field: value})
    assert answer.status_code in (200, 302)
    assert "<script>" not in zeynep.get(url("page", ayse.pk)).content.decode().replace(
        '<script type="module"', ""
    ).replace("<script src", "")


def test_a_new_contact_is_written_down_and_a_known_address_leads_to_its_owner(zeynep, ayse):
    assert zeynep.post(url("new"), {"name": "Oğuz Çelik", "phone": "0533 765 20 77"}).status_code == 302
    oguz = Contact.objects.get(name="Oğuz Çelik")
    assert (
        identity.resolve(claims=[Claim(kind="phone", value="+905337652077", is_verified=True)], source="phone", at=NOW)
        == oguz
    )
    answer = zeynep.post(url("new"), {"name": "A. Y.", "email": "AYSE.yilmaz@ornek.example"})
    assert url("page", ayse.pk) in answer.content.decode() and Contact.objects.count() == 2
    assert zeynep.post(url("new"), {"city": "İzmir"}).status_code == 200 and Contact.objects.count() == 2


def test_a_number_that_is_another_contacts_is_kept_as_a_hint(zeynep, ayse, ipek):
    identity.add(contact=ipek, kind="phone", value="0532 999 88 77", is_verified=True, by=cast.can(), at=NOW)
    zeynep.post(url("edit", ayse.pk), {"name": "Ayşe Yılmaz", "phone": "0532 999 88 77"})
    assert ayse.identities.get(value="+905329998877").verified_at is None
    person = zeynep.get(url("page", ayse.pk)).context["person"]
    assert person.likely[0].name == "İpek Güneş" and "+90 532 999 88 77" in person.likely[0].why


def test_tags_and_notes_come_and_go_in_place(zeynep, ayse):
    answer = zeynep.post(url("tag", ayse.pk), {"name": "Toptan"}, headers=HX).content.decode()
    assert "Toptan" in answer and "<html" not in answer
    tag = Tag.objects.get(name="Toptan")
    assert "Toptan" not in zeynep.post(url("untag", ayse.pk, tag.pk), headers=HX).content.decode()
    assert "Zili çalma" in zeynep.post(url("note", ayse.pk), {"text": "Zili çalma"}, headers=HX).content.decode()
    note = ContactNote.objects.get()
    assert enter(Client(), cast.can()).post(url("remove_note", ayse.pk, note.pk)).status_code == 404
    assert zeynep.post(url("remove_note", ayse.pk, note.pk), headers=HX).status_code == 200
    assert not ContactNote.objects.exists()


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [("tag", "name", ""), ("tag", "name", "x" * 100), ("note", "text", " "), ("note", "text", "x" * 10_001)],
)
def test_refused_tags_and_notes_say_why(zeynep, ayse, name, field, value):
    for headers in ({}, HX):
        assert zeynep.post(url(name, ayse.pk), {field: value}, headers=headers, follow=True).status_code == 200
    assert Tag.objects.count() == 1 and not ContactNote.objects.exists()


def test_addresses_are_added_proved_and_taken_off(zeynep, ayse, ipek):
    zeynep.post(url("add_identity", ayse.pk), {"value": "ayse@is.example"})
    added = Identity.objects.get(value="ayse@is.example")
    zeynep.post(url("verify_identity", ayse.pk, added.pk))
    added.refresh_from_db()
    assert added.verified_by == "agent"
    taken = zeynep.post(url("add_identity", ayse.pk), {"value": "ipek@gunesotel.example", "is_verified": "on"})
    assert taken.status_code == 422 and "İpek Güneş" in taken.content.decode()
    assert zeynep.post(url("add_identity", ayse.pk), {"value": "merhaba"}).status_code == 422
    zeynep.post(url("remove_identity", ayse.pk, added.pk))
    assert not Identity.objects.filter(value="ayse@is.example").exists()
    assert zeynep.post(url("remove_identity", ayse.pk, ipek.identities.get().pk)).status_code == 404


def test_a_no_to_us_stands_before_the_yes_said_to_a_shop(zeynep, ayse):
    shop = Shop.objects.create(kind="web", name="Ihlamur Ev", token="t", created_at=NOW)
    Order.objects.create(
        shop=shop, external_id="1", number="1", currency="TRY", total=1, contact=ayse, placed_at=NOW, modified_at=NOW,
        recorded_at=NOW, is_told_by_server=True, may_be_written_to=True,
    )  # fmt: skip
    assert buyers.agreed([ayse]) == {ayse.pk}

    for _twice in range(2):
        part = zeynep.post(url("consent", ayse.pk), {"word": "no"}, headers=HX).content.decode()
    assert 'value="yes"' in part and 'value="no"' not in part
    assert buyers.agreed([ayse]) == set()
    assert Consent.objects.get().withdrawn_at
    assert AuditEntry.objects.filter(act="consent.withdrawn", object_id=str(ayse.pk)).count() == 1

    assert zeynep.post(url("consent", ayse.pk), {"word": "yes"}).status_code == 302
    assert buyers.agreed([ayse]) == {ayse.pk}
    assert zeynep.get(url("page", ayse.pk)).context["person"].offers.word is True


def test_a_yes_of_a_file_lifts_no_no_said_to_a_shop_and_their_own_does(zeynep, ayse):
    offers = {"channel": "email", "purpose": "offers"}
    agreed.tell(words=[Word(contact=ayse.pk, **offers, is_yes=True, at=NOW)], source="import:7", by=None, at=NOW)
    assert buyers.agreed([ayse]) == {ayse.pk}
    shop = Shop.objects.create(kind="web", name="Ihlamur Ev", token="t", created_at=NOW)
    Order.objects.create(
        shop=shop, external_id="1", number="1", currency="TRY", total=1, contact=ayse, placed_at=NOW, modified_at=NOW,
        recorded_at=NOW, is_told_by_server=True, may_be_written_to=False,
    )  # fmt: skip

    assert buyers.agreed([ayse]) == set()
    assert zeynep.get(url("page", ayse.pk)).context["person"].offers.word is False

    zeynep.post(url("consent", ayse.pk), {"word": "yes"})
    assert buyers.agreed([ayse]) == {ayse.pk}


def test_a_word_on_offers_is_noted_by_those_who_may_edit(client, ayse):
    assert enter(client, cast.ece()).post(url("consent", ayse.pk), {"word": "yes"}).status_code == 403
    assert not Consent.objects.exists()
