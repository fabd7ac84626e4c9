"""To whom an answer goes: decided by the message that is answered, nobody dropped, nobody added in silence."""

import pytest

from muhatap.channels.contract import Address
from muhatap.channels.models import Inbox
from muhatap.conversations import recipients
from muhatap.conversations.models import Message
from tests import cast

DESTEK, SATIS = "destek@ihlamurev.example", "satis@ihlamurev.example"
LIST, CAN, HAKAN = "toptan@listeler.example", "can@ihlamurev.example", "hakan.demir@ornek.example"
AYSE, MEHMET, ELIF = "ayse.yilmaz@ornek.example", "mehmet.kaya@ornek.example", "elif.sahin@ornek.example"

# what it is, the message (from, to, cc, reply-to) | expected to, expected cc
TABLE = [
    ("a plain question", (AYSE, [DESTEK], [], []), [AYSE], []),
    ("others in To are kept, in CC", (AYSE, [DESTEK, MEHMET], [], []), [AYSE], [MEHMET]),
    ("others in CC are kept", (AYSE, [DESTEK], [MEHMET, ELIF], []), [AYSE], [MEHMET, ELIF]),
    ("Reply-To is honoured", (AYSE, [DESTEK], [], [ELIF]), [ELIF], []),
    ("several Reply-To are all honoured", (AYSE, [DESTEK], [], [ELIF, MEHMET]), [ELIF, MEHMET], []),
    ("a Reply-To that names only us is none", (AYSE, [DESTEK], [], [DESTEK]), [AYSE], []),
    (
        "we are removed by our plus form",
        (AYSE, [f"destek+7k0000000000000000@{DESTEK.split('@')[1]}"], [MEHMET], []),
        [AYSE],
        [MEHMET],
    ),
    ("all our inboxes are removed", (AYSE, [DESTEK, SATIS], [SATIS, MEHMET], []), [AYSE], [MEHMET]),
    (
        "we are removed whatever the letters",
        (AYSE, ["DESTEK@IhlamurEv.example"], ["SATİS@ihlamurev.example"], []),
        [AYSE],
        [],
    ),
    ("nobody stands in To and CC", (AYSE, [DESTEK, AYSE], [AYSE], []), [AYSE], []),
    ("nobody stands twice in CC", (AYSE, [DESTEK, MEHMET], ["Mehmet.Kaya@ornek.example"], []), [AYSE], [MEHMET]),
    ("a Reply-To who is also in CC stands in To", (AYSE, [DESTEK], [ELIF, MEHMET], [ELIF]), [ELIF], [MEHMET]),
    ("we were in blind copy: the others are kept", (AYSE, [MEHMET], [ELIF], []), [AYSE], [MEHMET, ELIF]),
    ("a third party is answered without adding the customer", (MEHMET, [DESTEK], [], []), [MEHMET], []),
    ("a third party who wrote to the customer too", (MEHMET, [DESTEK, AYSE], [], []), [MEHMET], [AYSE]),
    ("a colleague in CC is kept", (AYSE, [DESTEK], ["can@ihlamurev.example"], []), [AYSE], ["can@ihlamurev.example"]),
    (
        "a customer's own plus-tag is another mailbox",
        (AYSE, [DESTEK], ["ayse.yilmaz+is@ornek.example"], []),
        [AYSE],
        ["ayse.yilmaz+is@ornek.example"],
    ),
    (
        "a mailing list that asks for answers to the list: the list, and nobody twice",
        (AYSE, [LIST], [DESTEK], [LIST]),
        [LIST],
        [],
    ),
    ("a mailing list without Reply-To: the writer, the list in CC", (AYSE, [LIST], [DESTEK], []), [AYSE], [LIST]),
    ("a list that puts us into Reply-To beside itself", (AYSE, [LIST], [], [LIST, DESTEK]), [LIST], []),
    (
        "several in To and CC keep their order",
        (AYSE, [MEHMET, DESTEK, ELIF], [HAKAN, SATIS], []),
        [AYSE],
        [MEHMET, ELIF, HAKAN],
    ),
    ("a Reply-To elsewhere does not add the writer", (AYSE, [DESTEK], [MEHMET], [ELIF]), [ELIF], [MEHMET]),
    ("forwarded by a colleague: the colleague is answered", (CAN, [DESTEK], [], []), [CAN], []),
    ("forwarded by a colleague who names the customer", (CAN, [DESTEK], [AYSE], [AYSE]), [AYSE], []),
    (
        "a no-reply sender is still whom one would answer",
        ("no-reply@kargo.example", [DESTEK], [], []),
        ["no-reply@kargo.example"],
        [],
    ),
    ("our plus form in Reply-To is us", (AYSE, [DESTEK], [], ["destek+7k@ihlamurev.example"]), [AYSE], []),
    (
        "our inbox in another domain's form is not us",
        (AYSE, ["destek@ihlamurev.com"], [], []),
        [AYSE],
        ["destek@ihlamurev.com"],
    ),
    ("empty and broken entries are nobody", (AYSE, ["", DESTEK], [""], [""]), [AYSE], []),
    ("undisclosed recipients", (AYSE, [], [], []), [AYSE], []),
    (
        "one person under two spellings",
        (AYSE, [DESTEK, "Mehmet.Kaya@Ornek.Example"], [MEHMET], []),
        [AYSE],
        ["Mehmet.Kaya@Ornek.Example"],
    ),
    (
        "a capital I typed in Turkish",
        ("IŞIK@ornek.example", [DESTEK], ["ışık@ornek.example"], []),
        ["IŞIK@ornek.example"],
        [],
    ),
    ("mail from ourselves has nobody to answer", (DESTEK, [DESTEK], [], []), [], []),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("_what", "message", "to", "cc"), TABLE, ids=[row[0] for row in TABLE])
