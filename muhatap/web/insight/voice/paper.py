"""A report on paper: A4 with our own type, charts as lines and areas, headings that readers of the screen and outlines know."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont
from fpdf import FPDF, ViewerPreferences

FONTS = Path(__file__).parent.parent / "fonts"
INK, QUIET, LINE, ACCENT, SOFT, CONTROL = (
    (28, 27, 24), (104, 100, 91), (229, 226, 218), (10, 102, 97), (227, 239, 236), (138, 133, 122),
)  # fmt: skip
LEFT, WIDTH = 18.0, 174.0  # millimetres
NAME, CELL, SHARE = 50.0, 19.0, 14.0  # of a table: its first column, one with a number, and the words of a share
UNKNOWN = "·"


class Paper(FPDF):
    """One document. Texts come ready in the reader's language."""

    def __init__(
        self, *, title: str, subtitle: str, author: str, language: str, made_at: datetime, page_said: str
    ) -> None:
        super().__init__(format="A4")
        self.page_said, self.foot = page_said, f"{author} · {title}"
        self.set_title(title)
        self.set_subject(subtitle)
        self.set_author(author)
        self.set_creator("Muhatap")
        self.set_lang(language)
        self.set_creation_date(made_at)
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.add_font("Inter", "", FONTS / "Inter-Regular.ttf")
        self.add_font("Inter", "B", FONTS / "Inter-SemiBold.ttf")
        self.set_margins(LEFT, 16, LEFT)
        self.set_auto_page_break(True, margin=20)
        self.add_page()
        self.start_section(title)
        self.say(title, size=18, bold=True)
        self.say(subtitle, size=10, colour=QUIET)
        self.ln(2)

    def footer(self) -> None:
        self.set_y(-14)
        self._type(8, colour=QUIET)
        self.cell(WIDTH / 2, 5, known(self.foot))
        self.cell(WIDTH / 2, 5, known(self.page_said % {"n": self.page_no()}), align="R")

    def say(self, text: str, *, size: float = 10, bold: bool = False, colour: tuple[int, int, int] = INK) -> None:
        """A paragraph."""
        self._type(size, bold=bold, colour=colour)
        self.multi_cell(WIDTH, size * 0.5, known(text), new_x="LMARGIN", new_y="NEXT", align="L")

    def heading(self, text: str, *, room: float = 40) -> None:
        """A heading that stands in the outline, and does not stand alone at the end of a page."""
        if self.will_page_break(room):
            self.add_page()
        self.ln(4)
        self.start_section(text, level=1)
        self.say(text, size=12, bold=True)

    def figures(self, some: Sequence[tuple[str, str, str]]) -> None:
        """(name, value, what stands under it), three in a row between lines, or four where the last row would be short."""
        in_row = 4 if len(some) in (4, 7, 8) else 3
        wide = WIDTH / in_row
        for start in range(0, len(some), in_row):
            if self.will_page_break(24):
                self.add_page()
            top = self.get_y() + 2
            self._rule(top)
            for nth, (name, value, under) in enumerate(some[start : start + in_row]):
                left = LEFT + nth * wide
                self._at(left, top + 2, name, 8.5, wide, colour=QUIET)
                self._at(left, top + 7, value, 17, wide, bold=True)
                self._at(left, top + 15, under, 7.5, wide, colour=QUIET)
            self.set_y(top + 20)
        self._rule(self.get_y())

    def trend(
        self,
        points: Sequence[tuple[float | None, float, float]],
        *,
        top: str,
        first: str,
        last: str,
        height: float = 30,
    ) -> None:
        """Points as (value, low, high), each 0 above to 100 below: the interval as an area, the line over it."""
        left, above = LEFT, self.get_y() + 5
        self._at(left, above - 5, top, 7.5, 40, colour=QUIET)
        step = WIDTH / max(len(points), 1)

        def place(nth: int, y: float) -> tuple[float, float]:
            return left + (nth + 0.5) * step, above + y / 100 * height

        known_points = [(nth, *point) for nth, point in enumerate(points)]
        for run in _runs(known_points):
            edge = [place(nth, high) for nth, _v, _low, high in run]
            edge += [place(nth, low) for nth, _v, low, _high in reversed(run)]
            self.set_fill_color(*SOFT)
            if len(run) > 1:
                self.polygon(edge, style="F")
            self.set_draw_color(*ACCENT)
            self.set_line_width(0.5)
            if len(run) > 1:
                self.polyline([place(nth, value) for nth, value, _low, _high in run])
            self.set_fill_color(*ACCENT)
            for nth, value, _low, _high in run:
                x, y = place(nth, value)
                self.ellipse(x - 0.7, y - 0.7, 1.4, 1.4, style="F")
        self._rule(above + height)
        self._ends(above + height + 1, first, last)

    def legend(self, names: Sequence[str]) -> None:
        """What the bars of one or two series are, each beside its colour."""
        x, y = LEFT, self.get_y() + 1
        for place, name in enumerate(names):
            self.set_fill_color(*(ACCENT if place == 0 else CONTROL))
            self.rect(x, y + 0.7, 2.4, 2.4, style="F")
            self._at(x + 4, y, name, 8.5, WIDTH / 2)
            x += self.get_string_width(known(name)) + 10
        self.set_y(y + 5)

    def bars(
        self, series: Sequence[Sequence[float | None]], *, most: str, first: str, last: str, height: float = 30
    ) -> None:
        """Bars of one or two series side by side."""
        left, above = LEFT, self.get_y() + 5
        self._at(left, above - 5, most, 7.5, 40, colour=QUIET)
        largest = max((value for each in series for value in each if value), default=0.0)
        step = WIDTH / max(len(series[0]), 1)
        wide = step * 0.8 / len(series)
        for place, each in enumerate(series):
            self.set_fill_color(*(ACCENT if place == 0 else CONTROL))
            for nth, value in enumerate(each):
                if value and largest:
                    tall = value / largest * height
                    self.rect(
                        left + nth * step + step * 0.1 + place * wide, above + height - tall, wide, tall, style="F"
                    )
        self._rule(above + height)
        self._ends(above + height + 1, first, last)

    def rows(self, heads: Sequence[str], some: Sequence[tuple[str, Sequence[str], float, float, float]]) -> None:
        """A table of (name, cells, share, low, high): cells right, the share as a bar with its interval at the end."""
        self._heads(heads)
        bar_from = LEFT + NAME + (len(heads) - 2) * CELL + 4
        wide = LEFT + WIDTH - bar_from - SHARE
        for said, cells, share, low, high in some:
            if self.will_page_break(7):
                self.add_page()
                self._heads(heads)
            y = self.get_y()
            self._rule(y)
            self._at(LEFT, y + 1.2, said, 9, NAME)
            for nth, text in enumerate(cells[:-1]):
                self._at(LEFT + NAME + nth * CELL, y + 1.2, text, 9, CELL - 2, align="R")
            self._share(bar_from, y, wide, share, low, high)
            self._at(bar_from + wide + 2, y + 1.2, cells[-1], 9, SHARE - 2)
            self.set_y(y + 6.5)

    def _heads(self, heads: Sequence[str]) -> None:
        """Over the columns; long ones in several lines."""
        self._type(7.5, colour=QUIET)
        top = under = self.get_y() + 1
        for nth, head in enumerate(heads):
            is_last = nth == len(heads) - 1
            left = LEFT + (NAME + (nth - 1) * CELL if nth else 0) + (4 if is_last else 0)
            width = NAME if nth == 0 else LEFT + WIDTH - left if is_last else CELL
            self.set_xy(left, top)
            align = "L" if nth == 0 or is_last else "R"
            self.multi_cell(width - 2, 3.4, known(head), align=align, max_line_height=3.4, new_y="NEXT")
            under = max(under, self.get_y())
        self.set_y(under + 1)

    def _share(self, x: float, y: float, wide: float, share: float, low: float, high: float) -> None:
        self.set_fill_color(*LINE)
        self.rect(x, y + 2.4, wide, 2, style="F")
        self.set_fill_color(*CONTROL)
        self.rect(x, y + 2.4, wide * share / 100, 2, style="F")
        self.set_draw_color(*INK)
        self.set_line_width(0.3)
        self.line(x + wide * low / 100, y + 3.4, x + wide * high / 100, y + 3.4)

    def whole(self) -> bytes:
        return bytes(self.output())

    def _type(self, size: float, *, bold: bool = False, colour: tuple[int, int, int] = INK) -> None:
        self.set_font("Inter", "B" if bold else "", size)
        self.set_text_color(*colour)

    def _at(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        width: float,
        *,
        bold: bool = False,
        colour: tuple[int, int, int] = INK,
        align: str = "L",
    ) -> None:
        """One line at a place, cut where it is too long."""
        self._type(size, bold=bold, colour=colour)
        said = known(text)
        while said and self.get_string_width(said) > width - 1:
            said = said[:-2].rstrip() + "…" if len(said) > 2 else ""
        self.set_xy(x, y)
        self.cell(width, size * 0.45, said, align=align)

    def _rule(self, y: float) -> None:
        self.set_draw_color(*LINE)
        self.set_line_width(0.2)
        self.line(LEFT, y, LEFT + WIDTH, y)

    def _ends(self, y: float, first: str, last: str) -> None:
        half = WIDTH / 2
        self._at(LEFT, y, first, 7.5, half, colour=QUIET)
        self._at(LEFT + half, y, last, 7.5, half, colour=QUIET, align="R")
        self.set_y(y + 5)


def known(text: str) -> str:
    """What our type has letters for; the rest leaves a mark."""
    letters = _letters()
    return "".join(letter if ord(letter) in letters or letter == "\n" else UNKNOWN for letter in text)


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    return frozenset(TTFont(FONTS / "Inter-Regular.ttf").getBestCmap())


def _runs(points: Sequence[tuple[int, float | None, float, float]]) -> list[list[tuple[int, float, float, float]]]:
    runs: list[list[tuple[int, float, float, float]]] = [[]]
    for nth, value, low, high in points:
        if value is None:
            runs.append([])
        else:
            runs[-1].append((nth, value, low, high))
    return [run for run in runs if run]
