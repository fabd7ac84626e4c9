"""What is said where others read it: how the composer warns of it, where a post stands, and noting what was answered there."""

from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muhatap.accounts.models import User
from muhatap.channels.contract import Address, Limits, Quoted
from muhatap.channels.email import quoting
from muhatap.contacts.models import Contact
from muhatap.conversations import recent, visibility
from muhatap.conversations.models import Conversation, Message
from muhatap.flow import posts, reply
from muhatap.interactions.models import Post
from muhatap.shared import clock
from muhatap.web.common import reading, times

LONGEST = 2000  # letters of an address
MOST_QUOTED = 20_000  # letters of a post; of a longer one nothing is quoted


class NoAddress(Exception):
    """What was typed as the address of the answer is none."""


def spoken(conversation: Conversation) -> dict[str, Any]:
    """Who reads an answer here, how long it may be, and the private way beside it; nothing where all answers are private."""
    if not posts.is_listening(conversation.inbox):
        return {}
    limits, url = reply.limits_of(conversation.inbox), _newest_url(conversation)
    told = {"post_url": url, "private_url": _private(conversation)}
    if limits.voice == "elsewhere":
        said = _("Nothing is sent from here. Answer where they said it, then note it with its address.")
        return {**told, "voice": "elsewhere", "voice_text": said}
    if not url:
        said = _("This was written to us alone; only they read the answer.")
        return {**told, "voice_text": f"{said} {_length(limits)}"}
    said = _("Public answer – everybody can read it.")
    return {**told, "voice": "public", "voice_text": f"{said} {_length(limits)}"}


def is_elsewhere(conversation: Conversation) -> bool:
    """Whether answers are given there and only noted here."""
    return posts.is_listening(conversation.inbox) and reply.limits_of(conversation.inbox).voice == "elsewhere"


def note(conversation: Conversation, *, html: str, there: str, by: User, and_resolve: bool) -> Message:
    """Note what was answered there. Raises NoAddress, reply.Empty."""
    url = there.strip()
    if url and (not url.lower().startswith(("http://", "https://")) or len(url) > LONGEST):
        raise NoAddress(url)
    return posts.answered_there(
        conversation=conversation, html=html, url=url, by=by, at=clock.now(), and_resolve=and_resolve
    )


def posts_of(messages: Collection[Message]) -> dict[int, Post]:
    """The posts behind these entries, by the number of their interaction; asked only where there can be any."""
    numbers = [one.interaction_id for one in messages if one.interaction_id and posts.is_listening(one.inbox)]
    return {post.interaction_id: post for post in Post.objects.filter(interaction__in=numbers)} if numbers else {}


def answered_by_mail(number: str, *, contact: Contact, user: User) -> Conversation | None:
    """What of this contact's a first mail answers: none where the user does not see it, or it is no place where others read."""
    pk = reading.number(number)
    found = visibility.find(user, pk) if pk else None
    return found if found and found.contact_id == contact.pk and posts.is_listening(found.inbox) else None


def quote(conversation: Conversation) -> str:
    """Their newest post as a mail quotes it; nothing of one that they took back."""
    said = recent.of(conversation).answered
    if said is None or not said.text.strip() or len(said.text) > MOST_QUOTED:
        return ""
    sender = Address(email="", name=str(said.sender.get("name") or conversation.contact))
    return quoting.as_text(
        Quoted(sender=sender, at=said.at, text=said.text.strip(), language=conversation.contact.language)
    )


def _newest_url(conversation: Conversation) -> str:
    theirs = Post.objects.filter(
        interaction__message__conversation=conversation, interaction__direction="in", erased_at=None
    )
    return theirs.order_by("-at", "-id").values_list("url", flat=True).first() or ""


def _private(conversation: Conversation) -> str:
    """A mail to them, where we know an address that is theirs."""
    contact = conversation.contact
    return f"{reverse('inbox:new', args=[contact.pk])}?public={conversation.pk}" if contact.email else ""


def _length(limits: Limits) -> str:
    n = limits.max_length or 0
    return ngettext("At most %(n)s letter.", "At most %(n)s letters.", n) % {"n": times.count(n)} if n else ""
