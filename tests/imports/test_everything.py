"""All that is the firm's goes out in open formats, and nothing that opens a door."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from muhatap.accounts import api_keys
from muhatap.accounts.models import AuditEntry
from muhatap.contacts import identity
from muhatap.contacts.models import Contact
from muhatap.imports import everything
from muhatap.imports.models import Export
from muhatap.shared import files
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def made() -> tuple[Export, zipfile.ZipFile]:
    export = everything.begin(with_files=True, by=cast.selin(), at=NOW)
    everything.make(export_id=export.pk, at=NOW)
    export.refresh_from_db()
    return export, zipfile.ZipFile(io.BytesIO(files.opened(export.sha256).read()))


def lines(archive: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in archive.read(f"tables/{name}.jsonl").splitlines()]


def test_every_table_and_every_file_is_in_it() -> None:
    ayse = identity.resolve(claims=[cast.AYSE], source="email", at=NOW)
    Contact.objects.filter(pk=ayse.pk).update(city='İzmir "merkez"\n\\ Karşıyaka')
    sha256, _size = files.store_bytes(b"bir fatura")
    export, archive = made()
    assert (export.state, export.n_done) == ("done", export.n_total)
    (told,) = lines(archive, "contacts/contact")
    assert (told["name"], told["city"]) == ("Ayşe Yılmaz", 'İzmir "merkez"\n\\ Karşıyaka')
    assert archive.read(f"files/{sha256}") == b"bir fatura"
    assert "ayse.yilmaz@ornek.example" in archive.read("contacts.csv").decode("utf-8-sig")
    assert archive.testzip() is None


def test_every_table_of_the_firm_leaves_or_is_excused() -> None:
    ours = {model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("muhatap.")}
    excused = {model._meta.label for model in ours} & set(everything.LEFT_OUT)
    assert {model._meta.label for model in everything.tables()} | excused == {model._meta.label for model in ours}
    assert excused == set(everything.LEFT_OUT), "of a table that is gone"
    assert all(everything.LEFT_OUT.values())
    _export, archive = made()
    assert {name for name in archive.namelist() if name.startswith("tables/")} == {
        f"tables/{model._meta.app_label}/{model._meta.model_name}.jsonl" for model in everything.tables()
    }
    assert "tables/writing/cannedreply_inboxes.jsonl" in archive.namelist()


def test_it_can_be_stopped_and_then_leaves_no_file() -> None:
    export = everything.begin(with_files=True, by=cast.selin(), at=NOW)
    before = set(files.every())
    everything.stop(export=export, by=cast.selin(), at=NOW)
    everything.make(export_id=export.pk, at=NOW)
    export.refresh_from_db()
    assert (export.state, export.sha256, set(files.every())) == ("cancelled", "", before)


def test_one_that_is_stopped_in_the_middle_ends_there(monkeypatch: pytest.MonkeyPatch) -> None:
    export = everything.begin(with_files=False, by=cast.selin(), at=NOW)
    before, come_to = set(files.every()), everything._come_to

    def stopping(export: Export, n: int | None) -> None:
        if n == 3:
            everything.stop(export=export, by=cast.selin(), at=NOW)
        come_to(export, n)

    monkeypatch.setattr(everything, "_come_to", stopping)
    everything.make(export_id=export.pk, at=NOW)
    export.refresh_from_db()
    assert (export.state, export.n_done, set(files.every())) == ("cancelled", 2, before)


def test_a_file_that_goes_while_it_is_made_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    gone, stays = (files.store_bytes(content)[0] for content in (b"kisiler", b"fatura"))

    def listed_before() -> Iterator[str]:
        files.remove(gone)
        yield from (gone, stays)

    monkeypatch.setattr(files, "every", listed_before)
    export, archive = made()

    assert export.state == "done"
    assert [name for name in archive.namelist() if name.startswith("files/")] == [f"files/{stays}"]


def test_nothing_that_opens_a_door_is_in_it() -> None:
    cast.support_inbox(imap={"password": "cok-gizli"})
    api_keys.create(
        name="Mağaza",
        user=cast.selin(),
        scopes=["contacts:read"],
        expires_at=NOW + timedelta(days=9),
        by=cast.selin(),
        at=NOW,
    )
    _export, archive = made()
    (selin, *_others) = lines(archive, "accounts/user")
    assert "password" not in selin
    whole = b"".join(archive.read(name) for name in archive.namelist())
    assert b"cok-gizli" not in whole
    assert not [name for name in archive.namelist() if "apikey" in name or "grant" in name]


def test_no_column_that_sounds_like_a_secret_leaves() -> None:
    told = {f"{model._meta.label}.{name}" for model in everything.tables() for name in everything.columns(model)}
    assert not [name for name in told if any(word in name for word in ("password", "secret", "token", "sealed"))]


def test_its_file_goes_away_when_its_time_is_over() -> None:
    export, _archive = made()
    everything.forget(at=NOW + timedelta(days=4))
    export.refresh_from_db()
    assert export.state == "expired"
    assert not files.path(export.sha256).exists()


def test_who_carries_it_away_stands_in_the_audit(client: Client) -> None:
    export, _archive = made()
    client.force_login(cast.selin())
    answer: Any = client.get(f"/contacts/imports/everything/{export.pk}/")
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    assert AuditEntry.objects.filter(act="everything.download", object_id=str(export.pk)).exists()
    client.force_login(cast.can())
    assert client.get(f"/contacts/imports/everything/{export.pk}/").status_code == 403
