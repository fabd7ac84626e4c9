"""What was learned from data: weights in bits, how common names are, the bars. One JSON file with a version."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from muhatap.matching.comparing import BY_FIELD, COMPARISONS, Levels
from muhatap.matching.normal import Normal

FORMAT = 1
MERGE = 5.0  # bits, 32 to 1: joined without asking
REVIEW = -2.0  # 1 to 4: worth a look
_STARTING = Path(__file__).with_name("starting.json")
# With names that agree, an address made of the name is no second proof of it.
NAMES_AGREE: Mapping[str, tuple[str, ...]] = {
    "given": ("same", "exchanged", "nickname", "near", "head", "initial"),
    "family": ("same", "exchanged", "near", "word"),
}
_NAME_FIELDS = ("given", "family")
DIGITS = 3
HALF = 0.5  # of equal first names in a household, the share that is meant: a grandchild's, not chance


class BadModel(Exception):
    """The file is no model of ours, or of another version."""


@dataclass(frozen=True)
class Weight:
    """Bits for the same person: against a stranger, against somebody of the same household or firm."""

    stranger: float
    relative: float
    against: float = 0.0  # of the relative's bits, those below zero


@dataclass(frozen=True, kw_only=True)
class Model:
    prior: Weight
    weights: Mapping[str, Mapping[str, Weight]]
    when_named: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # against a stranger of the same name
    names: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # of each name, bits above the mean name
    rare: Mapping[str, float] = field(default_factory=dict)  # bits of a name that is not in the list
    taught: Mapping[str, float] = field(default_factory=dict)  # by people's answers: bits by "field level", and "prior"
    nicknames: Mapping[str, str] = field(default_factory=dict)  # learned: which name a name stands for
    rules: tuple[str, ...] = ()
    merge: float = MERGE
    review: float = REVIEW
    against: float = 0.15  # how much of what speaks against a pair weighs when two groups would be joined
    made_from: Mapping[str, object] = field(default_factory=dict)

    def gain(self, name_field: str, name: str) -> float:
        """What an equal name says beyond the mean equal name: a rare one more, a common one less."""
        return self.names.get(name_field, {}).get(name, self.rare.get(name_field, 0.0))

    def known(self, record: Normal) -> Normal:
        """The record with the nicknames this model has learned."""
        call = self.nicknames.get(record.call)
        return replace(record, call=call) if call else record

    def sums(self, found: Levels) -> Weight:
        """Bits of all levels together, without prior and gains."""
        stranger = relative = against = 0.0
        is_named = names_agree(found)
        for comparison, level in zip(COMPARISONS, found, strict=True):
            name = comparison.names[level]
            weight = (
                self.weights.get(comparison.field, {}).get(name) if level and speaks(comparison.field, found) else None
            )
            if weight:
                stranger += self.against_stranger(comparison.field, name, weight, is_named=is_named)
                relative += weight.relative
                against += min(weight.relative, weight.stranger, 0.0)
        more = self.taught_bits(found) if self.taught else 0.0
        return Weight(stranger + more, relative + more, against)

    def taught_bits(self, found: Levels) -> float:
        """What answers of people add. It says nothing against a pair: groups are guarded by what data say."""
        told = zip(COMPARISONS, found, strict=True)
        names = [f"{each.field} {each.names[level]}" for each, level in told if level and speaks(each.field, found)]
        return sum(self.taught.get(name, 0.0) for name in ("prior", *names))

    def against_stranger(self, name_field: str, level: str, weight: Weight, *, is_named: bool) -> float:
        special = self.when_named.get(name_field, {}).get(level) if is_named else None
        return weight.stranger if special is None else min(weight.stranger, special)

    def total(self, sums: Weight, given_gain: float, family_gain: float) -> float:
        """Log odds in bits: the same person against a stranger or a relative, whoever is the likelier. Rounded, since a pair exactly
        on a bar must stand on the same side of it wherever it is weighed."""
        stranger = self.prior.stranger + sums.stranger + given_gain + family_gain
        relative = self.prior.relative + sums.relative + meant(given_gain)
        low, high = sorted((stranger, relative))
        return round(low - math.log2(1 + 2 ** (low - high)), DIGITS)

    def to_json(self) -> str:
        stored = {"format": FORMAT, **asdict(self)}
        for weight in (stored["prior"], *(each for levels in stored["weights"].values() for each in levels.values())):
            weight.pop("against")
        return json.dumps(stored, ensure_ascii=False, indent=1, sort_keys=True)


def meant(gain: float) -> float:
    """A rare first name twice in one household: half the households mean it."""
    return -math.log2(HALF * 2**-gain + HALF)


def names_agree(found: Levels) -> bool:
    """Some name agrees, or none could be compared: an address made of a name is then no second proof."""
    told = list(zip(_NAME_FIELDS, found, strict=False))
    return any(BY_FIELD[name].names[level] in NAMES_AGREE[name] for name, level in told) or not any(found[:2])


def speaks(name: str, found: Levels) -> bool:
    """The place says nothing beyond an address that is the same."""
    return name != "place" or found[_ADDRESS] not in (1, 3)


_ADDRESS = [each.field for each in COMPARISONS].index("address")


def parsed(text: str) -> Model:
    """Raises BadModel."""
    try:
        stored: dict[str, Any] = json.loads(text)
        if stored.pop("format") != FORMAT:
            raise BadModel
        stored["prior"] = Weight(**stored["prior"])
        stored["weights"] = {
            name: {level: Weight(**weight) for level, weight in levels.items()}
            for name, levels in stored["weights"].items()
        }
        if "same" in (email := stored["weights"].get("email", {})):  # of a model from before the level was known
            email.setdefault("dotted", email["same"])
        stored["rules"] = tuple(stored["rules"])
        return Model(**stored)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadModel from error


@cache
def starting() -> Model:
    """The model that comes with the product, for bases too small to learn from."""
    return parsed(_STARTING.read_text("utf-8"))
