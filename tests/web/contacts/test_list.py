"""The list of contacts: its order, search and filters, pages by key, and views under a name."""

from datetime import timedelta

import pytest
from django.test import Client

from muhatap.contacts import designing, editing, finding, tagging
from muhatap.contacts.finding import Wanted
from muhatap.contacts.models import Company, Contact, SavedView, Tag
from muhatap.contacts.paging import Cursor
from tests import cast
from tests.cast import NOW
from tests.web.contacts.conftest import HX, enter, met, names, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("village")]


def test_the_list_is_in_the_order_of_the_turkish_alphabet(zeynep, everybody):
    assert names(zeynep.get(url("list"))) == [
        "Ayşe Yılmaz",
        "Ayşegül Kara",
        "Emily Carter",
        "İpek Güneş",
        "Mehmet Kaya",
        "Şule Çağlar",
    ]


def test_without_any_contact_whoever_may_is_led_to_the_import_and_others_to_write_one_down(zeynep):
    Contact.objects.all().delete()
    can = Client()
    can.force_login(cast.can())

    assert '/imports/new/"' in str(can.get(url("list")).content).partition('class="empty"')[2]
    assert '/imports/new/"' not in str(zeynep.get(url("list")).content)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=ays", ["Ayşe Yılmaz", "Ayşegül Kara"]),
        ("q=AYŞE", ["Ayşe Yılmaz", "Ayşegül Kara"]),
        ("q=ay", ["Ayşe Yılmaz", "Ayşegül Kara"]),
        ("q=ip", ["İpek Güneş"]),
        ("q=yılmaz+ayse", ["Ayşe Yılmaz"]),
        ("q=0532+123", ["Ayşe Yılmaz"]),
        ("q=%2B90+532+123", ["Ayşe Yılmaz"]),
        ("q=5321234118", ["Ayşe Yılmaz"]),
        ("q=gunesotel", ["İpek Güneş"]),
        ("q=güneş+otel", ["İpek Güneş"]),
        ("q=emily.carter@", ["Emily Carter"]),
        ("q=yok+böyle", []),
        ("city=izmir", ["Ayşe Yılmaz"]),
        ("language=en", ["Emily Carter"]),
        ("phone=yes", ["Ayşe Yılmaz"]),
        ("seen=7&sort=name", ["Ayşe Yılmaz", "Emily Carter", "Mehmet Kaya", "Şule Çağlar"]),
        ("seen=-90", ["İpek Güneş"]),
        ("email=no", []),
    ],
)
def test_search_and_filters_find_whom_they_mean(zeynep, everybody, query, found, monkeypatch):
    monkeypatch.setattr("muhatap.shared.clock.now", lambda: NOW)
    assert names(zeynep.get(f"{url('list')}?{query}")) == found


def test_filters_by_tag_company_and_the_firms_own_field(zeynep, everybody, ayse, ipek):
    tag, firm = Tag.objects.get(), Company.objects.get()
    segment = designing.define(
        label="Müşteri tipi", kind="choice", choices=["Bireysel", "Toptan"], by=cast.selin(), at=NOW
    )
    editing.edit(contact=ipek, facts={segment.key: "toptan"}, by=cast.can(), at=NOW)
    assert names(zeynep.get(f"{url('list')}?tag={tag.pk}")) == ["Ayşe Yılmaz"]
    assert names(zeynep.get(f"{url('list')}?company={firm.pk}")) == ["İpek Güneş"]
    answer = zeynep.get(f"{url('list')}?f_{segment.key}=Toptan")
    assert names(answer) == ["İpek Güneş"]
    assert [chip.text for chip in answer.context["chips"]] == ["Müşteri tipi: Toptan"]


def test_who_was_seen_last_comes_first_when_asked(zeynep, everybody):
    assert names(zeynep.get(f"{url('list')}?sort=seen"))[-2:] == ["Ayşegül Kara", "İpek Güneş"]


