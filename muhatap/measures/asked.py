"""What is asked of measures: days, conditions, steps. Plain values, so that whoever asks need not load what answers."""

from dataclasses import dataclass, fields
from datetime import date

STEPS = ("page", "below", "product", "event")
NO_STEPS = (
    "Page Engaged",
    "Element Clicked",
)  # of the tracker: pages and clicks are told elsewhere, packed months leave them out


@dataclass(frozen=True, kw_only=True)
class Period:
    """Days of the firm, both included."""

    start: date
    end: date


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """Of visits. All of them hold; what is None or empty is not asked. `source` and `device` may name several.

    `page` and `product` are what somebody looked at in the visit. `tag` is of contacts, whose links alone are laid then. Whether
    a visit is a returning one is told by all visits there are, so `since` says from which day on visits count.
    """

    site: int | None = None
    source: tuple[str, ...] = ()
    campaign: str | None = None
    device: tuple[int, ...] = ()
    landing: str | None = None
    is_known: bool | None = None
    has_bought: bool | None = None
    page: str | None = None
    product: str | None = None
    tag: int | None = None
    is_returning: bool | None = None
    since: date | None = None

    @property
    def is_empty(self) -> bool:
        return all(getattr(self, field.name) in (None, ()) for field in fields(self) if field.name != "since")

    @property
    def needs_links(self) -> bool:
        return self.is_known is not None or self.tag is not None


EVERYBODY = Conditions()


@dataclass(frozen=True)
class Step:
    """A page by its path, all pages "below" a path, the page of a product (of any, if empty), or an event by its name.

    Raises ValueError for another kind, or an event of NO_STEPS.
    """

    kind: str
    value: str

    def __post_init__(self) -> None:
        if self.kind not in STEPS:
            raise ValueError(f"a step is one of {', '.join(STEPS)}")
        if self.kind == "event" and self.value in NO_STEPS:
            raise ValueError(f"{self.value} is no step")
