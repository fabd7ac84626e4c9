"""Safe composing through the doors: what is asked before it leaves, later, canned replies, drafts of two devices."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from muhatap.contacts.models import Identity
from muhatap.conversations import lists
from muhatap.conversations.models import Draft, DraftCopy, Message, Scheduled
from muhatap.interactions.models import Outgoing
from muhatap.shared import clock
from muhatap.writing import canned, signing
from muhatap.writing.models import CannedReply
from tests import cast
from tests.conversations.conftest import arrival

pytestmark = pytest.mark.django_db
AYSE = "ayse.yilmaz@ornek.example"


@pytest.fixture
def letter() -> Message:
    return arrival(cast.mail(id="<ayse-1@ornek.example>"))


@pytest.fixture
def zeynep(client: Client) -> Client:
    client.force_login(cast.zeynep())
    return client


def url(name: str, *args: object) -> str:
    return reverse(f"inbox:{name}", args=args)


def send(client: Client, letter: Message, **more: str) -> str:
    typed = {"kind": "reply", "html": "<p>Yola çıktı.</p>", "to": AYSE, "cc": "", "bcc": "", "seen": "999999"} | more
    return client.post(url("send", letter.conversation_id), typed).content.decode()


def canned_reply(html: str = "<p>Merhaba {{ contact.first_name }}, {{ order }}</p>", **more: object) -> CannedReply:
    fields: dict[str, object] = {"title": "Kargo bilgisi", "shortcut": "kargo", "scope": "everybody"}
    return canned.save(reply=CannedReply(html=html, **(fields | more)), by=cast.can(), at=cast.NOW)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"html": "<p>Faturanız ektedir.</p>"}, "file"),
        ({"html": '<p>Merhaba <mark data-gap="order"></mark></p>'}, "gap"),
        ({"to": "kapali@ornek.example"}, "bounced"),
    ],
)
def test_what_cannot_be_mended_is_asked_once(zeynep: Client, letter: Message, typed: dict[str, str], code: str) -> None:
    Identity.objects.create(
        contact=letter.contact, kind="email", value="kapali@ornek.example", comparable="kapali@ornek.example",
        source="test", first_seen_at=cast.NOW, last_seen_at=cast.NOW, bounced_at=cast.NOW,
    )  # fmt: skip
    answer = send(zeynep, letter, **typed)
    assert f'name="sure" value="{code}"' in answer
    assert not Outgoing.objects.exists()
    assert Draft.objects.exists()
    send(zeynep, letter, sure=code, **typed)
    assert Outgoing.objects.count() == 1
    assert "data-gap" not in str(Outgoing.objects.get().outbound)


def test_with_a_file_nothing_is_asked(zeynep: Client, letter: Message) -> None:
    zeynep.post(url("upload", letter.conversation_id), {"file": SimpleUploadedFile("fatura.pdf", b"%PDF-1.4")})
    send(zeynep, letter, html="<p>Faturanız ektedir.</p>")
    assert Outgoing.objects.count() == 1


def test_a_yes_to_one_thing_is_no_yes_to_another_nor_to_what_came_meanwhile(zeynep: Client, letter: Message) -> None:
    both = '<p>Faturanız ektedir <mark data-gap="order"></mark>.</p>'
    assert 'value="file gap"' in send(zeynep, letter, html=both, sure="file") or not Outgoing.objects.exists()
    assert not Outgoing.objects.exists()
    arrival(cast.mail(id="<2@x>", text="Bir de şu.", references=("<ayse-1@ornek.example>",)))
    answer = send(zeynep, letter, html=both, sure="file gap", seen=str(letter.pk))
    assert 'name="anyway"' in answer and 'name="sure" value="file gap"' in answer
    assert not Outgoing.objects.exists()


def test_what_the_channel_does_not_carry_is_refused_and_kept(zeynep: Client) -> None:
    chat = arrival(cast.mail(id="v_1:1", continues="contact"), cast.chat_inbox())
    long = "<p>" + "ş" * 5001 + "</p>"
    answer = send(zeynep, chat, html=long, to="")
    assert 'role="alert"' in answer and long in answer
    assert not Outgoing.objects.exists()
    assert Draft.objects.get().html == long


def test_a_letter_too_large_for_its_inbox_is_refused_and_kept(zeynep: Client, letter: Message) -> None:
    inbox = cast.support_inbox()
    inbox.settings = {"max_send_mb": 1}
    inbox.save()
    file = SimpleUploadedFile("film.bin", b"x" * 900_000)
    zeynep.post(url("upload", letter.conversation_id), {"file": file})
    assert 'role="alert"' in send(zeynep, letter)
    assert not Outgoing.objects.exists() and len(Draft.objects.get().files) == 1


def test_a_yes_goes_on_with_what_was_wanted_first(zeynep: Client, letter: Message) -> None:
    promise = "<p>Faturanız ektedir.</p>"
    answer = send(zeynep, letter, html=promise, later="tomorrow")
    assert 'name="sure" value="file later=tomorrow"' in answer
    arrival(cast.mail(id="<2@x>", text="Bir de şu.", references=("<ayse-1@ornek.example>",)))
    answer = send(zeynep, letter, html=promise, sure="file later=tomorrow", seen=str(letter.pk))
    assert 'name="anyway" value="yes later=tomorrow"' in answer
    send(zeynep, letter, html=promise, sure="file", anyway="yes later=tomorrow", seen=str(letter.pk))
    assert Scheduled.objects.exists() and not Outgoing.objects.exists()


@pytest.mark.parametrize("later", ["hour", "tomorrow", "monday"])
def test_it_is_sent_later_and_stands_in_thread_list_and_view(zeynep: Client, letter: Message, later: str) -> None:
    answer = send(zeynep, letter, later=later)
    row = Scheduled.objects.get()
    assert row.send_at > clock.now() and f'id="scheduled-{row.pk}"' in answer
    assert not Outgoing.objects.exists()
    assert lists.counts(cast.zeynep())["scheduled"] == 1
    page = zeynep.get(url("view", "scheduled")).content.decode()
    assert "row-scheduled" in page and "Ayşe Yılmaz" in page
    zeynep.post(url("scheduled_now", row.pk))
    assert Outgoing.objects.count() == 1
    assert "row-scheduled" not in zeynep.get(url("view", "scheduled")).content.decode()


def test_an_own_moment_is_the_shops_clock_and_can_change(zeynep: Client, letter: Message) -> None:
    moment = (timezone.localtime(clock.now()) + timedelta(days=3)).replace(second=0, microsecond=0)
    send(zeynep, letter, later="own", later_at=moment.strftime("%Y-%m-%dT%H:%M"))
    row = Scheduled.objects.get()
    assert timezone.localtime(row.send_at) == moment
    zeynep.post(url("scheduled_moment", row.pk), {"later": "tomorrow"})
    row.refresh_from_db()
    assert timezone.localtime(row.send_at).hour == 9
    zeynep.post(url("scheduled_back", row.pk))
    assert Draft.objects.get().html == "<p>Yola çıktı.</p>"


@pytest.mark.parametrize("own", ["", "dün", "2020-01-01T09:00", "9999-12-31T23:59", "2026-13-40T99:99"])
def test_a_moment_that_is_none_sends_nothing_and_keeps_all(zeynep: Client, letter: Message, own: str) -> None:
    answer = send(zeynep, letter, later="own", later_at=own)
    assert 'role="alert"' in answer and "Yola çıktı." in answer
    assert not Scheduled.objects.exists() and not Outgoing.objects.exists()


def test_nobody_touches_what_waits_in_a_conversation_they_do_not_see(client: Client, letter: Message) -> None:
    client.force_login(cast.zeynep())
    send(client, letter, later="tomorrow")
    row = Scheduled.objects.get()
    client.force_login(cast.staff("yeni@ihlamurev.example", "Yeni Biri", "agent", "own"))
    for name in ("scheduled_now", "scheduled_back", "scheduled_moment"):
        assert client.post(url(name, row.pk)).status_code == 404
    client.force_login(cast.ece())
    assert client.post(url("scheduled_now", row.pk)).status_code == 403


def test_canned_replies_are_found_without_turkish_letters_and_filled(zeynep: Client, letter: Message) -> None:
    canned_reply()
    canned_reply("<p>İade</p>", title="İade koşulları", shortcut="iade")
    canned_reply("<p>Gizli</p>", title="Kargo, benim", shortcut="kargom", scope="mine", owner=cast.can())
    page = zeynep.get(url("canned", letter.conversation_id) + "?q=KARG").content.decode()
    assert "Kargo bilgisi" in page and "Merhaba Ayşe" in page
    assert "benim" not in page and "İade" not in page
    assert "İade koşulları" in zeynep.get(url("canned", letter.conversation_id) + "?q=iade kosul").content.decode()


def test_a_used_canned_reply_marks_its_gaps_brings_its_files_and_is_counted(zeynep: Client, letter: Message) -> None:
    file = {
        "name": "iade.pdf",
        "type": "application/pdf",
        "size": 9,
        "sha256": "a" * 64,
        "content_id": "",
        "is_inline": False,
    }
    reply = canned_reply(files=[file])
    told = json.loads(zeynep.post(url("use_canned", letter.conversation_id, reply.pk)).content)
    assert told["html"] == '<p>Merhaba Ayşe, <mark data-gap="order"></mark></p>'
    assert "iade.pdf" in told["files"]
    assert Draft.objects.get().files == [file]
    reply.refresh_from_db()
    assert reply.n_used == 1
    first = canned.found(user=cast.zeynep(), inbox_id=letter.inbox_id, query="")[0]
    assert first == reply


def test_another_inboxs_or_persons_canned_reply_cannot_be_used(zeynep: Client, letter: Message) -> None:
    mine = canned_reply(scope="mine", owner=cast.can())
    elsewhere = canned.save(
        reply=CannedReply(title="Sohbet", html="<p>x</p>", scope="inboxes"), inboxes=[cast.chat_inbox()],
        by=cast.can(), at=cast.NOW,
    )  # fmt: skip
    for reply in (mine, elsewhere):
        assert zeynep.post(url("use_canned", letter.conversation_id, reply.pk)).status_code == 404


def test_the_signature_is_shown_before_sending_and_not_in_a_chat(zeynep: Client, letter: Message) -> None:
    signing.save(inbox=None, user=None, language="", html="<p>{{ agent.name }} — imza</p>", by=cast.can(), at=cast.NOW)
    assert "Zeynep Arslan — imza" in zeynep.get(url("composer", letter.conversation_id)).content.decode()
    chat = arrival(cast.mail(id="v_1:1", continues="contact"), cast.chat_inbox())
    assert "imza" not in zeynep.get(url("composer", chat.conversation_id)).content.decode()


def test_two_devices_are_told_of_each_other_and_both_texts_are_kept(zeynep: Client, letter: Message) -> None:
    def keep(html: str, version: int) -> dict[str, object]:
        typed = {"kind": "reply", "html": html, "to": AYSE, "version": str(version)}
        return dict(json.loads(zeynep.post(url("draft", letter.conversation_id), typed).content))

    first = keep("<p>Telefonda</p>", 0)
    second = keep("<p>Masada</p>", 0)
    assert (first["version"], second["version"]) == (1, 2)
    copy = DraftCopy.objects.get()
    assert url("bring_back", copy.pk) in str(second["checks"]) and "Telefonda" in str(second["checks"])
    zeynep.post(url("bring_back", copy.pk))
    assert Draft.objects.get().html == "<p>Telefonda</p>"
    client = Client()
    client.force_login(cast.can())
    assert client.post(url("bring_back", DraftCopy.objects.get().pk)).status_code == 404


def test_a_discarded_draft_comes_back(zeynep: Client, letter: Message) -> None:
    zeynep.post(url("draft", letter.conversation_id), {"kind": "reply", "html": "<p>Yarım</p>", "to": AYSE})
    answer = zeynep.post(url("discard", letter.conversation_id)).content.decode()
    assert not Draft.objects.exists()
    back = url("bring_back", DraftCopy.objects.get().pk)
    assert back in answer
    zeynep.post(back)
    assert Draft.objects.get().html == "<p>Yarım</p>"


def test_another_name_in_the_greeting_is_asked_about(zeynep: Client, letter: Message) -> None:
    html = "<p>Merhaba Elif Hanım,</p><p>Kargonuz yolda.</p>"
    assert "Elif" in send(zeynep, letter, html=html) and not Outgoing.objects.exists()
    send(zeynep, letter, html=html, sure="greeting")
    assert Outgoing.objects.count() == 1


@pytest.mark.parametrize("greeting", ["Merhaba Ayşe Hanım,", "Sayın Yılmaz,", "Merhaba,", "Değerli Müşterimiz,"])
def test_their_own_name_in_the_greeting_is_sent(zeynep: Client, letter: Message, greeting: str) -> None:
    send(zeynep, letter, html=f"<p>{greeting}</p><p>Kargonuz yolda.</p>")
    assert Outgoing.objects.count() == 1
