"""Where a mail is placed. The numbered stories are what people of other helpdesks lost mail, time and trust over."""

import itertools
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from muhatap.channels.contract import Address, Bounce, Claim, Inbound
from muhatap.channels.email import tokens
from muhatap.channels.models import Inbox
from muhatap.contacts import identity
from muhatap.contacts.models import Contact
from muhatap.conversations import closing, placing_words, rearranging, routing, threading, threads
from muhatap.conversations.models import Conversation, Message
from muhatap.interactions import ledger
from muhatap.interactions.models import Interaction
from tests import cast
from tests.cast import AYSE, ELIF, MEHMET, NOW, STRANGER, mail

pytestmark = pytest.mark.django_db
numbers = itertools.count(1)
OURS = "<bizden-1@ihlamurev.example>"


def who(inbound: Inbound) -> Contact:
    return identity.resolve(claims=[inbound.sender], source="email", at=inbound.at)


def came(inbound: Inbound, inbox: Inbox | None = None) -> Message:
    """A mail came in and was routed."""
    inbox = inbox or cast.support_inbox()
    contact = who(inbound)
    interaction = Interaction.objects.create(
        kind=inbound.kind,
        direction="in",
        channel="email",
        inbox=inbox,
        contact=contact,
        external_id=inbound.external_id,
        at=inbound.at,
        recorded_at=inbound.at,
        title=inbound.subject,
    )
    return routing.route(inbox=inbox, inbound=inbound, interaction=interaction, contact=contact, at=inbound.at)


def answered(
    conversation: Conversation,
    id: str = OURS,
    to: Iterable[str] = ("ayse.yilmaz@ornek.example",),
    cc: Iterable[str] = (),
    bcc: Iterable[str] = (),
) -> Message:
    """We answered in a conversation."""
    interaction = ledger.record_sent(
        inbox=conversation.inbox,
        contact=conversation.contact,
        external_id=id,
        title=f"Ynt: {conversation.subject}",
        text="Yolda.",
        by=cast.zeynep(),
        at=NOW,
    )
    people = {"to": to, "cc": cc, "bcc": bcc}
    return threads.append_outbound(
        conversation=conversation,
        interaction=interaction,
        html="<p>Yolda.</p>",
        text="Yolda.",
        recipients={name: [Address(email=each) for each in some] for name, some in people.items()},
        files=[],
        by=cast.zeynep(),
        at=NOW,
    )


def placed(inbound: Inbound, inbox: Inbox | None = None) -> threading.Placement:
    return threading.place(inbox=inbox or cast.support_inbox(), inbound=inbound, contact=who(inbound))


def reply(sender: Claim = AYSE, **more: object) -> Inbound:
    return mail(sender, id=f"<yanit-{next(numbers)}@ornek.example>", **more)


@pytest.fixture
def conversation() -> Conversation:
    """Ayşe asked after her bedding and we answered."""
    asked = came(mail(id="<ayse-1@ornek.example>"))
    answered(asked.conversation)
    return asked.conversation


def test_1_a_customer_s_answer_to_an_agent_s_outlook_finds_its_thread_by_older_references(
    conversation: Conversation,
) -> None:
    found = placed(
        reply(
            in_reply_to="<outlook-7@ihlamurev.example>",
            references=("<ayse-1@ornek.example>", OURS, "<outlook-7@ihlamurev.example>"),
        )
    )
    assert (found.conversation, found.because) == (conversation, "reference")


def test_1b_an_agent_s_own_mail_from_outlook_in_copy_to_us_joins_the_thread(conversation: Conversation) -> None:
    zeynep = Claim(kind="email", value="zeynep@ihlamurev.example", is_verified=True, name="Zeynep Arslan")
    assert placed(reply(zeynep, in_reply_to=OURS)).conversation == conversation


def test_2_the_answer_to_a_mail_that_we_began_joins_by_its_message_id_and_by_its_reply_address() -> None:
    begun = threads.start(
        inbox=cast.support_inbox(), contact=who(mail(ELIF, id="<x@x.example>")), subject="Siparişiniz hakkında", at=NOW
    )
    answered(begun, id="<ilk@ihlamurev.example>", to=["elif.sahin@ornek.example"])
    assert placed(reply(ELIF, in_reply_to="<ilk@ihlamurev.example>")).conversation == begun
    assert placed(reply(ELIF, tokens=(tokens.issue(begun.pk),))).because == "token"


