"""Which days, site and device a report of web sites is about: read from the address, and written into the next one."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from muhatap.shared import clock
from muhatap.visits.models import Device, Site
from muhatap.visits.reports import Cut
from muhatap.web.common.charts import days_said
from muhatap.web.insight import filters


@dataclass(frozen=True, kw_only=True)
class Asked:
    """`period` names a preset, or is empty when days were given."""

    today: date
    period: str
    start: date
    end: date
    site: int | None = None
    device: int | None = None

    @property
    def cut(self) -> Cut:
        return Cut(start=self.start, end=self.end, site_id=self.site, device=self.device)

    @property
    def n_days(self) -> int:
        return (self.end - self.start).days + 1

    def pairs(self) -> list[tuple[str, str]]:
        days = [("period", self.period)] if self.period else [("from", str(self.start)), ("to", str(self.end))]
        return [*days, *((name, str(getattr(self, name))) for name in ("site", "device") if getattr(self, name))]

    def url(self, name: str, **more: Any) -> str:
        """An address of these reports with these filters and more."""
        extra = [(key, str(value)) for key, value in more.items() if value not in (None, "")]
        return f"{reverse(f'web:{name}')}?{urlencode([*self.pairs(), *extra])}"

    def visits(self, *, start: date | None = None, end: date | None = None, **narrowed: Any) -> str:
        """The visits behind a figure."""
        some = replace(self, period="", start=start or self.start, end=end or self.end)
        extra = [(key, str(value)) for key, value in narrowed.items() if value not in (None, "")]
        return f"{reverse('visits:list')}?{urlencode([*some.pairs(), *extra])}"

    def but(self, **changes: Any) -> "Asked":
        return replace(self, **changes)


def read(request: HttpRequest) -> Asked:
    """What the address asks for; what makes no sense in it is passed over."""
    given = request.GET
    today = timezone.localtime(clock.now()).date()
    period, start, end = filters.days(given, today)
    device = filters.number(given, "device", most=max(Device.values))
    return Asked(
        today=today, period=period, start=start, end=end, site=filters.number(given, "site"), device=device or None
    )


def said(asked: Asked) -> str:
    """The days in words."""
    if asked.period:
        return filters.presets(asked.today)[asked.period][0]
    return days_said(asked.start, asked.end)


def choices(asked: Asked, here: str, **kept: Any) -> list[dict[str, Any]]:
    """The menus above a report: days, device and, where there are several, site; each with what is chosen."""
    presets = [
        (words, asked.but(period=name, start=start, end=end).url(here, **kept), name == asked.period)
        for name, (words, start, end) in filters.presets(asked.today).items()
    ]
    devices = [(_("All devices"), asked.but(device=None).url(here, **kept), asked.device is None)]
    devices += [
        (str(device.label), asked.but(device=int(device)).url(here, **kept), asked.device == device)
        for device in (Device.PHONE, Device.TABLET, Device.COMPUTER)
    ]
    menus: list[dict[str, Any]] = [
        {
            "id": "device",
            "icon": "monitor-smartphone",
            "label": _("Device"),
            "items_shown": devices,
            "is_set": asked.device,
        },
        {"id": "days", "icon": "calendar", "label": said(asked), "items_shown": presets, "is_set": True},
    ]
    for menu in menus:
        if menu["is_set"] and menu["id"] == "device":
            menu["label"] = next(words for words, _url, is_chosen in devices if is_chosen)
    sites = list(Site.objects.order_by("name", "pk")[:20])
    if len(sites) > 1:
        items = [(_("All sites"), asked.but(site=None).url(here, **kept), asked.site is None)]
        items += [(each.name, asked.but(site=each.pk).url(here, **kept), asked.site == each.pk) for each in sites]
        label = next((words for words, _url, is_chosen in items[1:] if is_chosen), _("Site"))
        menus.insert(0, {"id": "site", "icon": "globe", "label": label, "items_shown": items, "is_set": asked.site})
    return menus
