"""The entries of a thread, as ready strings: letters, bubbles, notes, events, and the lines between days."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, cast

from django.core.signing import dumps
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, linebreaks, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from muhatap.conversations.models import Attachment, Conversation, Message
from muhatap.interactions.models import Outgoing
from muhatap.web.common import times
from muhatap.web.common.display import Act
from muhatap.web.common.templatetags.ui import initials
from muhatap.web.inbox import words
from muhatap.web.inbox.display import Bubble, Entry, Event, File, Letter, Note, Rule, Thread, Trouble

LIMIT = 40
CID = re.compile(r'data-cid="([^"]*)"')
REMOTE = re.compile(r'data-src="([^"]*)"')
IMAGE_SALT = "remote image"


def thread(conversation: Conversation, *, seen_id: int, now: datetime, may_act: bool, may_organise: bool) -> Thread:
    """The newest entries, with "new" before the first that the reader has not seen."""
    messages = newest(conversation, before=None)
    shown = messages[-LIMIT:]
    url = reverse("inbox:thread", args=[conversation.pk])
    earlier = (
        f"{reverse('inbox:earlier', args=[conversation.pk])}?before={shown[0].at.isoformat()}~{shown[0].pk}"
        if len(messages) > LIMIT
        else ""
    )
    return Thread(
        conversation_id=conversation.pk,
        entries=tuple(
            entries(conversation, shown, seen_id=seen_id, now=now, may_act=may_act, may_organise=may_organise)
        ),
        reload_url=url,
        live=f"conversation:{conversation.pk}",
        earlier_url=earlier,
        earlier_label=_("Earlier messages"),
    )


def newest(conversation: Conversation, *, before: tuple[datetime, int] | None) -> list[Message]:
    """The newest entries (before a moment), oldest first; one more than shown, to know whether there are earlier ones."""
    rows = conversation.messages.select_related("by", "contact", "inbox").prefetch_related("attachments")
    if before:
        rows = rows.filter(at__lte=before[0]).exclude(at=before[0], pk__gte=before[1])
    return list(reversed(rows.order_by("-at", "-id")[: LIMIT + 1]))


def entries(
    conversation: Conversation,
    messages: Sequence[Message],
    *,
    seen_id: int,
    now: datetime,
    may_act: bool,
    may_organise: bool,
) -> Iterable[Entry]:
    """Entries with a line above each day and before what is new."""
    fates = _fates(messages)
    last_day: date | None = None
    new_shown = False
    spoken = [message.pk for message in messages if message.kind in ("inbound", "outbound")]
    for message in messages:
        day = timezone.localtime(message.at).date()
        if day != last_day:
            yield Rule(id=f"day-{day.isoformat()}", text=times.heading(day, timezone.localtime(now).date()))
            last_day = day
        if not new_shown and message.kind == "inbound" and message.pk > seen_id:
            yield Rule(id="new", text=_("New"), is_new=True)
            new_shown = True
        is_open = message.pk > seen_id or message.pk in spoken[-2:]
        yield entry(
            message,
            fates.get(message.interaction_id or 0),
            now=now,
            is_open=is_open,
            may_act=may_act,
            may_organise=may_organise,
        )


def entry(
    message: Message, fate: Outgoing | None, *, now: datetime, is_open: bool, may_act: bool, may_organise: bool
) -> Entry:
    """One entry of the thread."""
    when = {"time": times.stamp(message.at, now), "time_iso": message.at.isoformat()}
    if message.kind == Message.Kind.EVENT:
        return Event(
            id=message.pk,
            text=words.event(message),
            icon=words.EVENT_ICONS.get(message.event, "info"),
            acts=_way_back(message, may_organise),
            **when,
        )
    name = _name(message)
    if message.kind == Message.Kind.NOTE:
        return Note(id=message.pk, name=name, initials=initials(name), html=body(message), files=files(message), **when)
    state, icon, tone = words.state(fate, now)
    said: dict[str, Any] = {
        "id": message.pk,
        "name": name,
        "initials": initials(name),
        "is_ours": message.kind == Message.Kind.OUTBOUND,
        "html": reply_body(message),
        "language": message.contact.language if message.contact and message.kind == Message.Kind.INBOUND else "",
        "files": files(message),
        "why": words.why(message),
        "why_acts": _why_acts(message) if may_organise and words.why(message) else (),
        "state": state,
        "state_icon": icon,
        "state_tone": tone,
        "acts": _acts(message, may_organise),
        "trouble": trouble(message, fate, may_act),
        **when,
    }
    if message.inbox.kind == "email":
        return _letter(message, said, is_open=is_open)
    return Bubble(channel=words.channel(message.inbox), channel_icon=words.channel_icon(message.inbox.kind), **said)


def body(message: Message) -> SafeString:
    """What was written, cleaned at intake; inline pictures come from our own storage, remote ones not at all."""
    html = message.html or linebreaks(urlize(message.text, nofollow=True, autoescape=True), autoescape=False)
    known = {attachment.content_id: attachment.pk for attachment in message.attachments.all() if attachment.content_id}

    def source(match: re.Match[str]) -> str:
        number = known.get(match.group(1))
        return format_html('src="{}"', reverse("inbox:file", args=[number])) if number else match.group(0)

    return mark_safe(CID.sub(source, html))  # noqa: S308 (cleaned by allow-list when it came in, see channels)


def with_remote_images(message: Message, now: datetime) -> Letter:
    """The letter with its remote pictures, fetched by us, so that the sender learns no agent's address."""

    def source(match: re.Match[str]) -> str:
        address = match.group(1).replace("&amp;", "&")
        return format_html('src="{}?u={}"', reverse("inbox:image", args=[message.pk]), dumps(address, salt=IMAGE_SALT))

    letter = entry(message, None, now=now, is_open=True, may_act=False, may_organise=False)
    html = mark_safe(REMOTE.sub(source, body(message)))  # noqa: S308 (only addresses change, quoted)
    return replace(cast(Letter, letter), html=html, quoted_html="", images_url="")


