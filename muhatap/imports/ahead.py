"""The next chunk of a file, read and understood while the database still writes the last one."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from django.utils import translation

from muhatap.imports import rowsfile, writing
from muhatap.imports.models import Import
from muhatap.imports.understanding import Reader
from muhatap.imports.writing import Understood


class Ahead:
    """One thread that reads ahead. It begins when a chunk is about to be committed, for then this one only waits."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._known: tuple[int, Future[Understood]] | None = None

    def chunk(self, one: Import, reader: Callable[[], Reader], *, most: int) -> Understood:
        """The rows from where this import is on: read already, or now."""
        known, self._known = self._known, None
        if known and known[0] == one.position:
            return known[1].result()
        return _read(one.rows_sha256, one.position, most, reader(), translation.get_language())

    def begin(self, one: Import, reader: Reader, *, most: int) -> None:
        """Read the rows from where this import is on."""
        self._pool = self._pool or ThreadPoolExecutor(1, "imports-ahead")
        asked = (one.rows_sha256, one.position, most, reader, translation.get_language())
        self._known = one.position, self._pool.submit(_read, *asked)

    def __enter__(self) -> "Ahead":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)


def _read(sha256: str, start: int, most: int, reader: Reader, language: str | None) -> Understood:
    """In the language of who imports, since rows that are refused say why in it."""
    with translation.override(language):
        return writing.understand(reader, rowsfile.lines(sha256, start=start, most=most))
