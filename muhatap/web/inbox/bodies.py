"""What was written and what came with it: texts cleaned at intake, pictures in them, files one can take."""

import re

from django.core.signing import dumps
from django.utils.html import format_html, linebreaks, urlize
from django.utils.safestring import SafeString, mark_safe

from muhatap.channels.email import content
from muhatap.conversations.models import Attachment, Message
from muhatap.web.common import times
from muhatap.web.common.links import link
from muhatap.web.inbox.display import File

SAFE_TO_SHOW = {"image/png", "image/jpeg", "image/gif", "image/webp"}
TAG = re.compile(r"(<[^>]*>)")
CID = re.compile(r'data-cid="([^"]*)"')
REMOTE = re.compile(r'data-src="([^"]*)"')
MENTION = re.compile(r"(?<=[\s>])@(\w+)")
IMAGE_SALT = "remote image"


def body(message: Message) -> SafeString:
    """What was written, cleaned at intake; inline pictures come from our own storage, remote ones not at all."""
    html = message.html or linebreaks(urlize(message.text, nofollow=True, autoescape=True), autoescape=False)
    known = {attachment.content_id: attachment.pk for attachment in message.attachments.all() if attachment.content_id}

    def source(match: re.Match[str]) -> str:
        number = known.get(match.group(1))
        return format_html('src="{}"', link("inbox:file", number)) if number else match.group(0)

    return mark_safe(CID.sub(source, html))  # noqa: S308 (cleaned by allow-list when it came in, see channels)


def with_remote_pictures(message: Message) -> SafeString:
    """The text with its remote pictures, fetched by us, so that the sender learns no agent's address."""

    def source(match: re.Match[str]) -> str:
        address = match.group(1).replace("&amp;", "&")
        return format_html('src="{}?u={}"', link("inbox:image", message.pk), dumps(address, salt=IMAGE_SALT))

    return mark_safe(REMOTE.sub(source, body(message)))  # noqa: S308 (only addresses change, quoted)


def reply_body(message: Message) -> SafeString:
    """Their new words without what they quote; the whole when nothing was cut."""
    if is_whole(message):
        return body(message)
    return mark_safe(linebreaks(urlize(message.reply_text, nofollow=True, autoescape=True), autoescape=False))  # noqa: S308 (escaped)


def is_whole(message: Message) -> bool:
    """Whether nothing was cut off as quoted."""
    return not message.reply_text or "".join(message.reply_text.split()) == "".join(message.text.split())


def with_mentions(message: Message) -> SafeString:
    """A note's text with the calls marked, in what people read only: an address in a link keeps its @."""
    parts = TAG.split(body(message))
    marked = [
        part if part.startswith("<") else MENTION.sub(r'<span class="mention">@\1</span>', part) for part in parts
    ]
    return mark_safe("".join(marked))  # noqa: S308 (cleaned when written; only words are wrapped)


def files(message: Message) -> tuple[File, ...]:
    """The attachments one can take, without pictures that stand in the text."""
    shown = [
        attachment for attachment in message.attachments.all() if not (attachment.is_inline and attachment.content_id)
    ]
    return tuple(_file(attachment) for attachment in shown)


def _file(attachment: Attachment) -> File:
    url = link("inbox:file", attachment.pk)
    is_picture = attachment.type in SAFE_TO_SHOW
    icon = (
        "image"
        if is_picture
        else "triangle-alert"
        if content.is_dangerous(attachment.name, attachment.type)
        else "file"
    )
    return File(
        name=attachment.name,
        size=times.size(attachment.size),
        url=f"{url}?download=1",
        icon=icon,
        preview_url=url if is_picture else "",
    )
