"""The pages of imports: a file goes up, is understood, tried out, taken, told of and taken back."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from muhatap.contacts.models import Contact, CustomField, Likeness
from muhatap.imports.models import Export, Import
from muhatap.shared import clock
from muhatap.web.imports import listed, pages
from tests import cast

pytestmark = pytest.mark.django_db
URL = "/contacts/imports/"
FILE = "Ad Soyad;E-posta;Ciro\nAyşe Yılmaz;ayse.yilmaz@ornek.example;1.249,90\n=cmd|'/c calc'!A1;bozuk;5\n"


@pytest.fixture
def mert(client: Client) -> Client:
    client.force_login(cast.mert())
    return client


def put_up(client: Client, text: str | bytes = FILE, name: str = "kisiler.csv") -> Any:
    raw = text.encode() if isinstance(text, str) else text
    return client.post(f"{URL}new/", {"file": SimpleUploadedFile(name, raw)}, follow=True)


def columns(*targets: str, **more: str) -> dict[str, str]:
    return (
        {f"column-{place}": target for place, target in enumerate(targets)} | {"match": "email", "mode": "both"} | more
    )


def test_a_file_goes_up_is_tried_out_taken_and_taken_back(mert: Client) -> None:
    page = put_up(mert)
    one = Import.objects.get()
    assert page.redirect_chain[-1][0] == f"{URL}{one.pk}/columns/"
    assert "1.249,90" in page.content.decode()
    mert.post(f"{URL}{one.pk}/columns/", columns("name", "email", ""))
    page = mert.post(f"{URL}{one.pk}/dry-run/", follow=True)
    assert "bozuk" in page.content.decode()
    assert not Contact.objects.exists()
    mert.post(f"{URL}{one.pk}/run/")
    assert Contact.objects.get().name == "Ayşe Yılmaz"
    page = mert.post(f"{URL}{one.pk}/undo/", follow=True)
    assert not Contact.objects.exists()
    one.refresh_from_db()
    assert one.state == "undone"
    assert mert.get(URL).status_code == 200


def test_the_rows_come_back_as_a_file_that_runs_nothing(mert: Client) -> None:
    put_up(mert)
    one = Import.objects.get()
    mert.post(f"{URL}{one.pk}/columns/", columns("name", "email", ""))
    mert.post(f"{URL}{one.pk}/run/")
    answer: Any = mert.get(f"{URL}{one.pk}/rows.csv?only=failed")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    head, row = csv.reader(io.StringIO(text), delimiter=";")
    assert head[-3:] == ["Ad Soyad", "E-posta", "Ciro"]
    assert row[0] == "3" and row[-3] == "'=cmd|'/c calc'!A1"


def test_who_may_make_fields_makes_one_of_a_column(client: Client) -> None:
    client.force_login(cast.selin())
    put_up(client)
    one = Import.objects.get()
    client.post(f"{URL}{one.pk}/columns/", columns("name", "email", "new:number"))
    assert CustomField.objects.get().label == "Ciro"


def test_who_may_not_make_fields_is_told(mert: Client) -> None:
    put_up(mert)
    one = Import.objects.get()
    answer = mert.post(f"{URL}{one.pk}/columns/", columns("name", "email", "new:number"))
    assert answer.status_code == 422
    assert not CustomField.objects.exists()


@pytest.mark.parametrize(
    "raw",
    [b"", b"Ad;E-posta\n", b"\x89PNG\r\n\x1a\n\x00\x00", b"PK\x03\x04nothing", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"],
)
def test_a_file_nobody_can_read_says_why_and_changes_nothing(mert: Client, raw: bytes) -> None:
    page = put_up(mert, raw)
    assert page.status_code in (200, 422)
    assert 'role="alert"' in page.content.decode() or "field-error" in page.content.decode()
    assert not Contact.objects.exists()


def test_without_a_file_nothing_begins(mert: Client) -> None:
    assert mert.post(f"{URL}new/").status_code == 422


def test_an_act_that_comes_too_late_shows_how_it_stands(mert: Client) -> None:
    put_up(mert)
    one = Import.objects.get()
    assert mert.post(f"{URL}{one.pk}/undo/", follow=True).status_code == 200
    assert mert.post(f"{URL}{one.pk}/cancel/", headers={"HX-Request": "true"}).status_code == 200


def test_each_number_leads_to_its_rows_and_each_row_to_its_contact(mert: Client) -> None:
    put_up(mert)
    one = Import.objects.get()
    mert.post(f"{URL}{one.pk}/columns/", columns("name", "email", ""))
    page = mert.post(f"{URL}{one.pk}/run/", follow=True).content.decode()
    for outcome in ("created", "failed"):
        assert f"{URL}{one.pk}/rows/?only={outcome}" in page
    rows = mert.get(f"{URL}{one.pk}/rows/?only=created").content.decode()
    assert "Ayşe Yılmaz" in rows and f"/contacts/{Contact.objects.get().pk}/" in rows and "bozuk" not in rows
    assert "bozuk" in mert.get(f"{URL}{one.pk}/rows/?only=failed").content.decode()
    assert mert.get(f"{URL}{one.pk}/rows/?only=nonsense&after=x").status_code == 200
    mert.post(f"{URL}{one.pk}/undo/")
    assert "Ayşe Yılmaz" in mert.get(f"{URL}{one.pk}/rows/?only=undone-reversed").content.decode()
    answer: Any = mert.get(f"{URL}{one.pk}/rows.csv?only=undone-reversed")
    assert len(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()) == 2


def test_rows_go_on_page_by_page(mert: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listed, "A_PAGE", 2)
    put_up(mert, "Ad;E-posta\n" + "".join(f"Kişi {n};k{n}@o.example\n" for n in range(3)))
    one = Import.objects.get()
    mert.post(f"{URL}{one.pk}/columns/", columns("name", "email"))
    mert.post(f"{URL}{one.pk}/run/")
    page = mert.get(f"{URL}{one.pk}/rows/").content.decode()
    assert "Kişi 1" in page and "Kişi 2" not in page and "after=3" in page
    last = mert.get(f"{URL}{one.pk}/rows/?after=3").content.decode()
    assert "Kişi 2" in last and "after=4" not in last


def test_a_row_that_may_be_two_people_says_who_they_are(mert: Client) -> None:
    for match, name in (("phone", "Mehmet Kaya"), ("", "Elif Şahin"), ("phone", "")):
        put_up(mert, f"Ad;Telefon\n{name};0216 555 05 12\n")
        one = Import.objects.latest("pk")
        mert.post(f"{URL}{one.pk}/columns/", columns("name", "phone", match=match))
        page = mert.post(f"{URL}{one.pk}/run/", follow=True).content.decode()
    for contact in Contact.objects.all():
        assert f'<a href="/contacts/{contact.pk}/">{contact.name}</a>' in page


def test_likely_twins_of_new_contacts_are_shown_to_be_compared(mert: Client) -> None:
    put_up(mert)
    one = Import.objects.get()
    mert.post(f"{URL}{one.pk}/columns/", columns("name", "email", ""))
    mert.post(f"{URL}{one.pk}/run/")
    fresh, old = (
        Contact.objects.get(),
        Contact.objects.create(
            name="Ayse Yilmaz", sort_key="", search_text="", created_at=clock.now(), last_seen_at=clock.now()
        ),
    )
    Likeness.objects.create(one=fresh, other=old, because="match", weight=4.0, at=clock.now())
    page = mert.get(f"{URL}{one.pk}/").content.decode()
    assert f"/contacts/merge/?keep={old.pk}&amp;drop={fresh.pk}" in page
    Likeness.objects.update(denied_at=clock.now())
    assert "/contacts/merge/" not in mert.get(f"{URL}{one.pk}/").content.decode()


def test_a_file_whose_letters_were_guessed_wrong_is_read_again(mert: Client) -> None:
    page = put_up(mert, "Ad;Not\nŞule;x\n".encode() + b"\xfe\xfd;y\n")
    one = Import.objects.get()
    assert 'name="encoding"' in page.content.decode()
    said = {"encoding": "cp1252", "delimiter": ";", "header_row": "0"}
    page = mert.post(f"{URL}{one.pk}/reading/", said, follow=True)
    assert page.redirect_chain[-1][0] == f"{URL}{one.pk}/columns/"
    assert page.content.decode().count('<option value="cp1252" selected>') == 1
    mert.post(f"{URL}{one.pk}/reading/", {"encoding": "rot13"})
    one.refresh_from_db()
    assert (one.state, one.encoding) == ("read", "cp1252")


def test_an_export_of_everything_can_be_stopped(client: Client) -> None:
    client.force_login(cast.selin())
    client.post(f"{URL}everything/", {"with_files": "1"})
    export = Export.objects.get()
    assert f"{URL}everything/{export.pk}/stopping/" in client.get(f"{URL}everything/").content.decode()
    client.post(f"{URL}everything/{export.pk}/stopping/")
    export.refresh_from_db()
    assert export.state == "cancelled"


def test_older_imports_stand_on_the_next_page(mert: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "SHOWN", 1)
    for name in ("eski.csv", "yeni.csv"):
        put_up(mert, name=name)
    page = mert.get(URL)
    assert [line.name for line in page.context["lines"]] == ["yeni.csv"]
    older = mert.get(URL + page.context["pages"].next_url)
    assert [line.name for line in older.context["lines"]] == ["eski.csv"]
    assert [line.name for line in mert.get(URL + older.context["pages"].previous_url).context["lines"]] == ["yeni.csv"]
