"""The areas of the product, in the order of the left navigation. An area without a page yet, or without permission, is not shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.conversations import counting
from muhatap.web.common.links import if_there

Count = Callable[[User], int]


@dataclass(frozen=True, kw_only=True)
class Area:
    """`short` is the name on the phone's bottom bar; `count` says how many wait there, `topic` when to ask again."""

    name: str
    label: Promise | str
    icon: str
    url_name: str
    permission: str
    short: Promise | str = ""
    count: Count | None = None
    others: tuple[str, ...] = ()  # namespaces whose pages also belong under it
    instead: tuple[str, str] = ("", "")  # page and permission of those who may not enter by the first


@dataclass(frozen=True, kw_only=True)
class AreaLink:
    """One entry ready to show."""

    name: str
    label: str
    short: str
    icon: str
    url: str
    n_waiting: int | None
    is_here: bool


AREAS: tuple[Area, ...] = (
    Area(
        name="today",
        label=_("Today"),
        icon="sun",
        url_name="today:show",
        permission="conversations.read",
        others=("promises", "cases"),
    ),
    Area(
        name="inbox",
        label=_("Inbox"),
        short=pgettext_lazy("bottom bar", "Inbox"),
        icon="inbox",
        url_name="inbox:list",
        permission="conversations.read",
        count=counting.waiting,
        others=("posts",),
    ),
    Area(
        name="contacts",
        label=_("Contacts"),
        icon="users",
        url_name="contacts:list",
        permission="contacts.read",
        others=("imports", "duplicates"),
    ),
    Area(
        name="sales",
        label=_("Sales"),
        icon="shopping-bag",
        url_name="sales:orders",
        permission="sales.read",
    ),
    Area(
        name="insight",
        label=_("Insight"),
        icon="chart-line",
        url_name="insight:overview",
        permission="insight.own",
        others=("surveys", "visits", "voice", "web"),
        instead=("web:overview", "visits.read"),
    ),
    Area(
        name="settings",
        label=_("Settings"),
        icon="settings",
        url_name="settings:index",
        permission="account.own",
        others=(
            "accounts",
            "automation",
            "developer",
            "listening",
            "service",
            "shops",
            "sites",
            "understanding",
            "writing",
        ),
    ),
)


def tell(request: HttpRequest, area: str, n: int) -> None:
    """The page has counted for itself what waits in an area, so the shell around it need not."""
    request.__dict__.setdefault("counted", {})[area] = n


def counted(request: HttpRequest) -> Mapping[str, int]:
    """What the page told of the areas' counts."""
    found: Mapping[str, int] = request.__dict__.get("counted", {})
    return found


def links(
    user: User, *, here: str, areas: tuple[Area, ...] = AREAS, counted: Mapping[str, int] | None = None
) -> tuple[AreaLink, ...]:
    """The areas this user may enter; `here` is the namespace of the page being shown."""
    found = []
    for area in areas:
        url_name, permission = (area.url_name, area.permission)
        if not may(user, permission) and area.instead[0]:
            url_name, permission = area.instead
        url = if_there(url_name)
        if url and may(user, permission):
            found.append(_link(area, url, user, here, counted or {}))
    return tuple(found)


def _link(area: Area, url: str, user: User, here: str, counted: Mapping[str, int]) -> AreaLink:
    n = counted.get(area.name)
    return AreaLink(
        name=area.name,
        label=str(area.label),
        short=str(area.short or area.label),
        icon=area.icon,
        url=url,
        n_waiting=area.count(user) if area.count and n is None else n,
        is_here=here == area.name or here in area.others,
    )
