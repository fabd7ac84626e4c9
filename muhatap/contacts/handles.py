"""Addresses and handles as people write them, in the one form that is compared."""

from collections.abc import Callable
from dataclasses import dataclass

from muhatap.contacts import national
from muhatap.contacts.models import Identity
from muhatap.shared import address, phone
from muhatap.shared.text import without_nul

LONGEST = 320


@dataclass(frozen=True, kw_only=True)
class Handle:
    """`value` recognises; `comparable` is evidence (an address without its plus-tag). Only a sound one may recognise."""

    kind: str
    value: str
    comparable: str
    written: str
    is_sound: bool

    @property
    def told(self) -> str:
        """What a record keeps of it: as it was written, of a number of identity its print."""
        return self.value if self.kind == Identity.Kind.NATIONAL else self.written


def read(kind: str, written: str) -> Handle | None:
    """The handle in its canonical form; None when there is nothing to keep."""
    text = "".join(c for c in without_nul(written) if c.isprintable()).strip()
    if not text or len(text) > LONGEST:
        return None
    handle = _READERS.get(kind, _plain)(kind, text)
    return handle if handle.value and len(handle.value) <= LONGEST else None


def _email(kind: str, text: str) -> Handle:
    return Handle(
        kind=kind, value=address.canonical(text), comparable=address.comparable(text), written=text, is_sound=True
    )


def _phone(kind: str, text: str) -> Handle:
    number = phone.e164(text)
    value = number or "".join(c for c in text if c in "+0123456789")
    return Handle(kind=kind, value=value, comparable=value, written=text, is_sound=number is not None)


def _plain(kind: str, text: str) -> Handle:
    return Handle(kind=kind, value=text, comparable=text, written=text, is_sound=True)


def _national(kind: str, text: str) -> Handle:
    value = national.print_of(text)
    return Handle(kind=kind, value=value, comparable=value, written=national.shown(value), is_sound=bool(value))


_READERS: dict[str, Callable[[str, str], Handle]] = {
    Identity.Kind.EMAIL: _email,
    Identity.Kind.PHONE: _phone,
    Identity.Kind.NATIONAL: _national,
}
