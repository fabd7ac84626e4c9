"""Where a mail belongs, and why: rules that may only ever join what somebody who takes part has sent.

A wrong join shows one customer's words to another, so whatever is not certain begins a conversation of its own and
carries a hint to the one it may belong to. docs/decisions/ tells why each rule stands as it does.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from muhatap.channels.contract import Inbound
from muhatap.channels.email import subjects, tokens
from muhatap.channels.models import Inbox
from muhatap.contacts.models import Contact
from muhatap.conversations import taking_part
from muhatap.conversations.models import Conversation, Message
from muhatap.shared.address import comparable

REOPEN_DAYS = 30  # a later answer begins a new conversation that follows the old one; per inbox in `reopen_days`
SUBJECT_DAYS = 14
AWAY_DAYS = 7  # an unthreaded automatic answer belongs to what we sent last, if that was lately
N_REFERENCES = 60
N_SUBJECTS = 50
FOLLOWS_CHAT = "follows_chat"


@dataclass(frozen=True, kw_only=True)
class Placement:
    """The conversation to join (None: begin one), the code of the reason, what its sentence needs, and which one it may belong to instead."""

    conversation: Conversation | None
    because: str
    details: dict[str, Any] = field(default_factory=dict)
    suspected: Conversation | None = None


def place(*, inbox: Inbox, inbound: Inbound, contact: Contact) -> Placement:
    """Where this message belongs. Changes nothing; the sentence for the reason is in placing_words."""
    if inbound.kind == "bounce":
        return _of_returned(inbox, inbound)
    hint: Placement | None = None
    for found in _candidates(inbox, inbound, contact):
        if found.conversation is not None:
            return _settled(inbox, inbound, found)
        hint = hint or found
    return hint or Placement(conversation=None, because="new")


def reply_token(conversation: Conversation) -> str:
    """The token of this conversation's own reply address."""
    return tokens.issue(conversation.pk)


def answer_subject(subject: str) -> str:
    """The subject of an answer with one prefix, however many there were: Ynt where they write Ynt, else Re, which all programs know."""
    base = subjects.base(subject)
    if not base:
        return subject.strip()
    prefix = "Ynt" if subject.lstrip()[:3].lower() == "ynt" else "Re"
    return f"{prefix}: {base}"[:998]


def current(conversation: Conversation) -> Conversation:
    """The conversation itself, or the one it was merged into."""
    for _hop in range(20):
        if conversation.merged_into is None:
            break
        conversation = conversation.merged_into
    return conversation


def _candidates(inbox: Inbox, inbound: Inbound, contact: Contact) -> Iterator[Placement]:
    """What each rule says, strongest first; a conversation to join ends the search."""
    is_own = comparable(inbound.sender.value) == comparable(inbox.address)
    is_forward = subjects.prefixes(inbound.subject)[:1] == ("forward",) and not inbox.setting("thread_forwards", False)
    for because, conversation in (*_by_token(inbound), *_by_reference(inbox, inbound)):
        if conversation.inbox.kind != inbox.kind:
            # An answer goes out on the channel its question came by, and whoever sits there may be somebody else.
            yield Placement(conversation=None, because=FOLLOWS_CHAT, details={"follows": conversation.pk})
        elif is_own:
            yield _apart("own_address", because, conversation)
        elif _is_unproven(inbound) or not taking_part.is_known(conversation, inbound.sender.value, contact):
            yield _apart("stranger", because, conversation)
        elif is_forward and because == "reference":
            yield _apart("forward", because, conversation)
        elif because == "other_inbox":
            yield _apart("other_inbox", because, conversation)
        else:
            yield Placement(conversation=conversation, because=because, details=_about(inbound, conversation))
    if not is_own:
        yield from _by_circumstance(inbox, inbound, contact)


def _is_unproven(inbound: Inbound) -> bool:
    """A mail whose sender was called forged, or is not stated: whoever wrote it is a stranger."""
    return inbound.sender.kind == "email" and not inbound.sender.is_verified


def _by_token(inbound: Inbound) -> list[tuple[str, Conversation]]:
    ids = [found for token in inbound.tokens[:10] if (found := tokens.conversation_of(token))]
    known = Conversation.objects.select_related("merged_into__inbox", "contact", "inbox").in_bulk(ids)
    return [("token", current(known[each])) for each in ids if each in known]