def test_searching_brings_only_the_rows(zeynep, everybody):
    answer = zeynep.get(f"{url('list')}?q=ays", headers=HX | {"HX-Target": "contacts"}).content.decode()
    assert "<html" not in answer and "Ayşegül Kara" in answer and "Mehmet" not in answer


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "a" * 5000, "q=%00%00", "q=%25%5F%5C", "q='%3B--", "tag=x&tag=-1&tag=99999999999999999999", "company=1e9", "seen=9999999999999",
        "at=garbage", "at=WyJ4IiwgMSwgZmFsc2Vd", "at=%F0%9F%92%A9", "sort=password", "city=%00", "view=99999999999999999999", "f_yok=1",
        "email=perhaps", "q=%F0%9F%98%80", "language=%27",
    ],
)  # fmt: skip
def test_hostile_addresses_get_a_page_and_no_fault(zeynep, everybody, query):
    assert zeynep.get(f"{url('list')}?{query}").status_code == 200


def test_pages_follow_each_other_by_key_in_both_directions_and_both_orders(everybody):
    for number in range(20):
        met(f"Kişi {number:02}", f"kisi{number}@ornek.example", at=NOW - timedelta(minutes=number % 3))
    for sort in ("name", "seen"):
        wanted, cursor, seen = Wanted(sort=sort), None, []
        pages = []
        while True:
            page = finding.page(wanted, at=NOW, cursor=cursor, limit=7)
            pages.append(page)
            seen += [c.pk for c in page.rows]
            if page.next is None:
                break
            cursor = Cursor.read(page.next.token())
        assert len(seen) == len(set(seen)) == Contact.objects.count()
        back = finding.page(wanted, at=NOW, cursor=Cursor.read(pages[-1].previous.token()), limit=7)
        assert [c.pk for c in back.rows] == [c.pk for c in pages[-2].rows]
        first = finding.page(wanted, at=NOW, cursor=pages[1].previous, limit=7)
        assert [c.pk for c in first.rows] == [c.pk for c in pages[0].rows] and first.previous is None


def test_the_count_stops_at_a_hundred(zeynep, everybody):
    Contact.objects.bulk_create(
        Contact(name=f"K {n}", sort_key=f"K{n}", search_text="", created_at=NOW, last_seen_at=NOW) for n in range(120)
    )
    assert zeynep.get(url("list")).context["count"] == "100+ kişi"
    assert finding.bounded_count(Wanted(), at=NOW) == 101


def test_the_list_asks_the_database_as_often_for_fifty_as_for_six(
    zeynep, everybody, django_assert_max_num_queries, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        zeynep.get(url("list"))
    for number in range(60):
        contact = met(f"Kişi {number:02}", f"kisi{number}@ornek.example", company=f"Firma {number}")
        tagging.tag(contacts=[contact.pk], name=f"t{number}", by=cast.can(), at=NOW)
    with CaptureQueriesContext(connection) as many:
        zeynep.get(url("list"))
    assert len(many) <= len(few) <= 18


def test_a_filter_is_kept_under_a_name_and_shared(can, everybody):
    can.post(url("save_view"), {"name": "İzmirliler", "city": "İzmir", "is_shared": "on"})
    view = SavedView.objects.get()
    assert view.query == {"city": "İzmir"} and view.is_shared
    other = enter(Client(), cast.zeynep())
    shown = other.get(f"{url('list')}?city=İzmir&view={view.pk}")
    assert shown.context["title"] == "İzmirliler" and names(shown) == ["Ayşe Yılmaz"]
    other.post(url("remove_view", view.pk))
    assert SavedView.objects.exists()
    can.post(url("remove_view", view.pk))
    assert not SavedView.objects.exists()


def test_somebody_elses_own_view_is_not_there(can, zeynep, everybody):
    view = SavedView.objects.create(name="Benim", by=cast.deniz(), at=NOW, query={})
    assert zeynep.post(url("remove_view", view.pk)).status_code == 404


@pytest.mark.parametrize("name", ["", "x" * 81, "\x00"])
def test_a_view_without_a_bearable_name_is_not_kept(can, name):
    assert can.post(url("save_view"), {"name": name, "q": "ays"}, follow=True).status_code == 200
    assert not SavedView.objects.exists()
