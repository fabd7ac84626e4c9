"""How somebody has sounded lately."""

from datetime import datetime, timedelta

import pytest

from muhatap.contacts import identity
from muhatap.interactions.models import Interaction
from muhatap.understanding import mood
from tests import cast
from tests.insight.conftest import after
from tests.insight.voice_world import reads

pytestmark = pytest.mark.django_db
DAY = 24 * 60


def wrote(kind: str, minute: float, *, claim: cast.Claim = cast.AYSE) -> int:
    at = after(minute)
    contact = identity.resolve(claims=(claim,), source="email", at=at)
    told = {"kind": "message", "direction": "in", "channel": "email", "at": at, "recorded_at": at}
    reads(Interaction.objects.create(contact=contact, inbox=cast.support_inbox(), **told), at, kind=kind)
    return contact.pk


def lately(contact: int, at: datetime, *, unread: int = 0) -> mood.Mood | None:
    """By somebody who may read all but the newest few."""
    lines = mood.lines(contact, at=at)
    return mood.of(lines, readable={number for number, _sentiment in lines[unread:]})


def test_the_mood_is_that_of_the_last_things_they_wrote() -> None:
    for n, kind in enumerate(("praise", "praise", "question", "complaint", "complaint")):
        ayse = wrote(kind, n)
    wrote("praise", 9, claim=cast.MEHMET)
    found = lately(ayse, after(DAY))
    assert found is not None and len(found.points) == 5
    assert (found.points[0], found.is_tense, found.is_pleased) == (1, True, False)


def test_one_displeased_line_among_friendly_ones_is_no_mood_and_what_is_old_counts_no_more() -> None:
    for n, kind in enumerate(("praise", "praise", "complaint")):
        ayse = wrote(kind, n)
    found = lately(ayse, after(DAY))
    assert found is not None and not found.is_tense
    assert lately(ayse, after(0) + mood.LATELY + timedelta(days=1)) is None


def test_what_somebody_may_not_read_tells_them_no_mood() -> None:
    for n, kind in enumerate(("praise", "complaint", "complaint", "complaint")):
        ayse = wrote(kind, n)
    found = lately(ayse, after(DAY), unread=3)
    assert found is not None and found.points == (1,)
    assert lately(ayse, after(DAY), unread=4) is None
