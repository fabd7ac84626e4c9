"""Sites and their write keys: made, changed, turned off; what the collector has to know of them."""

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.shared import live
from muhatap.shared import secrets as sealed
from muhatap.shared.text import without_nul
from muhatap.visits import origins as addresses
from muhatap.visits.models import Refusal, Site
from muhatap.visits.segment import Refused

TOPIC = "visits"  # live: something arrived; told at most once a second by each process that collects
KEPT_REFUSALS = 500  # of each site
MOST_ORIGINS = 50
SERVER_KEY = "server_"  # so begin the keys that stand in no page
_HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?")


class BadOrigin(ValueError):
    """The line is not the address of a site; its text is for people."""


@dataclass(frozen=True)
class Standing:
    """What the collector asks of a site, without the database. `by_server`: of its secret key, whose word on customers holds."""

    id: int
    name: str
    is_on: bool
    origins: frozenset[str]
    per_second: int
    by_server: bool = False
    is_nameless: bool = False  # nobody is known again after the day

    def lets_in(self, origin: str) -> bool:
        """May pages of this origin (scheme://host) send? A line https://*.example.com stands for its subdomains."""
        if origin in self.origins:
            return True
        scheme, _sep, host = origin.partition("://")
        while "." in host:
            host = host.partition(".")[2]
            if f"{scheme}://*.{host}" in self.origins:
                return True
        return False


def standing() -> dict[str, Standing]:
    """All sites by write key, and by the hash of their server's key."""
    found = {}
    for site in Site.objects.all():
        one = Standing(
            site.pk, site.name, site.is_on, frozenset(site.origins), site.per_second, is_nameless=site.is_nameless
        )
        found[site.write_key] = one
        if site.server_key_hash:
            found[site.server_key_hash] = replace(one, by_server=True)
    return found


def hosts() -> frozenset[str]:
    """The hosts of all sites of the firm; of a line https://*.example.com what stands below the star."""
    lines = Site.objects.values_list("origins", flat=True)
    return frozenset(addresses.host(line.replace("://*.", "://")) for some in lines for line in some)


def of_page(*, write_key: str, origin: str) -> Standing | None:
    """The site whose page this is; None where the site is off or does not let the page in.

    `origin` is the page's; empty for a page of our own.
    """
    site = standing().get(write_key)
    if site is None or site.by_server or not site.is_on or (origin and not site.lets_in(origin)):
        return None
    return site


def name_of(key: str) -> str:
    """Under what `standing` knows a key: a server's by its hash alone."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest() if key.startswith(SERVER_KEY) else key


@transaction.atomic
def renew_server_key(*, site: Site, by: User, at: datetime) -> str:
    """A new key for the shop's server, told this once; the one before opens nothing any more."""
    key = f"{SERVER_KEY}{secrets.token_urlsafe(30)}"
    site.server_key_hash = name_of(key)
    site.save(update_fields=["server_key_hash"])
    audit.record(by=by, at=at, act="site.server_key", kind="site", id=site.pk, name=site.name)
    return key


@transaction.atomic
def renew_secret(*, site: Site, by: User, at: datetime) -> str:
    """A new secret for signatures, told this once; what was signed with the one before proves nothing any more."""
    secret = secrets.token_urlsafe(36)
    site.identity_secret_sealed = sealed.seal(secret)
    site.save(update_fields=["identity_secret_sealed"])
    audit.record(by=by, at=at, act="site.secret", kind="site", id=site.pk, name=site.name)
    return secret


@transaction.atomic
def create(*, name: str, origins: Sequence[str], by: User, at: datetime, is_nameless: bool = False) -> Site:
    """A site with a key of its own. Raises BadOrigin."""
    site = Site.objects.create(
        name=name, origins=readable(origins), is_nameless=is_nameless, write_key=secrets.token_urlsafe(18), by=by, created_at=at,
    )  # fmt: skip
    audit.record(by=by, at=at, act="site.created", kind="site", id=site.pk, name=name, origins=site.origins)
    return site


@transaction.atomic
def change(
    *, site: Site, name: str, origins: Sequence[str], per_second: int, is_on: bool, by: User, at: datetime,
    is_nameless: bool | None = None,
) -> None:  # fmt: skip
    """Raises BadOrigin. What was tied before a site became nameless stays, until somebody takes it back."""
    wanted = {"name": name, "origins": readable(origins), "per_second": per_second, "is_on": is_on}
    wanted |= {} if is_nameless is None else {"is_nameless": is_nameless}
    changed = {field: value for field, value in wanted.items() if getattr(site, field) != value}
    for field, value in changed.items():
        setattr(site, field, value)
    if changed:
        site.save(update_fields=list(changed))
        audit.record(by=by, at=at, act="site.changed", kind="site", id=site.pk, name=name, changed=changed)


def readable(origins: Sequence[str]) -> list[str]:
    """Each line as scheme://host, once. Raises BadOrigin."""
    found: dict[str, None] = {}
    for line in filter(None, (line.strip().lower() for line in origins)):
        found[_origin(line)] = None
    if len(found) > MOST_ORIGINS:
        raise BadOrigin(_("At most %(n)d addresses.") % {"n": MOST_ORIGINS})
    return list(found)


def _origin(line: str) -> str:
    """As browsers write it: the host in ASCII, without the port that goes without saying. Raises BadOrigin.

    A host alone, as most people write it, is meant with https.
    """
    try:
        parts = urlsplit(line if "://" in line or "." not in line else f"https://{line}")
        host = ".".join(name if name == "*" else name.encode("idna").decode() for name in parts.netloc.split("."))
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        raise BadOrigin(_("“%(line)s” is not the address of a site. Example: https://www.firma.com") % {"line": line})
    return f"{parts.scheme}://{host.removesuffix(':443' if parts.scheme == 'https' else ':80')}"


@transaction.atomic
def note(*, refused: Sequence[tuple[int | None, Refused, datetime]], last: Mapping[int, datetime]) -> None:
    """Keep what was refused (site, what, when), the newest of each site, and when each site sent last; tell who looks at it live."""
    Refusal.objects.bulk_create(
        Refusal(
            site_id=site, reason=one.reason, detail=without_nul(one.detail)[:300], sample=without_nul(one.sample), at=at
        )
        for site, one, at in refused
    )
    for site in {site for site, _one, _at in refused}:
        mine = Refusal.objects.filter(site=site).order_by("-id")
        for oldest in mine.values_list("id", flat=True)[KEPT_REFUSALS : KEPT_REFUSALS + 1]:
            mine.filter(id__lte=oldest).delete()
    for site, at in last.items():
        Site.objects.filter(pk=site).update(last_event_at=Greatest("last_event_at", at))
    if last:
        live.announce([TOPIC], "visits")
