"""Learning from corrections: a new layer for each field people spoke about, kept with its figures, used only where it reads no worse.

What people said and what they left are examples, in the order in which it was written to us. The texts themselves are not kept
here: whoever calls brings them.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.reading import layer
from muhatap.reading import learning as pure
from muhatap.reading.learning import Example, Learned
from muhatap.reading.model import Floats
from muhatap.reading.reader import Look
from muhatap.shared import locks
from muhatap.understanding import forgetting, knowing, topics
from muhatap.understanding.knowing import Knowing
from muhatap.understanding.models import Correction, LearnedModel, Reading
from muhatap.understanding.reading import base_odds, hash_of

Texts = Callable[[Collection[int]], Mapping[int, str]]  # the words of interactions, by their numbers
MOST_CORRECTED, MOST_LEFT = 2_000, 1_000
AT_ONCE = 500
AT_WORK = ("learning from corrections",)  # the lock of whoever learns
KEPT = 3  # earlier layers of a field that can be gone back to
LISTED = 12  # of a field that say which messages they are about


class NotUsed(Exception):
    """This layer does not stand, so it cannot be taken back."""


@dataclass(frozen=True)
class _Spoken:
    """A reading as an example of one field: what it should say, since when, and the number of the correction that says so."""

    reading: Reading
    value: str
    correction: int | None
    at: datetime


def refit(*, texts: Texts, at: datetime, fewest_new: int = 1) -> list[LearnedModel]:
    """A new layer for each field about which enough was said since the last one, or something the one in use learned from is gone, or
    which another model reads by now. What learned from something gone knows nothing any more after that, whatever came of the new one.
    Nothing where it is being learned already.
    """
    topics.ensure(at=at)
    with locks.keeping(*AT_WORK) as is_ours:
        if not is_ours:
            return []
        known = knowing.now()
        return [row for about in knowing.ABOUT if (row := _refit(about, known, texts, fewest_new, at=at)) is not None]


@transaction.atomic
def take_back(*, learned: LearnedModel, by: User, at: datetime) -> None:
    """Go back to what was used before it, of what still has its bytes; what it knew goes. Raises NotUsed."""
    row = LearnedModel.objects.select_for_update(of=("self",)).get(pk=learned.pk)
    if not row.bytes or row.undone_at is not None:
        raise NotUsed
    row.undone_by, row.undone_at, row.bytes = by, at, b""
    row.save(update_fields=["undone_by", "undone_at", "bytes"])
    audit.record(by=by, at=at, act="learned.take_back", kind="learned", id=row.pk, name=row.about)


def standing(about: str) -> "QuerySet[Correction]":
    """The last word of people on each reading about a field; what was taken back is no word, so the one before it stands again."""
    rows = Correction.objects.standing().filter(field=about)
    last = rows.order_by("reading_id", "-id").distinct("reading_id")
    return Correction.objects.filter(pk__in=last.values("pk"))


def _refit(about: str, known: Knowing, texts: Texts, fewest_new: int, *, at: datetime) -> LearnedModel | None:
    spoken, gone = standing(about), forgetting.knowing_what_is_gone(about)
    in_use = known.layers[about][0] if about in known.layers else None
    if in_use not in gone and not _is_news(about, spoken.count(), fewest_new, known.reader.model.version):
        forgetting.forget(gone, at=at)
        return None
    answers = known.tree.keys if about == "topic" else known.reader.model.answers[about]
    since = None if in_use is None or in_use in gone else LearnedModel.objects.light().get(pk=in_use).fitted_at
    taught = list(_examples(about, known, texts, answers, since=since))
    firm = layer.FIRM_OF_TOPICS if about == "topic" else layer.FIRM
    by_name = known.tree.told_by_name if about == "topic" else ()
    learned = pure.learn([example for _, example in taught], answers, firm=firm, by_name=by_name)
    return _keep(about, known, learned, [one for one, _ in taught], gone, at=at)


def _is_news(about: str, n: int, fewest_new: int, version: str) -> bool:
    last = LearnedModel.objects.light().filter(about=about).order_by("-id").first()
    if last is None or last.base != version:
        return n >= max(pure.FEWEST, fewest_new)
    return Correction.objects.filter(field=about, at__gt=last.fitted_at).count() >= fewest_new


@transaction.atomic
def _keep(
    about: str, known: Knowing, learned: Learned, taught: Sequence[_Spoken], gone: Collection[int], *, at: datetime
) -> LearnedModel:
    row = LearnedModel.objects.create(
        about=about,
        base=known.reader.model.version,
        fitted_at=at,
        n_corrections=learned.n_corrections,
        n_held_back=learned.n_held_back,
        before=learned.before,
        after=learned.after,
        figures={name: list(told) for name, told in learned.classes.items()},
        is_used=learned.is_used,
        why=learned.why,
        bytes=layer.pack(learned.layer) if learned.layer and learned.is_used else b"",
        readings=[one.reading.pk for one in taught],
        corrections=[one.correction for one in taught if one.correction is not None],
        held_back=[taught[place].reading.pk for place in learned.held_back],
    )
    if row.is_used:
        told = {"before": str(round(row.before, 4)), "after": str(round(row.after, 4))}
        audit.record(by=None, at=at, act="learned.used", kind="learned", id=row.pk, name=about, **told)
    _let_go(about)
    forgetting.forget(gone, at=at)
    return row


def _let_go(about: str) -> None:
    """Of layers nobody goes back to only the figures stay, of the latest also which messages these are about."""
    mine = LearnedModel.objects.filter(about=about).order_by("-id")
    used = mine.filter(is_used=True, undone_at=None).values_list("pk", flat=True)
    LearnedModel.objects.filter(pk__in=list(used[KEPT + 1 :])).exclude(bytes=b"").update(bytes=b"")
    late = list(mine.values_list("pk", flat=True)[LISTED:])
    LearnedModel.objects.filter(pk__in=late, bytes=b"").exclude(readings=[]).update(**forgetting.NOTHING)


def _examples(
    about: str, known: Knowing, texts: Texts, answers: Collection[str], *, since: datetime | None
) -> Iterator[tuple[_Spoken, Example]]:
    """In the order of time; a text that is gone, or is not the one that was read, is left out. The layer in use is measured by
    what was said or read `since` it was learned.
    """
    spoken = sorted([*_said(about), *_left(about)], key=lambda one: (one.reading.at, one.reading.pk))
    for start in range(0, len(spoken), AT_ONCE):
        some = spoken[start : start + AT_ONCE]
        words = texts([one.reading.interaction_id for one in some])
        for one in some:
            text = words.get(one.reading.interaction_id, "")
            value = known.went_to.get(one.value, one.value)
            if value not in answers or hash_of(text) != one.reading.text_hash:
                continue
            is_new = since is not None and one.at > since
            if look := known.reader.look(text):
                yield one, _example(about, look, known, answers, value, one, is_new=is_new)


def _example(
    about: str, look: Look, known: Knowing, answers: Collection[str], value: str, spoken: _Spoken, *, is_new: bool
) -> Example:
    odds = base_odds(about, look, known)
    standing = known.layers[about][1].over(odds, look.point, look.mood, known.went_to) if is_new else {}
    return Example(
        point=look.point,
        mood=look.mood,
        base=_row(odds, answers),
        answer=value,
        is_corrected=spoken.correction is not None,
        is_judged=spoken.correction is not None or f"+{about}" not in spoken.reading.model_version,
        standing=_row(standing, answers) if standing else None,
    )


def _row(odds: Mapping[str, float], answers: Collection[str]) -> Floats:
    return np.array([odds[name] for name in answers], dtype=np.float32)


def _said(about: str) -> Iterator[_Spoken]:
    rows = standing(about).select_related("reading").order_by("-id")[:MOST_CORRECTED]
    return (_Spoken(one.reading, one.new, one.pk, one.at) for one in rows)


def _left(about: str) -> Iterator[_Spoken]:
    """Readings that were sure and that nobody changed, of the days in which others were corrected. Those a layer read itself say
    nothing of how good it is.
    """
    first = standing(about).order_by("reading__at").values_list("reading__at", flat=True).first()
    if first is None:
        return
    rows = Reading.objects.filter(at__gte=first).exclude(unsure__contains=[about]).select_related("topic")
    n = min(MOST_LEFT, 4 * standing(about).count())
    for row in rows.exclude(corrections__field=about).order_by("-at")[:n]:
        value = (row.topic.slug if row.topic else "") if about == "topic" else getattr(row, about)
        yield _Spoken(row, value, None, row.read_at)
