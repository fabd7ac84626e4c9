"""Mailboxes in headers: names with commas, groups, comments, missing brackets, two at signs; in linear time."""

import re

from muhatap.channels.contract import Address
from muhatap.channels.email import headers

N_ADDRESSES = 20_000  # of one header; a mail to ten thousand people is rude, not broken
BARE = re.compile(r"[^\s<>\"',;:()\[\]]{1,64}@[^\s<>\"',;:()@]{1,255}")
ANGLE = re.compile(r"<\s*(?:mailto:)?([^<>]{0,500})>?")


def listed(values: list[bytes], charset: str = "") -> tuple[Address, ...]:
    """Every mailbox of these header values, groups opened, in order; an entry without an address is left out."""
    found: list[Address] = []
    for value in values:
        for item, comment in _items(headers.unfolded(value, charset)):
            if len(found) >= N_ADDRESSES:
                break
            address = one(item, comment)
            if address:
                found.append(address)
            elif "=?" in item:
                # Some mailers encode the whole of `Name <address>`, against the standard.
                found.extend(filter(None, (one(inner, said) for inner, said in _items(headers.words(item)))))
    return tuple(found)


def one(item: str, comment: str = "") -> Address | None:
    """One mailbox from `Name <address>` or a bare address; a comment beside a bare address is its name."""
    item = item.strip()
    if not item or "@" not in item:
        return None
    angle = _last_angle(item)
    if angle:
        # Never the name's own @: `"bank@example.com" <elsewhere>` is how mails lie about their sender.
        return _address(angle[1], item[: angle.start()] or comment)
    item = re.sub(r"\s{0,50}([.@])\s{0,50}", r"\1", headers.words(item)) if " @" in item or " ." in item else headers.words(item)
    bare = BARE.search(item)
    return _address(bare[0], comment or item[: bare.start()]) if bare else None


def readable_domain(domain: str) -> str:
    """A domain as written, but international names in letters rather than punycode."""
    domain = domain.strip().rstrip(".")
    if "xn--" in domain.lower():
        try:
            return domain.lower().encode("ascii").decode("idna")
        except (UnicodeError, ValueError):
            return domain
    return domain


def _items(text: str) -> list[tuple[str, str]]:
    """Cut a list at commas and semicolons outside quotation marks and brackets; each with its first comment, groups opened."""
    if not any(mark in text for mark in '"<(:;'):
        return [(item, "") for item in text.split(",")]
    items: list[tuple[str, str]] = []
    kept, comment = [], []
    depth, is_quoted, is_angled, is_escaped = 0, False, False, False
    for character in text:
        if is_escaped or (character == "\\" and (is_quoted or depth)):
            is_escaped = not is_escaped
            (comment if depth else kept).append(character)
        elif depth:
            depth += (character == "(") - (character == ")")
            comment.append(character if depth else " ")
        elif character == '"' and not is_angled:
            is_quoted = not is_quoted
            kept.append(character)
        elif is_quoted:
            kept.append(character)
        elif character == "(":
            depth = 1
        elif character in ",;" and not (is_angled and (character == ";" or _is_route(kept))):
            items.append(("".join(kept), "".join(comment)))
            kept, comment, is_angled = [], [], False
        elif character == ":" and not is_angled and "@" not in kept:
            kept, comment = [], []
        else:
            is_angled = (is_angled or character == "<") and character != ">"
            kept.append(character)
    rest = "".join(kept)
    if is_quoted and rest.count("@") > 1:
        # A quotation mark that never closes must not swallow everybody after it.
        return items + [(item, "") for item in rest.replace('"', "").split(",")]
    return [*items, (rest, "".join(comment))]


def _is_route(kept: list[str]) -> bool:
    """Whether the bracket just open holds `<@relay,@relay:user@host>`, as mails did in the eighties."""
    return len(kept) < 500 and "".join(kept).rpartition("<")[2].lstrip().startswith("@")


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
    return Address(email=f"{local}@{readable_domain(domain)}"[:320], name=_name(name))


def _name(text: str) -> str:
    text = headers.unquoted(text.strip())
    name = headers.tidy(headers.words(text)).strip(" \"'")
    return name.replace('\\"', '"')[:200]
