"""What an event proves of who its visitor is.

A name in a browser proves nothing: it is kept as a claim. Proof is a signature of the shop's server, in the manner of the chat's
signed identity (`context.identity`, or the trait of that name), or that server itself, sending under the key that stands in no
page. What is proved is written down here and judged later, one by one: who it is, contacts decide.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Q

from muhatap.accounts.models import User
from muhatap.channels.models import Inbox
from muhatap.channels.webchat import signed
from muhatap.channels.webchat.signed import SignedIdentity
from muhatap.contacts import graph
from muhatap.contacts.models import Identity
from muhatap.shared import secrets
from muhatap.shared.address import canonical, comparable, is_plausible
from muhatap.shared.text import without_nul
from muhatap.visits import segment, sites
from muhatap.visits.models import Event, How, Kind, Site, VisitorLink, VisitorProof
from muhatap.visits.segment import Refused

NAMELESS = segment.NAMELESS  # visitors who allowed nothing: never tied to anybody
KNOWN = "known:"  # customers of whom the shop's server tells
OURS = (NAMELESS, KNOWN, "user:", "said:")  # names we give, none of which a browser may show as its own
# What programs and forms say when they know no number; thousands would become one person by it.
NOBODY = {
    "null", "undefined", "none", "nil", "nan", "true", "false", "[object object]", "guest", "misafir", "anonymous", "anonim",
    "user", "test", "deneme", "admin", "unknown", "customer", "id", "0", "-1",
}  # fmt: skip
_TAKEN = re.compile(r"\A(?:known|user):")
Who = tuple[int, str]  # a site and a visitor of it


@dataclass(frozen=True, kw_only=True)
class Said:
    """Who somebody is said to be, by whoever may say so."""

    subject: str
    email: str = ""
    name: str = ""
    is_email_verified: bool = False
    digest: str = ""


class Unproved(Exception):
    """It proves nothing; `refused` is for the site's page."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.refused = Refused(reason, detail[:300], "")


@dataclass
class Reader:
    """Reads the events of one run; what it has to know of the house is asked once."""

    at: datetime
    refused: dict[tuple[int, str, str], tuple[int, Refused, datetime]] = field(default_factory=dict)
    _secrets: dict[int, str] = field(default_factory=dict)

    @cached_property
    def blocked(self) -> "Blocked":
        return Blocked.standing()

    def read(self, event: Event) -> VisitorProof | None:
        """What this event proves; None when that is nothing, and why where somebody should know."""
        who = visitor_of(event)
        if not who or who.startswith(NAMELESS) or not (event.by_server or event.anonymous_id):
            return None  # who is in no browser of their own is nobody’s proof: any other browser could say the same
        try:
            told = _of_server(event) if event.by_server else self._of_browser(event)
            if told is None:
                return None
            self.blocked.check(told)
        except Unproved as why:
            self.refused[event.site_id, why.refused.reason, why.refused.detail] = (event.site_id, why.refused, self.at)
            return None
        how = How.SERVER if event.by_server else How.SIGNED
        return proof(site_id=event.site_id, visitor=who, said=told, how=how, at=event.at, recorded_at=self.at)

    def _of_browser(self, event: Event) -> Said | None:
        if event.kind != Kind.IDENTIFY:
            return None
        told = segment.told(event.payload)
        token = _part(told, "context").get("identity") or _part(told, "traits").get("identity")
        if not token:
            return None
        if not isinstance(token, str):
            raise Unproved("signature", "identity is no text")
        said = read_signed(token, secret=self._secret(event.site_id), at=event.received_at)
        if event.user_id and event.user_id != said.subject:
            raise Unproved("signature", f"signed for another number than userId {event.user_id[:80]}")
        return said

    def _secret(self, site_id: int) -> str:
        if site_id not in self._secrets:
            self._secrets[site_id] = identity_secret(Site.objects.get(pk=site_id))
        return self._secrets[site_id]


@dataclass(frozen=True)
class Blocked:
    """Numbers and addresses that are no customer's."""

    staff: frozenset[str]
    rules: graph.Graph

    @classmethod
    def standing(cls) -> "Blocked":
        ours = [*User.objects.values_list("email", flat=True), *Inbox.objects.values_list("address", flat=True)]
        return cls(frozenset(comparable(address) for address in ours if address), graph.standing(()))

    def check(self, said: Said) -> None:
        """Raises Unproved for who is nobody, or one of us."""
        if why := self.why(said.subject):
            raise Unproved("blocked", why)
        if said.email and comparable(said.email) in self.staff:
            raise Unproved("blocked", f"{said.subject[:80]}: an address of our own")

    def why(self, subject: str) -> str:
        """Why nobody is called so; "" when somebody may be."""
        plain = subject.strip().casefold()
        if plain in NOBODY or not plain.strip("0-_ ."):
            return f"{subject[:80] or '(empty)'}: nobody’s number"
        if "@" in plain and comparable(plain) in self.staff:
            return f"{subject[:80]}: an address of our own"
        return f"{subject[:80]}: a blocked value" if self.rules.why_weak(Identity.Kind.SHOP, subject) else ""


def visitor_of(event: Event) -> str:
    """Who did it, as far as it says; in SQL it is visits_visitor_of. The names that we give no browser can take."""
    if event.anonymous_id:
        return event.anonymous_id if event.by_server else _TAKEN.sub("said:", event.anonymous_id)
    if not event.user_id:
        return ""
    return f"{KNOWN}{event.user_id}" if event.by_server else f"user:{event.user_id}"