def test_an_answer_goes_to(
    _what: str, message: tuple[str, list[str], list[str], list[str]], to: list[str], cc: list[str]
) -> None:
    inbox = cast.support_inbox()
    Inbox.objects.create(kind="email", name=SATIS, address=SATIS)
    sender, *fields = message
    sent_to, sent_cc, reply_to = ([{"email": each, "name": ""} for each in some] for some in fields)
    asked = Message(kind="inbound", sender={"email": sender, "name": "Adı"}, to=sent_to, cc=sent_cc, reply_to=reply_to)
    found_to, found_cc = recipients.answer(asked, inbox)
    assert [one.email for one in found_to] == to
    assert [one.email for one in found_cc] == cc


@pytest.mark.django_db
def test_going_on_after_our_own_mail_goes_to_the_same_people() -> None:
    inbox = cast.support_inbox()
    sent = Message(
        kind="outbound",
        sender={"email": DESTEK},
        to=[{"email": AYSE}],
        cc=[{"email": MEHMET}, {"email": DESTEK}],
        bcc=[{"email": ELIF}],
    )
    to, cc = recipients.answer(sent, inbox)
    assert [one.email for one in to] == [AYSE]
    assert [one.email for one in cc] == [MEHMET]


@pytest.mark.django_db
def test_names_are_kept_as_they_were_written() -> None:
    asked = Message(
        kind="inbound",
        sender={"email": AYSE, "name": "Ayşe Yılmaz"},
        to=[{"email": DESTEK}],
        cc=[{"email": MEHMET, "name": "Mehmet Kaya"}],
    )
    to, cc = recipients.answer(asked, cast.support_inbox())
    assert (to[0].name, cc[0].name) == ("Ayşe Yılmaz", "Mehmet Kaya")


@pytest.mark.django_db
def test_an_automatic_message_without_addresses_has_nobody_to_answer() -> None:
    """A chat: it is answered by its window, not by an address."""
    asked = Message(kind="inbound", sender={"name": "Ziyaretçi"}, to=[], cc=[], reply_to=[])
    assert recipients.answer(asked, cast.chat_inbox()) == ((), ())


@pytest.mark.django_db
def test_the_inbox_itself_is_left_out_of_any_list_and_nobody_stands_in_it_twice() -> None:
    people = [
        Address(email=one) for one in ("DESTEK@ihlamurev.example", AYSE, "destek+x@ihlamurev.example", AYSE, MEHMET)
    ]
    assert [one.email for one in recipients.without_itself(people, cast.support_inbox())] == [AYSE, MEHMET]
