"""Delivery reports: RFC 3464, and the many servers that write prose instead."""

import re
from dataclasses import dataclass

from muhatap.channels.email import headers, mime
from muhatap.channels.email.headers import Headers
from muhatap.channels.email.mime import Part

STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
CODE = re.compile(r"(?:^|[\s:(\"'])([45]\d\d)[\s-](?=[\w#<(])", re.MULTILINE)
ADDRESS = re.compile(r"<?\b([\w.+'&*/=?^{}~-]{1,64}@[\w-]+(?:\.[\w-]+)+)>?")
COPY_BELOW = re.compile(
    r"^\W*(?:-{3,}|below this line is a copy|this is a copy of the (?:message|headers)|included is a copy|"
    r"original message (?:follows|headers)|message headers follow|özgün ileti|orijinal ileti|reporting-mta:|message-id:|"
    r"received:|return-path:|dkim-signature:).*$",
    re.IGNORECASE | re.MULTILINE,
)
FOR_NOW = re.compile(
    r"will (?:continue|keep) (?:to )?(?:try|retry|be retried)|delay(?:ed)?\b|still being retried|not yet been delivered|temporar|"
    r"no action is required|yeniden denenecek|gecik|geçici|quota|mailbox (?:is )?full|over quota|kota|greylist|try again later",
    re.IGNORECASE,
)
FOR_GOOD = re.compile(
    r"user unknown|unknown user|no such user|does ?n[o']t exist|invalid (?:recipient|mailbox)|mailbox (?:not found|unavailable)|"
    r"recipient (?:address )?rejected|address rejected|permanent|fatal error|host (?:or domain name )?not found|bulunamadı|"
    r"yok\b|mevcut değil|kalıcı|unbekannt|nicht gefunden|n'existe pas|inconnu",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Failure:
    """What a report says of one recipient. `action` is RFC 3464's word: failed, delayed, delivered, relayed, expanded."""

    recipient: str
    action: str
    status: str = ""
    detail: str = ""
    message_id: str = ""

    @property
    def is_permanent(self) -> bool:
        """Failed for good: only this may mark an address."""
        return self.action == "failed" and not self.status.startswith(("4.", "2.")) and not FULL.match(self.status)


FULL = re.compile(r"5\.2\.2$")  # a full mailbox is emptied one day, whatever the first digit says


def failures(root: Part, text: str, sender: str) -> tuple[Failure, ...]:
    """Recipients a report speaks of, failed ones first; nothing for a report of success or a mail that is no report."""
    parts = mime.walk(root)
    message_id = _returned_id(root, parts)
    blocks = [
        block
        for part in parts
        if part.type in ("message/delivery-status", "message/global-delivery-status")
        for block in _blocks(part)
    ]
    found = [failure for block in blocks if (failure := _from_block(block, message_id))]
    if not found and not blocks:
        found = _from_prose(root, text, sender, message_id)
    bad = [each for each in found if each.action in ("failed", "delayed")]
    return tuple(sorted(bad, key=lambda each: (each.action != "failed", not each.is_permanent)))


def _blocks(part: Part) -> list[Headers]:
    content = part.content().replace(b"\r\n", b"\n")[:200_000]
    return [headers.read(block.strip(b"\n")) for block in re.split(rb"\n[ \t]*\n", content) if block.strip()][:1_000]


def _from_block(block: Headers, message_id: str) -> Failure | None:
    recipient = (
        _typed(block, "final-recipient") or _typed(block, "original-recipient") or _typed(block, "x-actual-recipient")
    )
    if not recipient:
        return None
    detail = _typed(block, "diagnostic-code") or block.text("x-notes")
    status = STATUS.search(block.plain("status")) or STATUS.search(detail)
    code = status[1] if status else ""
    action = block.plain("action").lower().split(" ")[0]
    if action not in ("failed", "delayed", "delivered", "relayed", "expanded"):
        action = "delayed" if code.startswith("4.") else "delivered" if code.startswith("2.") else "failed"
    return Failure(recipient=recipient, action=action, status=code, detail=detail[:500], message_id=message_id)


def _typed(block: Headers, name: str) -> str:
    """The value after the type: `rfc822; somebody@example.com`."""
    said = block.text(name)
    return said.partition(";")[2].strip(" <>") if ";" in said else said.strip(" <>")


def _from_prose(root: Part, text: str, sender: str, message_id: str) -> list[Failure]:
    listed = [
        address
        for value in root.headers.all("x-failed-recipients")
        for address in ADDRESS.findall(headers.unfolded(value))
    ]
    said = COPY_BELOW.split(text[:20_000], maxsplit=1)[0] or text[:20_000]
    named = listed or [address for address in ADDRESS.findall(said) if address.lower() != sender.lower()]
    if not named:
        return []
    status = STATUS.search(said)
    code = CODE.search(said)
    is_failed = bool(FOR_GOOD.search(said)) or not FOR_NOW.search(said)
    if status:
        is_failed = status[1].startswith("5")
    elif code:
        is_failed = code[1].startswith("5")
    sentence = _around(said, status or code or FOR_GOOD.search(said) or FOR_NOW.search(said))
    return [
        Failure(
            recipient=recipient,
            action="failed" if is_failed else "delayed",
            status=status[1] if status else "",
            detail=sentence,
            message_id=message_id or _id_in(text),
        )
        for recipient in dict.fromkeys(named[:200])
    ][:20]


def _around(text: str, match: re.Match[str] | None) -> str:
    if not match:
        return " ".join(text.split())[:300]
    start = max(text.rfind("\n\n", 0, match.start()), match.start() - 200, 0)
    return " ".join(text[start : match.end() + 200].split())[:500]


def _returned_id(root: Part, parts: list[Part]) -> str:
    """The Message-ID of our mail, from the returned message or headers, or from what the report answers."""
    for part in parts:
        if part.type in (
            "message/rfc822",
            "text/rfc822-headers",
            "message/global",
            "message/rfc822-headers",
            "message/global-headers",
        ):
            content = part.content()[:400_000].lstrip()
            ids = headers.message_ids(
                headers.read(re.split(rb"\r?\n\r?\n", content, maxsplit=1)[0]).all("message-id")[:1]
            )
            if ids:
                return ids[0]
    answered = headers.message_ids(root.headers.all("in-reply-to") + root.headers.all("references")[-1:])
    return answered[0] if answered else ""


def _id_in(text: str) -> str:
    match = re.search(r"^[\s>]*message-id:\s*(<[^<>\s]{1,900}>)", text, re.IGNORECASE | re.MULTILINE)
    return headers.kept_id(match[1]) if match else ""
