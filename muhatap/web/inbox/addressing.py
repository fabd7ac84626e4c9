"""Addresses as one types them into a field: read, and written back."""

import re
from collections.abc import Iterable, Iterator

from muhatap.channels.contract import Address

SEPARATORS = ",;\n"
NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>]*)>")


def fields(to: str, cc: str, bcc: str) -> dict[str, tuple[Address, ...]]:
    """The three fields as they are typed, read."""
    return {"to": read(to), "cc": read(cc), "bcc": read(bcc)}


def read(text: str) -> tuple[Address, ...]:
    """Each piece between commas, semicolons and line ends; a piece that is no address stays whole, so that nothing typed is dropped."""
    return tuple(_address(piece) for piece in _pieces(text) if piece)


def _pieces(text: str) -> Iterator[str]:
    """A separator inside a quoted name parts nothing."""
    start, is_quoted = 0, False
    for at, letter in enumerate(text):
        if letter == '"':
            is_quoted = not is_quoted
        elif letter in SEPARATORS and not is_quoted:
            yield text[start:at].strip()
            start = at + 1
    yield text[start:].strip()


def _address(piece: str) -> Address:
    named = NAMED.fullmatch(piece)
    if named is None:
        return Address(email=piece)
    return Address(name=named["name"].strip().strip('"').replace('\\"', '"').strip(), email=named["email"].strip())


def written(addresses: Iterable[Address]) -> str:
    """Addresses as one types them; a name with a separator in it is quoted."""
    return ", ".join(f"{_quoted(one.name)} <{one.email}>" if one.name else one.email for one in addresses)


def _quoted(name: str) -> str:
    plain = name.replace('"', "")
    return f'"{plain}"' if any(letter in plain for letter in SEPARATORS) else plain
