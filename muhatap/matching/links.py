"""What somebody has said of two records: one person, or two. It comes before every weight."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from muhatap.matching import pairing, reading
from muhatap.matching.engine import Engine
from muhatap.matching.letters import bare
from muhatap.matching.pairing import Ints
from muhatap.matching.reading import UnreadableFile
from muhatap.shared.words import gettext as _

NAMES = {
    "left": "rec_id_l rec_id_1 left kayit_1",
    "right": "rec_id_r rec_id_2 right kayit_2",
    "link": "link same verdict karar",
}
SAME = frozenset(("same", "must", "yes", "true", "1", "ayni", "evet"))
DIFFERENT = frozenset(("different", "cannot", "no", "false", "0", "farkli", "hayir"))


@dataclass(frozen=True)
class Links:
    """Records from 0, the lesser first. `n_unknown` links name a record that is not there."""

    same: Ints  # pairs as `pairing.joined` has them
    different: frozenset[tuple[int, int]]
    n_unknown: int = 0


NONE = Links(np.empty(0, np.int64), frozenset())


def read(path: Path, engine: Engine, scratch: Path) -> Links:
    """Links of a CSV by rec_id: rec_id_l, rec_id_r, link (same, different). Raises UnreadableFile."""
    told = list(_rows(path, scratch))
    left, right, is_same = (
        np.array([row[place] for row in told], dtype=kind) for place, kind in enumerate((object, object, bool))
    )
    engine.lend("told", {"l": left, "r": right, "is_same": is_same})
    joins = "join called a on a.rec_id = t.l join called b on b.rec_id = t.r"
    found = engine.numbers(f"select a.id - 1 as l, b.id - 1 as r, t.is_same from told t {joins} where a.id <> b.id")
    least, most = np.minimum(found["l"], found["r"]), np.maximum(found["l"], found["r"])
    same = found["is_same"].astype(bool)
    apart = frozenset(zip(least[~same].tolist(), most[~same].tolist(), strict=True))
    return Links(np.unique(pairing.joined(least[same], most[same])), apart, max(len(told) - len(same), 0))


def _rows(path: Path, scratch: Path) -> Iterator[tuple[str, str, bool]]:
    text, header, delimiter = reading.opened_table(path, scratch, "links.csv")
    names = [reading.plain(name) for name in header]
    place = {
        ours: next((names.index(name) for name in known.split() if name in names), -1) for ours, known in NAMES.items()
    }
    if -1 in place.values():
        raise UnreadableFile(_("A file of links has the columns rec_id_l, rec_id_r and link."))
    with text.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, delimiter=delimiter)
        next(rows)
        for number, row in enumerate(rows, 2):
            if not any(row):
                continue
            word = bare(row[place["link"]].strip()) if len(row) > max(place.values()) else ""
            if word not in SAME | DIFFERENT:
                raise UnreadableFile(_("Row %(n)d of the links says neither same nor different.") % {"n": number})
            yield row[place["left"]].strip(), row[place["right"]].strip(), word in SAME
