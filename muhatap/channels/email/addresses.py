"""Mailboxes in headers: names with commas, groups, comments, missing brackets, two at signs; in linear time."""

import re
from dataclasses import dataclass, field

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
    item = (
        re.sub(r"\s{0,50}([.@])\s{0,50}", r"\1", headers.words(item))
        if " @" in item or " ." in item
        else headers.words(item)
    )
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
    cutter = _Cutter()
    for character in text:
        cutter.read(character)
    rest = "".join(cutter.kept)
    if cutter.is_quoted and rest.count("@") > 1:
        # A quotation mark that never closes must not swallow everybody after it.
        return cutter.items + [(item, "") for item in rest.replace('"', "").split(",")]
    return [*cutter.items, (rest, "".join(cutter.comment))]


@dataclass
class _Cutter:
    """Reads an address list character by character and knows what the character stands in."""

    items: list[tuple[str, str]] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    comment: list[str] = field(default_factory=list)
    depth: int = 0
    is_quoted: bool = False
    is_angled: bool = False
    is_escaped: bool = False

    def read(self, character: str) -> None:
        if self.is_escaped or (character == "\\" and (self.is_quoted or self.depth)):
            self.is_escaped = not self.is_escaped
            (self.comment if self.depth else self.kept).append(character)
        elif self.depth:
            self.depth += (character == "(") - (character == ")")
            self.comment.append(character if self.depth else " ")
        elif character == '"' and not self.is_angled:
            self.is_quoted = not self.is_quoted
            self.kept.append(character)
        elif self.is_quoted:
            self.kept.append(character)
        else:
            self._read_bare(character)

    def _read_bare(self, character: str) -> None:
        if character == "(":
            self.depth = 1
        elif (character == "," and not self._is_route()) or (character == ";" and not self.is_angled):
            self.items.append(("".join(self.kept), "".join(self.comment)))
            self.kept, self.comment, self.is_angled = [], [], False
        elif character == ":" and not self.is_angled and "@" not in self.kept:
            self.kept, self.comment = [], []  # the name of a group
        else:
            self.is_angled = (self.is_angled or character == "<") and character != ">"
            self.kept.append(character)

    def _is_route(self) -> bool:
        """Whether the bracket just open holds `<@relay,@relay:user@host>`, as mails did in the eighties."""
        return (
            self.is_angled and len(self.kept) < 500 and "".join(self.kept).rpartition("<")[2].lstrip().startswith("@")
        )


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