def test_3_answers_of_many_people_to_one_newsletter_never_meet_in_one_conversation(conversation: Conversation) -> None:
    newsletter = answered(
        conversation, id="<bulten@ihlamurev.example>", bcc=[f"musteri{n}@ornek.example" for n in range(400)]
    )
    for sender in (MEHMET, replace(MEHMET, value="musteri7@ornek.example")):
        found = placed(reply(sender, in_reply_to=newsletter.external_id))
        assert found.conversation is None
        assert found.because == "stranger"
        assert found.suspected == conversation


def test_4_an_old_mail_reused_for_a_new_matter_joins_and_says_so(conversation: Conversation) -> None:
    found = placed(reply(in_reply_to=OURS, subject="Bu sefer havlu soracağım"))
    assert found.conversation == conversation
    assert found.details["new_subject"] == "Bu sefer havlu soracağım"
    assert placing_words.sentence(found.because, found.details).endswith("Konusu değişmiş.")


def test_5_robot_mails_without_references_gather_by_subject_only_where_the_inbox_says_so() -> None:
    robot = Claim(kind="email", value="siparis@pazaryeri.example", is_verified=True, name="Pazaryeri")
    first = came(mail(robot, id="<r1@pazaryeri.example>", subject="[Pazaryeri] Günlük özet"))
    again = reply(robot, subject="Re: [Pazaryeri] GÜNLÜK ÖZET")
    assert placed(again).conversation is None
    inbox = cast.support_inbox()
    inbox.settings = {"thread_by_subject": True, "subject_days": 3}
    found = placed(again, inbox)
    assert (found.conversation, found.because) == (first.conversation, "subject")
    assert placed(replace(again, at=NOW + timedelta(days=4)), inbox).conversation is None
    assert placed(replace(again, sender=MEHMET), inbox).conversation is None


@pytest.mark.parametrize("subject", ["Ticket#{id}", "[#{id}] Nevresim takımım hâlâ gelmedi", "Ynt: ##{id}##", "#{id}"])
def test_6_a_number_in_a_subject_opens_nothing(conversation: Conversation, subject: str) -> None:
    for sender in (STRANGER, AYSE):
        assert placed(reply(sender, subject=subject.format(id=conversation.pk))).conversation is None


def test_6b_a_guessed_token_opens_nothing(conversation: Conversation) -> None:
    real = tokens.issue(conversation.pk)
    guesses = (
        str(conversation.pk),
        f"{conversation.pk}{'0' * 16}",
        real[:-1] + ("0" if real[-1] != "0" else "1"),
        real[1:],
        "x" * 300,
    )
    for guess in guesses:
        assert placed(reply(tokens=(guess,))).conversation is None


@pytest.mark.parametrize("prefix", ["WG", "Fwd", "FW", "İLT", "ilt", "Ynt: İLT"])
def test_7_a_forwarded_mail_begins_anew_with_a_hint_and_the_inbox_can_decide_otherwise(
    conversation: Conversation, prefix: str
) -> None:
    forwarded = reply(subject=f"{prefix}: Nevresim takımım hâlâ gelmedi", references=(OURS,))
    if prefix.startswith("Ynt"):
        assert placed(forwarded).conversation == conversation  # an answer to a forward is an answer
        return
    found = placed(forwarded)
    assert (found.conversation, found.because, found.suspected) == (None, "forward", conversation)
    inbox = cast.support_inbox()
    inbox.settings = {"thread_forwards": True}
    assert placed(forwarded, inbox).conversation == conversation


def test_7b_every_message_says_why_it_stands_where_it_stands(conversation: Conversation) -> None:
    joined = came(reply(in_reply_to=OURS))
    assert joined.placed_because == "reference"
    assert placing_words.sentence(joined.placed_because, joined.placed_details)


def test_8_one_mail_to_two_inboxes_is_one_conversation_in_each(conversation: Conversation) -> None:
    sales = Inbox.objects.create(kind="email", name="satis@ihlamurev.example", address="satis@ihlamurev.example")
    same = mail(id="<ayse-1@ornek.example>")
    assert came(same, sales).conversation != conversation
    later = reply(in_reply_to="<ayse-1@ornek.example>")
    assert placed(later).conversation == conversation
    assert placed(later, sales).conversation == Conversation.objects.get(inbox=sales)


def test_8b_an_answer_that_reaches_another_inbox_begins_there_with_a_hint(conversation: Conversation) -> None:
    sales = Inbox.objects.create(kind="email", name="satis@ihlamurev.example", address="satis@ihlamurev.example")
    found = placed(reply(in_reply_to=OURS), sales)
    assert (found.conversation, found.because, found.suspected) == (None, "other_inbox", conversation)


