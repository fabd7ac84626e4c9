"""Every list goes out as a file, to those who may have it, and no cell of it runs as a formula."""

import io
import zipfile
from typing import Any

import pytest
from django.test import Client

from muhatap.accounts.models import AuditEntry, User
from tests import cast
from tests.search.conftest import written

pytestmark = pytest.mark.django_db


def reader(user: User) -> Client:
    client = Client()
    user.language = "en"
    user.save(update_fields=["language"])
    client.force_login(user)
    return client


def text(client: Client, path: str) -> str:
    answer: Any = client.get(path)
    assert answer.status_code == 200, path
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_a_list_of_conversations_goes_out_with_its_filter_and_its_sight() -> None:
    evil = written("Havlum gelmedi", subject="=HYPERLINK(1)").conversation
    client = reader(cast.deniz())
    whole = text(client, "/inbox/in/all/export/")
    assert whole.splitlines()[0].startswith("Conversation,Subject,Status")
    assert "'=HYPERLINK(1)" in whole and f"\r\n{evil.pk}," in whole
    assert "HYPERLINK" not in text(client, "/inbox/in/all/export/?q=baska")
    assert "HYPERLINK" in text(client, "/inbox/in/filtered/export/?c=status:is:open")
    assert client.get("/inbox/in/nowhere/export/").status_code == 404
    assert AuditEntry.objects.filter(act="conversations.exported").count() == 3

    can = cast.can()
    can.visibility = "own"
    can.save()
    assert "HYPERLINK" not in text(reader(can), "/inbox/in/all/export/")
    assert reader(cast.zeynep()).get("/inbox/in/all/export/").status_code == 403


def test_a_list_goes_out_as_a_workbook_too() -> None:
    written("Havlum gelmedi", subject="Havlu")
    answer: Any = reader(cast.deniz()).get("/inbox/in/all/export/?as=xlsx")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert b"Havlu" in archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("tab", ["conversations", "contacts"])
def test_what_a_search_found_goes_out(tab: str) -> None:
    message = written("Havlunun iadesini istiyorum", subject="Havlu")
    asked = "iade" if tab == "conversations" else str(message.conversation.contact).split()[0]
    found = text(reader(cast.deniz()), f"/search/export/?q={asked}&tab={tab}")
    assert len(found.splitlines()) == 2
    assert str(message.conversation.contact) in found


@pytest.mark.parametrize("tab", ["files", "companies"])
def test_a_search_that_found_nothing_is_a_head(tab: str) -> None:
    assert len(text(reader(cast.deniz()), f"/search/export/?q=iade&tab={tab}").splitlines()) == 1


def test_whoever_may_not_take_a_list_along_may_not_take_a_search_along() -> None:
    client = reader(cast.zeynep())
    assert client.get("/search/export/?q=x&tab=conversations").status_code == 404
    assert client.get("/search/export/?q=x&tab=anything").status_code == 404


def test_the_audit_goes_out_with_its_filter() -> None:
    written("Havlum gelmedi", subject="Havlu")
    client = reader(cast.selin())
    text(client, "/inbox/in/all/export/")
    found = text(client, "/account/audit/export/?act=conversations.exported")
    assert [line.split(",")[2] for line in found.splitlines()] == ["What", "Exported conversations"]
    assert "audit.exported" in set(AuditEntry.objects.values_list("act", flat=True))
