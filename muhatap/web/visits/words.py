"""What visits are, in words."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from muhatap.visits.interests import Interest
from muhatap.visits.models import Visit
from muhatap.visits.proving import NAMELESS
from muhatap.web.common import times


def who(visit: Visit) -> tuple[str, str]:
    """Whose visit it is and where they stand; of somebody we do not know what their browser is called here, short, and ""."""
    contact = visit.interaction.contact if visit.interaction else None
    if contact:
        return str(contact.standing()), reverse("contacts:page", args=[contact.standing().pk])
    if visit.visitor.startswith(NAMELESS):
        return _("Without consent"), ""
    _kind, named, number = visit.visitor.partition(":")
    unknown = pgettext("contact", "Unknown")
    return f"{unknown}, {number if named else visit.visitor[:8]}", ""


def took(ms: int) -> str:
    """How long something was read."""
    return times.precise(timedelta(milliseconds=ms))


def source(name: str) -> str:
    """Where a visit came from."""
    return {
        "search": _("Search engine"),
        "social": _("Social network"),
        "ai": _("AI assistant"),
        "mail": _("E-mail"),
        "campaign": _("Campaign"),
        "site": _("Another site"),
        "direct": _("Direct"),
    }.get(name, "")


def pages(n: int) -> str:
    return ngettext("%(n)d page", "%(n)d pages", n) % {"n": n}


def clicks(n: int) -> str:
    return ngettext("%(n)d click", "%(n)d clicks", n) % {"n": n}


def why_close(one: Interest) -> str:
    """What closeness is made of, each kind apart; kinds that did not happen are left out."""
    told = [
        (one.n_looks, ngettext("looked at it once", "looked at it %(n)d times", one.n_looks)),
        (one.n_returns, ngettext("came back once", "came back %(n)d times", one.n_returns)),
        (one.n_gallery, ngettext("%(n)d click on its pictures", "%(n)d clicks on its pictures", one.n_gallery)),
        (one.n_variants, ngettext("%(n)d variant chosen", "%(n)d variants chosen", one.n_variants)),
    ]
    parts = [text % {"n": n} for n, text in told if n]
    if one.shown_ms:
        parts.append(_("in view in lists for %(span)s") % {"span": took(one.shown_ms)})
    said = ", ".join(parts)
    return said[:1].upper() + said[1:]
