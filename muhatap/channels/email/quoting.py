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
    line = _attribution(quoted)
    html = quoted.html or "<br>".join(escape(quoted.text).splitlines())
    text = outbound.text
    if text:
        text = f"{text}\n\n{line}\n" + "\n".join(f"> {each}".rstrip() for each in quoted.text.splitlines())
    if not outbound.html:
        return "", text
    return f'{outbound.html}<p>{escape(line)}</p><blockquote type="cite">{_without_our_images(html)}</blockquote>', text


def _attribution(quoted: Quoted) -> str:
    """Who wrote it and when, in the language of the thread, in a form every mailer recognises as the start of a quote."""
    with translation.override(quoted.language or "tr"):
        at = formats.date_format(timezone.localtime(quoted.at), "DATETIME_FORMAT")
        who = f"{quoted.sender.name} <{quoted.sender.email}>" if quoted.sender.name else quoted.sender.email
        return _("On %(at)s %(who)s wrote:") % {"at": at, "who": who}


def _without_our_images(html: str) -> str:
    """Pictures of the original are not sent along: only their words are quoted."""
    return re.sub(r"<img\b[^>]*>", "", html)