def _by_reference(inbox: Inbox, inbound: Inbound) -> list[tuple[str, Conversation]]:
    """Conversations of the messages it names, the newest named first; all of References count, because programs rewrite them."""
    ids = named(inbound)
    here = _of_messages(ids, Message.objects.filter(inbox=inbox))
    if here:
        return [("reference", each) for each in here]
    # Named one by one, because the index begins with the inbox.
    others = list(Inbox.objects.exclude(pk=inbox.pk).values_list("pk", flat=True)) if ids else []
    return [("other_inbox", each) for each in _of_messages(ids, Message.objects.filter(inbox__in=others))]


def named(inbound: Inbound) -> list[str]:
    """The message ids it answers, newest first."""
    return list(dict.fromkeys(filter(None, [inbound.in_reply_to, *reversed(inbound.references)])))[:N_REFERENCES]


def _of_messages(ids: list[str], messages: Any) -> list[Conversation]:
    if not ids:
        return []
    found = messages.exclude(external_id="").filter(external_id__in=ids)
    by_id = {
        message.external_id: message.conversation
        for message in found.select_related(
            "conversation__merged_into__inbox", "conversation__contact", "conversation__inbox"
        )
    }
    unique = {current(by_id[each]).pk: current(by_id[each]) for each in ids if each in by_id}
    return list(unique.values())


def _by_circumstance(inbox: Inbox, inbound: Inbound, contact: Contact) -> Iterable[Placement]:
    theirs = Conversation.objects.filter(inbox=inbox, contact=contact, merged_into=None).exclude(
        status=Conversation.Status.SPAM
    )
    if inbound.kind == "auto_reply":
        since = inbound.at - timedelta(days=AWAY_DAYS)
        sent = (
            theirs.filter(messages__kind=Message.Kind.OUTBOUND, messages__at__gte=since)
            .order_by("-last_message_at")
            .first()
        )
        if sent:
            yield Placement(conversation=sent, because="auto_reply")
    key = subjects.key(inbound.subject)
    if key and inbox.setting("thread_by_subject", False):
        since = inbound.at - timedelta(days=int(inbox.setting("subject_days", SUBJECT_DAYS)))
        for conversation in theirs.filter(last_message_at__gte=since).order_by("-last_message_at")[:N_SUBJECTS]:
            if subjects.key(conversation.subject) == key:
                yield Placement(
                    conversation=conversation, because="subject", details={"subject": inbound.subject[:200]}
                )
                return


def _of_returned(inbox: Inbox, inbound: Inbound) -> Placement:
    """A delivery report belongs to the message it reports on, whoever sent the report."""
    ids = [inbound.bounce.message_id] if inbound.bounce and inbound.bounce.message_id else []
    found = _of_messages([*ids, *named(inbound)], Message.objects.filter(inbox=inbox, kind=Message.Kind.OUTBOUND))
    if not found:
        return Placement(conversation=None, because="bounce_unknown")
    recipient = inbound.bounce.recipient if inbound.bounce else ""
    return Placement(conversation=found[0], because="bounce", details={"recipient": recipient})


def _settled(inbox: Inbox, inbound: Inbound, found: Placement) -> Placement:
    """A conversation that was resolved long ago stays closed: what comes now follows it as a new one."""
    conversation = found.conversation
    if conversation is None or conversation.status != Conversation.Status.RESOLVED or inbound.kind != "message":
        return found
    closure = conversation.closures.filter(ended_at=None).first()
    closed_at = closure.at if closure else conversation.last_message_at
    days = int(inbox.setting("reopen_days", REOPEN_DAYS))
    if inbound.at - closed_at <= timedelta(days=days):
        return found
    return Placement(
        conversation=None, because="follows", details={"follows": conversation.pk, "days": days}, suspected=conversation
    )


def _apart(because: str, rule: str, conversation: Conversation) -> Placement:
    return Placement(
        conversation=None, because=because, details={"rule": rule, "suspected": conversation.pk}, suspected=conversation
    )


def _about(inbound: Inbound, conversation: Conversation) -> dict[str, Any]:
    """Worth telling: an old mail was taken to write about something else, so that a split may be wanted."""
    if not inbound.subject or subjects.key(inbound.subject) == subjects.key(conversation.subject):
        return {}
    return {"new_subject": inbound.subject[:200]}
