"""A notice becomes the Inbound of the post it tells of. Its author is whom the notice names, never the site that sent it."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from muhatap.channels.contract import Adapter, Inbound
from muhatap.channels.listening import said, told
from muhatap.channels.listening.told import Elsewhere, safely
from muhatap.channels.notice import finding
from muhatap.shared.address import canonical

HREF = re.compile(r"href=\"(https?://[^\"]+)\"")


def is_notice(settings: Mapping[str, Any], *, mailbox_id: int, mail: Inbound) -> bool:
    """Whether a mail that came to this mailbox is a notice for the inbox with these settings: from one of its senders, and not forged."""
    senders = settings.get("senders")
    if settings.get("mailbox_id") != mailbox_id or not isinstance(senders, list) or not mail.sender.is_verified:
        return False
    address = canonical(mail.sender.value)
    wanted = {canonical(str(each)) for each in senders if str(each).strip()}
    domains = {each.removeprefix("@") for each in wanted if each.startswith("@")}
    return address in wanted or address.rpartition("@")[2] in domains


def wire(mail: Inbound) -> bytes:
    """The raw form of a notice: what the mail says, in words."""
    links = [link.replace("&amp;", "&") for link in HREF.findall(mail.html)]
    return told.packed(
        {
            "mail_id": mail.external_id,
            "from": mail.sender.value,
            "at": mail.at.isoformat(),
            "subject": mail.subject,
            "text": mail.text or mail.reply_text,
            "links": list(dict.fromkeys(links))[:50],
        }
    )


class Notice(Elsewhere):
    """Two notices of one post carry its address or number, so they are one; without either each mail is its own."""

    kind = "notice"

    @safely
    def translate(self, raw: bytes, meta: Mapping[str, Any]) -> Inbound:
        """Raises Untranslatable."""
        notice = told.opened(raw)
        text = told.text(notice, "text").strip()
        links = [str(each) for each in notice.get("links") or []]
        found = finding.find(text, links, told.part(meta, "settings"))
        title = found.title or told.text(notice, "subject")
        if not (found.text or text or title.strip()):
            raise ValueError("it says nothing")
        url, site = said.address(found.url), told.text(notice, "from").rpartition("@")[2]
        number = _number(found.id, url, site) or told.text(notice, "mail_id")
        return said.post(
            meta,
            external_id=number,
            author=said.only_named(site or "notice", found.author, number),
            subject=title,
            text=found.text or text or title,
            at=said.when(notice.get("at")),
            edited_at=said.when(notice.get("at")),
            url=url,
        )


ADAPTER: Adapter = Notice()


def _number(id: str, url: str, site: str) -> str:
    if id:
        return f"{site}:{said.line(id, most=200)}"
    if not url:
        return ""
    parts = urlsplit(url)  # what follows ? in a notice tells the site who clicked; what follows # is a post of the page
    place = f"#{parts.fragment}" if any(map(str.isdigit, parts.fragment)) else ""
    path = f"{parts.netloc}{parts.path}{place}"
    return path[:400] if parts.path.strip("/") else hashlib.sha256(url.encode()).hexdigest()
