"""Mailboxes in headers: names with commas, groups, comments, missing brackets, two at signs; in linear time."""

import re

from muhatap.channels.contract import Address
from muhatap.channels.email import headers

N_ADDRESSES = 20_000  # of one header; a mail to ten thousand people is rude, not broken
BARE = re.compile(r"[^\s<>\"',;:()\[\]]{1,64}@[^\s<>\"',;:()@]{1,255}")
ANGLE = re.compile(r"<\s*(?:mailto:)?([^<>]{0,500})>?")
COMMENT = re.compile(r"\(([^()]{0,200})\)")


def listed(values: list[bytes]) -> tuple[Address, ...]:
    """Every mailbox of these header values, groups opened, in order; an entry without an address is left out."""
    found: list[Address] = []
    for value in values:
        text = headers.unfolded(value)
        for item in _items(text):
            if len(found) >= N_ADDRESSES:
                break
            address = one(item)
            if address:
                found.append(address)
            elif "=?" in item:
                # Some mailers encode the whole of `Name <address>`, against the standard.
                found.extend(filter(None, map(one, _items(headers.words(item)))))
    return tuple(found)


def one(item: str) -> Address | None:
    """One mailbox from `Name <address>`, `address (Name)` or a bare address."""
    item = item.strip()
    if not item or "@" not in item:
        return None
    angle = _last_angle(item)
    if angle:
        # Never the name's own @: `"bank@example.com" <elsewhere>` is how mails lie about their sender.
        return _address(angle[1], item[: angle.start()])
    bare = BARE.search(headers.words(item))
    if not bare:
        return None
    comment = COMMENT.search(item)
    return _address(bare[0], comment[1] if comment else "")


def canonical_domain(domain: str) -> str:
    """A domain in lower case, international names in letters rather than punycode."""
    domain = domain.strip().rstrip(".").lower()
    if "xn--" in domain:
        try:
            return domain.encode("ascii").decode("idna")
        except (UnicodeError, ValueError):
            return domain
    return domain


def _items(text: str) -> list[str]:
    """Cut a list at commas and semicolons outside quotation marks, angle brackets and comments; group names fall away."""
    if not any(mark in text for mark in '"<(:;'):
        return text.split(",")
    items, start, depth, is_quoted, is_angled, is_escaped = [], 0, 0, False, False, False
    for at, character in enumerate(text):
        if is_escaped:
            is_escaped = False
        elif character == "\\":
            is_escaped = True
        elif character == '"' and not is_angled:
            is_quoted = not is_quoted
        elif is_quoted:
            continue
        elif character == "(":
            depth += 1
        elif character == ")":
            depth = max(0, depth - 1)
        elif character == "<":
            is_angled = True
        elif character == ">":
            is_angled = False
        elif depth or (is_angled and character != ","):
            continue
        elif character in ",;" and not is_angled:
            items.append(text[start:at])
            start = at + 1
        elif character == ":" and "@" not in text[start:at]:
            start = at + 1
    if is_quoted and len(items) < text.count("@") - 1:
        # A quotation mark that never closes must not swallow everybody after it.
        items.extend(text[start:].replace('"', "").split(","))
        return items
    return [*items, text[start:]]


def _last_angle(item: str) -> re.Match[str] | None:
    at = item.rfind("<")
    return ANGLE.match(item, at) if at >= 0 else None


def _address(raw: str, name: str) -> Address | None:
    raw = headers.tidy(raw).strip(" \"'")
    if ":" in raw and raw.startswith("@"):
        raw = raw.rpartition(":")[2]  # an old source route: <@relay,@relay:user@host>
    raw = raw.replace(" ", "")
    local, at, domain = raw.rpartition("@")
    local = local.strip('"')
    if not at or not local or not domain:
        return None
    return Address(email=f"{local}@{canonical_domain(domain)}"[:320], name=_name(name))


def _name(text: str) -> str:
    text = headers.unquoted(text.strip())
    name = headers.tidy(headers.words(text)).strip(" \"'")
    return name.replace('\\"', '"')[:200]
