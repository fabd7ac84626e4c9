"""What one should know about the recipients before an answer leaves."""

from dataclasses import replace

import pytest

from muhatap.channels.contract import Address
from muhatap.contacts.models import Identity
from muhatap.conversations import cautions, ourselves, recent
from muhatap.conversations.cautions import Known
from muhatap.conversations.models import Message
from tests import cast
from tests.conversations.conftest import arrival

AYSE, MEHMET, ELIF = "ayse.yilmaz@ornek.example", "mehmet.kaya@ornek.example", "elif.sahin@ornek.example"
CAN, DESTEK, STRANGER = "can@ihlamurev.example", "destek@ihlamurev.example", "yabanci@baska.example"
SATIS = "satis@ihlamurev.example"
LETTER = Known(
    itself=DESTEK,
    ours=frozenset({DESTEK, SATIS}),
    our_domains=frozenset({"ihlamurev.example"}),
    seen=frozenset({AYSE, MEHMET, DESTEK}),
    answered=frozenset({MEHMET}),
    answered_sender=AYSE,
)
AMONG_US = replace(LETTER, seen=frozenset({CAN, DESTEK}), answered=frozenset(), answered_sender=CAN)
MANY = [f"kisi{n}@ornek.example" for n in range(6)]

# what it is | what is known | To, CC, BCC | the codes, those that ask first
TABLE = [
    ("everybody as before", LETTER, [AYSE], [MEHMET], [], []),
    ("somebody new", LETTER, [AYSE], [MEHMET, ELIF], [], ["new"]),
    ("somebody new in blind copy", LETTER, [AYSE], [MEHMET], [ELIF], ["new"]),
    ("somebody of theirs is left out", LETTER, [AYSE], [], [], ["left_out"]),
    ("nobody at all: nothing to say yet", LETTER, [], [], [], []),
    ("our own inbox among them", LETTER, [AYSE], [MEHMET, DESTEK], [], ["ours"]),
    ("another inbox of ours", LETTER, [AYSE], [MEHMET, SATIS], [], []),
    ("our own inbox with a plus-tag", LETTER, [AYSE, "destek+7k@ihlamurev.example"], [MEHMET], [], ["ours"]),
    ("an address that bounced", replace(LETTER, bounced=frozenset({AYSE})), [AYSE], [MEHMET], [], ["bounced"]),
    ("a bounced one in other letters", replace(LETTER, bounced=frozenset({AYSE})), ["AYSE.Yilmaz@ornek.example"], [MEHMET], [], ["bounced"]),
    ("an outsider in a talk among us", AMONG_US, [CAN], [STRANGER], [], ["outside", "new"]),
    ("a colleague in a talk among us", AMONG_US, [CAN], ["selin@ihlamurev.example"], [], ["new"]),
    ("an outsider where outsiders are", LETTER, [AYSE], [MEHMET, STRANGER], [], ["new"]),
    ("shown to all who was in blind copy", replace(LETTER, blind=frozenset({ELIF})), [AYSE, ELIF], [MEHMET], [], ["was_blind"]),
    ("in blind copy again", replace(LETTER, blind=frozenset({ELIF})), [AYSE], [MEHMET], [ELIF], []),
    ("blind once, shown since", replace(LETTER, blind=frozenset({MEHMET})), [AYSE], [MEHMET], [], []),
    ("we were in blind copy: to all", replace(LETTER, was_blind_to_us=True), [AYSE], [MEHMET], [], ["we_were_blind"]),
    ("we were in blind copy: to the writer", replace(LETTER, was_blind_to_us=True, answered=frozenset()), [AYSE], [], [], []),
    ("to many", replace(LETTER, seen=frozenset(MANY), answered=frozenset()), MANY, [], [], ["many"]),
    ("a first letter has no strangers", Known(is_begun=False), [AYSE], [], [], []),
    ("another spelling of the same person", LETTER, ["Ayse.Yilmaz@ORNEK.example"], [MEHMET], [], []),
    ("a plus-tag of theirs is another mailbox", LETTER, ["ayse.yilmaz+is@ornek.example"], [MEHMET], [], ["new"]),
]  # fmt: skip


@pytest.mark.parametrize(("_what", "known", "to", "cc", "bcc", "codes"), TABLE, ids=[row[0] for row in TABLE])
def test_what_is_said_of(
    _what: str, known: Known, to: list[str], cc: list[str], bcc: list[str], codes: list[str]
) -> None:
    whom = {name: [Address(email=one) for one in some] for name, some in (("to", to), ("cc", cc), ("bcc", bcc))}
    assert [caution.code for caution in cautions.cautions(known, **whom)] == codes


@pytest.mark.parametrize(
    ("code", "asks"),
    [
        ("bounced", True), ("outside", True), ("was_blind", True), ("we_were_blind", True),
        ("new", False), ("ours", False), ("left_out", False), ("many", False),
    ],
)  # fmt: skip
def test_only_what_cannot_be_mended_afterwards_asks(code: cautions.Code, asks: bool) -> None:
    assert cautions.Caution(code=code).asks is asks


@pytest.mark.django_db
def test_what_is_known_comes_from_the_thread() -> None:
    cc = (Address(email=MEHMET, name="Mehmet Kaya"),)
    conversation = arrival(cast.mail(id="<1@ornek.example>", cc=cc)).conversation
    Identity.objects.filter(value=AYSE).update(bounced_at=cast.NOW)
    Message.objects.create(
        conversation=conversation, inbox=conversation.inbox, kind="outbound", at=cast.NOW, recorded_at=cast.NOW,
        sender={"email": DESTEK}, to=[{"email": AYSE}], bcc=[{"email": ELIF}],
    )  # fmt: skip
    known = cautions.with_bounces(cautions.known_of(recent.of(conversation)), [AYSE.upper(), MEHMET])
    assert known.seen == {AYSE, MEHMET, DESTEK}
    assert (known.blind, known.bounced, known.answered, known.answered_sender) == ({ELIF}, {AYSE}, {MEHMET}, AYSE)
    assert "ihlamurev.example" in known.our_domains
    assert not known.was_blind_to_us


@pytest.mark.django_db
def test_a_letter_that_names_us_nowhere_reached_us_in_blind_copy() -> None:
    conversation = arrival(cast.mail(id="<1@ornek.example>", to=(Address(email=MEHMET),))).conversation
    assert cautions.known_of(recent.of(conversation)).was_blind_to_us


@pytest.mark.django_db
def test_a_mailbox_that_everybody_has_makes_nobody_a_colleague() -> None:
    assert ourselves.domains_of(["ihlamurev@gmail.com", "destek@ihlamurev.example"]) == {"ihlamurev.example"}
