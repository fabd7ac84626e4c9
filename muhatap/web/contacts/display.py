"""What the customer page shows, as ready strings: views fill these, templates only place them.

`…_url` of an Act receives a POST unless it is a link; panels (`conversations_url`) are read with GET from the area that owns them.
"""

from dataclasses import dataclass

from muhatap.web.common.display import Act, IdentityLine, NoteLine, ProfileLine, TagChip, TimelineDay, ViewGroup


@dataclass(frozen=True, kw_only=True)
class BigFact:
    """One column of the strip under the name: label, value, and the line that explains it. `tone` is "", "soon" or "late"."""

    label: str
    value: str
    said: str = ""
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """All kinds together, newest day first. `next_url` (GET) gives the older days as _timeline.html; `kinds` and `channels` filter."""

    days: tuple[TimelineDay, ...]
    next_url: str = ""
    kinds: tuple[Act, ...] = ()
    kind_label: str = ""
    live: str = ""
    reload_url: str = ""


@dataclass(frozen=True, kw_only=True)
class MergedFrom:
    """A contact that became part of this one, and the way back."""

    name: str
    said: str
    split_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Likely:
    """Somebody who may be the same person; deciding is for people."""

    name: str
    why: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Offers:
    """Whether they want news and offers by mail; `word` is their last to us, None while they said nothing."""

    said: str
    word: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Person:
    """The whole page of one contact. Empty addresses hide what the reader's role does not allow."""

    id: int
    name: str
    initials: str
    timeline: Timeline
    views: tuple[ViewGroup, ...] = ()
    where: str = ""
    since: str = ""
    sureness: str = ""
    sureness_icon: str = "shield-check"
    company: str = ""
    company_url: str = ""
    write_url: str = ""
    edit_url: str = ""
    acts: tuple[Act, ...] = ()
    facts: tuple[BigFact, ...] = ()
    identities: tuple[IdentityLine, ...] = ()
    identity_add_url: str = ""
    profile: tuple[ProfileLine, ...] = ()
    history_url: str = ""
    tags: tuple[TagChip, ...] = ()
    tag_url: str = ""
    notes: tuple[NoteLine, ...] = ()
    note_url: str = ""
    offers: Offers | None = None
    offers_url: str = ""
    merged: tuple[MergedFrom, ...] = ()
    likely: tuple[Likely, ...] = ()
    conversations_url: str = ""
    orders_url: str = ""
    visits_url: str = ""
    promises_url: str = ""
    promise_url: str = ""
    cases_url: str = ""
    case_url: str = ""
    live: str = ""
