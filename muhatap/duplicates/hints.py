"""What was noticed on the way (by the resolver, by imports, by people writing) comes into the same list as what a run finds."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max

from muhatap.contacts import bonds, families
from muhatap.contacts.models import Likeness
from muhatap.duplicates import proposing, ranking, weighing, worth
from muhatap.duplicates.models import Proposal
from muhatap.duplicates.ranking import Talks

AT_ONCE = 200
_AGAIN = 2000  # numbers of hints looked at again: one written earlier may be seen later
# Hints nobody denied, between standing contacts, whose question was never put.
_NEW = """
select l.id from contacts_likeness l
join contacts_contact a on a.id = l.one_id and a.merged_into_id is null
join contacts_contact b on b.id = l.other_id and b.merged_into_id is null
where l.id > %s and l.denied_at is null and l.because <> 'asked' and not exists (
  select 1 from duplicates_proposal p
  where p.about = 'same' and p.one = least(l.one_id, l.other_id) and p.other = greatest(l.one_id, l.other_id)
) order by l.id limit %s
"""


def take(*, talks: Talks, at: datetime) -> int:
    """Ask about what was noted since; gives how many questions came of it. May run twice."""
    last = Proposal.objects.aggregate(last=Max("hint_id"))["last"] or 0
    with connection.cursor() as cursor:
        cursor.execute(_NEW, [last - _AGAIN, AT_ONCE])
        numbers = [pk for (pk,) in cursor.fetchall()]
    drafts = [_draft(hint, at) for hint in Likeness.objects.filter(pk__in=numbers).order_by("id")]
    with transaction.atomic():
        _rank(drafts, talks)
        made = Proposal.objects.bulk_create(drafts, ignore_conflicts=True)
    return sum(draft.state == Proposal.State.OPEN for draft in made)


def _draft(hint: Likeness, at: datetime) -> Proposal:
    """What binds keeps apart, or is no longer alike, is written down as no question, so that it is not looked at every minute."""
    one, other = sorted((hint.one_id, hint.other_id))
    told = weighing.best(one, other)
    is_match = hint.because == "match"
    is_apart = is_match and (told is None or told.verdict.band == "apart")
    is_asked = not is_apart and not bonds.forbids(families.of(one), families.of(other))
    said = [] if is_match else [{"field": "hint", "level": hint.because, "detail": hint.detail, "weight": 0.0}]
    return Proposal(
        about=Proposal.About.SAME,
        one=one,
        other=other,
        origin=Proposal.Origin.HINT,
        hint_id=hint.pk,
        band=Proposal.Band.MERGE if told and told.verdict.band == "merge" else Proposal.Band.REVIEW,
        weight=round(told.verdict.weight, 2) if told else None,
        levels=told.levels if told else {},
        lines=[*said, *(proposing.evidence(told.verdict) if told else [])],
        group=one,
        state=Proposal.State.OPEN if is_asked else Proposal.State.GONE,
        at=at,
        state_at=at,
    )


def _rank(drafts: Sequence[Proposal], talks: Talks) -> None:
    """Groups are formed anew by the next run; until then each stands with what it touches."""
    touched = ranking.touched({pk for draft in drafts for pk in (draft.one, draft.other) if pk}, talks)
    for draft in drafts:
        n = touched.get(draft.one, 0) + touched.get(draft.other or 0, 0)
        draft.value = worth.of(draft.weight, touched=n, depend=2)
