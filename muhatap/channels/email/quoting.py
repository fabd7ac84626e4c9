"""The answered message below the answer, as mail programs do it: people who were copied later find the whole story."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from muhatap.channels.contract import Outbound, Quoted

N_QUOTED = 200_000  # characters; longer originals are left out rather than cut inside their HTML


def with_quote(outbound: Outbound, settings: Mapping[str, Any]) -> tuple[str, str]:
    """HTML and text of the answer, with what it answers quoted below unless the inbox has that off."""
    quoted = outbound.quotes
    if quoted is None or not settings.get("quote_original", True) or len(quoted.html) + len(quoted.text) > N_QUOTED:
        return outbound.html, outbound.text
    html = quoted.html or "<br>".join(escape(quoted.text).splitlines())
    text = f"{outbound.text}\n\n{as_text(quoted)}" if outbound.text else ""
    if not outbound.html:
        return "", text
    line = _attribution(quoted)
    return f'{outbound.html}<p>{escape(line)}</p><blockquote type="cite">{_without_our_images(html)}</blockquote>', text


def as_text(quoted: Quoted) -> str:
    """Who wrote it, and their words, each line marked."""
    return "\n".join([_attribution(quoted), *(f"> {line}".rstrip() for line in quoted.text.splitlines())])


def _attribution(quoted: Quoted) -> str:
    """Who wrote it and when, in the language of the thread, in a form every mailer recognises as the start of a quote."""
    with translation.override(quoted.language or "tr"):
        at = formats.date_format(timezone.localtime(quoted.at), "DATETIME_FORMAT")
        name, email = quoted.sender.name, quoted.sender.email
        who = f"{name} <{email}>" if name and email else name or email
        return _("On %(at)s %(who)s wrote:") % {"at": at, "who": who}


def _without_our_images(html: str) -> str:
    """Pictures of the original are not sent along: only their words are quoted."""
    return re.sub(r"<img\b[^>]*>", "", html)
