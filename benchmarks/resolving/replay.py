"""The same people told one after the other and all at once: do the resolver and the batch find the same pairs?

The records of the base are asked in the order in which they came, each among those before it. What the matcher is sure of online
is grouped as the batch groups; beside it the pairs themselves, before grouping.
"""

import csv
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from muhatap.matching import comparing, grouping, scoring
from muhatap.matching.batch import LARGEST
from muhatap.matching.normal import Normal

AT_ONCE = 200
Pair = tuple[int, int]


def measure(data: Path, folder: Path, n: int) -> dict[str, Any]:
    """Shares of pairs that both find, of all that one of them finds: before grouping, and in groups."""
    from muhatap.contacts import comparable

    model = data / "model.json"
    model.write_text(comparable.model().to_json(), "utf-8")
    online = _online(n)
    batch, groups = _batch(data, folder, n, model)
    sure = {pair for pair, (weight, _) in online.items() if weight >= comparable.model().merge}
    return {
        "pairs_equal": _share(sure, batch),
        "groups_equal": _share(_pairs(_grouped(n, online)), groups),
        "pairs_online": len(sure),
        "pairs_batch": len(batch),
        "pairs_in_groups_batch": len(groups),
        "only_online": len(sure - batch),
        "only_batch": len(batch - sure),
    }


def _online(n: int) -> dict[Pair, tuple[float, float]]:
    """Pairs worth a look with their weight and what speaks against them: those found by keys, and within what hangs together all."""
    from muhatap.contacts import comparable
    from muhatap.contacts.models import SourceRecord

    rows = SourceRecord.objects.filter(source="import:1", pk__lte=n).order_by("pk").values_list("pk", "normal")
    records = {pk: comparable.read(kept) for pk, kept in rows}
    found = _met(records)
    using: dict[str, list[Normal]] = defaultdict(list)
    for record in records.values():
        using[record.email].append(record)
        using[record.phone].append(record)
    strong = [pair for pair, (weight, _) in found.items() if weight >= comparable.model().merge]
    for group in _hanging(n, strong):
        if 1 < len(group) <= LARGEST:
            found |= _within(group, records, using)
    return found


def _met(records: dict[int, Normal]) -> dict[Pair, tuple[float, float]]:
    """Each record asked among those before it."""
    from muhatap.contacts import candidates

    found: dict[Pair, tuple[float, float]] = {}
    numbers = list(records)
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        for pk, likely in zip(some, candidates.of([records[pk] for pk in some]), strict=True):
            found |= {(one.record, pk): (one.weight, 0.0) for one in likely if one.record < pk}
    return found


def _hanging(n: int, strong: list[Pair]) -> Iterable[list[int]]:
    left, right = (np.array([pair[side] for pair in strong], dtype=np.int64) for side in (0, 1))
    hanging: dict[int, list[int]] = defaultdict(list)
    for record, group in enumerate(grouping.components(n + 1, left, right).tolist()):
        hanging[group].append(record)
    return hanging.values()


def _within(
    group: list[int], records: dict[int, Normal], using: dict[str, list[Normal]]
) -> dict[Pair, tuple[float, float]]:
    """All pairs of records that hang together, as the batch looks at them: also those no key had found."""
    from muhatap.contacts import comparable
    from muhatap.contacts.candidates import shared

    model, found = comparable.model(), {}
    for low, high in combinations(sorted(group), 2):
        one, other = records[low], records[high]
        one = shared(one, [*using[one.email], *using[one.phone]])
        against = model.sums(comparing.levels(model.known(one), model.known(other))).against
        found[low, high] = (scoring.weight(one, other, model), against)
    return found


def _batch(data: Path, folder: Path, n: int, model: Path) -> tuple[set[Pair], set[Pair]]:
    records, pairs, clusters = data / "replay.csv", data / "pairs.csv", data / "clusters.csv"
    with (folder / "records.csv").open(encoding="utf-8") as source, records.open("w", encoding="utf-8") as target:
        for _place, line in zip(range(n + 1), source, strict=False):
            target.write(line)
    command = [sys.executable, "-m", "muhatap", "dedupe", str(records), "--model", str(model), "--bar", "merge"]
    done = subprocess.run(
        [*command, "--out", str(clusters), "--explain", str(pairs)], check=True, stdout=subprocess.PIPE, text=True
    )
    json.loads(done.stdout.splitlines()[-1])
    with pairs.open(encoding="utf-8", newline="") as file:
        sure = {_pair(list(row.values())[:2]) for row in csv.DictReader(file) if row["band"] == "merge"}
    groups: dict[str, list[int]] = defaultdict(list)
    with clusters.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            groups[row["cluster_id"]].append(int(row["rec_id"]))
    return sure, _pairs(groups.values())


def _grouped(n: int, online: dict[Pair, tuple[float, float]]) -> Iterable[list[int]]:
    from muhatap.contacts import comparable

    model = comparable.model()
    left, right = (np.array([pair[side] for pair in online], dtype=np.int64) for side in (0, 1))
    weights, against = (np.array([told[side] for told in online.values()], dtype=np.float32) for side in (0, 1))
    strong = weights >= model.merge
    component = grouping.components(n + 1, left[strong], right[strong])
    within = component[left] == component[right]
    label, _ = grouping.guarded(
        component,
        grouping.Pairs(left[within], right[within], weights[within], against[within]),
        bar=model.merge,
        share=model.against,
    )
    groups: dict[int, list[int]] = defaultdict(list)
    for record, group in enumerate(label.tolist()):
        groups[group].append(record)
    return groups.values()


def _pairs(groups: Iterable[list[int]]) -> set[Pair]:
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


def _pair(ids: list[str]) -> Pair:
    low, high = sorted(map(int, ids))
    return low, high


def _share(ones: set[Pair], others: set[Pair]) -> float:
    either = ones | others
    return round(len(ones & others) / len(either), 4) if either else 1.0
