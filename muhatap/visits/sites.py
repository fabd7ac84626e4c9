"""Sites and their write keys: made, changed, turned off; what the collector has to know of them."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.shared.text import without_nul
from muhatap.visits.models import Refusal, Site
from muhatap.visits.segment import Refused

KEPT_REFUSALS = 500  # of each site
MOST_ORIGINS = 50
_HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?")


class BadOrigin(ValueError):
    """The line is not the address of a site; its text is for people."""


@dataclass(frozen=True)
class Standing:
    """What the collector asks of a site, without the database."""

    id: int
    name: str
    is_on: bool
    origins: frozenset[str]
    per_second: int

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
    """All sites by write key."""
    return {
        site.write_key: Standing(site.pk, site.name, site.is_on, frozenset(site.origins), site.per_second)
        for site in Site.objects.all()
    }


@transaction.atomic
def create(*, name: str, origins: Sequence[str], by: User, at: datetime) -> Site:
    """A site with a key of its own. Raises BadOrigin."""
    site = Site.objects.create(
        name=name, origins=readable(origins), write_key=secrets.token_urlsafe(18), by=by, created_at=at
    )
    audit.record(by=by, at=at, act="site.created", kind="site", id=site.pk, name=name, origins=site.origins)
    return site


@transaction.atomic
def change(
    *, site: Site, name: str, origins: Sequence[str], per_second: int, is_on: bool, by: User, at: datetime
) -> None:
    """Raises BadOrigin."""
    wanted = {"name": name, "origins": readable(origins), "per_second": per_second, "is_on": is_on}
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
    """As browsers write it: the host in ASCII, without the port that goes without saying. Raises BadOrigin."""
    try:
        parts = urlsplit(line)
        host = ".".join(name if name == "*" else name.encode("idna").decode() for name in parts.netloc.split("."))
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        raise BadOrigin(_("“%(line)s” is not the address of a site. Example: https://www.firma.com") % {"line": line})
    return f"{parts.scheme}://{host.removesuffix(':443' if parts.scheme == 'https' else ':80')}"


@transaction.atomic
def note(*, refused: Sequence[tuple[int | None, Refused, datetime]], last: Mapping[int, datetime]) -> None:
    """Keep what was refused (site, what, when), the newest of each site, and when each site sent last."""
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
