import pytest
from django.db import connection

from muhatap.channels.contract import Address
from muhatap.channels.models import Inbox
from muhatap.contacts.models import Contact, Identity
from muhatap.conversations.models import Conversation, Message
from muhatap.flow import intake as staircase
from muhatap.flow import reply, sweep
from muhatap.interactions import intake, outbox
from muhatap.interactions.models import Interaction, Outgoing, Quarantine, RawItem
from tests import cast
from tests.flow.conftest import arrive, letter, message_of

pytestmark = pytest.mark.django_db


def test_a_letter_becomes_a_contact_a_thread_and_a_line_in_the_ledger(inbox: Inbox) -> None:
    message = message_of(arrive(inbox, letter()))

    ayse = message.contact
    assert ayse is not None and (ayse.name, ayse.email) == ("Ayşe Yılmaz", "ayse.yilmaz@ornek.example")
    assert message.conversation.subject == "Nevresim takımım hâlâ gelmedi"
    assert message.conversation.waiting_since == message.at
    assert message.interaction is not None and message.interaction.contact == ayse


def test_digesting_twice_is_digesting_once(inbox: Inbox) -> None:
    item = arrive(inbox, letter())

    staircase.digest(item_id=item.pk, at=cast.NOW)

    assert (Interaction.objects.count(), Message.objects.count(), Contact.objects.count()) == (1, 1, 1)


def test_a_copy_of_the_same_letter_is_no_second_message(inbox: Inbox) -> None:
    first = arrive(inbox, letter(), "by way of one server")
    copy = arrive(inbox, b"Received: from elsewhere\r\n" + letter(), "by way of another")

    assert copy.duplicate_of_id == first.interaction.pk
    assert Message.objects.count() == 1


def test_other_words_under_the_same_number_wait_for_a_person(inbox: Inbox) -> None:
    arrive(inbox, letter())
    arrive(inbox, letter(text="Bambaşka bir şey."))

    waiting = Quarantine.objects.get()
    assert waiting.reason == Quarantine.Reason.SUSPECTED_DUPLICATE
    intake.retry(quarantine=waiting, by=cast.selin(), at=cast.NOW, as_its_own=True)
    staircase.digest(item_id=waiting.item_id, at=cast.NOW)
    assert sorted(Message.objects.values_list("text", flat=True)) == ["Bambaşka bir şey.", "Siparişim gelmedi."]


def test_a_poisonous_letter_is_set_aside_and_the_next_goes_on(inbox: Inbox) -> None:
    arrive(inbox, b"")
    arrive(inbox, letter())

    assert Quarantine.objects.get().reason == Quarantine.Reason.UNREADABLE
    assert Message.objects.count() == 1


