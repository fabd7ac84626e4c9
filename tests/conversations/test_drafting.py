"""Drafts across devices: the newer one stands, the other is kept; what was thrown away comes back."""

import pytest

from muhatap.conversations import drafting
from muhatap.conversations.models import Conversation, Draft, DraftCopy
from tests import cast
from tests.conversations.conftest import conversation_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation() -> Conversation:
    return conversation_of("Ayşe Yılmaz")


def save(conversation: Conversation, html: str, based_on: int | None = None) -> Draft:
    return drafting.save(
        conversation=conversation, kind="reply", by=cast.zeynep(), at=cast.NOW, based_on=based_on, html=html
    )


def test_one_device_after_the_other_loses_nothing_and_keeps_no_copies(conversation: Conversation) -> None:
    first = save(conversation, "<p>Bir</p>", 0)
    second = save(conversation, "<p>Bir iki</p>", first.version)
    assert (second.version, DraftCopy.objects.count()) == (2, 0)


def test_two_devices_at_once_keep_both_texts(conversation: Conversation) -> None:
    begun = save(conversation, "<p>Bir</p>", 0)
    save(conversation, "<p>Telefonda</p>", begun.version)
    save(conversation, "<p>Masada</p>", begun.version)
    assert Draft.objects.get().html == "<p>Masada</p>"
    other = drafting.other_version(conversation=conversation, by=cast.zeynep())
    assert other and other.content["html"] == "<p>Telefonda</p>"
    drafting.bring_back(copy=other, at=cast.NOW)
    assert Draft.objects.get().html == "<p>Telefonda</p>"
    other = drafting.other_version(conversation=conversation, by=cast.zeynep())
    assert other and other.content["html"] == "<p>Masada</p>"


@pytest.mark.parametrize("now", ["<p>Telefonda</p>", "<p></p>"])
def test_the_same_words_or_none_are_no_second_version(conversation: Conversation, now: str) -> None:
    save(conversation, now)
    save(conversation, now)
    save(conversation, "<p>Telefonda</p>", 0)
    assert not DraftCopy.objects.exists()


def test_what_was_thrown_away_comes_back_with_its_recipients(conversation: Conversation) -> None:
    drafting.save(
        conversation=conversation, kind="reply", by=cast.zeynep(), at=cast.NOW, html="<p>Bir</p>",
        to=[{"email": "a@b.example", "name": ""}],
    )  # fmt: skip
    kept = drafting.throw_away(conversation=conversation, by=cast.zeynep(), kind="reply", at=cast.NOW)
    assert kept and not Draft.objects.exists()
    drafting.bring_back(copy=kept, at=cast.NOW)
    assert (Draft.objects.get().html, Draft.objects.get().to[0]["email"]) == ("<p>Bir</p>", "a@b.example")
    assert not DraftCopy.objects.exists()


def test_throwing_away_nothing_is_no_fault(conversation: Conversation) -> None:
    assert drafting.throw_away(conversation=conversation, by=cast.zeynep(), kind="reply", at=cast.NOW) is None


def test_copies_are_forgotten_after_their_time(conversation: Conversation) -> None:
    save(conversation, "<p>Bir</p>")
    drafting.throw_away(conversation=conversation, by=cast.zeynep(), kind="reply", at=cast.NOW)
    drafting.forget_copies(before=cast.NOW)
    assert DraftCopy.objects.exists()
    drafting.forget_copies(before=cast.NOW + cast.minutes(1))
    assert not DraftCopy.objects.exists()