def test_9_an_answer_long_after_the_end_begins_anew_and_follows_the_old_one(conversation: Conversation) -> None:
    closing.resolve(conversation=conversation, by=cast.zeynep(), at=NOW)
    soon = placed(reply(in_reply_to=OURS, at=NOW + timedelta(days=29)))
    assert soon.conversation == conversation
    late = placed(reply(in_reply_to=OURS, at=NOW + timedelta(days=31)))
    assert (late.conversation, late.because, late.suspected) == (None, "follows", conversation)
    inbox = cast.support_inbox()
    inbox.settings = {"reopen_days": 90}
    assert placed(reply(in_reply_to=OURS, at=NOW + timedelta(days=31)), inbox).conversation == conversation


def test_9b_an_answer_soon_after_the_end_opens_it_again(conversation: Conversation) -> None:
    closing.resolve(conversation=conversation, by=cast.zeynep(), at=NOW)
    came(reply(in_reply_to=OURS, at=NOW + timedelta(days=1)))
    conversation.refresh_from_db()
    assert conversation.status == Conversation.Status.OPEN


def test_10_somebody_we_copied_joins_by_answering_and_never_becomes_the_customer(conversation: Conversation) -> None:
    answered(conversation, id="<gizli@ihlamurev.example>", bcc=["mehmet.kaya@ornek.example"])
    joined = came(reply(MEHMET, in_reply_to="<gizli@ihlamurev.example>"))
    conversation.refresh_from_db()
    assert joined.conversation == conversation
    assert conversation.contact.email == AYSE.value
    assert conversation.participants.filter(address=MEHMET.value).exists()


def test_10b_somebody_the_customer_copied_joins_too() -> None:
    asked = came(mail(id="<ayse-9@ornek.example>", cc=(Address(email="Mehmet.Kaya@ornek.example"),)))
    assert placed(reply(MEHMET, in_reply_to="<ayse-9@ornek.example>")).conversation == asked.conversation


@pytest.mark.parametrize("via", ["token", "reference"])
def test_10c_a_reply_address_or_a_mail_passed_on_lets_no_stranger_in(conversation: Conversation, via: str) -> None:
    by_token = {"tokens": (tokens.issue(conversation.pk),)}
    found = placed(reply(STRANGER, **(by_token if via == "token" else {"in_reply_to": OURS})))
    assert (found.conversation, found.because, found.suspected) == (None, "stranger", conversation)
    assert placing_words.related_id(found.details) == conversation.pk


def test_10d_a_stranger_whom_an_agent_joined_takes_part_from_then_on(conversation: Conversation) -> None:
    first = came(reply(STRANGER, in_reply_to=OURS))
    rearranging.move(
        conversation=first.conversation, message_ids=[first.pk], target=conversation, by=cast.can(), at=NOW
    )
    assert placed(reply(STRANGER, in_reply_to=OURS)).conversation == conversation


def test_11_our_answers_carry_the_token_of_their_conversation(conversation: Conversation) -> None:
    assert tokens.conversation_of(threading.reply_token(conversation)) == conversation.pk


def test_12_when_a_program_rewrites_every_reference_the_reply_address_still_leads_home(
    conversation: Conversation,
) -> None:
    found = placed(
        reply(
            in_reply_to="<apple@x.example>",
            references=("<apple@x.example>",),
            tokens=("siparis", tokens.issue(conversation.pk).upper()),
        )
    )
    assert (found.conversation, found.because) == (conversation, "token")


def test_12b_mail_from_our_own_address_swallows_nothing(conversation: Conversation) -> None:
    own = Claim(kind="email", value="Destek+abc@IhlamurEv.example", is_verified=True)
    inbox = cast.support_inbox()
    inbox.settings = {"thread_by_subject": True}
    first = came(mail(own, id="<own-1@ihlamurev.example>", subject="İletişim formu"), inbox)
    assert placed(reply(own, subject="İletişim formu"), inbox).conversation is None
    assert placed(reply(own, in_reply_to=OURS), inbox).because == "own_address"
    assert placed(reply(own, tokens=(tokens.issue(first.conversation.pk),)), inbox).conversation is None


def test_13_a_message_id_seen_in_another_inbox_hides_nothing_here(conversation: Conversation) -> None:
    sales = Inbox.objects.create(kind="email", name="satis@ihlamurev.example", address="satis@ihlamurev.example")
    came(mail(id="<iki@ornek.example>"))
    assert came(mail(id="<iki@ornek.example>"), sales).conversation.inbox == sales


