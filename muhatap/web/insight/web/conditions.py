"""Which visits the deeper reports are about: days, site and device as everywhere, and where visits came from and whose they are."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from muhatap.measures.asked import Conditions, Period
from muhatap.web.insight.web import asking, words
from muhatap.web.insight.web.asking import Asked

WHO = ("known", "unknown", "bought", "unbought")


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """What is asked beside days, site and device."""

    asked: Asked
    source: str = ""
    who: str = ""

    @property
    def period(self) -> Period:
        return Period(start=self.asked.start, end=self.asked.end)

    @property
    def conditions(self) -> Conditions:
        return Conditions(
            site=self.asked.site,
            device=(self.asked.device,) if self.asked.device else (),
            source=(self.source,) if self.source else (),
            is_known={"known": True, "unknown": False}.get(self.who),
            has_bought={"bought": True, "unbought": False}.get(self.who),
        )

    @property
    def kept(self) -> dict[str, str]:
        return {name: value for name, value in (("source", self.source), ("who", self.who)) if value}


def read(request: HttpRequest) -> Narrowed:
    """What makes no sense is passed over."""
    source, who = request.GET.get("source", ""), request.GET.get("who", "")
    return Narrowed(
        asked=asking.read(request), source=source if source in words.SOURCES else "", who=who if who in WHO else ""
    )


def menus(narrowed: Narrowed, here: str, **kept: Any) -> list[dict[str, Any]]:
    """Menus for whose visits and from where, before the others."""
    people = {
        "": _("Everybody"), "known": _("People we know"), "unknown": _("People we do not know"), "bought": _("Who bought"),
        "unbought": _("Who did not buy"),
    }  # fmt: skip
    sources = {"": _("All sources")} | {name: words.source(name) for name in words.SOURCES}
    found = []
    for name, icon, label, choices, chosen in (
        ("who", "tag", _("Segment"), people, narrowed.who),
        ("source", "split", _("Source"), sources, narrowed.source),
    ):
        others = {key: value for key, value in narrowed.kept.items() if key != name}
        items = [
            (said, narrowed.asked.url(here, **kept, **others, **{name: value}), value == chosen)
            for value, said in choices.items()
        ]
        found.append(
            {
                "id": name,
                "icon": icon,
                "label": choices[chosen] if chosen else label,
                "items_shown": items,
                "is_set": chosen,
            }
        )
    return found
