"""How a post comes in: recorded and attributed like everything else, but only what asks for somebody becomes a conversation.

A post that its author changed changes here, one that its author took back is emptied here, in whatever order we hear of it.
"""

import logging
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.channels import registry
from muhatap.channels.contract import Claim, Inbound
from muhatap.channels.models import Inbox
from muhatap.contacts import identity, profile
from muhatap.contacts.models import Contact
from muhatap.conversations import closing, drafting, rereading, routing, threading, threads
from muhatap.conversations.models import Conversation, Message
from muhatap.flow import erasing, promises, reply, understanding
from muhatap.interactions import intake, ledger, posts
from muhatap.interactions.models import Delivery, Post, RawItem
from muhatap.shared import away, locks, richtext
from muhatap.shared.text import fold
from muhatap.understanding.models import Reading

log = logging.getLogger(__name__)

ALL, WORDS, ASKING, NONE = "all", "words", "asking", "none"  # of an inbox: which of its posts become conversations
ASKS = ("complaint", "request", "question")
FEW_STARS = 2  # of five: whoever gives no more has something to say, also without words


def is_listening(inbox: Inbox) -> bool:
    return inbox.kind in registry.LISTENING


def take_in(item: RawItem, inbound: Inbound, *, at: datetime) -> None:
    """The story of one post. Raises what `intake.digest` turns into quarantine."""
    locks.hold("post", item.inbox_id, inbound.external_id)
    known = posts.of(item.inbox, inbound.external_id)
    if known:
        _again(known, inbound, at=at)
    elif inbound.is_erased:
        posts.bury(inbox=item.inbox, external_id=inbound.external_id, at=at)
    is_gone = known.erased_at if known else posts.is_buried(inbox=item.inbox, external_id=inbound.external_id)
    if is_gone:
        posts.empty(item=item)
    elif known is None:
        _begin(item, inbound, at=at)
    intake.close(item=item, at=at, duplicate_of=known.interaction if known else None)


def _begin(item: RawItem, inbound: Inbound, *, at: datetime) -> None:
    """A post that we hear of for the first time."""
    interaction = ledger.record(item=item, inbound=inbound, at=at)
    contact = _author(item.inbox, inbound)
    ledger.attribute(interaction=interaction, contact=contact)
    post = posts.keep(interaction=interaction, inbound=inbound, inbox=item.inbox)
    inbound = _answering_ours(item.inbox, inbound)
    reading = _read(post, at=at)
    if _asks_for_somebody(item.inbox, inbound, contact, reading):
        _open(post, inbound, contact, at=at)


@transaction.atomic
def open_conversation(*, post: Post, by: User, at: datetime) -> Conversation | None:
    """Somebody wants to answer a post that was only heard. A second asking gives the conversation it became; one that its
    author erased becomes none.
    """
    post = Post.objects.select_for_update(of=("self",)).select_related("interaction__contact", "inbox").get(pk=post.pk)
    message = Message.objects.select_related("conversation").filter(interaction=post.interaction_id).first()
    if message or post.erased_at or post.interaction.contact is None:
        return message.conversation if message else None
    message = _open(post, _as_said(post), post.interaction.contact, at=at)
    # Without the author's name: nothing can be taken out of the log, and they may take it back.
    audit.record(by=by, at=at, act="post.open", kind="conversation", id=message.conversation_id)
    return message.conversation


@transaction.atomic
def answered_there(
    *, conversation: Conversation, html: str, url: str, by: User, at: datetime, and_resolve: bool = False
) -> Message:
    """Somebody answered where the post stands; what they said there, and the address, are noted. Raises reply.Empty."""
    conversation = threads.held(conversation)
    html = richtext.clean(html)
    text = richtext.to_text(html)
    if not text.strip():
        raise reply.Empty
    inbox = conversation.inbox
    interaction = ledger.record_sent(
        inbox=inbox,
        contact=conversation.contact,
        external_id=f"there:{uuid4().hex}",
        title=conversation.subject,
        text=text,
        by=by,
        at=at,
    )
    told: dict[str, Any] = {"url": url, "author": settings.FIRM_NAME[:200], "text": text}
    Post.objects.create(interaction=interaction, inbox=inbox, at=at, version_at=at, opened_at=at, **told)
    message = threads.append_outbound(
        conversation=conversation,
        interaction=interaction,
        html=html,
        text=text,
        recipients={},
        files=(),
        by=by,
        at=at,
    )
    promises.said(message=message, by=by, at=at)
    drafting.discard(conversation=conversation, by=by, kind="reply")
    if and_resolve:
        closing.resolve(conversation=conversation, by=by, at=at)
    return message


