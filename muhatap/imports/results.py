"""What became of each row, as a file that can be put right and imported again."""

from collections.abc import Callable, Iterator

from muhatap.contacts.exporting import harmless
from muhatap.imports import rowsfile
from muhatap.imports.models import Import, ImportRow

_AT_ONCE = 1000
TAKEN = "taken"


def rows(
    one: Import, *, head: list[str], said: Callable[[ImportRow], list[str]], outcome: str = "", undone: str = ""
) -> Iterator[list[str]]:
    """A head, then each row's outcome in the reader's words before the cells of the file, as long as it is kept; all rows, or those
    of one outcome."""
    is_kept = one.file_gone_at is None
    yield [harmless(cell) for cell in [*head, *(one.header if is_kept else [])]]
    lines = _lines(one) if is_kept else iter(())
    after = -1
    while some := page(one, outcome=outcome, undone=undone, after=after, limit=_AT_ONCE):
        for row in some:
            cells = next((line.cells for line in lines if line.number == row.number), [])
            yield [harmless(cell) for cell in [str(row.number), *said(row), *cells]]
        after = some[-1].number


def _lines(one: Import) -> Iterator[rowsfile.Line]:
    """The file's rows from the first on; read once, beside what became of them."""
    start = 0
    while some := rowsfile.lines(one.rows_sha256, start=start, most=_AT_ONCE):
        yield from some
        start = some[-1].end


def page(one: Import, *, outcome: str = "", undone: str = "", after: int = -1, limit: int) -> list[ImportRow]:
    """Some rows, of one outcome or of what became of them when the import was taken back, by their number."""
    asked = one.rows.filter(number__gt=after)
    asked = asked.filter(outcome=outcome) if outcome else asked
    asked = asked.filter(undone=undone) if undone else asked
    return list(asked.order_by("number")[:limit])
