"""Why we think we know somebody: their identities and how sure that makes us, in words."""

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from muhatap.channels import registry
from muhatap.contacts import national
from muhatap.contacts.models import Identity
from muhatap.shared import phone
from muhatap.shared.text import upper_tr
from muhatap.web.common import channels, times
from muhatap.web.common.display import IdentityLine

ICONS = {
    "email": "mail",
    "phone": "smartphone",
    "visitor": "monitor",
    "shop": "shopping-bag",
    "handle": "at-sign",
    "national": "id-card",
}


def line(one: Identity, now: datetime) -> IdentityLine:
    """One identity: what proves it and since when, or where it was only claimed."""
    proof = f"{proved(one.verified_by)}, {_day(one.verified_at, now)}" if one.verified_at else ""
    claim = f"{source(one.source)}, {_day(one.first_seen_at, now)}"
    trouble = _("Mail to it is returned: %(detail)s") % {"detail": one.bounce_detail or "?"} if one.bounced_at else ""
    return IdentityLine(
        icon=ICONS.get(one.kind, "at-sign"),
        text=text(one),
        why=first_upper(proof or claim),
        is_verified=one.verified_at is not None,
        trouble=trouble,
    )


def sureness(identities: Collection[Identity]) -> tuple[str, str]:
    """How sure we are who this is, and the icon that says so."""
    n = sum(1 for one in identities if one.verified_at)
    if n == 0:
        return _("Nothing is verified"), "shield-question-mark"
    if n == 1:
        return _("Verified by one identity"), "shield-check"
    return _("Verified by %(n)s identities") % {"n": n}, "shield-check"


def text(one: Identity) -> str:
    """The identity as it is shown: a browser's id says nothing to anybody."""
    if one.kind == Identity.Kind.PHONE:
        return phone.readable(one.value)
    if one.kind == Identity.Kind.VISITOR:
        return _("A browser")
    if one.kind == Identity.Kind.SHOP:
        return _("Shop account %(number)s") % {"number": one.value}
    if one.kind == Identity.Kind.HANDLE:
        service, _colon, name = one.value.partition(":")
        return f"{name}, {channels.name(service)}"
    if one.kind == Identity.Kind.NATIONAL:
        return _("T.C. identity number %(number)s") % {"number": national.shown(one.value)}
    return one.value


def source(name: str, by: str = "") -> str:
    """Where a value came from, as the end of a line."""
    if by:
        return by
    told = {
        "agent": _("written by staff"),
        "shop": _("from the shop account"),
        "form": _("from a form"),
        "webchat": _("from the web chat"),
        "trendyol": _("from a Trendyol question"),
        "manual": _("written down by staff"),
        "import": _("imported"),
        "email": _("from an e-mail"),
        "header": _("from an e-mail"),
    }
    kind = name.partition(":")[0]
    return told.get(kind) or (_("from a public post") if kind in registry.LISTENING else name)


def proved(how: str) -> str:
    """How an identity was verified."""
    told = {
        "email": _("Wrote from this address"),
        "webchat": _("Logged in to the chat"),
        "trendyol": _("Logged in to Trendyol"),
        "manual": _("Confirmed by staff"),
        "shop": _("Logged in to the shop"),
        "agent": _("Confirmed by staff"),
        "phone": _("Called from this number"),
    }
    kind = how.partition(":")[0]
    return told.get(kind) or (_("Wrote from this account") if kind in registry.LISTENING else how)


def first_upper(text: str) -> str:
    """The first letter large, in the way of the active language."""
    is_turkish = (get_language() or "tr").startswith("tr")
    return (upper_tr(text[:1]) if is_turkish else text[:1].upper()) + text[1:]


def _day(at: datetime, now: datetime) -> str:
    return times.short(at, now) if timezone.localtime(at).date() != timezone.localtime(now).date() else _("today")
