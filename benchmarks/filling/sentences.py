"""Turkish letters to a shop of home textiles, put together by dice: some words in every third letter, some in three of a million."""

import random
import tomllib
from collections.abc import Sequence
from pathlib import Path

WORDS: dict[str, list[str]] = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
RARE = WORDS["rare"]  # each stands in a handful of millions of messages
N_TEXTS = 20_000


def letters(dice: random.Random, n: int = N_TEXTS) -> list[str]:
    """What customers write: half of them below a hundred characters, one in a hundred above a thousand."""
    return [_text(dice, WORDS["matters"]) for _ in range(n)]


def answers(dice: random.Random, n: int = N_TEXTS) -> list[str]:
    return [_text(dice, WORDS["answers"]) for _ in range(n)]


def subject(dice: random.Random) -> str:
    return _filled(dice, dice.choice(WORDS["matters"]))[:120].capitalize()


def _text(dice: random.Random, matters: Sequence[str]) -> str:
    n_sentences = min(14, 1 + int(dice.expovariate(0.55)))
    parts = [f"{dice.choice(WORDS['openings'])}, {_filled(dice, _often_the_first(dice, matters))}."]
    parts += [f"{_filled(dice, dice.choice(WORDS['asides']))}." for _ in range(n_sentences - 1)]
    if dice.random() < 0.4:
        parts.append(f"{dice.choice(WORDS['closings'])}.")
    return " ".join(parts)


def _often_the_first(dice: random.Random, matters: Sequence[str]) -> str:
    """Some matters come up all the time, others now and then."""
    return matters[min(int(dice.expovariate(0.12)), len(matters) - 1)]


def _filled(dice: random.Random, sentence: str) -> str:
    return sentence.format(thing=dice.choice(WORDS["things"]), colour=dice.choice(WORDS["colours"]))
