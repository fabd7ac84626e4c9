"""What stands around every page of the customers' voice: the views, the menus, what it is narrowed to."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.web.common.display import ViewGroup, ViewLink
from muhatap.web.common.doors import visitor
from muhatap.web.insight.voice import asking
from muhatap.web.insight.voice.asking import Wanted


def around(request: HttpRequest, wanted: Wanted, here: str) -> dict[str, Any]:
    return {
        "views": views(visitor(request), here),
        "wanted": wanted,
        "menus": asking.menus(wanted, here if here in ("overview", "rows") else "overview"),
        "period_said": asking.said(wanted),
        "narrowed": asking.narrowed(wanted),
    }


def views(user: User, here: str) -> tuple[ViewGroup, ...]:
    """The pages of the customers' voice, and the way to the other reports for whoever may see them."""
    others = [
        ("insight:overview", "insight.own", _("Conversations"), "chart-line"),
        ("web:overview", "visits.read", _("Web site"), "mouse-pointer-click"),
        ("surveys:list", "surveys.read", _("Surveys"), "smile"),
        ("promises:report", "insight.own", _("Promises"), "handshake"),
        ("cases:report", "costs.read", _("Cost of quality"), "coins"),
    ]
    reports = [
        ViewLink(label=label, url=reverse(name), icon=icon) for name, needed, label, icon in others if may(user, needed)
    ]
    return (group(here), *([ViewGroup(title=_("Insight"), links=tuple(reports))] if reports else []))


def group(here: str = "") -> ViewGroup:
    """The links of this part alone."""
    links = (
        ("overview", _("Customers’ voice"), "message-square-quote"),
        ("themes", _("Themes"), "sparkles"),
        ("week", _("The week"), "mail"),
    )
    return ViewGroup(
        title=_("Customers’ voice"),
        links=tuple(
            ViewLink(label=label, url=reverse(f"voice:{name}"), icon=icon, is_here=name == here)
            for name, label, icon in links
        ),
    )
