"""Weights learned without labels: expectation and maximisation over counted level patterns, in three classes of pairs.

Two records are of the same person, of two people of one household or firm ("relatives"), or of strangers. The classes are
told apart where they mix: among pairs with the same names, with the same address of mail, with the same phone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from muhatap.matching.comparing import BY_FIELD, COMPARISONS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SAME, RELATIVE, STRANGER = range(3)
ROUNDS = 80
REFINED = 3  # times over all sessions
PSEUDO = 0.5  # of a count, so that what was never seen is rare, not impossible
BELIEVED = 5.0  # pairs: what a belief weighs beside what is counted
AFTER_SOMEBODY = 0.01  # of relatives, bear each other's first name
FEWEST = 50  # pairs a session needs
FIELDS = tuple(each.field for each in COMPARISONS)

# Where the search begins; levels in the order of the comparison, `missing` left out.
_SAME: Mapping[str, Sequence[float]] = {
    "given": (0.72, 0.02, 0.05, 0.06, 0.03, 0.04, 0.03, 0.05),
    "family": (0.75, 0.02, 0.08, 0.03, 0.02, 0.1),
    "born": (0.03, 0.82, 0.04, 0.05, 0.02, 0.04),
    "email": (0.03, 0.03, 0.02, 0.53, 0.04, 0.06, 0.29),
    "phone": (0.03, 0.05, 0.55, 0.04, 0.33),
    "national": (0.9, 0.08, 0.02),
    "address": (0.5, 0.05, 0.1, 0.35),
    "place": (0.6, 0.2, 0.2),
    "postcode": (0.75, 0.1, 0.15),
    "company": (0.7, 0.1, 0.2),
}
# What is believed of relatives until they are counted.
_RELATIVE: Mapping[str, Sequence[float]] = {
    "given": (0.02, 0.005, 0.005, 0.01, 0.01, 0.01, 0.02, 0.92),
    "family": (0.72, 0.005, 0.06, 0.03, 0.02, 0.165),
    "born": (0.001, 0.01, 0.004, 0.004, 0.04, 0.941),
    "email": (0.15, 0.1, 0.005, 0.015, 0.01, 0.02, 0.7),
    "phone": (0.12, 0.15, 0.03, 0.01, 0.69),
    "national": (0.001, 0.001, 0.998),
    "address": (0.5, 0.05, 0.1, 0.35),
    "place": (0.65, 0.15, 0.2),
    "postcode": (0.75, 0.1, 0.15),
    "company": (0.5, 0.1, 0.4),
}


@dataclass(frozen=True)
class Patterns:
    """Distinct rows of levels and how many pairs show each."""

    levels: Ints  # one column a comparison
    n: Floats

    def only(self, chosen: NDArray[np.bool_]) -> "Patterns":
        return Patterns(self.levels[chosen], self.n[chosen])

    def at(self, field: str, *names: str) -> NDArray[np.bool_]:
        """Which rows have one of these levels."""
        wanted = [number for number, name in enumerate(BY_FIELD[field].names) if name in names]
        return np.isin(self.levels[:, FIELDS.index(field)], wanted)


Rates = dict[str, Floats]  # of each field: the share of every level in a class; place 0 (missing) says nothing: 1


@dataclass(frozen=True)
class Learned:
    same: Rates
    relative: Rates
    stranger: Rates
    named: Rates  # of strangers who have the same names
    n_relatives: float  # pairs that can only be relatives


@dataclass(frozen=True)
class _Session:
    """Pairs that agree on something: what they tell of other fields, and how many of them belong to each class."""

    agreed: frozenset[str]
    rows: Patterns
    rates: list[Rates]
    belongs: Floats  # classes by rows


def learn(candidates: Patterns, strangers: Patterns, equal: Mapping[str, float], n_pairs: float) -> Learned:
    """Rates of every level in every class.

    `strangers` are counted random pairs, `equal` the chance that two of them have the same name ("given same"), `n_pairs` how many pairs of
    records there are in all.
    """
    relative, n_relatives = _relatives(candidates)
    same: Rates = {field: _beginning(field) for field in FIELDS}
    doubt = np.ones(len(strangers.n))
    for _ in range(REFINED):
        stranger = {field: _counted(strangers, doubt, field, equal) for field in FIELDS}
        relative["given"] = _renamed(stranger["given"])
        sessions = [
            _separated(candidates.only(rows), agreed, [same, relative, stranger])
            for rows, agreed in _sessions(candidates)
        ]
        sessions = [session for session in sessions if session.rows.n.sum() >= FEWEST]
        same = _pooled(sessions, same)
        for session in sessions:
            _count_identifiers(session, candidates, [same, relative, stranger], n_pairs)
        doubt = _strange(strangers, [same, relative, stranger], _share_of_same(sessions, n_pairs))
    named = next((session.rates[STRANGER] for session in sessions if "family" in session.agreed), stranger)
    return Learned(same, relative, stranger, {**stranger, **named}, n_relatives)


def _relatives(rows: Patterns) -> tuple[Rates, float]:
    """Two first names at one address, or with one phone or mailbox: counted directly, for each field without itself.

    That relatives are born on one day or have one number of identity is believed, not counted: it would be the same person.
    """
    one_person = rows.at("born", "same", "registry_day", "turned", "near") | rows.at("national", "same", "near")
    other = rows.at("given", "other") & ~one_person
    at_home, by_phone = rows.at("address", "same"), rows.at("phone", *_EQUAL)
    by_mail, by_firm = rows.at("email", *_EQUAL), rows.at("company", "same")
    seen_by = {
        "phone": at_home | by_mail,
        "email": at_home | by_phone,
        "address": by_phone | by_mail,
        "place": by_phone | by_mail,
    }
    anyhow = at_home | by_phone | by_mail | by_firm
    rates: Rates = {}
    for field in FIELDS:
        before = _normal(np.array(_RELATIVE[field]))
        chosen = rows.only(other & seen_by.get(field, anyhow))
        counts = _sums(chosen.levels[:, FIELDS.index(field)], chosen.n, len(before))
        rates[field] = before if field in ("born", "national") else _rates(counts, before)
    return rates, float(rows.only(other & anyhow).n.sum())


_EQUAL = ("same", "dotted", "shared", "shared_by_many")


def _renamed(stranger: Floats) -> Floats:
    """First names of relatives are as different as strangers', but for those who bear a grandparent's."""
    rates = stranger.copy()
    rates[1] += AFTER_SOMEBODY
    rates[1:] /= rates[1:].sum()
    return rates


def _sessions(rows: Patterns) -> list[tuple[NDArray[np.bool_], frozenset[str]]]:
    return [
        (rows.at("given", "same") & rows.at("family", "same"), frozenset({"given", "family"})),
        (rows.at("email", *_EQUAL), frozenset({"email"})),
        (rows.at("phone", *_EQUAL), frozenset({"phone"})),
        (rows.at("national", "same"), frozenset({"national"})),
    ]


def _separated(rows: Patterns, agreed: frozenset[str], begin: list[Rates]) -> _Session:
    """Expectation and maximisation among these pairs: rates of the same person, and how mail of namesakes compares."""
    fields = [field for field in FIELDS if field not in agreed]
    rates: list[Rates] = [{field: each[field].copy() for field in fields} for each in begin]
    columns = {field: rows.levels[:, FIELDS.index(field)] for field in fields}
    share, belongs = np.array([0.6, 0.2, 0.2]), np.zeros((3, len(rows.n)))
    for _ in range(ROUNDS):
        logs = np.stack([_likelihood(columns, each) for each in rates]) + np.log(share)[:, None]
        odds = np.exp(logs - logs.max(axis=0))
        belongs = odds / odds.sum(axis=0) * rows.n
        share = np.maximum(belongs.sum(axis=1) / max(rows.n.sum(), 1.0), 1e-9)
        for field in fields:
            rates[SAME][field] = _rates(
                _sums(columns[field], belongs[SAME], len(begin[SAME][field])), _beginning(field)
            )
        if "family" in agreed:
            counts = _sums(columns["email"], belongs[STRANGER], len(begin[STRANGER]["email"]))
            rates[STRANGER]["email"] = _rates(counts, begin[STRANGER]["email"])
    return _Session(agreed, rows, rates, belongs)


def _count_identifiers(session: _Session, candidates: Patterns, rates: list[Rates], n_pairs: float) -> None:
    """Equal addresses and numbers of strangers are too rare for random pairs: here all of them are seen, and told apart."""
    for field in session.agreed & {"email", "phone", "national"}:
        place = FIELDS.index(field)
        filled = float((candidates.levels[:, place] > 0) @ candidates.n) / max(candidates.n.sum(), 1.0)
        counts = _sums(session.rows.levels[:, place], session.belongs[STRANGER], len(rates[STRANGER][field]))
        level = counts > 0
        rates[STRANGER][field] = rates[STRANGER][field].copy()
        rates[STRANGER][field][level] = np.maximum(counts[level], PSEUDO) / (n_pairs * max(filled, 0.05))


def _share_of_same(sessions: Sequence[_Session], n_pairs: float) -> float:
    """A careful guess, for telling random pairs that are no strangers: the most that one session has found."""
    return max((float(session.belongs[SAME].sum()) for session in sessions), default=1.0) / n_pairs


def _strange(rows: Patterns, rates: list[Rates], share_of_same: float) -> Floats:
    """Of each row of random pairs: how likely they are strangers indeed."""
    columns = {field: rows.levels[:, place] for place, field in enumerate(FIELDS)}
    shares = np.log(np.array([share_of_same, share_of_same, 1.0]))
    logs = np.stack([_likelihood(columns, each) for each in rates]) + shares[:, None]
    odds = np.exp(logs - logs.max(axis=0))
    return np.asarray(odds[STRANGER] / odds.sum(axis=0))


def _likelihood(columns: Mapping[str, Ints], rates: Rates) -> Floats:
    return np.asarray(np.sum([np.log(rates[field][column]) for field, column in columns.items()], axis=0))


def _sums(levels: Ints, n: Floats, n_levels: int) -> Floats:
    return np.bincount(levels, n, n_levels).astype(np.float64)


def _rates(counts: Floats, before: Floats) -> Floats:
    """Shares of the levels; what was seen is joined by a little of what was believed."""
    seen = counts[1:] + BELIEVED * before[1:]
    return np.concatenate([[1.0], np.maximum(seen / seen.sum(), 1e-9)])


def _normal(share: Floats) -> Floats:
    return np.concatenate([[1.0], share / share.sum()])


def _beginning(field: str) -> Floats:
    return _normal(np.array(_SAME[field], dtype=np.float64))


def _counted(rows: Patterns, doubt: Floats, field: str, equal: Mapping[str, float]) -> Floats:
    names = BY_FIELD[field].names
    counts = _sums(rows.levels[:, FIELDS.index(field)], rows.n * doubt, len(names))[1:]
    n = max(counts.sum(), 1.0)
    counts = counts + 0.3
    for level in ("same", "exchanged"):
        if f"{field} {level}" in equal:
            counts[names.index(level) - 1] = equal[f"{field} {level}"] * n
    return _normal(counts)


def _pooled(sessions: Sequence[_Session], before: Rates) -> Rates:
    """The mean of what the sessions found of the same person, each by the number of its pairs."""
    pooled: Rates = {}
    for field in FIELDS:
        found = [
            (each.rates[SAME][field], float(each.belongs[SAME].sum())) for each in sessions if field not in each.agreed
        ]
        weight = sum(n for _, n in found)
        pooled[field] = np.sum([rate * n for rate, n in found], axis=0) / weight if weight > 1 else before[field]
    return pooled
