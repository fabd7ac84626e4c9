"""Which contacts the matcher would join, and which it would take apart: from compared records to questions about contacts.

The same scoring and the same guarded grouping as everywhere. Records of one contact count as one person here, so that the
groups are of contacts; whether a contact's own records fit together is asked apart.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from muhatap.matching import batch, grouping
from muhatap.matching.engine import Columns, Engine
from muhatap.matching.model import Model

Ints = NDArray[np.int64]
AGAINST = -4.0  # bits that speak against two records of one contact before anybody asks whether it is one person
MOST_ASKED = 10  # questions about one crowd: what holds it together has to go first, and then the rest is asked anew
_ONE_CONTACT = 1000.0
_MOST_COMPARED = (
    4 * batch.LARGEST
)  # records of what hangs together, each with each; of contacts with more, the newest of theirs
Pair = tuple[int, int]


@dataclass(frozen=True)
class Likely:
    """Two contacts, lower number first, and their two records that speak most for one person. Of a crowd not all are asked about:
    `n_more` are not."""

    one: int
    other: int
    record: int
    weight: float
    code: int
    refused: str = ""
    n_more: int = 0


@dataclass(frozen=True)
class Torn:
    """A contact whose named records fall into two parts; `records` are those of the part that would leave."""

    contact: int
    records: tuple[int, ...]
    record: int
    weight: float
    code: int


class Look:
    """The compared base. `contact` is of each record, from 0, the contact in which it stands."""

    def __init__(self, engine: Engine, model: Model) -> None:
        stands = engine.numbers("select rec_id, contact, home from stands order by id")
        self.engine, self.model = engine, model
        self.record: Ints = stands["rec_id"].astype(np.int64)
        self.contact: Ints = stands["contact"].astype(np.int64)
        self.home: Ints = stands["home"].astype(np.int64)
        self.prior = (model.prior.stranger, model.prior.relative)
        self.links = self._weighed("compared", model.review)
        self.component = self._components()
        self.is_crowd = self._contacts_beside() > batch.LARGEST
        self.speaks = self._spokesmen()
        alone = self.is_crowd | ~self.speaks
        n = len(self.component)
        engine.compare_within(np.where(alone, n + np.arange(n), self.component), _MOST_COMPARED)
        self.within = self._weighed("within", -1e9)
        self.pairs = self._best()

    def group(self, different: Collection[Pair]) -> tuple[Ints, int]:
        """Of every record its group, with `different` contacts never in one; and how many joins were refused."""
        left, right = _ends(self.within)
        is_one = self.contact[left] == self.contact[right]
        weight = np.where(is_one, _ONE_CONTACT, self.within["weight"]).astype(np.float32)
        against = np.where(is_one, 0.0, self.within["against"]).astype(np.float32)
        pairs = grouping.Pairs(left, right, weight, against)
        label = np.where(self.is_crowd, np.arange(len(self.is_crowd)), self.component)
        apart = frozenset(self._records_of(different))
        grouped, refused = grouping.guarded(label, pairs, bar=batch.LIKELY, share=self.model.against, different=apart)
        return self._said_for_all(grouped), len(refused)

    def likely(self, group: Ints, *, denied: Collection[Pair], opposed: Collection[Pair]) -> Iterator[Likely]:
        """Pairs of contacts worth a question. Those somebody denied are not asked; those with proofs against each other only
        when everything else is nearly sure; of a crowd the best MOST_ASKED."""
        links, crowd = self.pairs, self._crowds()
        n_asked, n_found = Counter[int](), self._n_in_crowds(crowd, denied)
        for row in np.argsort(-links["weight"], kind="stable").tolist():
            one, other = int(links["low"][row]), int(links["high"][row])
            left, right = int(links["l"][row]), int(links["r"][row])
            weight, is_opposed = float(links["weight"][row]), (one, other) in opposed
            of = crowd[row]
            if (one, other) in denied or (is_opposed and weight < self.model.merge) or n_asked[of] == MOST_ASKED:
                continue
            n_asked[of] += of >= 0
            yield Likely(
                one=one,
                other=other,
                record=int(self.record[left]),
                weight=weight,
                code=int(links["code"][row]),
                refused="contradicted" if is_opposed else _refused(weight, of >= 0, group[left] == group[right]),
                n_more=max(n_found[of] - MOST_ASKED, 0),
            )

    def torn(self) -> Iterator[Torn]:
        """Contacts one of whose homes holds records that surely are of two people. What a person merged is not doubted."""
        named = self.engine.numbers("select given <> '' as named from record order by id")["named"].astype(bool)
        left, right = _ends(self.within)
        mine = (self.contact[left] == self.contact[right]) & named[left] & named[right]
        speaks = mine & (self.within["against"] <= AGAINST) & (self.within["weight"] < self.model.review)
        speaks &= self.home[left] == self.home[right]
        doubtful = np.unique(self.contact[left[speaks]])
        rows = np.flatnonzero(mine & np.isin(self.contact[left], doubtful))
        for some in _by(self.contact[left[rows]], rows):
            yield from self._parts(left[some], right[some], speaks[some], some)

    def _parts(self, left: Ints, right: Ints, speaks: NDArray[np.bool_], rows: Ints) -> Iterator[Torn]:
        ends = np.unique(np.concatenate([left, right]))
        place = {int(end): n for n, end in enumerate(ends)}
        fits = ~speaks
        near = [np.array([place[int(one)] for one in side[fits]], dtype=np.int64) for side in (left, right)]
        part = grouping.components(len(ends), *near)
        names, sizes = np.unique(part, return_counts=True)
        if len(names) < 2:
            return
        stays = names[np.argmax(sizes)]
        leaves = names[names != stays][0]
        across = [n for n, (a, b) in enumerate(zip(left, right, strict=True)) if self._is_across(a, b, place, part)]
        best = rows[max(across, key=lambda n: float(self.within["weight"][rows[n]]))]
        records = tuple(sorted(int(self.record[end]) for end in ends[part == leaves]))
        yield Torn(
            contact=int(self.contact[ends[0]]),
            records=records,
            record=int(self.record[int(self.within["l"][best]) - 1]),
            weight=float(self.within["weight"][best]),
            code=int(self.within["code"][best]),
        )

    def _is_across(self, a: int, b: int, place: Mapping[int, int], part: Ints) -> bool:
        return bool(part[place[int(a)]] != part[place[int(b)]])

    def _weighed(self, source: str, least: float) -> Columns:
        weights = batch.weights_of(self.model, self.engine.codes(source))
        return self.engine.weighed(source, weights, self.prior, least)

    def _components(self) -> Ints:
        """What hangs together by links that are more likely than not; the records of one contact always do."""
        strong = self.links["weight"] >= batch.LIKELY
        left, right = _ends({name: self.links[name][strong] for name in ("l", "r")})
        order = np.argsort(self.contact, kind="stable")
        next_to = self.contact[order[1:]] == self.contact[order[:-1]]
        return grouping.components(
            len(self.contact),
            np.concatenate([left, order[:-1][next_to]]),
            np.concatenate([right, order[1:][next_to]]),
        )

    def _contacts_beside(self) -> Ints:
        """Of each record how many contacts hang together with it, its own among them, whatever each has of records."""
        _contacts, first = np.unique(self.contact, return_index=True)
        n = np.bincount(self.component[first], minlength=len(self.component))
        found: Ints = n[self.component]
        return found

    def _spokesmen(self) -> NDArray[np.bool_]:
        """The records that are compared with all they hang together with. A contact of hundreds of records is no crowd, and its
        newest speak for it."""
        size = np.bincount(self.component, minlength=len(self.component))[self.component]
        most = np.where(
            size > _MOST_COMPARED, np.maximum(_MOST_COMPARED // np.maximum(self._contacts_beside(), 1), 1), size
        )
        order = np.lexsort((-self.record, self.contact))
        contacts, first = np.unique(self.contact[order], return_index=True)
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order)) - first[np.searchsorted(contacts, self.contact[order])]
        found: NDArray[np.bool_] = place < most
        return found

    def _said_for_all(self, group: Ints) -> Ints:
        """The records of a contact that were not compared are where those are that spoke for it."""
        if self.speaks.all():
            return group
        contacts, place = np.unique(self.contact, return_inverse=True)
        told = np.zeros(len(contacts), dtype=np.int64)
        told[place[self.speaks]] = group[self.speaks]
        return np.where(self.speaks | self.is_crowd, group, told[place])

    def _crowds(self) -> list[int]:
        """Of each pair of contacts the crowd both are of, -1 when they are of none."""
        of, other = self.component[self.pairs["l"]], self.component[self.pairs["r"]]
        found: list[int] = np.where((of == other) & self.is_crowd[self.pairs["l"]], of, -1).tolist()
        return found

    def _n_in_crowds(self, crowd: list[int], denied: Collection[Pair]) -> Counter[int]:
        """How many questions each crowd would be worth."""
        ends = zip(crowd, self.pairs["low"].tolist(), self.pairs["high"].tolist(), strict=True)
        return Counter(of for of, *pair in ends if of >= 0 and tuple(pair) not in denied)

    def _best(self) -> Columns:
        """Of each two contacts (`low`, `high`) the heaviest link: its records from 0, its weight and code. Also links no rule had found."""
        more = self.within["weight"] >= self.model.review
        columns = {
            name: np.concatenate([self.links[name], self.within[name][more]]) for name in ("l", "r", "weight", "code")
        }
        columns["l"], columns["r"] = _ends(columns)
        here, there = self.contact[columns["l"]], self.contact[columns["r"]]
        columns |= {"low": np.minimum(here, there), "high": np.maximum(here, there)}
        order = np.lexsort((columns["l"], -columns["weight"], columns["high"], columns["low"]))
        low, high = columns["low"][order], columns["high"][order]
        is_first = low != high
        is_first[1:] &= (low[1:] != low[:-1]) | (high[1:] != high[:-1])
        return {name: column[order[is_first]] for name, column in columns.items()}

    def _records_of(self, contacts: Collection[Pair]) -> Iterator[Pair]:
        """The pairs of records of two contacts, where they hang together at all."""
        wanted = np.unique(np.array([pk for pair in contacts for pk in pair], dtype=np.int64))
        mine: dict[int, list[int]] = {}
        for n in np.flatnonzero(np.isin(self.contact, wanted) & self.speaks):
            mine.setdefault(int(self.contact[n]), []).append(int(n))
        for one, other in contacts:
            for a in mine.get(one, []):
                for b in mine.get(other, []):
                    if self.component[a] == self.component[b]:
                        yield (a, b)


def _refused(weight: float, is_of_crowd: bool, is_joined: bool) -> str:
    if is_of_crowd:
        return "too_large"
    return "contradicted" if weight >= batch.LIKELY and not is_joined else ""


def _ends(columns: Columns) -> tuple[Ints, Ints]:
    return columns["l"].astype(np.int64) - 1, columns["r"].astype(np.int64) - 1


def _by(keys: Ints, rows: Ints) -> Iterator[Ints]:
    order = np.argsort(keys, kind="stable")
    ends = np.flatnonzero(np.diff(keys[order])) + 1
    yield from (rows[part] for part in np.split(order, ends) if len(part))
