"""What channels say, breath by breath: by somebody known, by a stranger, by a stranger with the name and number of many."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.resolving import world

if TYPE_CHECKING:
    from muhatap.channels.contract import Claim

Breath = list["Claim"]
KINDS = ("known", "unknown", "hot")


def spoken(folder: Path, kind: str, n: int, tag: str = "") -> list[Breath]:
    """So many breaths. Strangers write from addresses nobody has; `tag` makes those of one run differ from another's."""
    source = _rows(folder, n)
    if kind == "known":
        return [_claims(said, said["email"]) for said in islice(source, n)]
    some = [(place, said) for place, said in enumerate(islice(source, n))]
    if kind == "unknown":
        return [_claims(said, f"yeni{tag}.{place}.{said['email']}") for place, said in some]
    return [
        _claims(said | {"name": "Mehmet Yılmaz", "phone": "0532 111 22 33"}, f"mehmetyilmaz{tag}{place}@gmail.com")
        for place, said in some
    ]


def _rows(folder: Path, n: int) -> Iterator[dict[str, str]]:
    for row in world.rows(folder, 0, n * 4):
        said = world.told(row)
        if said.get("email") and said.get("name"):
            yield said


def _claims(said: dict[str, str], email: str) -> Breath:
    """An address the channel proves, and a number that is only told."""
    from muhatap.channels.contract import Claim

    found = [Claim(kind="email", value=email, is_verified=True, name=said["name"])]
    if said.get("phone"):
        found.append(Claim(kind="phone", value=said["phone"], is_verified=False))
    return found
