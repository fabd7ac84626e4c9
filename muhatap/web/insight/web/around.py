"""What stands around every report of web sites: the views, the menus of days, device and site."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.web.common import web_views
from muhatap.web.common.display import ViewGroup, ViewLink
from muhatap.web.common.doors import visitor
from muhatap.web.insight.voice import around as voice
from muhatap.web.insight.web import asking
from muhatap.web.insight.web.asking import Asked

PLAIN = ("visits:list", "web:now")  # they ask for days of their own, or for none


def around(request: HttpRequest, asked: Asked, here: str, **kept: Any) -> dict[str, Any]:
    """`kept` stays in the address when days or device change."""
    return {
        "views": views(visitor(request), asked, f"web:{here}"),
        "asked": asked,
        "menus": asking.choices(asked, here, **kept),
        "period_said": asking.said(asked),
    }


def views(user: User, asked: Asked, here: str) -> tuple[ViewGroup, ...]:
    """Who may see no other report sees these alone."""
    has_others = may(user, "insight.own")
    web = web_views.group(
        here,
        lambda name: reverse(name) if name in PLAIN else asked.url(name.partition(":")[2]),
        has_overview=not has_others,
    )
    if not has_others:
        return (web, voice.group())
    reports = ViewGroup(
        title=_("Insight"),
        links=(
            ViewLink(label=_("Conversations"), url=reverse("insight:overview"), icon="chart-line"),
            ViewLink(
                label=_("Web site"),
                url=reverse("web:overview"),
                icon="mouse-pointer-click",
                is_here=here == "web:overview",
            ),
        ),
    )
    return (reports, web, voice.group())
