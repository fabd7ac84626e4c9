"""The next chunk of a file, read and understood while the database writes this one."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from django.utils import translation

from muhatap.imports import rowsfile, writing
from muhatap.imports.models import Import
from muhatap.imports.understanding import Reader
from muhatap.imports.writing import Understood


class Ahead:
    """One thread that is a chunk ahead, so that it reads while whoever writes waits for the database; `chunks` are all it reads.

    It writes nothing and asks the database nothing. What it has read for another place in the file than where the import
    turns out to be (a chunk failed, somebody began anew), or with columns that mean something else now, is thrown away.
    """

    def __init__(self, reader: Callable[[Import], Reader], *, most: int, chunks: int) -> None:
        self._reader_of, self._most, self._chunks = reader, most, chunks
        self._reader: Reader | None = None
        self._sha256 = ""
        self._pool = ThreadPoolExecutor(1, "imports-ahead")
        self._next: tuple[int, Future[Understood]] | None = None

    def chunk(self, one: Import) -> Understood:
        """The rows from where this import is on; the ones after them are begun."""
        reader = self._now(one)
        start, ahead = self._next or (-1, None)
        self._next = None
        self._chunks -= 1
        found = ahead.result() if ahead and start == one.position else self._begun(one, reader, one.position).result()
        if self._chunks > 0 and found.lines and found.lines[-1].end < one.rows_size:
            end = found.lines[-1].end
            self._next = end, self._begun(one, reader, end)
        return found

    def _now(self, one: Import) -> Reader:
        """Between two chunks somebody may have stopped it, said anew what the columns mean, and begun again."""
        reader = self._reader_of(one)
        if self._reader is None or (self._sha256, self._reader) != (one.rows_sha256, reader):
            self._sha256, self._reader, self._next = one.rows_sha256, reader, None
        return self._reader

    def _begun(self, one: Import, reader: Reader, start: int) -> "Future[Understood]":
        return self._pool.submit(_read, one.rows_sha256, start, self._most, reader, translation.get_language())

    def __enter__(self) -> "Ahead":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)


def _read(sha256: str, start: int, most: int, reader: Reader, language: str | None) -> Understood:
    """In the language of who imports, since rows that are refused say why in it."""
    with translation.override(language):
        return writing.understand(reader, rowsfile.lines(sha256, start=start, most=most))
