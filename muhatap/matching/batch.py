"""All customers of a file: normal forms, pairs, weights, groups; learning the model on the way when none is given."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from muhatap.matching import comparing, grouping, pairing, tables, training
from muhatap.matching.blocking import Rule, rule
from muhatap.matching.engine import Columns, Engine
from muhatap.matching.links import NONE, Links
from muhatap.matching.model import Model, Weight, starting
from muhatap.matching.training import Patterns

MOST_PAIRS = 12.0  # a record, of all rules together
LIKELY = 0.0  # as likely the same as not
TOLD = np.float32(10_000)  # bits of what somebody said: more than everything that speaks against it
LARGEST = 60  # records that may hang together before somebody has to look


def names_known(engine: Engine, least: int = 5) -> dict[str, tuple[dict[str, float], float, float]]:
    """For each name field: bits of each frequent name beyond the mean equal name, of any other, and the chance of equal names."""
    found: dict[str, tuple[dict[str, float], float, float]] = {}
    for field in ("given", "family"):
        if field in engine.fields:
            columns = engine.numbers(
                f"select {field} as name, count(*) as n from normalised where {field} <> '' group by {field}"
            )
            found[field] = _gains(columns["name"].tolist(), columns["n"].astype(np.float64), least)
    return found


def _gains(names: list[str], n: NDArray[np.float64], least: int) -> tuple[dict[str, float], float, float]:
    share = n / max(n.sum(), 1)
    mean = float((share**2).sum()) or 1.0
    bits = np.log2(mean / share)
    frequent = n >= least
    other = float(np.log2(mean / max(least / 2 / max(n.sum(), 1), 2e-5)))
    gain = {
        name: round(min(float(bit), 8.0), 2)
        for name, bit, is_frequent in zip(names, bits, frequent, strict=True)
        if is_frequent
    }
    return gain, round(min(other, 8.0), 2), mean


def chosen_rules(told: list[tuple[int, int, int]], n_records: int) -> list[int]:
    """The rules that find most for their pairs, until the pairs are enough."""
    left = MOST_PAIRS * n_records
    chosen = []
    for number, _, pairs in sorted(told, key=lambda row: row[2] / max(row[1], 1)):
        if pairs <= left:
            chosen.append(number)
            left -= pairs
    return sorted(chosen)


def patterns(columns: Columns) -> Patterns:
    codes = columns["code"].astype(np.int64)
    levels = np.stack([codes >> 4 * place & 15 for place in range(len(comparing.COMPARISONS))], axis=1)
    return Patterns(levels, columns["n"].astype(np.float64))


def learned_model(
    engine: Engine, n_records: int, names: Mapping[str, tuple[dict[str, float], float, float]], rules: tuple[str, ...]
) -> Model:
    """Weights from what the engine has compared."""
    equal = {f"{field} same": chance for field, (_, _, chance) in names.items()} | _exchanged(engine)
    learned = training.learn(
        patterns(engine.patterns()), patterns(engine.random_patterns(n_records)), equal, n_records * (n_records - 1) / 2
    )
    weights = {
        each.field: {
            name: Weight(
                round(float(np.log2(learned.same[each.field][level] / learned.stranger[each.field][level])), 3),
                round(float(np.log2(learned.same[each.field][level] / learned.relative[each.field][level])), 3),
            )
            for level, name in enumerate(each.names)
            if level
        }
        for each in comparing.COMPARISONS
        if each.of in engine.fields
    }
    email = comparing.BY_FIELD["email"].names
    named = {
        name: round(float(np.log2(learned.same["email"][level] / learned.named["email"][level])), 3)
        for level, name in enumerate(email)
        if name in ("dotted", "near", "user")
    }
    model = Model(
        prior=Weight(-20.0, -1.0),
        weights={**starting().weights, **weights},  # of fields these records lack, what is known from elsewhere
        when_named={"email": named},
        names={field: known for field, (known, _, _) in names.items()},
        rare={field: other for field, (_, other, _) in names.items()},
        rules=rules,
    )
    return replace(model, prior=prior(model, engine.gains(), n_records, learned.n_relatives))


def _exchanged(engine: Engine) -> dict[str, float]:
    """The chance that one stranger's names are the other's, exchanged: few names are both."""
    if not {"given", "family"} <= engine.fields:
        return {}
    counted = "select {0} as name, count(*) / sum(count(*)) over () as share from record where {0} <> '' group by {0}"
    query = f"select sum(g.share * f.share) from ({counted.format('given')}) g join ({counted.format('family')}) f using (name)"
    chance = float(engine.rows(query)[0][0] or 1e-6)
    return {"given exchanged": chance, "family exchanged": chance}


def prior(model: Model, counted: Columns, n_records: int, n_relatives: float) -> Weight:
    """How many of all pairs are of the same person: found in a few rounds with the weights; how many of relatives was counted."""
    given, family = counted["g"] / 2, counted["f"] / 2
    sums = weights_of(model, counted["code"].astype(np.int64))
    pairs = n_records * (n_records - 1) / 2
    stranger_sum = sums["stranger"] + given + family
    relative_sum = sums["relative"] - np.log2(0.5 * 2.0**-given + 0.5)
    same, relative = 1.0 / n_records, max(n_relatives, 1.0) / pairs
    for _ in range(20):
        against_stranger = 2.0 ** np.clip(-np.log2(same) - stranger_sum, -200, 200)
        against_relative = 2.0 ** np.clip(-np.log2(same / relative) - relative_sum, -200, 200)
        same = max(float((counted["n"] / (1 + against_stranger + against_relative)).sum()) / pairs, 0.01 / n_records)
    return Weight(round(float(np.log2(same)), 3), round(float(np.log2(same / relative)), 3))


def weights_of(model: Model, codes: NDArray[np.int64]) -> Columns:
    """Sums of every distinct pattern."""
    distinct, places = np.unique(codes, return_inverse=True)
    sums = [model.sums(comparing.levels_of(int(code))) for code in distinct]
    stranger = np.array([each.stranger for each in sums])
    relative = np.array([each.relative for each in sums])
    against = np.array([each.against for each in sums])
    return {"code": codes, "stranger": stranger[places], "relative": relative[places], "against": against[places]}


@dataclass(frozen=True)
class Outcome:
    """`group`: of each record the number of the first of its group, from 0."""

    group: NDArray[np.int64]
    model: Model
    n_candidates: int
    n_to_review: int
    refused: list[grouping.Refusal]


def resolve(
    engine: Engine,
    n_records: int,
    model: Model | None = None,
    *,
    bar: float | None = LIKELY,
    rules: tuple[Rule, ...] | None = None,
    told: Links = NONE,
) -> Outcome:
    """Group all records the engine has read, as it was told; without a model, learn it from them. Without a bar, join what the
    model would join without asking."""
    engine.normalise()
    known = {} if model else names_known(engine)
    engine.settle(_gains_of(model) if model else {field: (gain, other) for field, (gain, other, _) in known.items()})
    asked = rules or _rules_of(model)
    usable = tables.usable(asked, engine.fields)
    keyed = engine.key(usable)
    chosen = [number for number, _, _ in keyed] if rules else chosen_rules(keyed, n_records)
    n_candidates = engine.pair(chosen)
    engine.compare()
    model = model or learned_model(engine, n_records, known, tuple(usable[number].name for number in chosen))
    group, refused, n_to_review = grouped(engine, n_records, model, model.merge if bar is None else bar, told)
    return Outcome(group, model, n_candidates, n_to_review, refused)


def _gains_of(model: Model) -> dict[str, tuple[Mapping[str, float], float]]:
    return {field: (model.names.get(field, {}), model.rare.get(field, 0.0)) for field in ("given", "family")}


def _rules_of(model: Model | None) -> tuple[Rule, ...]:
    return tuple(map(rule, model.rules)) if model and model.rules else tables.RULES


def grouped(
    engine: Engine, n_records: int, model: Model, bar: float, told: Links = NONE
) -> tuple[NDArray[np.int64], list[grouping.Refusal], int]:
    prior = (model.prior.stranger, model.prior.relative)
    links = engine.weighed("compared", weights_of(model, engine.codes("compared")), prior, min(bar, model.review))
    n_to_review = int(((links["weight"] >= model.review) & (links["weight"] < model.merge)).sum())
    links = {name: column[links["weight"] >= bar] for name, column in links.items()}
    known = tuple(ids.astype(np.int64) for ids in pairing.parted(told.same))
    left, right = (
        np.concatenate([links[name].astype(np.int64) - 1, more]) for name, more in zip("lr", known, strict=True)
    )
    weight = np.concatenate([links["weight"], np.full(len(told.same), TOLD, np.float32)])
    component = grouping.loosened(n_records, left, right, weight, bar=bar, most=LARGEST)
    engine.compare_within(component, LARGEST)
    all_pairs = engine.weighed("within", weights_of(model, engine.codes("within")), prior, -1e9)
    # In order and rounded: engines give pairs in their own order, and differ in the last digit of a logarithm.
    order = np.argsort(pairing.joined(all_pairs["l"], all_pairs["r"]))
    left, right, weight, against = (all_pairs[name][order] for name in ("l", "r", "weight", "against"))
    weight, against = (np.round(bits, 3).astype(np.float32) for bits in (weight, against))
    left, right = left.astype(np.int64) - 1, right.astype(np.int64) - 1
    is_told = np.isin(pairing.joined(left, right), told.same)
    pairs = grouping.Pairs(left, right, np.where(is_told, TOLD, weight), np.where(is_told, 0, against))
    size = np.bincount(component, minlength=n_records)[component]
    label = np.where(size > LARGEST, grouping.components(n_records, known[0], known[1]), component)
    different = told.different | _of_two_numbers(engine, told)
    return *grouping.guarded(label, pairs, bar=bar, share=model.against, different=different), n_to_review


def _of_two_numbers(engine: Engine, told: Links) -> frozenset[tuple[int, int]]:
    """Two people by their numbers of identity, unless somebody knows better."""
    found = engine.contradicted()
    left, right = (found[name].astype(np.int64) for name in ("l", "r"))
    unsaid = ~np.isin(pairing.joined(left, right), told.same)
    return frozenset(zip(left[unsaid].tolist(), right[unsaid].tolist(), strict=True))
