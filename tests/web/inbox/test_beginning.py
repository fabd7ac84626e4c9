"""Writing first, through its door: who gets it, what is asked before it leaves, what goes along, and what stays as typed."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from muhatap.channels import limits
from muhatap.contacts import identity
from muhatap.contacts.models import Contact
from muhatap.conversations.models import Conversation
from muhatap.flow import reply
from muhatap.interactions.models import Outgoing
from tests import cast
from tests.conversations.conftest import arrival

pytestmark = pytest.mark.django_db


@pytest.fixture
def ayse() -> Contact:
    return arrival(cast.mail(id="<ayse-1@ornek.example>")).conversation.contact


@pytest.fixture
def zeynep(client: Client, ayse: Contact) -> Client:
    user = cast.zeynep()
    user.language = "en"
    user.save(update_fields=["language"])
    client.force_login(user)
    return client


def typed(**more: object) -> dict[str, object]:
    return {
        "inbox": cast.support_inbox().pk,
        "to": "ayse.yilmaz@ornek.example",
        "subject": "Nevresiminiz geldi",
        "text": "Yarın kargoda.",
    } | more


def test_a_first_mail_goes_to_everybody_it_names(zeynep: Client, ayse: Contact) -> None:
    cc = "Mehmet Kaya <mehmet.kaya@ornek.example>; elif.sahin@ornek.example"

    assert zeynep.post(f"/inbox/new/{ayse.pk}/", typed(cc=cc)).status_code == 302
    sent = Outgoing.objects.get().outbound
    assert sent["to"] == [{"name": "Ayşe Yılmaz", "email": "ayse.yilmaz@ornek.example"}]
    assert [one["email"] for one in sent["cc"]] == ["mehmet.kaya@ornek.example", "elif.sahin@ornek.example"]


def test_a_forgotten_file_is_asked_about_and_put_up_goes_along(zeynep: Client, ayse: Contact) -> None:
    words = typed(text="Fatura ektedir.")
    asked = zeynep.post(f"/inbox/new/{ayse.pk}/", words)
    assert asked.status_code == 422 and "no file is attached" in asked.content.decode()
    assert not Outgoing.objects.exists()

    file = SimpleUploadedFile("fatura.pdf", b"%PDF-1.4 ...")
    wrong = zeynep.post(f"/inbox/new/{ayse.pk}/", words | {"to": "bozuk@", "files": file}).content.decode()
    kept = re.search(r'name="kept" value="([^"]+)"', wrong)
    assert kept and "fatura.pdf" in wrong and "is no e-mail address" in wrong and "Fatura ektedir." in wrong
    assert zeynep.post(f"/inbox/new/{ayse.pk}/", words | {"kept": kept[1]}).status_code == 302
    assert Outgoing.objects.get().outbound["files"][0]["name"] == "fatura.pdf"


def test_said_yes_to_it_goes_without_a_file(zeynep: Client, ayse: Contact) -> None:
    assert zeynep.post(f"/inbox/new/{ayse.pk}/", typed(text="Fatura ektedir.", sure="file")).status_code == 302


def test_an_address_that_bounced_is_asked_about(zeynep: Client, ayse: Contact) -> None:
    identity.mark_bounced(kind="email", value="ayse.yilmaz@ornek.example", detail="no such user", at=cast.NOW)

    answer = zeynep.post(f"/inbox/new/{ayse.pk}/", typed())

    assert answer.status_code == 422 and "came back before" in answer.content.decode()


@pytest.mark.parametrize("kept", ["x", "W10:aa:bb", "ğ" * 9])
def test_files_nobody_put_up_are_none(zeynep: Client, ayse: Contact, kept: str) -> None:
    assert zeynep.post(f"/inbox/new/{ayse.pk}/", typed(kept=kept)).status_code == 302
    assert Outgoing.objects.get().outbound["files"] == []


def test_what_the_channel_does_not_carry_is_told_and_nothing_began(
    zeynep: Client, ayse: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = limits.Excess(what="total_size", allowed=1_000_000, found=2_000_000)
    monkeypatch.setattr(reply, "excess", lambda *args, **more: over)

    answer = zeynep.post(f"/inbox/new/{ayse.pk}/", typed())

    assert answer.status_code == 422 and "Take some out" in answer.content.decode()
    assert Conversation.objects.count() == 1