def _again(post: Post, inbound: Inbound, *, at: datetime) -> None:
    """A post we know: its author changed it, took it back, or it only came by again."""
    message = Message.objects.select_related("conversation").filter(interaction=post.interaction_id).first()
    if inbound.is_erased:
        if post.erased_at is None:
            erasing.erase(post=post, message=message, at=at)
    elif posts.is_news(post, inbound):
        posts.revise(post=post, inbound=inbound, at=at)
        Reading.objects.filter(interaction=post.interaction_id, corrected_at=None).delete()
        post.interaction.title = inbound.subject[:300]
        reading = _read(post, at=at)
        if message:
            rereading.reread(message=message, inbound=inbound)
            threads.retell(conversation=message.conversation)
            understanding.say_anew(message.conversation)
            threads.tell(conversation=message.conversation, event="post_changed", by=None, at=at)
        else:
            _open_now(post, inbound, reading, at=at)


def _open_now(post: Post, inbound: Inbound, reading: Reading | None, *, at: datetime) -> None:
    """What was only heard may ask for somebody since its author changed it: since then, that is, and not since it was written."""
    contact = post.interaction.contact
    asked = replace(_answering_ours(post.inbox, inbound), at=posts.version(inbound))
    if contact and _asks_for_somebody(post.inbox, asked, contact, reading):
        _open(post, asked, contact, at=at)


def _author(inbox: Inbox, inbound: Inbound) -> Contact:
    """Whom the account belongs to; who is only named is somebody new. Names recognise nobody."""
    contact = identity.resolve(claims=inbound.claims, source=inbox.kind, at=inbound.at)
    profile.update(contact=contact, facts=inbound.facts, source=inbox.kind, at=inbound.at)
    return contact


def _open(post: Post, inbound: Inbound, contact: Contact, *, at: datetime) -> Message:
    message = routing.route(inbox=post.inbox, inbound=inbound, interaction=post.interaction, contact=contact, at=at)
    post.opened_at = at
    post.save(update_fields=["opened_at"])
    return message


def _asks_for_somebody(inbox: Inbox, inbound: Inbound, contact: Contact, reading: Reading | None) -> bool:
    """By what the inbox is set to; whoever goes on with a conversation of theirs is always heard."""
    opens = str(inbox.setting("opens", ASKING))
    if opens == ALL or inbox.kind == "manual":
        return True
    if threading.place(inbox=inbox, inbound=inbound, contact=contact).conversation:
        return True
    if opens == WORDS:
        return has_word(inbox.setting("words", []), f"{inbound.subject}\n{inbound.text}")
    return opens == ASKING and _asks(inbound, reading)


def has_word(words: object, text: str) -> bool:
    """Whether one of the words begins a word of the text, whatever their case and accents."""
    found = f" {' '.join(''.join(c if c.isalnum() else ' ' for c in fold(text)).split())}"
    wanted = [" ".join(fold(str(word)).split()) for word in words] if isinstance(words, list) else []
    return any(f" {word}" in found for word in wanted if word)


def _asks(inbound: Inbound, reading: Reading | None) -> bool:
    """Whether it reads as a complaint, a request or a question; what we are not sure of is for a person to see, too."""
    if inbound.rating is not None and inbound.rating <= FEW_STARS:
        return True
    return reading is not None and (reading.kind in ASKS or not reading.is_sure)


def _read(post: Post, *, at: datetime) -> Reading | None:
    """What the post says. One that cannot be read is a post all the same."""
    words = understanding.words_of(Message(subject=post.interaction.title, text=post.text))
    try:
        with transaction.atomic():
            return understanding.read_words(interaction_id=post.interaction_id, text=words, at=at)
    except Exception as error:
        if away.is_away(error):
            raise
        log.exception("post %s could not be read", post.pk)
        return None


def _answering_ours(inbox: Inbox, inbound: Inbound) -> Inbound:
    """Answers to answers of ours name them by the service's number; the thread knows them by our own."""
    if not inbound.references:
        return inbound
    sent = Delivery.objects.filter(outgoing__inbox=inbox, provider_id__in=inbound.references)
    ours = tuple(sent.values_list("outgoing__message_id", flat=True)[:20])
    return replace(inbound, references=(*inbound.references, *ours)) if ours else inbound


def _as_said(post: Post) -> Inbound:
    """A post as an Inbound, from what we keep of it: the newest words."""
    sender = Claim(kind="handle", value=post.handle or "?", is_verified=bool(post.handle), name=post.author)
    return Inbound(
        kind="message",
        external_id=post.interaction.external_id,
        at=post.at,
        sender=sender,
        subject=post.interaction.title,
        text=post.text,
        reply_text=post.text,
        public_url=post.url,
        rating=post.rating,
    )
