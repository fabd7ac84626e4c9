"""Is everything that is on the server also here? Two lists of UIDs are compared; what is missing can be fetched."""

from collections.abc import Iterable
from dataclasses import dataclass

N_TOLD = 1_000  # of missing UIDs kept by name; the count is exact


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Counts of one moment. Mail deleted on the server after we took it in is here and not there, which is no gap."""

    n_on_server: int
    n_here: int
    missing: tuple[int, ...]


def compare(on_server: Iterable[int], here: Iterable[int]) -> Comparison:
    """Compare what the folder holds with what was taken in, both within the part of the mailbox we are to read."""
    server, ours = set(on_server), set(here)
    return Comparison(n_on_server=len(server), n_here=len(server & ours), missing=tuple(sorted(server - ours)))
