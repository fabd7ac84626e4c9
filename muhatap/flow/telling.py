"""Telling other systems: what follows from an entry, and what staff did to contacts, becomes an event for the webhooks that listen.

Conversations and messages are told from the entries of threads. Contacts have no entries; what staff did to them is read from
the audit, whose chain is in the order of commits and leaves nothing out, and a contact who came by writing is told with their
first message. What a channel adds to a known contact's profile is not told. Promises and cases are told from the audit as well, answers to
surveys when they are kept.

Spam is not told, nor is an answer that its writer may still take back: what other systems heard of cannot be unheard.
"""

import json
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import AuditEntry, AuditLink
from muhatap.contacts.models import Contact
from muhatap.conversations.models import Conversation, Message
from muhatap.feedback.models import Response
from muhatap.flow import wire
from muhatap.interactions.models import Outgoing
from muhatap.service.models import Case, Promise
from muhatap.shared import jobs
from muhatap.webhooks import delivering, endpoints
from muhatap.webhooks.models import WebhookEndpoint, WebhookEvent, WebhookPlace

AT_ONCE = 500
AGAIN = "tell_of_answer"
OF_EVENTS = {
    "assigned": "conversation.assigned",
    "unassigned": "conversation.assigned",
    "handed_to_team": "conversation.assigned",
    "resolved": "conversation.resolved",
    "reopened": "conversation.reopened",
}
CHANGES = ("contact.changed", "identity.added", "identity.verified", "identity.removed")
MERGES = ("contact.merged", "contact.unmerged")
PROMISES = {
    "promise.make": "promise.made",
    "promise.put_off": "promise.updated",
    "promise.hand_over": "promise.updated",
    "promise.reopen": "promise.updated",
    "promise.kept": "promise.ended",
    "promise.broken": "promise.ended",
    "promise.withdrawn": "promise.ended",
}
CASES = {
    "case.open": "case.opened",
    "case.change": "case.updated",
    "case.wait": "case.updated",
    "case.go_on": "case.updated",
    "case.repeat": "case.updated",
    "case.reopen": "case.updated",
    "case.resolve": "case.resolved",
    "case.close": "case.updated",
}
TAGGINGS = ("contact.tagged", "contact.untagged")


def follow(*, message: Message, at: datetime) -> None:
    """What an entry means to other systems. May run twice: an event of the same source is told once."""
    to = _listening()
    if not to:
        return
    if message.conversation.status == Conversation.Status.SPAM:
        _tell_of_spam(message, to, at=at)
    elif until := _may_be_taken_back_until(message, at):
        jobs.queue(AGAIN, queue="follow", run_at=until, message_id=message.pk)
    else:
        _tell_of_entry(message, to, at=at)


def follow_later(*, message_id: int, at: datetime) -> None:
    """The time to take an answer back is over: tell of it, if it still stands."""
    if message := Message.objects.select_related("conversation", "contact").filter(pk=message_id).first():
        follow(message=message, at=at)


def _tell_of_entry(message: Message, to: list[WebhookEndpoint], *, at: datetime) -> None:
    if _is_first(message) or _was_found_to_be_no_spam(message):
        _tell_of_conversation("conversation.created", message, to, source=_born(message), at=at)
    if message.contact and _came_by(message):
        number = message.contact.pk
        _tell_of_contact("contact.created", number, to, source=f"contact:{number}", at=at)
    if message.kind != Message.Kind.EVENT:
        _tell_of_message(message, to, at=at)
        for promise in Promise.objects.filter(message_id=message.pk).exclude(state=Promise.State.DRAFTED):
            _tell_of_promise("promise.made", promise.pk, to, source=f"promise:{promise.pk}", at=at)
    elif not _is_born_by(message):
        type = OF_EVENTS.get(message.event, "conversation.updated")
        _tell_of_conversation(type, message, to, source=f"entry:{message.pk}", at=at)