def reply_body(message: Message) -> SafeString:
    """Their new words without what they quote; the whole when nothing was cut."""
    if _is_whole(message):
        return body(message)
    return mark_safe(linebreaks(urlize(message.reply_text, nofollow=True, autoescape=True), autoescape=False))  # noqa: S308 (escaped)


def files(message: Message) -> tuple[File, ...]:
    """The attachments one can take, without pictures that stand in the text."""
    shown = [
        attachment for attachment in message.attachments.all() if not (attachment.is_inline and attachment.content_id)
    ]
    return tuple(_file(attachment) for attachment in shown)


def trouble(message: Message, fate: Outgoing | None, may_act: bool) -> Trouble | None:
    """What went wrong with a sending, what was kept, and what one can do."""
    if fate is None:
        return None
    again = Act(label=_("Send again"), url=reverse("inbox:settle", args=[fate.pk, "again"]))
    if fate.state == Outgoing.State.UNCERTAIN:
        was_sent = Act(label=_("It did arrive"), url=reverse("inbox:settle", args=[fate.pk, "sent"]))
        text = _("The line broke while we handed it over, so we did not send it a second time by ourselves.")
        return Trouble(
            title=_("We do not know whether it went."),
            text=text,
            acts=(again, was_sent) if may_act else (),
            tone="soon",
        )
    if fate.state == Outgoing.State.FAILED:
        text = _("The server refused it: “%(detail)s”. Your reply is kept, not sent.") % {"detail": fate.detail or "?"}
        return Trouble(title=_("Not sent."), text=text, acts=(again,) if may_act else ())
    if fate.state == Outgoing.State.BOUNCED:
        return Trouble(
            title=_("It came back."),
            text=_("The address did not take it: “%(detail)s”.") % {"detail": fate.detail or "?"},
        )
    return None


def _letter(message: Message, said: dict[str, Any], *, is_open: bool) -> Letter:
    is_cut = not _is_whole(message)
    has_remote = "data-src=" in message.html
    return Letter(
        address=message.sender.get("email", "") if message.kind == Message.Kind.INBOUND else _written(message.to),
        short=" ".join((message.reply_text or message.text)[:300].split()),
        to=", ".join(filter(None, [_written(message.to), _written(message.cc)])),
        subject=message.subject,
        quoted_html=body(message) if is_cut else "",
        images_url=reverse("inbox:images", args=[message.pk]) if has_remote else "",
        defects=tuple(message.defects),
        is_open=is_open,
        **said,
    )


def _is_whole(message: Message) -> bool:
    return not message.reply_text or "".join(message.reply_text.split()) == "".join(message.text.split())


def _file(attachment: Attachment) -> File:
    url = reverse("inbox:file", args=[attachment.pk])
    is_picture = attachment.type in ("image/png", "image/jpeg", "image/gif", "image/webp")
    return File(
        name=attachment.name,
        size=times.size(attachment.size),
        url=f"{url}?download=1",
        icon="image" if is_picture else "file",
        preview_url=url if is_picture else "",
    )


def _fates(messages: Iterable[Message]) -> dict[int, Outgoing]:
    numbers = [
        message.interaction_id
        for message in messages
        if message.kind == Message.Kind.OUTBOUND and message.interaction_id
    ]
    tries = Outgoing.objects.filter(interaction_id__in=numbers).order_by("n_try").defer("outbound")
    return {outgoing.interaction_id: outgoing for outgoing in tries}


def _name(message: Message) -> str:
    if message.kind == Message.Kind.INBOUND:
        return str(message.sender.get("name") or message.contact or message.sender.get("email", ""))
    return str(message.by or _("Automatic answer"))


def _written(addresses: Iterable[dict[str, str]]) -> str:
    return ", ".join(address["email"] for address in addresses)


def _why_acts(message: Message) -> tuple[Act, ...]:
    if message.placed_because == "new":
        return ()
    return (Act(label=_("Split"), url=reverse("inbox:split", args=[message.pk])),)


def _acts(message: Message, may_organise: bool) -> tuple[Act, ...]:
    if not may_organise:
        return ()
    return (
        Act(
            label=_("Split off into a conversation of its own"),
            url=reverse("inbox:split", args=[message.pk]),
            icon="split",
        ),
        Act(
            label=_("Move to another conversation"),
            url=reverse("inbox:move", args=[message.pk]),
            icon="folder-input",
            is_link=True,
        ),
    )


def _way_back(message: Message, may_organise: bool) -> tuple[Act, ...]:
    number = message.event_details.get("rearrangement")
    if not (number and may_organise):
        return ()
    return (Act(label=_("Undo"), url=reverse("inbox:put_back", args=[number])),)
