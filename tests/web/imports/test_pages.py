"""The pages of imports: a file goes up, is understood, tried out, taken, told of and taken back."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from muhatap.contacts.models import Contact, CustomField
from muhatap.imports.models import Import
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
