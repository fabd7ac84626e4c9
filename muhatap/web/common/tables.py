"""What every report shows: figures as cards, tables whose numbers lead to their rows, and how a figure moved."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Trend:
    """How a figure moved against the period before; `tone` only when it got worse by more than a little."""

    text: str
    icon: str
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class Cell:
    text: str
    url: str = ""

    @property
    def is_nothing(self) -> bool:
        """Needed only to keep the columns of a table; a stacked row leaves it out."""
        return self.text in ("–", "0")


@dataclass(frozen=True, kw_only=True)
class Card:
    """One figure: its value, how it moved, what it is, and where its rows are; `notes`: of which rows it tells, and of which not."""

    label: str
    value: str
    sentence: str
    url: str = ""
    under: str = ""
    trend: Trend | None = None
    notes: tuple[Cell, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Row:
    name: str
    cells: tuple[Cell, ...]
    url: str = ""
