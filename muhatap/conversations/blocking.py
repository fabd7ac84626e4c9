"""Senders whose mail goes straight to spam: an address, or a whole domain with what lies under it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.channels.models import Inbox
from muhatap.conversations.models import SenderBlock
from muhatap.shared import locks
from muhatap.shared.address import canonical, comparable, is_plausible
from muhatap.shared.text import without_nul

LONGEST_REASON = 200
# Half of the customers write from these; only single addresses there can be blocked.
_PUBLIC = (
    "gmail.com googlemail.com hotmail.com hotmail.com.tr outlook.com outlook.com.tr live.com msn.com yahoo.com"
    " yahoo.com.tr ymail.com icloud.com me.com mac.com aol.com gmx.de gmx.net gmx.com web.de mail.ru yandex.com"
    " yandex.com.tr yandex.ru proton.me protonmail.com mynet.com superonline.com ttmail.com"
)
# Under these everybody has a name; blocking them would block a country.
_SUFFIXES = (
    "com.tr org.tr net.tr gov.tr edu.tr k12.tr bel.tr gen.tr web.tr info.tr biz.tr av.tr dr.tr pol.tr tsk.tr co.uk"
    " org.uk ac.uk gov.uk com.au co.nz co.za com.br co.jp com.cn co.in com.mx"
)
PUBLIC, SUFFIXES = frozenset(_PUBLIC.split()), frozenset(_SUFFIXES.split())


class BadBlock(ValueError):
    """What cannot be blocked; `code` says why: not_an_address, too_wide, public, own, past, already."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def block(*, value: str, by: User, at: datetime, reason: str = "", until: datetime | None = None) -> SenderBlock:
    """Block an address or a domain. Raises BadBlock."""
    plain = readable(value)
    if is_own(plain):
        raise BadBlock("own")
    if until is not None and until <= at:
        raise BadBlock("past")
    locks.hold("sender block", plain)
    standing = SenderBlock.objects.filter(value=plain, lifted_at=None).first()
    if standing and not (standing.until and standing.until <= at):
        raise BadBlock("already")
    if standing:  # its time was over, nobody had lifted it
        SenderBlock.objects.filter(pk=standing.pk).update(lifted_at=standing.until)
    kept = " ".join(without_nul(reason).split())[:LONGEST_REASON]
    row = SenderBlock.objects.create(value=plain, reason=kept, by=by, at=at, until=until)
    audit.record(by=by, at=at, act="sender.block", kind="sender block", id=row.pk, name=plain, until=until)
    return row


@transaction.atomic
def lift(*, block: SenderBlock, by: User, at: datetime) -> bool:
    """Let them through again; False when somebody did so before. What went to spam stays there."""
    if not SenderBlock.objects.filter(pk=block.pk, lifted_at=None).update(lifted_at=at, lifted_by=by):
        return False
    audit.record(by=by, at=at, act="sender.unblock", kind="sender block", id=block.pk, name=block.value)
    return True


def standing(*, at: datetime) -> "QuerySet[SenderBlock]":
    """The blocks in force, newest first."""
    in_force = SenderBlock.objects.filter(Q(until=None) | Q(until__gt=at), lifted_at=None)
    return in_force.select_related("by").order_by("-at", "-id")


def blocks(address: str, *, at: datetime) -> bool:
    """Whether mail from this address goes straight to spam. Our own addresses are never blocked, whatever was blocked before."""
    plain = canonical(address)
    if "@" not in plain or not standing(at=at).filter(value__in=_names_of(plain)).exists():
        return False
    return not is_own(plain)


def readable(value: str) -> str:
    """An address or a domain in the form blocks are kept in. Raises BadBlock."""
    plain = canonical(without_nul(value).removeprefix("@"))
    if "@" in plain:
        if not is_plausible(plain):
            raise BadBlock("not_an_address")
        return plain
    domain = canonical(f"x@{plain}").partition("@")[2]
    if domain in SUFFIXES or ("." not in domain and domain.isalpha()):
        raise BadBlock("too_wide")
    if not is_plausible(f"x@{domain}"):
        raise BadBlock("not_an_address")
    if domain in PUBLIC:
        raise BadBlock("public")
    return domain


def is_own(value: str) -> bool:
    """Whether an address, or a domain, is ours: an inbox, a colleague, or the domain of one (public mail services are nobody's own)."""
    ours = {canonical(one) for one in Inbox.objects.exclude(address="").values_list("address", flat=True)}
    ours |= {canonical(one) for one in User.objects.filter(is_active=True).values_list("email", flat=True)}
    domains = {one.rpartition("@")[2] for one in ours} - PUBLIC
    if "@" in value:
        return comparable(value) in {comparable(one) for one in ours} or value.rpartition("@")[2] in domains
    return any(own == value or own.endswith(f".{value}") or value.endswith(f".{own}") for own in domains)


def _names_of(address: str) -> list[str]:
    """ayse@a.b.example → itself, a.b.example, b.example."""
    labels = address.rpartition("@")[2].split(".")
    return [address, *(".".join(labels[at:]) for at in range(max(len(labels) - 1, 1)))]
