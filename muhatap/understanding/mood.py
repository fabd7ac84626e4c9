"""How somebody has sounded lately: the moods of the last things they wrote, oldest first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from muhatap.understanding.models import Reading

LATELY = timedelta(days=30)
MOST = 12  # the last things they wrote
LOOKED_AT = 60  # among which those are that the reader may read
SMOOTHED = 3  # one tense line among friendly ones is no mood
WORTH = {Reading.Sentiment.NEGATIVE: -1, Reading.Sentiment.NEUTRAL: 0, Reading.Sentiment.POSITIVE: 1}
TENSE, PLEASED = -1 / 3, 1 / 3


@dataclass(frozen=True)
class Mood:
    """From −1 (displeased) to 1 (pleased), each smoothed over itself and the two before it."""

    points: tuple[float, ...]

    @property
    def now(self) -> float:
        return self.points[-1]

    @property
    def is_tense(self) -> bool:
        return self.now < TENSE

    @property
    def is_pleased(self) -> bool:
        return self.now > PLEASED


def lines(contact_id: int, *, at: datetime) -> list[tuple[int, str]]:
    """What a contact wrote lately: numbers of interactions and how each sounds, newest first. One walk along the index of their timeline."""
    rows = Reading.objects.filter(interaction__contact_id=contact_id, interaction__at__gt=at - LATELY)
    rows = rows.exclude(kind=Reading.Kind.OTHER).order_by("-interaction__at", "-interaction_id")
    return list(rows.values_list("interaction_id", "sentiment")[:LOOKED_AT])


def of(lines: Sequence[tuple[int, str]], *, readable: Collection[int]) -> Mood | None:
    """Their mood, as far as it stands in what may be read; None when nothing does."""
    told = [sentiment for number, sentiment in lines if number in readable][:MOST]
    worths = [WORTH[Reading.Sentiment(one)] for one in reversed(told)]
    spans = [worths[max(0, n - SMOOTHED + 1) : n + 1] for n in range(len(worths))]
    return Mood(tuple(sum(span) / len(span) for span in spans)) if spans else None