@transaction.atomic
def tell_audited(*, at: datetime) -> None:
    """Go on in the audit from where the last run stopped, and tell what staff did to contacts."""
    WebhookPlace.objects.get_or_create(name="audit", defaults={"place": audit.head()[0]})
    place = WebhookPlace.objects.select_for_update().get(name="audit")
    links = list(AuditLink.objects.filter(place__gt=place.place).select_related("entry").order_by("place")[:AT_ONCE])
    if not links:
        return
    if to := _listening():
        for link in links:
            _tell_of_audited(link.entry, to, at=at)
    place.place = links[-1].place
    place.save(update_fields=["place"])


@transaction.atomic
def tell_of_response(*, response: Response, is_new: bool, at: datetime) -> None:
    """A customer answered a survey, or went on with an answer: told anew each time, in the caller's transaction."""
    if to := _listening():
        row = wire.with_all_of_responses(Response.objects.filter(pk=response.pk)).get()
        ids = {"contact_id": row.contact_id} if row.contact_id else {}
        source = f"response:{row.pk}:{at.isoformat()}"
        _tell("survey.answered", source, {"response": wire.response(row), "is_new": is_new}, to, at=at, **ids)


@transaction.atomic
def tell_test(*, endpoint: WebhookEndpoint, at: datetime) -> WebhookEvent:
    """An event that says only that everything works."""
    data = {"endpoint": endpoint.name, "said": "Merhaba, Muhatap."}
    event = _event(endpoints.TEST, f"test:{uuid.uuid4().hex}", data, at=at)
    delivering.queue(event, [endpoint], at=at)
    return event


def _listening() -> list[WebhookEndpoint]:
    return list(WebhookEndpoint.objects.filter(is_on=True).order_by("id"))


def _is_first(message: Message) -> bool:
    earlier = Message.objects.filter(conversation_id=message.conversation_id, pk__lt=message.pk)
    return _is_born_by(message) or not earlier.exists()


def _is_born_by(message: Message) -> bool:
    """A thread that was split off begins with entries older than itself."""
    return message.event == "split_in"


def _tell_of_spam(message: Message, to: list[WebhookEndpoint], *, at: datetime) -> None:
    """Only that a conversation they know of was put away."""
    if message.event == "spam" and WebhookEvent.objects.filter(source=_born(message)).exists():
        _tell_of_conversation("conversation.updated", message, to, source=f"entry:{message.pk}", at=at)


def _was_found_to_be_no_spam(message: Message) -> bool:
    ended = message.conversation.closures.filter(outcome="spam", ended_at=message.at)
    return message.event == "reopened" and ended.exists()


def _may_be_taken_back_until(message: Message, at: datetime) -> datetime | None:
    if message.kind != Message.Kind.OUTBOUND or message.interaction_id is None:
        return None
    waiting = Outgoing.objects.filter(interaction=message.interaction_id, state=Outgoing.State.QUEUED, n_attempts=0)
    return waiting.filter(not_before__gt=at).values_list("not_before", flat=True).first()


def _born(message: Message) -> str:
    return f"conversation:{message.conversation_id}"


def _came_by(message: Message) -> bool:
    """Whether its contact became known by this very message."""
    return (
        message.kind == Message.Kind.INBOUND
        and message.contact is not None
        and message.contact.created_at == message.at
        and not Message.objects.filter(contact=message.contact, pk__lt=message.pk).exists()
    )


def _tell_of_message(message: Message, to: list[WebhookEndpoint], *, at: datetime) -> None:
    row = wire.with_all_of_messages(Message.objects.filter(pk=message.pk)).get()
    data = {"message": wire.message(row), "conversation": _conversation(message.conversation_id)}
    ids = {"conversation_id": message.conversation_id, "message_id": message.pk}
    _tell("message.created", f"message:{message.pk}", data, to, at=at, **ids)


def _tell_of_conversation(type: str, message: Message, to: list[WebhookEndpoint], *, source: str, at: datetime) -> None:
    data = {
        "conversation": _conversation(message.conversation_id),
        "by_id": message.by_id,
        "event": message.event,
        "event_details": message.event_details,
    }
    ids = {"conversation_id": message.conversation_id, "message_id": message.pk}
    _tell(type, source, data, to, at=at, **ids)


