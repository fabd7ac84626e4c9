"""Reading an interaction: what it says, how likely, and which words decided it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from math import log

import numpy as np
from django.db import IntegrityError, transaction

from muhatap.interactions.models import Interaction
from muhatap.reading import reasons as told_by
from muhatap.reading.layer import Layer
from muhatap.reading.model import Floats
from muhatap.reading.reader import Look
from muhatap.reading.reasons import Reason
from muhatap.reading.topics import NONE
from muhatap.understanding import knowing
from muhatap.understanding.knowing import Knowing
from muhatap.understanding.models import Reading

LEARNED = ("kind", "urgency", "sentiment")
MOST_CHANCES = 3
_UNKNOWN_LANGUAGE = "und"
_LEAST = 1e-6


@dataclass(frozen=True)
class Answer:
    """One field as it was read: its chances, best first, and the words behind the best."""

    value: str
    confidence: float
    is_sure: bool
    chances: tuple[tuple[str, float], ...]
    reasons: tuple[Reason, ...]


def read(*, interaction: Interaction, text: str, at: datetime) -> Reading | None:
    """Read an inbound interaction once; None where there are no words. What stands already is left as it is."""
    standing = Reading.objects.filter(interaction=interaction).first()
    if standing or interaction.direction != Interaction.Direction.IN or not text.strip():
        return standing
    known = knowing.now(at=at)
    look = known.reader.look(text)
    if look is None:
        return None
    row = as_row(look, known)
    row.interaction, row.at, row.read_at, row.text_hash = interaction, interaction.at, at, hash_of(text)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # somebody else read it meanwhile
        return Reading.objects.filter(interaction=interaction).first()
    return row


def hash_of(text: str) -> str:
    """What a text is known by where it is not kept."""
    return sha256(text.encode("utf-8", "replace")).hexdigest()


def as_row(look: Look, known: Knowing) -> Reading:
    """What a look says, in this company's topics and with what it learned; not saved."""
    answers = {name: answer(name, look, known) for name in (*LEARNED, "topic")}
    spoken, sure = look.reading.language, look.reading.is_sure["language"]
    row = Reading(
        language=spoken,
        language_confidence=look.reading.confidences["language"],
        topic=known.topics.get(answers["topic"].value),
        topic_confidence=answers["topic"].confidence,
        is_sure=answers["kind"].is_sure,
        unsure=[name for name, one in answers.items() if not one.is_sure]
        + (["language"] if not sure or spoken == _UNKNOWN_LANGUAGE else []),
        chances={name: [[value, round(chance, 4)] for value, chance in one.chances] for name, one in answers.items()},
        reasons=[asdict(one) for one in _reasons(look, answers.values())],
        model_version=known.version,
    )
    for name in LEARNED:
        setattr(row, name, answers[name].value)
        setattr(row, f"{name}_confidence", answers[name].confidence)
    return row


def base_odds(name: str, look: Look, known: Knowing) -> dict[str, float]:
    """Log odds of each answer as the model that comes with the program gives them; the largest is what it answers."""
    if name == "topic":
        likeness = look.context.likeness if known.tree.asks_for_likeness else None
        odds = known.tree.odds(look.chances["topic"], look.words, likeness)
        return dict(zip(known.tree.keys, odds.tolist(), strict=True))
    told = {value: log(max(chance, _LEAST)) for value, chance in look.chances[name].items()}
    if name == "urgency":  # it says urgent rather too often than too seldom: its bar stands below one half
        bar = known.reader.model.urgent_from
        told["urgent"] += log((1 - bar) / bar)
    return told


def answer(name: str, look: Look, known: Knowing) -> Answer:
    """One field: the model's word, and what was learned on top of it."""
    odds = base_odds(name, look, known)
    number_and_layer = known.layers.get(name)
    first = max(odds, key=odds.__getitem__)
    if number_and_layer is not None:
        odds = number_and_layer[1].over(odds, look.point, look.mood, known.went_to)
    chances = _chances(odds)
    best = max(chances, key=chances.__getitem__)
    confidence = chances[best]
    if name == "urgency" and number_and_layer is None:
        confidence = look.reading.confidences["urgency"]
    is_sure = confidence >= known.reader.model.sure_from.get(name, 0.5) and not (
        name == "topic" and _is_guess(best, known)
    )
    reasons = [one for one in look.reading.reasons if one.about == name] if _is_same(name, best, look, known) else []
    if number_and_layer is not None and (best != first or not reasons):
        reasons = _learned(name, best, look, known, number_and_layer[1])
    if name == "topic" and not reasons and known.tree.is_told_by_name(best):
        seen = look.context
        named = known.tree.drawn_by(best, look.words, seen.likeness, seen.likeness_of_words)
        reasons = told_by.of_name(name, look.words, named)
    ordered = sorted(chances.items(), key=lambda one: -one[1])[:MOST_CHANCES]
    return Answer(best, confidence, is_sure, tuple(ordered), tuple(reasons))


def _is_guess(best: str, known: Knowing) -> bool:
    """Whether a topic is none, or one of which nobody has said yet what belongs to it: a name alone is never sure."""
    if best == NONE or not known.tree.is_told_by_name(best):
        return best == NONE
    taught = known.layers["topic"][1].spoken_of if "topic" in known.layers else ()
    return best not in {known.went_to.get(value, value) for value in taught}


def _learned(name: str, best: str, look: Look, known: Knowing, layer: Layer) -> list[Reason]:
    """The words that speak for an answer by what was learned; what went into it counts for it."""
    pulled, meant = dict[int, float](), np.zeros(len(look.words.bare), np.float32)
    for value in {best, *(was for was, became in known.went_to.items() if became == best)}:
        for place, worth in layer.drawn_by(look.point, value).items():
            pulled[place] = pulled.get(place, 0.0) + worth
        meant += layer.drawn_by_meaning(look.mood, look.mood_of_words, value)
    return told_by.of_likeness(name, look.words, pulled, meant)


def _is_same(name: str, best: str, look: Look, known: Knowing) -> bool:
    """Whether this is the answer the model's own reasons speak for."""
    if name != "topic":
        return bool(getattr(look.reading, name) == best)
    topic = known.topics.get(best)
    return topic is not None and topic.base == look.reading.topic


def _reasons(look: Look, answers: Iterable[Answer]) -> list[Reason]:
    return [
        *(reason for one in answers for reason in one.reasons),
        *(one for one in look.reading.reasons if one.about == "language"),
    ]


def _chances(odds: Mapping[str, float]) -> dict[str, float]:
    raised: Floats = np.array(list(odds.values()), dtype=np.float32)
    raised = np.exp(raised - raised.max())
    told = raised / raised.sum()
    return dict(zip(odds, told.tolist(), strict=True))