def test_14_in_reply_to_alone_references_alone_and_both_lead_to_the_same_place(conversation: Conversation) -> None:
    for more in (
        {"in_reply_to": OURS},
        {"references": (OURS,)},
        {"in_reply_to": OURS, "references": ("<ayse-1@ornek.example>", OURS)},
    ):
        assert placed(reply(**more)).conversation == conversation


def test_of_two_conversations_named_the_newest_reference_counts(conversation: Conversation) -> None:
    other = came(mail(id="<ayse-2@ornek.example>", subject="Havlu"))
    assert placed(reply(references=(OURS, "<ayse-2@ornek.example>"))).conversation == other.conversation


def test_the_contact_s_other_proven_address_takes_part(conversation: Conversation) -> None:
    identity.add(
        contact=conversation.contact, kind="email", value="ayse@is.example", is_verified=True, by=cast.zeynep(), at=NOW
    )
    other = Claim(kind="email", value="ayse@is.example", is_verified=True)
    assert placed(reply(other, in_reply_to=OURS)).conversation == conversation


def test_an_answer_to_a_merged_conversation_arrives_in_the_one_it_went_into(conversation: Conversation) -> None:
    target = came(mail(id="<hedef@ornek.example>", subject="Asıl konu")).conversation
    Conversation.objects.filter(pk=conversation.pk).update(merged_into=target)
    assert placed(reply(in_reply_to=OURS)).conversation == target
    assert placed(reply(tokens=(tokens.issue(conversation.pk),))).conversation == target


def test_a_returned_mail_belongs_to_the_mail_it_reports_on(conversation: Conversation) -> None:
    daemon = Claim(kind="email", value="mailer-daemon@ornek.example", is_verified=True)
    told = Bounce(message_id=OURS, recipient=AYSE.value, is_permanent=True, status="5.1.1")
    found = placed(reply(daemon, kind="bounce", bounce=told, subject="Undelivered"))
    assert (found.conversation, found.because, found.details["recipient"]) == (conversation, "bounce", AYSE.value)
    unknown = placed(reply(daemon, kind="bounce", bounce=replace(told, message_id="<nobody@x.example>")))
    assert (unknown.conversation, unknown.because) == (None, "bounce_unknown")


def test_an_automatic_answer_joins_and_opens_nothing_again(conversation: Conversation) -> None:
    closing.resolve(conversation=conversation, by=cast.zeynep(), at=NOW)
    away = came(
        reply(kind="auto_reply", in_reply_to=OURS, subject="Otomatik yanıt: izindeyim", at=NOW + timedelta(days=90))
    )
    conversation.refresh_from_db()
    assert away.conversation == conversation
    assert conversation.status == Conversation.Status.RESOLVED
    assert conversation.waiting_since is None


def test_an_automatic_answer_without_references_joins_what_we_sent_last(conversation: Conversation) -> None:
    away = placed(reply(kind="auto_reply", subject="Otomatik yanıt"))
    assert (away.conversation, away.because) == (conversation, "auto_reply")
    assert placed(reply(kind="auto_reply", at=NOW + timedelta(days=8))).conversation is None
    assert placed(reply(STRANGER, kind="auto_reply")).conversation is None


def test_an_answer_to_spam_stays_there_and_opens_nothing(conversation: Conversation) -> None:
    closing.mark_spam(conversation=conversation, by=cast.zeynep(), at=NOW)
    joined = came(reply(in_reply_to=OURS))
    conversation.refresh_from_db()
    assert joined.conversation == conversation
    assert conversation.status == Conversation.Status.SPAM


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("Kargom nerede", "Re: Kargom nerede"),
        ("Ynt: YNT: Kargom nerede", "Ynt: Kargom nerede"),
        ("Re: Where is it", "Re: Where is it"),
        ("AW: WG: Bestellung", "Re: Bestellung"),
        ("İLT: Fatura", "Re: Fatura"),
        ("Re[2]: Fatura", "Re: Fatura"),
        ("", ""),
    ],
)
def test_an_answer_s_subject_has_one_prefix(subject: str, answer: str) -> None:
    assert threading.answer_subject(subject) == answer


def test_every_reason_has_its_sentence() -> None:
    for because in (
        "token",
        "reference",
        "subject",
        "auto_reply",
        "bounce",
        "follows",
        "forward",
        "stranger",
        "own_address",
        "other_inbox",
        "new",
    ):
        assert placing_words.sentence(because, {})
