"""What other systems are told of the shop's day."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from muhatap.accounts.models import AuditLink
from muhatap.channels.contract import Address
from muhatap.contacts import editing, merging
from muhatap.contacts import tagging as contact_tags
from muhatap.contacts.tagging import named
from muhatap.conversations import assigning, blocking, closing, rearranging, tagging
from muhatap.conversations.models import Message
from muhatap.flow import reply, telling
from muhatap.flow.reply import Answer
from muhatap.webhooks import delivering, endpoints
from muhatap.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from tests import cast
from tests.api.program import program
from tests.conversations.conftest import arrival, ayses_letter
from tests.webhooks.receiver import ALL, Receiver, receiver

__all__ = ["ayses_letter", "receiver"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def depo(receiver: Receiver) -> WebhookEndpoint:
    return endpoints.create(name="Depo", url=receiver.url, events=ALL, by=cast.deniz(), at=cast.NOW)


def follow_all() -> list[str]:
    """Follow every entry, and tell which events there are by now."""
    for message in Message.objects.order_by("id"):
        telling.follow(message=message, at=cast.NOW)
    return told()


def told() -> list[str]:
    return list(WebhookEvent.objects.order_by("id").values_list("type", flat=True))


def test_a_letter_of_somebody_new_tells_of_all_three(depo: WebhookEndpoint, ayses_letter: Message) -> None:
    assert follow_all() == ["conversation.created", "contact.created", "message.created"]
    assert follow_all() == ["conversation.created", "contact.created", "message.created"]
    assert WebhookDelivery.objects.count() == 3


def test_a_second_letter_tells_of_itself_only(depo: WebhookEndpoint, ayses_letter: Message) -> None:
    follow_all()
    more = {"at": cast.NOW + timedelta(minutes=5), "in_reply_to": ayses_letter.external_id}
    arrival(cast.mail(id="<ayse-2@ornek.example>", **more))
    assert follow_all()[3:] == ["message.created"]


def test_each_act_is_told_by_its_own_name(depo: WebhookEndpoint, ayses_letter: Message) -> None:
    follow_all()
    conversation, by = ayses_letter.conversation, cast.zeynep()
    assigning.assign(conversation=conversation, to=by, by=by, at=cast.NOW)
    tagging.tag(conversation=conversation, tag=named("kargo"), by=by, at=cast.NOW)
    closing.resolve(conversation=conversation, by=by, at=cast.NOW)
    closing.reopen(conversation=conversation, by=by, at=cast.NOW)
    assert follow_all()[3:] == [
        "conversation.assigned", "conversation.updated", "conversation.resolved", "conversation.reopened",
    ]  # fmt: skip


def test_what_is_split_off_is_a_new_conversation(depo: WebhookEndpoint, ayses_letter: Message) -> None:
    second = arrival(cast.mail(id="<2@ornek.example>", in_reply_to=ayses_letter.external_id))
    follow_all()
    n = WebhookEvent.objects.count()
    rearranging.split(conversation=second.conversation, message_ids=[second.pk], by=cast.zeynep(), at=cast.NOW)
    assert sorted(follow_all()[n:]) == ["conversation.created", "conversation.updated"]


def test_a_webhook_says_exactly_what_the_api_answers(
    depo: WebhookEndpoint, receiver: Receiver, ayses_letter: Message
) -> None:
    follow_all()
    delivering.tell(endpoint_id=depo.pk, at=cast.NOW, now=lambda: cast.NOW)
    shop = program(cast.zeynep())
    heard = {got.told["type"]: got.told["data"] for got in receiver.got}
    number = ayses_letter.conversation_id
    assert heard["message.created"]["message"] == shop.get(f"/messages/{ayses_letter.pk}").json()
    assert heard["message.created"]["conversation"] == shop.get(f"/conversations/{number}").json()
    assert heard["contact.created"]["contact"] == shop.get(f"/contacts/{ayses_letter.contact_id}").json()
    assert all(got.is_signed_with(endpoints.secret(depo)) for got in receiver.got)


def test_nobody_is_told_who_did_not_ask(receiver: Receiver, ayses_letter: Message) -> None:
    endpoints.create(name="x", url=receiver.url, events=["contact.merged"], by=cast.deniz(), at=cast.NOW)
    assert follow_all() == []


@pytest.mark.django_db(transaction=True)
def test_what_staff_do_to_contacts_is_told_from_the_audit(receiver: Receiver) -> None:
    by = cast.can()
    telling.tell_audited(at=cast.NOW)
    endpoints.create(name="Depo", url=receiver.url, events=ALL, by=cast.deniz(), at=cast.NOW)
    keep = editing.create(facts={"name": "Oğuz Çelik"}, by=by, at=cast.NOW)
    drop = editing.create(facts={"name": "O. Çelik"}, by=by, at=cast.NOW)
    editing.edit(contact=keep, facts={"city": "Bursa"}, by=by, at=cast.NOW)
    contact_tags.tag(contacts=[keep.pk, drop.pk], name="toptan", by=by, at=cast.NOW)
    merging.unmerge(merge=merging.merge(keep=keep, drop=drop, by=by, at=cast.NOW), by=by, at=cast.NOW)
    telling.tell_audited(at=cast.NOW)
    telling.tell_audited(at=cast.NOW)
    assert told() == ["contact.created"] * 2 + ["contact.updated"] * 3 + ["contact.merged"] * 2
    assert AuditLink.objects.exists()


def test_a_test_event_goes_to_one_endpoint(depo: WebhookEndpoint, receiver: Receiver) -> None:
    telling.tell_test(endpoint=depo, at=cast.NOW)
    delivering.tell(endpoint_id=depo.pk, at=cast.NOW, now=lambda: cast.NOW)
    assert receiver.types == ["webhook.test"]


def test_spam_is_told_once_somebody_finds_that_it_is_none(depo: WebhookEndpoint) -> None:
    cast.support_inbox()
    blocking.block(value="baska.example", by=cast.can(), at=cast.NOW)
    conversation = arrival(cast.mail(cast.STRANGER, id="<f@baska.example>")).conversation
    assert follow_all() == []
    closing.reopen(conversation=conversation, by=cast.zeynep(), at=cast.NOW)
    telling.follow(message=Message.objects.get(event="reopened"), at=cast.NOW)
    assert told() == ["conversation.created", "conversation.reopened"]


def test_who_knows_a_conversation_hears_that_it_is_spam(depo: WebhookEndpoint, ayses_letter: Message) -> None:
    follow_all()
    closing.mark_spam(conversation=ayses_letter.conversation, by=cast.zeynep(), at=cast.NOW)
    assert follow_all()[3:] == ["conversation.updated"]


def test_an_answer_is_told_when_it_can_no_longer_be_taken_back(depo: WebhookEndpoint, ayses_letter: Message) -> None:
    follow_all()
    answer = Answer(html="<p>Yola çıktı.</p>", to=[Address(name="Ayşe", email="ayse.yilmaz@ornek.example")])
    sent = reply.send(conversation=ayses_letter.conversation, answer=answer, by=cast.zeynep(), at=cast.NOW)
    assert follow_all()[3:] == []
    job = ProcrastinateJob.objects.get(task_name=telling.AGAIN)
    assert job.scheduled_at and job.scheduled_at > cast.NOW
    telling.follow_later(message_id=sent.pk, at=job.scheduled_at)
    assert told()[3:] == ["message.created"]


def test_nobody_hears_of_an_answer_that_was_taken_back(depo: WebhookEndpoint, ayses_letter: Message) -> None:
    follow_all()
    answer = Answer(html="<p>Yola çıktı.</p>", to=[Address(name="Ayşe", email="ayse.yilmaz@ornek.example")])
    sent = reply.send(conversation=ayses_letter.conversation, answer=answer, by=cast.zeynep(), at=cast.NOW)
    number = sent.pk
    assert reply.take_back(message=sent, by=cast.zeynep(), at=cast.NOW)
    telling.follow_later(message_id=number, at=cast.NOW + timedelta(minutes=1))
    assert told()[3:] == []
