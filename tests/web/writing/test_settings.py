"""The pages of canned replies and signatures: what is wrong is told with its line and what was typed stays."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from muhatap.accounts.models import User
from muhatap.writing import canned
from muhatap.writing.models import CannedReply, Signature
from tests import cast

pytestmark = pytest.mark.django_db


def entered(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(name: str, *args: object) -> str:
    return reverse(f"writing:{name}", args=args)


def typed(**more: str) -> dict[str, str]:
    return {
        "title": "Kargo",
        "shortcut": "/kargo",
        "scope": "everybody",
        "html": "<p>Merhaba {{ contact.name }}</p>",
    } | more


def test_an_empty_page_teaches_with_examples_that_can_be_taken() -> None:
    can = entered(cast.can())
    assert url("canned_examples") in can.get(url("canned")).content.decode()
    can.post(url("canned_examples"))
    assert set(CannedReply.objects.values_list("scope", flat=True)) == {"everybody"}
    page = can.get(url("canned")).content.decode()
    assert url("canned_reply", CannedReply.objects.earliest("pk").pk) in page


def test_a_lead_writes_for_everybody_and_an_agent_only_for_themselves() -> None:
    entered(cast.can()).post(url("new_canned"), typed())
    shared = CannedReply.objects.get()
    assert (shared.scope, shared.shortcut, shared.owner) == ("everybody", "kargo", None)
    zeynep = entered(cast.zeynep())
    assert zeynep.get(url("canned_reply", shared.pk)).status_code == 404
    assert zeynep.post(url("new_canned"), typed()).status_code == 200
    zeynep.post(url("new_canned"), typed(scope="mine"))
    own = CannedReply.objects.get(owner=cast.zeynep())
    assert entered(cast.can()).get(url("canned_reply", own.pk)).status_code == 404
    zeynep.post(url("remove_canned", own.pk))
    assert CannedReply.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"html": "<p>Bir</p><p>{{ contact.name</p>"}, "2"),
        ({"html": "<p>{{ contact.name | nope }}</p>"}, "nope"),
        ({"html": "<p> </p>"}, 'role="alert"'),
        ({"title": ""}, "id_title_error"),
        ({"shortcut": "iki kelime"}, "id_shortcut_error"),
        ({"scope": "team"}, "id_team_error"),
        ({"scope": "inboxes"}, "id_inboxes_error"),
        ({"scope": "herkes"}, "id_scope_error"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(wrong: dict[str, str], told: str) -> None:
    given = typed(**wrong)
    page = entered(cast.can()).post(url("new_canned"), given).content.decode()
    assert told in page
    assert not CannedReply.objects.exists()
    assert given["title"] in page


def test_files_come_and_go_with_a_canned_reply() -> None:
    can = entered(cast.can())
    can.post(url("new_canned"), typed() | {"files": SimpleUploadedFile("iade.pdf", b"%PDF-1.4")})
    reply = CannedReply.objects.get()
    assert [file["name"] for file in reply.files] == ["iade.pdf"]
    can.post(url("canned_reply", reply.pk), typed() | {"keep": reply.files[0]["sha256"]})
    reply.refresh_from_db()
    assert len(reply.files) == 1
    can.post(url("canned_reply", reply.pk), typed())
    reply.refresh_from_db()
    assert reply.files == []


def test_the_list_is_searched_without_turkish_letters() -> None:
    for title in ("İade koşulları", "Kargo"):
        canned.save(reply=CannedReply(title=title, html="<p>x</p>", scope="everybody"), by=cast.can(), at=cast.NOW)
    page = entered(cast.zeynep()).get(url("canned"), {"q": "IADE kosul"}).content.decode()
    assert "İade koşulları" in page and "Kargo" not in page


def test_the_preview_shows_how_it_reads_its_gaps_and_its_faults() -> None:
    can = entered(cast.can())
    good = can.post(url("preview"), {"html": "<p>{{ contact.first_name }} {{ order }}</p>"}).content.decode()
    assert "Ayşe" in good and 'data-gap="order"' in good
    assert "field-error" in can.post(url("preview"), {"html": "{% if %}"}).content.decode()
    assert "<script" not in can.post(url("preview"), {"html": "<script>x</script>"}).content.decode()


def test_signatures_are_everybodys_for_a_lead_and_ones_own_for_an_agent() -> None:
    html = "<p>{{ agent.name }}</p>"
    entered(cast.can()).post(url("new_signature"), {"inbox": "", "user": "", "language": "", "html": html})
    shared = Signature.objects.get()
    zeynep = entered(cast.zeynep())
    assert zeynep.get(url("signature", shared.pk)).status_code == 404
    zeynep.post(url("new_signature"), {"user": "", "html": html})
    assert Signature.objects.count() == 1
    zeynep.post(url("new_signature"), {"user": str(cast.zeynep().pk), "language": "en", "html": html})
    own = Signature.objects.get(user=cast.zeynep())
    zeynep.post(url("signature", own.pk), {"user": str(cast.zeynep().pk), "language": "tr", "html": html})
    assert Signature.objects.get(user=cast.zeynep()).language == "tr"
    assert zeynep.get(url("signatures")).content.decode().count("lines-item") == 2
    zeynep.post(url("remove_signature", Signature.objects.get(user=cast.zeynep()).pk))
    assert Signature.objects.get() == shared


def test_a_broken_signature_is_refused_with_its_line() -> None:
    page = entered(cast.can()).post(url("new_signature"), {"html": "<p>a</p><p>{{ x</p>"}).content.decode()
    assert 'role="alert"' in page and not Signature.objects.exists()
