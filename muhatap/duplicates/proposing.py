"""What a run found becomes questions: new ones are asked, known ones brought up to date, those no longer true taken away."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction

from muhatap.contacts.models import SourceRecord
from muhatap.duplicates.finding import Likely, Torn
from muhatap.duplicates.models import Proposal, Run
from muhatap.matching import comparing, scoring
from muhatap.matching.model import Model
from muhatap.matching.scoring import Verdict

AT_ONCE = 500
_SAME = 1  # the level of names that are equal
About, State, Origin = Proposal.About, Proposal.State, Proposal.Origin


def chunks(found: Iterable[Likely | Torn]) -> Iterator[list[Likely | Torn]]:
    rest = iter(found)
    while some := list(islice(rest, AT_ONCE)):
        yield some


@transaction.atomic
def write(found: Sequence[Likely | Torn], *, run: Run, model: Model, at: datetime) -> int:
    """Ask these questions; what was asked before keeps its row. Gives how many are new. May run twice."""
    drafts = _drafts(found, run, model, at)
    known = _known(drafts)
    fresh, again = [], []
    for draft in drafts:
        before = known.get(_key(draft))
        if before is None:
            fresh.append(draft)
        elif not _is_settled(before, draft, run):
            again.append(_renewed(before, draft, at))
    made = Proposal.objects.bulk_create(fresh, ignore_conflicts=True)
    _renew(again)
    return len(made)


_RENEWED = ("run_id", "band", "weight", "levels", "lines", "refused", "n_more", "records", "state", "state_at")
_RENEW = """
update duplicates_proposal p set run_id = r.run_id, band = r.band, weight = r.weight, levels = r.levels, lines = r.lines,
  refused = r.refused, n_more = r.n_more, records = r.records, state = r.state, state_at = r.state_at
from jsonb_to_recordset(%s::jsonb) as r(
  id bigint, run_id bigint, band text, weight float8, levels jsonb, lines jsonb, refused text, n_more int, records jsonb, state text,
  state_at timestamptz
) where p.id = r.id
"""


def _renew(rows: Sequence[Proposal]) -> None:
    """In one statement: a CASE for each row and column costs more than the look itself."""
    if rows:
        told = [{name: getattr(row, name) for name in ("id", *_RENEWED)} for row in rows]
        with connection.cursor() as cursor:
            cursor.execute(_RENEW, [json.dumps(told, ensure_ascii=False, default=str)])


def evidence(told: Verdict) -> list[dict[str, Any]]:
    """The waterfall as it is kept beside a question: field, level, bits."""
    lines = [{"field": e.field, "level": e.level, "weight": round(e.weight, 2)} for e in told.evidence]
    return [*lines, {"field": "cap", "level": "cap", "weight": round(told.cap, 2)}]


_STALE = """
update duplicates_proposal p set state = 'gone', state_at = %(at)s
where p.state in ('open', 'later') and p.run_id is distinct from %(run)s and p.at <= %(began)s and (
  p.origin = 'run'
  or exists (select 1 from contacts_likeness l where l.id = p.hint_id and (l.because = 'match' or l.denied_at is not null))
  or not exists (select 1 from contacts_likeness l where l.id = p.hint_id)
)
"""
_MERGED = """
update duplicates_proposal p set state = 'gone', state_at = %(at)s
where p.state in ('open', 'later') and (
  not exists (select 1 from contacts_contact c where c.id = p.one and c.merged_into_id is null)
  or p.other is not null and not exists (select 1 from contacts_contact c where c.id = p.other and c.merged_into_id is null)
)
"""


def withdraw(*, run: Run, denied: Collection[tuple[int, int]], at: datetime) -> int:
    """Take away the questions this run did not ask again, those about contacts that no longer stand, and those somebody denied."""
    with connection.cursor() as cursor:
        cursor.execute(_STALE, {"run": run.pk, "began": run.began_at or run.at, "at": at})
        n = int(cursor.rowcount)
    return n + withdraw_merged(at=at) + _withdraw_denied(denied, at)


def withdraw_merged(*, at: datetime) -> int:
    """Take away the questions about contacts that stand no more: they were merged, or went with the import that brought them."""
    with connection.cursor() as cursor:
        cursor.execute(_MERGED, {"at": at})
        return int(cursor.rowcount)


def _withdraw_denied(denied: Collection[tuple[int, int]], at: datetime) -> int:
    rows = Proposal.objects.filter(about=About.SAME, state__in=(State.OPEN, State.LATER))
    gone = [pk for pk, *pair in rows.values_list("pk", "one", "other").iterator() if tuple(pair) in denied]
    return Proposal.objects.filter(pk__in=gone).update(state=State.GONE, state_at=at)


def _drafts(found: Sequence[Likely | Torn], run: Run, model: Model, at: datetime) -> list[Proposal]:
    names = SourceRecord.objects.filter(pk__in=[one.record for one in found]).values_list("pk", "normal")
    normal = dict(names)
    return [_draft(one, _verdict(one, normal.get(one.record, {}), model), run, at) for one in found]


def _verdict(one: Likely | Torn, normal: Mapping[str, Any], model: Model) -> Verdict:
    levels = comparing.levels_of(one.code)
    given, family = (
        model.gain(name, str(normal.get(name, ""))) if level == _SAME else 0.0
        for name, level in zip(("given", "family"), levels, strict=False)
    )
    return scoring.verdict(levels, model, given=given, family=family)


def _draft(found: Likely | Torn, told: Verdict, run: Run, at: datetime) -> Proposal:
    is_sure = isinstance(found, Likely) and not found.refused and told.band == "merge"
    common = Proposal(
        origin=Origin.RUN,
        run=run,
        band=Proposal.Band.MERGE if is_sure else Proposal.Band.REVIEW,
        weight=round(told.weight, 2),
        levels=dict(comparing.named(comparing.levels_of(found.code))),
        lines=evidence(told),
        at=at,
        state_at=at,
    )
    if isinstance(found, Torn):
        common.about, common.one, common.records = About.TWO, found.contact, list(found.records)
    else:
        common.about, common.one, common.other = About.SAME, found.one, found.other
        common.refused, common.n_more = found.refused, found.n_more
    common.group = common.one
    return common


def _known(drafts: Sequence[Proposal]) -> dict[tuple[str, int, int | None], Proposal]:
    rows = Proposal.objects.select_for_update(of=("self",)).filter(one__in=[draft.one for draft in drafts])
    return {_key(row): row for row in rows.order_by("id")}


def _key(row: Proposal) -> tuple[str, int, int | None]:
    return row.about, row.one, row.other


def _is_settled(before: Proposal, draft: Proposal, run: Run) -> bool:
    """Somebody answered while we looked, or said that what these sources tell is of one person."""
    if before.state in (State.SAME, State.DIFFERENT) and before.state_at >= (run.began_at or run.at):
        return True
    return before.about == About.TWO and before.state == State.SAME and _said(draft.records) <= _said(before.records)


def _said(records: Collection[int]) -> set[tuple[str, str]]:
    """Whose words these are; a newer word of the same source is the same."""
    return set(SourceRecord.objects.filter(pk__in=list(records)).values_list("source", "external_id"))


def _renewed(before: Proposal, draft: Proposal, at: datetime) -> Proposal:
    """What was answered otherwise and is true again is asked again: a bond would have kept it away."""
    for name in ("run", "band", "weight", "levels", "lines", "refused", "n_more", "records"):
        setattr(before, name, getattr(draft, name))
    if before.state not in (State.OPEN, State.LATER):
        before.state, before.state_at = State.OPEN, at
    return before
