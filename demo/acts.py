"""What the story's verbs do: each takes a raw thing in, or lets somebody of the staff do what the product's pages let them do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from demo import days, letters
from demo.shop import Shop
from muhatap.accounts.models import User
from muhatap.channels.contract import FileRef
from muhatap.channels.webchat.models import ChatSession
from muhatap.contacts import editing, merging, tagging
from muhatap.contacts import noting as notes_on_people
from muhatap.conversations import (
    assigning,
    closing,
    drafting,
    filling,
    following,
    noting,
    prioritising,
    recipients,
    saved_views,
    seeing,
    snoozing,
    threading,
    wanting,
)
from muhatap.conversations import tagging as tags_on_threads
from muhatap.conversations.models import Conversation, Message
from muhatap.feedback.models import Invitation
from muhatap.flow import chatting, reply, surveying
from muhatap.flow.intake import digest
from muhatap.interactions import intake
from muhatap.interactions.models import Outgoing
from muhatap.shared import files, richtext

FILES = Path(__file__).parent / "files"
Step = Mapping[str, Any]


@dataclass
class Stage:
    """The shop and what has happened in it so far."""

    shop: Shop
    now: datetime
    items: dict[str, int] = field(default_factory=dict)
    sessions: dict[str, ChatSession] = field(default_factory=dict)
    answers: dict[str, Message] = field(default_factory=dict)

    def conversation(self, name: str) -> Conversation:
        """The conversation that this mail or visitor began."""
        if name in self.sessions:
            found = chatting.conversation_of(self.sessions[name])
            if found is None:
                raise LookupError(f"{name} has not said anything yet")
            return Conversation.objects.get(pk=found.pk)
        return Message.objects.get(interaction__item_id=self.items[name]).conversation

    def said(self, text: str) -> str:
        return days.moved(text.strip(), self.now.astimezone(days.HERE).date())


def mail(stage: Stage, step: Step, at: datetime) -> None:
    """A mail arrives and is digested."""
    raw = letters.read(
        step["mail"],
        at=at,
        now=stage.now,
        message_id=lambda name: stage.answers[name].external_id,
        token=lambda name: threading.reply_token(stage.answers[name].conversation),
    )
    inbox = stage.shop.inboxes[step.get("inbox", "destek")]
    key = f"demo:{step['mail']}"
    item_id = intake.accept(inbox=inbox, dedupe_key=key, raw=raw, meta={"received_at": at.isoformat()}, at=at).item_id
    stage.items[step["mail"]] = item_id
    digest(item_id=item_id, at=at)


def answer(stage: Stage, step: Step, at: datetime) -> None:
    """Somebody answers to all; the answer leaves after the seconds in which it could be taken back."""
    conversation, by = _read(stage, step, at)
    newest = conversation.messages.filter(kind=Message.Kind.INBOUND, is_automatic=False).order_by("-at", "-id").first()
    if newest is None:
        raise LookupError(f"nothing to answer in {step['in']}")
    to, cc = recipients.answer(newest, conversation.inbox) if conversation.inbox.kind == "email" else ((), ())
    written = reply.Answer(
        html=richtext.from_text(stage.said(step["text"])),
        to=to,
        cc=cc,
        files=[_file(name) for name in step.get("files", ())],
        seen_message_id=newest.pk,
    )
    message = reply.send(
        conversation=conversation, answer=written, by=by, at=at, and_resolve=step.get("resolve", False)
    )
    stage.answers[step["answer"]] = message
    if not step.get("leaves_by_itself"):
        leave(Outgoing.objects.get(interaction=message.interaction))


def note(stage: Stage, step: Step, at: datetime) -> None:
    conversation, by = _read(stage, step, at)
    text = stage.said(step["note"])
    noting.write_note(conversation=conversation, html=richtext.from_text(text), text=text, by=by, at=at)


def draft(stage: Stage, step: Step, at: datetime) -> None:
    conversation, by = _read(stage, step, at)
    html = richtext.from_text(stage.said(step["draft"]))
    drafting.save(conversation=conversation, kind="reply", by=by, at=at, html=html)


def assign(stage: Stage, step: Step, at: datetime) -> None:
    to, by = stage.shop.staff[step["assign"]], stage.shop.staff[step["by"]]
    assigning.assign(conversation=stage.conversation(step["in"]), to=to, by=by, at=at)


def tag(stage: Stage, step: Step, at: datetime) -> None:
    conversation, by = stage.conversation(step["in"]), stage.shop.staff[step["by"]]
    tags_on_threads.tag(conversation=conversation, tag=tagging.named(step["tag"]), by=by, at=at)


def priority(stage: Stage, step: Step, at: datetime) -> None:
    conversation, by = stage.conversation(step["in"]), stage.shop.staff[step["by"]]
    value = Conversation.Priority[step["priority"].upper()]
    prioritising.prioritise(conversation=conversation, priority=value, by=by, at=at)


def fill(stage: Stage, step: Step, at: datetime) -> None:
    """What the firm's own fields hold for a conversation; fields go by their label."""
    told = {stage.shop.fields[label]: value for label, value in step["fill"].items()}
    by = stage.shop.staff[step["by"]]
    filling.fill(conversation=stage.conversation(step["in"]), told=told, by=by, at=at)


