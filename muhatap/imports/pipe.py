"""A zip on its way out: what was written so far, given on in pieces."""

from typing import IO, cast


class Pipe:
    """A file that zipfile writes to and that gives what was written in pieces."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.place = self.n_taken = 0

    @property
    def file(self) -> IO[bytes]:
        """As zipfile wants it: of a file that cannot be sought it asks no more than this."""
        return cast(IO[bytes], self)

    def write(self, piece: bytes) -> int:
        self.pieces.append(bytes(piece))
        self.place += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self.place

    @property
    def size(self) -> int:
        """Bytes that wait to be taken."""
        return self.place - self.n_taken

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        piece, self.pieces, self.n_taken = b"".join(self.pieces), [], self.place
        return piece