def test_a_fault_of_ours_keeps_the_letter_and_says_what_went_wrong(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise ZeroDivisionError("broken step")

    with monkeypatch.context() as patch:
        patch.setattr("muhatap.conversations.routing.route", broken)
        item = arrive(inbox, letter())

    waiting = Quarantine.objects.get()
    assert (waiting.reason, waiting.detail) == ("fault", "ZeroDivisionError: broken step")
    assert not Interaction.objects.exists() and not Contact.objects.exists()
    intake.retry(quarantine=waiting, by=cast.selin(), at=cast.NOW)
    staircase.digest(item_id=item.pk, at=cast.NOW)
    assert Message.objects.count() == 1


def test_a_letter_with_an_endless_number_comes_in_and_its_answer_finds_it(inbox: Inbox) -> None:
    endless = f"<{''.join(chr(0x4E00 + n) for n in range(880))}@ornek.example>"
    first = message_of(arrive(inbox, raw_letter(endless)))
    answer = message_of(arrive(inbox, raw_letter("<2@ornek.example>", f"References: {endless}")))

    assert answer.conversation_id == first.conversation_id
    assert answer.placed_because == "reference"


@pytest.mark.django_db(transaction=True)
def test_what_the_database_can_never_hold_is_set_aside_and_the_sweep_goes_on(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = intake.accept(inbox=inbox, dedupe_key="1", raw=letter(text="zehir"), meta={}, at=cast.NOW)
    broken = intake.accept(inbox=inbox, dedupe_key="2", raw=letter(id="<2@x.example>"), meta={}, at=cast.NOW)
    intake.accept(inbox=inbox, dedupe_key="3", raw=letter(id="<3@x.example>"), meta={}, at=cast.NOW)
    opened = intake.opened

    def fail(item_id: int) -> RawItem | None:
        with connection.cursor() as cursor:
            if item_id == poison.item_id:
                cursor.execute("do $$ begin raise exception 'index row too large' using errcode = '54000'; end $$")
            if item_id == broken.item_id:
                cursor.execute("do $$ begin raise exception 'deadlock' using errcode = '40P01'; end $$")
        return opened(item_id)

    with monkeypatch.context() as patch:
        patch.setattr("muhatap.interactions.intake.opened", fail)
        sweep.everything(at=cast.NOW + cast.minutes(5))

    assert Quarantine.objects.get().item_id == poison.item_id
    assert Message.objects.get().external_id == "<3@x.example>"
    sweep.everything(at=cast.NOW + cast.minutes(6))
    assert Message.objects.count() == 2


def test_an_answer_joins_its_thread(inbox: Inbox) -> None:
    first = message_of(arrive(inbox, letter()))
    second = message_of(
        arrive(
            inbox,
            letter(
                id="<2@ornek.example>",
                text="Hâlâ bekliyorum.",
                In_Reply_To="<1@ornek.example>",
                References="<1@ornek.example>",
            ),
        )
    )

    assert second.conversation_id == first.conversation_id
    assert second.placed_because == "reference"


def test_mail_from_a_stranger_who_names_the_same_number_stays_apart(inbox: Inbox) -> None:
    first = message_of(arrive(inbox, letter()))
    other = message_of(
        arrive(inbox, letter(id="<2@baska.example>", sender="yabanci@baska.example", References="<1@ornek.example>"))
    )

    assert other.conversation_id != first.conversation_id


def test_a_returned_mail_marks_the_address_of_whom_we_wrote_to(inbox: Inbox) -> None:
    conversation = message_of(arrive(inbox, letter())).conversation
    to = (Address(email="ayse.yilmaz@ornek.example"),)
    sent = reply.send(
        conversation=conversation, answer=reply.Answer(html="<p>Yolda.</p>", to=to), by=cast.zeynep(), at=cast.NOW
    )
    outgoing = Outgoing.objects.get()
    outbox.handing(outgoing.pk, at=cast.NOW)
    outbox.advance(outgoing.pk, Outgoing.State.ACCEPTED, at=cast.NOW)

    item = arrive(inbox, returned(sent.external_id))

    outgoing.refresh_from_db()
    assert outgoing.state == Outgoing.State.BOUNCED
    assert Identity.objects.get(kind="email", value="ayse.yilmaz@ornek.example").bounced_at is not None
    assert message_of(item).conversation_id == conversation.pk
    assert Conversation.objects.count() == Contact.objects.count() == 1


def raw_letter(id: str, *lines: str) -> bytes:
    """A letter as a careless program writes it, raw letters in its head and all."""
    head = ("From: ayse.yilmaz@ornek.example", "To: destek@ihlamurev.example", f"Message-ID: {id}", *lines)
    return "\r\n".join((*head, "Date: Sat, 21 Nov 2026 14:00:00 +0300", "", "Siparişim gelmedi.")).encode()


def test_a_mail_the_receiving_server_calls_forged_joins_no_customer(inbox: Inbox) -> None:
    first = message_of(arrive(inbox, letter()))
    verdict = {"Authentication_Results": "mx.ihlamurev.example; dmarc=fail", "References": "<1@ornek.example>"}
    forged = message_of(arrive(inbox, letter(id="<2@ornek.example>", **verdict)))

    assert forged.contact_id != first.contact_id
    assert forged.conversation_id != first.conversation_id
    assert "warning: sender may be forged" in forged.defects


def test_the_inbox_names_the_server_whose_verdict_counts(inbox: Inbox) -> None:
    inbox.settings["authserv_id"] = "mx.ihlamurev.example"
    inbox.save()
    first = message_of(arrive(inbox, letter()))
    again = message_of(arrive(inbox, letter(id="<2@x.example>", Authentication_Results="filter.example; dmarc=fail")))

    assert again.contact_id == first.contact_id


def test_a_report_about_somebody_we_never_wrote_to_marks_nobody(inbox: Inbox) -> None:
    conversation = message_of(arrive(inbox, letter())).conversation
    arrive(inbox, letter(id="<2@ornek.example>", sender="Mehmet Kaya <mehmet.kaya@ornek.example>"))
    to = (Address(email="Ayse.Yilmaz@ORNEK.example"),)
    sent = reply.send(
        conversation=conversation, answer=reply.Answer(html="<p>Yolda.</p>", to=to), by=cast.zeynep(), at=cast.NOW
    )
    Outgoing.objects.update(state=Outgoing.State.ACCEPTED)

    arrive(inbox, returned(sent.external_id).replace(b"rfc822; ayse.yilmaz", b"rfc822; mehmet.kaya"))

    assert Outgoing.objects.get().state == Outgoing.State.ACCEPTED
    assert not Identity.objects.filter(bounced_at__isnull=False).exists()


def returned(message_id: str) -> bytes:
    return f"""From: Mail Delivery System <MAILER-DAEMON@ornek.example>
To: destek@ihlamurev.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce-1@ornek.example>
Date: Sat, 21 Nov 2026 14:40:00 +0300
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

The mailbox does not exist.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; ornek.example

Final-Recipient: rfc822; ayse.yilmaz@ornek.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such user

--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}
From: destek@ihlamurev.example
To: ayse.yilmaz@ornek.example

--b--
""".encode()
