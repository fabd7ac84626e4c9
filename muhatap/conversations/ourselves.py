"""Who we are in mail: the addresses of our inboxes and of our staff, read by one question."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection

from muhatap.accounts.models import User
from muhatap.accounts.remembering import once
from muhatap.shared.address import canonical, comparable

US = """select email, name, is_active, false from accounts_user
union all select address, '', true, true from channels_inbox where address <> ''"""
# Domains that say nothing about a firm.
PUBLIC = frozenset({
    "gmail.com", "googlemail.com", "hotmail.com", "outlook.com", "outlook.com.tr", "live.com", "icloud.com", "yahoo.com",
    "yahoo.com.tr", "yandex.com", "yandex.com.tr", "mynet.com", "proton.me", "gmx.de", "web.de",
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Ourselves:
    """`inboxes` without plus-tags; `staff` names everybody who ever worked here by their canonical address."""

    inboxes: frozenset[str]
    staff: Mapping[str, str]
    domains: frozenset[str]


def ourselves() -> Ourselves:
    with connection.cursor() as cursor:
        cursor.execute(US)
        rows = cursor.fetchall()
    return Ourselves(
        inboxes=frozenset(comparable(address) for address, _name, _active, is_inbox in rows if is_inbox),
        staff={canonical(address): name for address, name, _active, is_inbox in rows if not is_inbox},
        domains=domains_of(address for address, _name, is_active, _inbox in rows if is_active),
    )


def as_seen_by(user: User) -> Ourselves:
    """The same, asked once for each page of a reader."""
    return once(user, "ourselves", lambda _user: ourselves())


def domains_of(addresses: Iterable[str]) -> frozenset[str]:
    """The domains of these addresses, without those that belong to everybody."""
    found = {canonical(address).rpartition("@")[2] for address in addresses}
    return frozenset(domain for domain in found if domain and domain not in PUBLIC)