def claim_of(event: Event) -> str:
    """Who somebody says they are, which proves nothing."""
    is_somebody = event.user_id.strip().casefold() not in NOBODY and not event.by_server
    return event.user_id if is_somebody else ""


def note(events: Sequence[Event], *, at: datetime) -> None:
    """Write down what these events prove, and for the sites' pages why something proves nothing."""
    reader = Reader(at)
    found = [one for event in events if not event.is_bot and (one := reader.read(event))]
    if found:
        _keep(found, reader)
    if reader.refused:
        sites.note(refused=list(reader.refused.values()), last={})


def keep(one: VisitorProof) -> bool:
    """Write down a proof that came by another way, unless it says what is known; False when it proves nothing, and the site's page says why."""
    reader = Reader(one.recorded_at)
    try:
        reader.blocked.check(Said(subject=one.subject, email=one.email))
    except Unproved as why:
        reader.refused[one.site_id, "", ""] = (one.site_id, why.refused, one.recorded_at)
    else:
        _keep([one], reader)
    if reader.refused:
        sites.note(refused=list(reader.refused.values()), last={})
    return not reader.refused


def proof(*, site_id: int, visitor: str, said: Said, how: str, at: datetime, recorded_at: datetime) -> VisitorProof:
    return VisitorProof(
        site_id=site_id,
        visitor=visitor,
        how=how,
        subject=said.subject,
        email=said.email,
        is_email_verified=said.is_email_verified,
        name=said.name,
        digest=said.digest,
        at=at,
        recorded_at=recorded_at,
    )


def identity_secret(site: Site) -> str:
    """What the shop's server signs with; "" where there is none, or none that can be read any more."""
    try:
        return secrets.unseal(site.identity_secret_sealed)
    except secrets.SecretLost:
        return ""


def read_signed(token: str, *, secret: str, at: datetime) -> Said:
    """Who the shop's server says is logged in. Raises Unproved."""
    if not secret:
        raise Unproved("signature", "this site has no secret for signatures yet")
    try:
        return of_signed(signed.read(token, secret=secret, at=at))
    except signed.Expired as error:
        raise Unproved("signature", "it has expired") from error
    except signed.Refused as error:
        raise Unproved(
            "signature", "not signed with this site’s secret, or without “sub” or “exp” of at most a day"
        ) from error


def of_signed(identity: SignedIdentity) -> Said:
    return Said(
        subject=identity.subject,
        email=identity.email,
        name=identity.name,
        is_email_verified=identity.is_email_verified,
        digest=identity.digest,
    )


def turns(who: Iterable[Who]) -> dict[Who, list[datetime]]:
    """When the visitors among these became somebody else: moments at which a proof names another than the one before."""
    asked = set(who)
    wanted = Q(site__in={site for site, _visitor in asked}, visitor__in={visitor for _site, visitor in asked})
    rows = VisitorProof.objects.filter(wanted).order_by("at", "id") if asked else ()
    last: dict[Who, str] = {}
    found: dict[Who, list[datetime]] = {}
    for row in rows:
        key = (row.site_id, row.visitor)
        if last.setdefault(key, row.subject) != row.subject:
            found.setdefault(key, []).append(row.at)
            last[key] = row.subject
    return found


def _keep(found: Sequence[VisitorProof], reader: Reader) -> None:
    """Each once: not what is known of the visitor already, nor what another browser showed first."""
    known = _known(found)
    spent = dict(
        VisitorProof.objects.filter(digest__in=[one.digest for one in found if one.digest]).values_list(
            "digest", "visitor"
        )
    )
    fresh: list[VisitorProof] = []
    for one in sorted(found, key=lambda proof: proof.at):
        key = (one.site_id, one.visitor)
        if one.digest and spent.setdefault(one.digest, one.visitor) != one.visitor:
            why = Refused("copied", one.subject[:80], "")
            reader.refused[one.site_id, why.reason, why.detail] = (one.site_id, why, reader.at)
        elif known.get(key) != one.subject:
            known[key] = one.subject
            fresh.append(one)
    VisitorProof.objects.bulk_create(fresh, ignore_conflicts=True)


def _known(found: Sequence[VisitorProof]) -> dict[Who, str]:
    """Whom these visitors are known to be, by a standing link or a proof that waits to be judged."""
    of_these = Q(site__in={one.site_id for one in found}, visitor__in={one.visitor for one in found})
    standing = VisitorLink.objects.filter(of_these, until_at=None, taken_back_at=None)
    waiting = VisitorProof.objects.filter(of_these, judged_at=None).order_by("at", "id")
    rows = [
        *standing.values_list("site_id", "visitor", "subject"),
        *waiting.values_list("site_id", "visitor", "subject"),
    ]
    return {(site, visitor): subject for site, visitor, subject in rows} if found else {}


def _of_server(event: Event) -> Said | None:
    """The server names its customer by both numbers, or by its own alone."""
    if not event.user_id:
        return None
    traits = _part(segment.told(event.payload), "traits") if event.kind == Kind.IDENTIFY else {}
    email = without_nul(str(traits.get("email") or "")).strip()[:320]
    email = canonical(email) if is_plausible(email) else ""
    return Said(
        subject=event.user_id,
        email=email,
        name=without_nul(str(traits.get("name") or "")).strip()[:120],
        is_email_verified=bool(email) and traits.get("email_verified", True) is True,
    )


def _part(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = told.get(name)
    return found if isinstance(found, dict) else {}
