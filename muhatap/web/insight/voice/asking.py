"""Which days, topic, channel, segment and product the pages of the customers' voice are about: read from the address, and written into the next."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from muhatap.channels.models import Inbox
from muhatap.contacts.models import Tag
from muhatap.insight.themes import family
from muhatap.insight.voices import Asked
from muhatap.sales.models import Product
from muhatap.shared import clock
from muhatap.understanding.models import Theme, Topic
from muhatap.web.common.charts import days_said
from muhatap.web.insight import filters
from muhatap.web.insight.voice import words

NUMBERS = ("topic", "only_topic", "tag", "product", "theme")
IN_MENU = 30  # segments; there may be hundreds, the rest is reached from the tables


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """`period` names a preset, or is empty when days were given. `topic` means a topic and all below it, `only_topic` the topic alone;
    0 is what has none.
    """

    today: date
    period: str
    start: date
    end: date
    topic: int | None = None
    only_topic: int | None = None
    channel: str = ""
    tag: int | None = None
    product: int | None = None
    theme: int | None = None

    @property
    def n_days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def asked(self) -> Asked:
        return Asked(
            start=self.start,
            end=self.end,
            topic_ids=self._topics(),
            channel=self.channel,
            tag_id=self.tag,
            product_id=self.product,
            theme_ids=family(self.theme) if self.theme else (),
        )

    def _topics(self) -> tuple[int, ...] | None:
        if self.only_topic is not None:
            return (self.only_topic,)
        return None if self.topic is None else branch(self.topic)

    def pairs(self) -> list[tuple[str, str]]:
        days = [("period", self.period)] if self.period else [("from", str(self.start)), ("to", str(self.end))]
        numbers = [(name, str(getattr(self, name))) for name in NUMBERS if getattr(self, name) is not None]
        return [*days, *numbers, *([("channel", self.channel)] if self.channel else [])]

    def url(self, name: str = "overview", **more: Any) -> str:
        extra = [(key, str(value)) for key, value in more.items() if value not in (None, "")]
        return f"{reverse(f'voice:{name}')}?{urlencode([*self.pairs(), *extra])}"

    def rows(self, say: str = "", *, start: date | None = None, end: date | None = None, **narrowed: Any) -> str:
        """The messages behind a count."""
        some = replace(self, **narrowed)
        if start or end:
            some = replace(some, period="", start=start or self.start, end=end or self.end)
        return some.url("rows", say=say)

    def but(self, **changes: Any) -> "Wanted":
        return replace(self, **changes)


def read(request: HttpRequest) -> Wanted:
    """What the address asks for; what makes no sense in it is passed over."""
    given = request.GET
    today = timezone.localtime(clock.now()).date()
    period, start, end = filters.days(given, today)
    channel = given.get("channel", "")
    numbers = {name: filters.number(given, name) for name in NUMBERS}
    alone = numbers["only_topic"]
    if alone is not None and branch(alone) == (alone,):
        numbers |= {"topic": alone, "only_topic": None}
    return Wanted(
        today=today,
        period=period,
        start=start,
        end=end,
        channel=channel if channel.isidentifier() and len(channel) <= 20 else "",
        **numbers,
    )


def branch(topic: int) -> tuple[int, ...]:
    """A topic and all below it."""
    below: dict[int | None, list[int]] = defaultdict(list)
    for pk, parent in Topic.objects.values_list("pk", "parent_id"):
        below[parent].append(pk)
    found, waiting = [topic], [topic]
    while waiting:
        waiting = [pk for one in waiting for pk in below[one] if pk not in found]
        found += waiting
    return tuple(found)


def said(wanted: Wanted) -> str:
    """The days in words."""
    if wanted.period:
        return filters.presets(wanted.today)[wanted.period][0]
    return days_said(wanted.start, wanted.end)


def narrowed(wanted: Wanted) -> list[tuple[str, str]]:
    """What the page is narrowed to, each with the address without it."""
    found = []
    if wanted.only_topic is not None:
        alone = _("%(topic)s itself") % {"topic": topic_name(wanted.only_topic)}
        found.append((alone, wanted.but(only_topic=None).url()))
    if wanted.topic is not None:
        found.append((topic_name(wanted.topic), wanted.but(topic=None).url()))
    if wanted.channel:
        found.append((words.channel(wanted.channel), wanted.but(channel="").url()))
    for model, name in ((Tag, "tag"), (Product, "product"), (Theme, "theme")):
        if row := model.objects.filter(pk=getattr(wanted, name) or 0).first():
            found.append((str(row), wanted.but(**{name: None}).url()))
    return found


def topic_name(pk: int) -> str:
    row = Topic.objects.filter(pk=pk).first() if pk else None
    return str(row) if row else _("No topic")


def menus(wanted: Wanted, here: str = "overview") -> list[dict[str, Any]]:
    """The menus above: days, topic, channel, segment."""
    presets = [
        (said, wanted.but(period=name, start=start, end=end).url(here), name == wanted.period)
        for name, (said, start, end) in filters.presets(wanted.today).items()
    ]
    topics = [(str(row), row.pk) for row in Topic.objects.filter(archived_at=None).order_by("name")]
    channels = [(words.channel(kind), kind) for kind in sorted(set(Inbox.objects.values_list("kind", flat=True)))]
    tags = [(row.name, row.pk) for row in Tag.objects.order_by("folded")[:IN_MENU]]
    found = [
        _menu("topic", "list", _("All topics"), topics, wanted, here, None),
        _menu("channel", "inbox", _("All channels"), channels, wanted, here, ""),
        _menu("tag", "tag", _("All segments"), tags, wanted, here, None),
    ]
    days = {"id": "days", "icon": "calendar", "label": said(wanted), "items_shown": presets, "is_set": True}
    return [*(menu for menu in found if len(menu["items_shown"]) > 1), days]


def _menu(
    name: str, icon: str, everything: str, choices: list[tuple[str, Any]], wanted: Wanted, here: str, none: Any
) -> dict[str, Any]:
    chosen = getattr(wanted, name)
    without = wanted.but(only_topic=None) if name == "topic" else wanted
    items = [(everything, without.but(**{name: none}).url(here), chosen == none)]
    items += [(label, without.but(**{name: value}).url(here), value == chosen) for label, value in choices]
    label = next((text for text, _url, is_chosen in items if is_chosen), everything)
    return {"id": name, "icon": icon, "label": label, "items_shown": items, "is_set": chosen != none}
