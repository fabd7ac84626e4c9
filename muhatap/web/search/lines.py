"""Finds as lines of the page."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.contacts.models import Contact
from muhatap.conversations.models import Attachment, Message
from muhatap.search import highlighting, stemming
from muhatap.search.finding import Hit
from muhatap.search.highlighting import Sought
from muhatap.search.language import Query
from muhatap.web.common import channels, times
from muhatap.web.common.templatetags.ui import initials
from muhatap.web.search.display import FileLine, Line, PersonLine

LONGEST = 20_000  # letters of a message that are looked through for the line


def lines(hits: Sequence[Hit], query: Query, *, now: datetime, of_files: bool = False) -> tuple[Line, ...]:
    """A line for each find, with the words marked where they stand."""
    texts = [text for hit in hits for text in (hit.conversation.subject, _text(hit), *_names(hit))]
    sought = highlighting.sought(query, forms=stemming.forms(highlighting.kin(texts, query)))
    return tuple(_line(hit, sought, now, of_files=of_files) for hit in hits)


def people(contacts: Iterable[Contact], *, now: datetime) -> tuple[PersonLine, ...]:
    return tuple(
        PersonLine(
            url=reverse("contacts:page", args=[contact.pk]),
            name=str(contact),
            initials=initials(str(contact)),
            detail=" · ".join(filter(None, (contact.email, contact.phone, contact.city))),
            company=contact.company.name if contact.company else "",
            time=times.short(contact.last_seen_at, now),
            time_iso=contact.last_seen_at.isoformat(),
        )
        for contact in contacts
    )


def url(hit: Hit) -> str:
    """The very message in its thread."""
    address = reverse("inbox:conversation", args=[hit.conversation.pk])
    return f"{address}#message-{hit.message.pk}" if hit.message else address


def icon(hit: Hit) -> str:
    return channels.icon(hit.conversation.inbox.kind)


def _line(hit: Hit, sought: Sought, now: datetime, *, of_files: bool) -> Line:
    conversation, message = hit.conversation, hit.message
    at = message.at if message else conversation.last_message_at
    return Line(
        url=url(hit),
        name=str(conversation.contact),
        initials=initials(str(conversation.contact)),
        title=tuple(highlighting.whole(conversation.subject, sought)),
        text=tuple(highlighting.excerpt(_text(hit), sought)),
        who=_who(message),
        time=times.short(at, now),
        time_iso=at.isoformat(),
        channel_icon=icon(hit),
        place=conversation.inbox.name,
        status=str(conversation.get_status_display()),
        assignee=str(conversation.assignee or ""),
        is_note=bool(message and message.kind == Message.Kind.NOTE),
        language=message.contact.language
        if message and message.contact and message.kind == Message.Kind.INBOUND
        else "",
        files=_files(hit, sought, of_files),
    )


def _who(message: Message | None) -> str:
    """Whose words these are, when they are not the customer's."""
    if message is None or message.kind == Message.Kind.INBOUND:
        return str(message.contact or "") if message else ""
    if message.by:
        return message.by.name
    return _("Automatic")


def _text(hit: Hit) -> str:
    message = hit.message
    return (message.reply_text or message.text)[:LONGEST] if message else hit.conversation.preview


def _names(hit: Hit) -> list[str]:
    return [attachment.name for attachment in _attachments(hit)]


def _attachments(hit: Hit) -> list[Attachment]:
    return [*hit.message.attachments.all()] if hit.message else []


def _files(hit: Hit, sought: Sought, of_files: bool) -> tuple[FileLine, ...]:
    """Attachments whose name holds a word; on the tab of files all of them when none was named."""
    found = [(attachment, highlighting.whole(attachment.name, sought)) for attachment in _attachments(hit)]
    named = [(attachment, pieces) for attachment, pieces in found if any(piece.is_hit for piece in pieces)]
    shown = named or (found if of_files else [])
    return tuple(
        FileLine(name=tuple(pieces), size=times.size(attachment.size), url=reverse("inbox:file", args=[attachment.pk]))
        for attachment, pieces in shown[:5]
    )