def follow(stage: Stage, step: Step, at: datetime) -> None:
    who = stage.shop.staff[step["follow"]]
    following.follow(conversation=stage.conversation(step["in"]), user=who, by=who, at=at)


def view(stage: Stage, step: Step, at: datetime) -> None:
    """A filter kept for everybody."""
    asked = tuple(wanting.read(field, op, values) for field, op, *values in step["asks"])
    wanted = wanting.Wanted(conditions=asked, order=step.get("order", "newest"))
    saved_views.save(name=step["view"], wanted=wanted, reach="all", by=stage.shop.staff[step["by"]], at=at)


def snooze(stage: Stage, step: Step, at: datetime) -> None:
    conversation, by = _read(stage, step, at)
    snoozing.snooze(conversation=conversation, until=days.moment(step["snooze"], stage.now), by=by, at=at)


def resolve(stage: Stage, step: Step, at: datetime) -> None:
    conversation, by = _read(stage, step, at)
    closing.resolve(conversation=conversation, by=by, at=at)


def spam(stage: Stage, step: Step, at: datetime) -> None:
    conversation, by = _read(stage, step, at)
    closing.mark_spam(conversation=conversation, by=by, at=at)


def seen(stage: Stage, step: Step, at: datetime) -> None:
    _read(stage, {**step, "in": step["seen"]}, at)


def profile(stage: Stage, step: Step, at: datetime) -> None:
    """What somebody learned of a person; custom fields go by their label."""
    facts = {stage.shop.fields.get(name, name): value for name, value in step["profile"].items()}
    contact = stage.conversation(step["in"]).contact
    editing.edit(contact=contact, facts=facts, by=stage.shop.staff[step["by"]], at=at)


def tag_person(stage: Stage, step: Step, at: datetime) -> None:
    contact = stage.conversation(step["in"]).contact_id
    tagging.tag(contacts=[contact], name=step["tag_person"], by=stage.shop.staff[step["by"]], at=at)


def note_on_person(stage: Stage, step: Step, at: datetime) -> None:
    contact = stage.conversation(step["in"]).contact
    notes_on_people.write(contact=contact, text=step["note_on_person"], by=stage.shop.staff[step["by"]], at=at)


def merge(stage: Stage, step: Step, at: datetime) -> None:
    """Two contacts turn out to be one."""
    keep, drop = stage.conversation(step["into"]).contact, stage.conversation(step["merge"]).contact
    merging.merge(keep=keep, drop=drop, by=stage.shop.staff[step["by"]], at=at, reason=step["reason"])


def rate(stage: Stage, step: Step, at: datetime) -> None:
    """The customer is asked how our help was; 0 stands for no answer."""
    conversation = stage.conversation(step["in"])
    for message in conversation.messages.filter(event="resolved"):
        surveying.follow(message=message, at=at)
    surveying.ask_due(at=at)
    for outgoing in Outgoing.objects.filter(interaction__kind="survey", state=Outgoing.State.QUEUED):
        leave(outgoing)
    if step["rate"]:
        invitation = Invitation.objects.get(conversation_id=conversation.pk)
        surveying.rate(invitation=invitation, score=step["rate"], comment=stage.said(step.get("comment", "")), at=at)


VERBS: dict[str, Callable[[Stage, Step, datetime], None]] = {
    act.__name__: act
    for act in (
        mail, answer, note, draft, assign, tag, priority, fill, follow, view, snooze, resolve, spam, seen, profile,
        tag_person, note_on_person, merge, rate,
    )
}  # fmt: skip


def _read(stage: Stage, step: Step, at: datetime) -> tuple[Conversation, User]:
    """Whoever acts has read the conversation to its end."""
    conversation, by = stage.conversation(step["in"]), stage.shop.staff[step["by"]]
    newest = conversation.messages.order_by("-id").values_list("pk", flat=True)[0]
    seeing.mark_seen(conversation=conversation, message_id=newest, by=by, at=at)
    return conversation, by


def leave(outgoing: Outgoing) -> None:
    """The time to take it back is over: it goes, to nobody's mailbox."""
    at = outgoing.not_before + timedelta(seconds=1)
    reply.dispatch(outgoing_id=outgoing.pk, at=at, now=lambda: at)


def _file(name: str) -> FileRef:
    sha256, size = files.store_bytes((FILES / name).read_bytes())
    return FileRef(name=name, type=guess_type(name)[0] or "application/octet-stream", size=size, sha256=sha256)
