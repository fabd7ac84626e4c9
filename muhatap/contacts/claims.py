"""What a channel claims of who speaks, in the forms by which people are recognised."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from muhatap.contacts import handles
from muhatap.contacts.handles import Handle

Key = tuple[str, str]


class ClaimLike(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def is_verified(self) -> bool: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Told:
    """A claim that can be read. Only a sound handle is ever verified."""

    handle: Handle
    is_verified: bool

    @property
    def key(self) -> Key:
        return self.handle.kind, self.handle.value


def readable(claims: Iterable[ClaimLike]) -> list[Told]:
    """Each handle once, in the order of the claims; verified when one of them says so."""
    found: dict[Key, Told] = {}
    for claim in claims:
        if handle := handles.read(claim.kind, claim.value):
            key = (handle.kind, handle.value)
            before = found.get(key)
            is_verified = (claim.is_verified and handle.is_sound) or (before is not None and before.is_verified)
            found[key] = Told(before.handle if before else handle, is_verified)
    return list(found.values())


def name_of(claims: Sequence[ClaimLike]) -> str:
    return next((claim.name for claim in claims if claim.name.strip()), "")
