"""Two records weighed, with the reasons: for one pair at a time, as the online resolver needs it."""

from dataclasses import dataclass
from typing import Literal

from muhatap.matching import comparing
from muhatap.matching.comparing import Levels
from muhatap.matching.model import Model, Weight, names_agree, speaks
from muhatap.matching.normal import Normal

Band = Literal["merge", "review", "apart"]
_MOST_MODELS, _MOST_PATTERNS = 4, 20_000


@dataclass(frozen=True)
class Evidence:
    """One comparison: the level found and its bits, for (+) or against (-) the same person."""

    field: str
    level: str
    weight: float


@dataclass(frozen=True)
class Verdict:
    """`weight` is the log odds in bits. The evidence, the prior first, adds up to it together with `cap`: what was taken off
    because the same would be found of two people of one household or firm."""

    weight: float
    band: Band
    evidence: tuple[Evidence, ...]
    cap: float


def score(a: Normal, b: Normal, model: Model) -> Verdict:
    """How likely both are one person, and why."""
    a, b = model.known(a), model.known(b)
    found = comparing.levels(a, b)
    given, family = (_gain(field, a, b, found, model) for field in ("given", "family"))
    return verdict(found, model, given=given, family=family)


def weight(a: Normal, b: Normal, model: Model) -> float:
    """The weight alone, for many of whom few are worth their reasons."""
    a, b = model.known(a), model.known(b)
    found = comparing.levels(a, b)
    given, family = (_gain(field, a, b, found, model) for field in ("given", "family"))
    return model.total(_sums(found, model), given, family)


# Of the models in use; the model is kept, so that its id stays its own.
_known_sums: dict[int, tuple[Model, dict[Levels, Weight]]] = {}


def _sums(found: Levels, model: Model) -> Weight:
    """The same levels come again and again: a few thousand patterns make up nearly all pairs."""
    if id(model) not in _known_sums:
        if len(_known_sums) >= _MOST_MODELS:
            _known_sums.clear()
        _known_sums[id(model)] = (model, {})
    known = _known_sums[id(model)][1]
    if found not in known:
        if len(known) >= _MOST_PATTERNS:
            known.clear()
        known[found] = model.sums(found)
    return known[found]


def verdict(found: Levels, model: Model, *, given: float = 0.0, family: float = 0.0) -> Verdict:
    """The same of levels that were compared elsewhere, with what equal names say beyond the mean name."""
    weight = model.total(model.sums(found), given, family)
    evidence = (
        Evidence("prior", "prior", model.prior.stranger),
        *_evidence(found, model, {"given": given, "family": family}),
        *([Evidence("taught", "taught", model.taught_bits(found))] if model.taught else []),
    )
    return Verdict(weight, band(weight, model), evidence, weight - sum(each.weight for each in evidence))


def band(weight: float, model: Model) -> Band:
    if weight >= model.merge:
        return "merge"
    return "review" if weight >= model.review else "apart"


def _gain(field: str, a: Normal, b: Normal, found: Levels, model: Model) -> float:
    level = found[0 if field == "given" else 1]
    return model.gain(field, str(getattr(a, field))) if comparing.BY_FIELD[field].names[level] == "same" else 0.0


def _evidence(found: Levels, model: Model, gains: dict[str, float]) -> list[Evidence]:
    is_named, told = names_agree(found), []
    for field, level in comparing.named(found):
        weight: Weight | None = model.weights.get(field, {}).get(level)
        if weight and speaks(field, found):
            bits = model.against_stranger(field, level, weight, is_named=is_named) + gains.get(field, 0.0)
            told.append(Evidence(field, level, bits))
    return told
