"""Which visits the reports are about: days, site and device as everywhere, and in one bar who came, from where, and what they looked at.

The roll-ups by the day know of days, site and device alone. What else is asked is counted from single visits, over QUARTER at most.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from muhatap.contacts.models import Tag
from muhatap.measures.asked import Conditions, Period
from muhatap.visits import reports
from muhatap.visits.models import Dim
from muhatap.web.common import reading
from muhatap.web.insight.web import asking, words
from muhatap.web.insight.web.asking import Asked

WHO = ("known", "unknown", "bought", "unbought")
AGAIN = ("new", "again")
FIELDS = ("who", "again", "source", "campaign", "page", "product", "tag")
PLAIN = ("who", "source", "campaign")  # what a visit says of itself; the first visit of a cohort is asked for no more
QUARTER = timedelta(days=92)
LONGEST, CHOICES = 300, 30
IN_LOG = {"page": "path", "campaign": "utm"}


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """What is asked beside days, site and device."""

    asked: Asked
    source: str = ""
    who: str = ""
    again: str = ""
    campaign: str = ""
    page: str = ""
    product: str = ""
    tag: int | None = None

    @property
    def period(self) -> Period:
        return Period(start=self.asked.start, end=self.asked.end)

    @property
    def conditions(self) -> Conditions:
        return Conditions(
            site=self.asked.site,
            device=(self.asked.device,) if self.asked.device else (),
            source=(self.source,) if self.source else (),
            campaign=self.campaign or None,
            is_known={"known": True, "unknown": False}.get(self.who),
            has_bought={"bought": True, "unbought": False}.get(self.who),
            page=self.page or None,
            product=self.product or None,
            tag=self.tag,
            is_returning={"again": True, "new": False}.get(self.again),
            since=self.asked.start if self.again else None,
        )

    @property
    def kept(self) -> dict[str, str]:
        return {name: str(value) for name in FIELDS if (value := getattr(self, name))}

    @property
    def is_plain(self) -> bool:
        """Whether the roll-ups by the day can say it."""
        return not self.kept

    def bounded(self) -> "Narrowed":
        """The same over a quarter at most, where single visits have to be read."""
        return self if self.is_plain else self.quarter()

    def quarter(self) -> "Narrowed":
        """The last quarter of it at most."""
        first = self.asked.end - QUARTER + timedelta(days=1)
        return self if self.asked.start >= first else replace(self, asked=self.asked.but(period="", start=first))

    def visits(self, **more: Any) -> str:
        """The visits behind a figure, narrowed as the figure is."""
        told = {IN_LOG.get(name, name): value for name, value in self.kept.items() if name != "who"}
        whose = {"known": "known", "unknown": "unknown", "unbought": "unbought"}
        if self.who in whose:
            told[whose[self.who]] = "1"
        elif self.who == "bought":
            told["reached"] = "5"
        return self.asked.visits(**(told | {key: value for key, value in more.items() if value not in (None, "")}))


@dataclass(frozen=True, kw_only=True)
class Field:
    """One question of the bar: its choices with the chosen one."""

    name: str
    label: str
    choices: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, kw_only=True)
class Chip:
    text: str
    off_url: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    fields: tuple[Field, ...]
    hidden: tuple[tuple[str, str], ...]
    chips: tuple[Chip, ...]
    all_url: str
    said: str


def read(request: HttpRequest, fields: Collection[str] = FIELDS) -> Narrowed:
    """What makes no sense is passed over."""
    told = {name: request.GET.get(name, "") for name in fields}
    tag = reading.number(told.get("tag"))
    return Narrowed(
        asked=asking.read(request),
        source=_one_of(told.get("source", ""), words.SOURCES),
        who=_one_of(told.get("who", ""), WHO),
        again=_one_of(told.get("again", ""), AGAIN),
        tag=tag if tag and Tag.objects.filter(pk=tag).exists() else None,
        **{name: reading.words(told.get(name, ""), LONGEST) for name in ("campaign", "page", "product")},
    )


def bar(narrowed: Narrowed, here: str, fields: Collection[str] = FIELDS, **kept: Any) -> Bar:
    """The bar above a report; `kept` stays in the address."""
    own = {name: value for name, value in kept.items() if name not in FIELDS and value not in (None, "")}
    choices = {name: _choices(name, narrowed) for name in fields}
    return Bar(
        fields=tuple(
            Field(
                name=name,
                label=_label(name),
                choices=tuple((key, said, key == narrowed.kept.get(name, "")) for key, said in some),
            )
            for name, some in choices.items()
            if len(some) > 1
        ),
        hidden=(*narrowed.asked.pairs(), *((key, str(value)) for key, value in own.items())),
        chips=tuple(_chips(narrowed, here, choices, own)),
        all_url=narrowed.asked.url(here, **own),
        said=_said(narrowed),
    )


def _chips(
    narrowed: Narrowed, here: str, choices: dict[str, list[tuple[str, str]]], own: dict[str, Any]
) -> Iterable[Chip]:
    for name, value in narrowed.kept.items():
        rest = {key: other for key, other in narrowed.kept.items() if key != name}
        text = dict(choices.get(name, [])).get(value, value)
        yield Chip(text=f"{_label(name)}: {text}", off_url=narrowed.asked.url(here, **own, **rest))


def _said(narrowed: Narrowed) -> str:
    """That these figures are counted otherwise, and over which days."""
    if narrowed.is_plain:
        return ""
    asked = narrowed.bounded().asked
    if asked.start == narrowed.asked.start:
        return _("Counted from single visits, since the sums by the day do not know these filters.")
    return _(
        "Counted from single visits, since the sums by the day do not know these filters; over three months at most: %(days)s."
    ) % {"days": asking.said(asked)}


def _label(name: str) -> str:
    return {
        "who": _("Segment"),
        "again": _("Visitors"),
        "source": _("Source"),
        "campaign": _("Campaign"),
        "page": _("Page"),
        "product": _("Product"),
        "tag": _("Tag of the customer"),
    }[name]


def _choices(name: str, narrowed: Narrowed) -> list[tuple[str, str]]:
    """Everything first; what was asked for stays among them, however rare it is."""
    told = {
        "who": lambda: [
            ("", _("Everybody")), ("known", _("People we know")), ("unknown", _("People we do not know")),
            ("bought", _("Who bought")), ("unbought", _("Who did not buy")),
        ],
        "again": lambda: [("", _("New and returning")), ("new", _("First visit")), ("again", _("Came before"))],
        "source": lambda: [("", _("All sources")), *((each, words.source(each)) for each in words.SOURCES)],
        "campaign": lambda: [("", _("All campaigns")), *_campaigns(narrowed)],
        "page": lambda: [("", _("All pages")), *_named(narrowed, Dim.PAGE, "n_views")],
        "product": lambda: [("", _("All products")), *_named(narrowed, Dim.PRODUCT, "n_views")],
        "tag": lambda: [("", _("All tags")), *((str(tag.pk), tag.name) for tag in Tag.objects.order_by("folded")[:100])],
    }[name]()  # fmt: skip
    chosen = narrowed.kept.get(name)
    return told if chosen is None or chosen in dict(told) else [*told, (chosen, chosen)]


def _named(narrowed: Narrowed, dim: Dim, by: str) -> list[tuple[str, str]]:
    rows = reports.rows(narrowed.asked.cut, dim, by=by, most=CHOICES)
    return [(row.key, row.name or words.path(row.key)) for row in rows if row.of[by]]


def _campaigns(narrowed: Narrowed) -> list[tuple[str, str]]:
    """By the campaign's own name, the last of source / medium / campaign."""
    rows = reports.rows(narrowed.asked.cut, Dim.CAMPAIGN, by="n_visits", most=CHOICES)
    names = [parts[-1] for row in rows if len(parts := row.key.split(" / ")) == 3]
    return [(name, name) for name in dict.fromkeys(names)]


def _one_of(value: str, known: Collection[str]) -> str:
    return value if value in known else ""
