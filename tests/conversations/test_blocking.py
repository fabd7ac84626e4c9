"""Blocked senders: what may be blocked, whom it meets, and where their mail goes."""

import pytest

from muhatap.conversations import blocking, closing
from muhatap.conversations.models import Conversation, Message, SenderBlock
from tests import cast
from tests.conversations.conftest import arrival

pytestmark = pytest.mark.django_db


def block(value: str, **more: object) -> SenderBlock:
    return blocking.block(value=value, by=cast.zeynep(), at=cast.NOW, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Yabanci@BASKA.example", "yabanci@baska.example"),
        ("@baska.example", "baska.example"),
        ("BASKA.example.", "baska.example"),
        ("firma.com.tr", "firma.com.tr"),
        ("biri@gmail.com", "biri@gmail.com"),
        ("IŞIK@ornek.example", "işik@ornek.example"),
    ],
)
def test_what_may_be_blocked(typed: str, kept: str) -> None:
    cast.support_inbox()

    assert block(typed).value == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "not_an_address"),
        ("yabanci@", "not_an_address"),
        ("@", "not_an_address"),
        ("a b@c.example", "not_an_address"),
        ("com", "too_wide"),
        ("com.tr", "too_wide"),
        ("gmail.com", "public"),
        ("hotmail.com.tr", "public"),
        ("destek@ihlamurev.example", "own"),
        ("DESTEK+etiket@ihlamurev.example", "own"),
        ("zeynep@ihlamurev.example", "own"),
        ("kimse@ihlamurev.example", "own"),
        ("ihlamurev.example", "own"),
        ("alt.ihlamurev.example", "own"),
    ],
)
def test_what_may_not(typed: str, code: str) -> None:
    cast.support_inbox()

    with pytest.raises(blocking.BadBlock) as refused:
        block(typed)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("blocked", "address", "is_met"),
    [
        ("yabanci@baska.example", "yabanci@baska.example", True),
        ("yabanci@baska.example", "Yabanci@Baska.example", True),
        ("yabanci@baska.example", "baskasi@baska.example", False),
        ("baska.example", "kim@baska.example", True),
        ("baska.example", "kim@posta.baska.example", True),
        ("baska.example", "kim@cokbaska.example", False),
        ("posta.baska.example", "kim@baska.example", False),
        ("baska.example", "destek@ihlamurev.example", False),
        ("baska.example", "", False),
    ],
)
def test_whom_a_block_meets(blocked: str, address: str, is_met: bool) -> None:
    cast.support_inbox()
    block(blocked)

    assert blocking.blocks(address, at=cast.NOW) is is_met


def test_their_mail_goes_to_spam_and_opens_nothing() -> None:
    known = arrival(cast.mail(cast.STRANGER, id="<1@baska.example>", subject="Fırsat")).conversation
    closing.resolve(conversation=known, by=cast.zeynep(), at=cast.NOW)
    block("yabanci@baska.example")

    for n in (2, 3):
        later = cast.mail(
            cast.STRANGER, id=f"<{n}@baska.example>", subject="Fırsat", references=("<1@baska.example>",),
            at=cast.NOW + cast.minutes(n),
        )  # fmt: skip
        message = arrival(later)
        assert (message.conversation.status, message.conversation.waiting_since) == ("spam", None)

    known.refresh_from_db()
    assert known.status == "resolved"
    assert Conversation.objects.filter(status="spam").count() == 1
    assert Message.objects.filter(kind="inbound").count() == 3


def test_what_our_own_mail_came_to_is_told_whoever_tells_it() -> None:
    block("baska.example")

    assert arrival(cast.mail(cast.STRANGER, id="<b@baska.example>", kind="bounce")).conversation.status != "spam"


def test_a_block_ends_by_itself_or_by_hand() -> None:
    row = block("baska.example", until=cast.NOW + cast.minutes(60))
    assert not blocking.blocks("kim@baska.example", at=cast.NOW + cast.minutes(61))
    with pytest.raises(blocking.BadBlock, match="already"):
        block("baska.example")
    assert blocking.lift(block=row, by=cast.can(), at=cast.NOW)
    assert not blocking.lift(block=row, by=cast.can(), at=cast.NOW)
    assert not blocking.blocks("kim@baska.example", at=cast.NOW)
    with pytest.raises(blocking.BadBlock, match="past"):
        block("baska.example", until=cast.NOW)


def test_one_that_ran_out_can_be_blocked_again() -> None:
    block("baska.example", until=cast.NOW + cast.minutes(1))

    blocking.block(value="baska.example", by=cast.can(), at=cast.NOW + cast.minutes(2))

    assert SenderBlock.objects.filter(lifted_at=None).count() == 1