def _conversation(number: int) -> wire.Told:
    return wire.conversation(wire.with_all_of_conversations(Conversation.objects.filter(pk=number)).get())


def _tell_of_audited(entry: AuditEntry, to: list[WebhookEndpoint], *, at: datetime) -> None:
    source = f"audit:{entry.pk}"
    if entry.act in PROMISES:
        _tell_of_said_promise(entry, to, at=at)
    if entry.act in CASES:
        _tell_of_case(CASES[entry.act], int(entry.object_id), to, source=source, at=at)
    if entry.act == "contact.created":
        _tell_of_contact("contact.created", int(entry.object_id), to, source=f"contact:{entry.object_id}", at=at)
    elif entry.act in CHANGES:
        _tell_of_contact("contact.updated", int(entry.object_id), to, source=source, at=at, by_id=entry.by_id)
    elif entry.act in MERGES:
        more = {"dropped_id": entry.details.get("dropped"), "is_undone": entry.act == "contact.unmerged"}
        _tell_of_contact("contact.merged", int(entry.object_id), to, source=source, at=at, by_id=entry.by_id, **more)
    elif entry.act in TAGGINGS:
        for number in _numbers(entry):
            tagged = f"{source}:{number}"
            _tell_of_contact("contact.updated", number, to, source=tagged, at=at, by_id=entry.by_id)


def _tell_of_said_promise(entry: AuditEntry, to: list[WebhookEndpoint], *, at: datetime) -> None:
    """One that stands in an answer is told of with the answer, which may still be taken back."""
    row = Promise.objects.filter(pk=int(entry.object_id)).first()
    is_new = entry.act == "promise.make"
    if row and row.state != Promise.State.DRAFTED and not (is_new and row.message_id):
        source = f"promise:{row.pk}" if is_new else f"audit:{entry.pk}"
        _tell_of_promise(PROMISES[entry.act], row.pk, to, source=source, at=at)


def _tell_of_promise(type: str, number: int, to: list[WebhookEndpoint], *, source: str, at: datetime) -> None:
    row = Promise.objects.prefetch_related("endings").get(pk=number)
    _tell(type, source, {"promise": wire.promise(row)}, to, at=at, contact_id=row.contact_id)


def _tell_of_case(type: str, number: int, to: list[WebhookEndpoint], *, source: str, at: datetime) -> None:
    row = wire.with_all_of_cases(Case.objects.filter(pk=number)).first()
    if row:
        _tell(type, source, {"case": wire.case(row)}, to, at=at, contact_id=row.contact_id)


def _numbers(entry: AuditEntry) -> Iterator[int]:
    yield from (int(number) for number in entry.details.get("contacts", []))


def _tell_of_contact(
    type: str, number: int, to: list[WebhookEndpoint], *, source: str, at: datetime, **more: Any
) -> None:
    row = wire.with_all_of_contacts(Contact.objects.filter(pk=number)).first()
    if row:
        _tell(type, source, {"contact": wire.contact(row)} | more, to, at=at, contact_id=row.pk)


def _tell(type: str, source: str, data: wire.Told, to: list[WebhookEndpoint], *, at: datetime, **ids: int) -> None:
    listening = [endpoint for endpoint in to if type in endpoint.events]
    if listening and not WebhookEvent.objects.filter(source=source).exists():
        delivering.queue(_event(type, source, data, at=at, **ids), listening, at=at)


def _event(type: str, source: str, data: wire.Told, *, at: datetime, **ids: int) -> WebhookEvent:
    """The body is written down as it will be sent: every try signs and sends the same bytes."""
    body = json.dumps({"type": type, "timestamp": at, "data": data}, cls=DjangoJSONEncoder, ensure_ascii=False)
    public_id = f"evt_{uuid.uuid4().hex}"
    return WebhookEvent.objects.create(public_id=public_id, source=source, type=type, body=body, at=at, **ids)
