"""What one should know about the recipients before an answer leaves. Warnings only: nobody is dropped or added by them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from muhatap.channels.contract import Address
from muhatap.channels.models import Inbox
from muhatap.contacts.models import Identity
from muhatap.conversations.ourselves import Ourselves, ourselves
from muhatap.conversations.recent import Recent
from muhatap.conversations.taking_part import people as people_of
from muhatap.shared.address import canonical, comparable

Code = Literal["ours", "bounced", "outside", "was_blind", "we_were_blind", "new", "left_out", "many"]
ASKED: frozenset[Code] = frozenset(
    {"bounced", "outside", "was_blind", "we_were_blind"}
)  # not sent without a second yes
MANY = 6


@dataclass(frozen=True, kw_only=True)
class Caution:
    """One thing to know, and about whom. `asks` when an answer does not leave before somebody said yes to it."""

    code: Code
    who: tuple[str, ...] = ()
    n: int = 0

    @property
    def asks(self) -> bool:
        return self.code in ASKED


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of a thread's people; addresses are canonical, `ours` and the inbox `itself` comparable (without plus-tags)."""

    itself: str = ""
    ours: frozenset[str] = frozenset()
    our_domains: frozenset[str] = frozenset()
    seen: frozenset[str] = frozenset()
    blind: frozenset[str] = frozenset()
    bounced: frozenset[str] = frozenset()
    answered: frozenset[str] = frozenset()
    answered_sender: str = ""
    was_blind_to_us: bool = False
    is_begun: bool = True


def cautions(known: Known, *, to: Sequence[Address], cc: Sequence[Address], bcc: Sequence[Address]) -> list[Caution]:
    """The cautions for these recipients, those that ask first. Pure."""
    shown = [one for one in (*to, *cc) if comparable(one.email) not in known.ours]
    everybody = [one for one in (*to, *cc, *bcc) if comparable(one.email) not in known.ours]
    addresses = {canonical(one.email) for one in everybody}
    found = [
        _about("bounced", (one for one in everybody if canonical(one.email) in known.bounced)),
        _about("outside", _outside(known, everybody)),
        _about("was_blind", (one for one in shown if canonical(one.email) in known.blind - known.seen)),
        _blind_to_us(known, shown),
        _about("ours", (one for one in (*to, *cc, *bcc) if comparable(one.email) == known.itself)),
        _about("new", _strangers(known, everybody)),
        Caution(code="left_out", who=tuple(sorted(known.answered - addresses))) if addresses else None,
        Caution(code="many", n=len(addresses)) if len(addresses) >= MANY else None,
    ]
    return [caution for caution in found if caution and (caution.who or caution.n)]


def known_of(newest: Recent, us: Ourselves | None = None) -> Known:
    """What is known of a thread's people: those of its newest entries, and all who take part by their own words or ours.

    Bounces are asked for by those who know the recipients.
    """
    us = us or ourselves()
    conversation, rows, answered = newest.conversation, newest.spoken, newest.answered
    people = _emails([*answered.to, *answered.cc]) if answered else set()
    taking_part = {one.address for one in people_of(conversation)}
    seen = taking_part | {address for row in rows for address in _emails([row.sender, *row.to, *row.cc, *row.reply_to])}
    blind = {address for row in rows for address in _emails(row.bcc)}
    named = {comparable(address) for address in people}
    return Known(
        itself=comparable(conversation.inbox.address),
        ours=us.inboxes,
        our_domains=us.domains,
        seen=frozenset(seen),
        blind=frozenset(blind),
        answered=frozenset(one for one in people if comparable(one) not in us.inboxes),
        answered_sender=canonical(str(answered.sender.get("email", ""))) if answered else "",
        was_blind_to_us=bool(people) and not named & us.inboxes,
        is_begun=bool(rows),
    )


def known_before(inbox: Inbox) -> Known:
    """What is known before the first mail of a thread: who we are."""
    us = ourselves()
    return Known(itself=comparable(inbox.address), ours=us.inboxes, our_domains=us.domains, is_begun=False)


def with_bounces(known: Known, addresses: Iterable[str]) -> Known:
    """What is known, and which of these addresses bounced."""
    return replace(known, bounced=bounced(addresses))


def bounced(addresses: Iterable[str]) -> frozenset[str]:
    """Those of these addresses whose mail came back for good and nothing came from since."""
    wanted = {canonical(one) for one in addresses}
    rows = Identity.objects.filter(kind=Identity.Kind.EMAIL, value__in=wanted, bounced_at__isnull=False)
    rows = rows.filter(comparable__in={comparable(one) for one in wanted})  # what there is an index of
    return frozenset(rows.values_list("value", flat=True))


def _about(code: Code, people: Iterable[Address]) -> Caution:
    return Caution(code=code, who=tuple(dict.fromkeys(one.email for one in people)))


def _outside(known: Known, people: Sequence[Address]) -> list[Address]:
    """Strangers to a talk that so far only went on among ourselves."""
    others = {one for one in known.seen if comparable(one) not in known.ours}
    if not others or any(_domain(one) not in known.our_domains for one in others):
        return []
    return [one for one in people if _domain(canonical(one.email)) not in known.our_domains]


def _strangers(known: Known, people: Sequence[Address]) -> list[Address]:
    if not known.is_begun:
        return []
    return [one for one in people if canonical(one.email) not in known.seen | known.blind]


def _blind_to_us(known: Known, shown: Sequence[Address]) -> Caution | None:
    """We had their mail in blind copy: whoever else gets our answer learns that."""
    if not known.was_blind_to_us:
        return None
    return _about("we_were_blind", (one for one in shown if canonical(one.email) != known.answered_sender))


def _emails(people: Iterable[dict[str, str]]) -> set[str]:
    return {canonical(str(one["email"])) for one in people if one.get("email")}


def _domain(address: str) -> str:
    return canonical(address).rpartition("@")[2]
