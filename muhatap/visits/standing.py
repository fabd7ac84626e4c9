"""The visits and pages that a run of folding meets: read in a few statements for all of its visitors, and written in a few.

Visits are held, in the order of their numbers, until the run ends: whoever erases one, or tells of it, waits.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.db import connection

from muhatap.shared import bulk
from muhatap.visits import sessions
from muhatap.visits.models import Visit
from muhatap.visits.sessions import GAP, Page, Session, Told

_VISIT = {
    "id": "int8", "site_id": "int8", "visitor": "text", "began_at": "timestamptz", "ended_at": "timestamptz", "n_events": "int4",
    "n_pages": "int4", "engaged_ms": "int8", "landing_url": "text", "referrer": "text", "source": "text", "campaign": "jsonb",
    "device": "int2", "reached": "int2", "entry_path": "text", "exit_path": "text", "n_clicks": "int4", "said": "text",
}  # fmt: skip
_PAGE = {
    "visit_id": "int8", "key": "text", "url": "text", "title": "text", "product": "text", "at": "timestamptz", "engaged_ms": "int8",
    "scroll": "int2", "path": "text", "device": "int2", "shown": "jsonb",
}  # fmt: skip
_STAY = ("site_id", "visitor", "visit_id", "key")  # never change
_CHANGED_VISIT = {name: kind for name, kind in _VISIT.items() if name not in _STAY}
_CHANGED_PAGE = {"id": "int8"} | {name: kind for name, kind in _PAGE.items() if name not in _STAY}
_READ_PAGE = ("id", *_PAGE)
NEAR = """
select v.* from visits_visit v
join unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[]) as w (site_id, visitor, since, until)
  on v.site_id = w.site_id and v.visitor = w.visitor and v.ended_at >= w.since and v.began_at <= w.until
order by v.id for no key update of v
"""
PAGES = f"""
select {", ".join(f"p.{name}" for name in _READ_PAGE)} from visits_pageview p join unnest(%s::bigint[], %s::text[]) as w (visit_id, key)
  on p.visit_id = w.visit_id and p.key = w.key
"""  # noqa: S608 (names are ours)
ELSEWHERE = """
select w.number, p.key from unnest(%s::int[], %s::bigint[], %s::text[], %s::text[]) as w (number, site_id, visitor, key)
join visits_visit v on v.site_id = w.site_id and v.visitor = w.visitor
join visits_pageview p on p.visit_id = v.id and p.key = w.key
where p.path <> ''
"""
SUMS = """
select visit_id, count(*) filter (where path <> ''), sum(engaged_ms)::bigint,
  coalesce((array_agg(path order by at desc, id desc) filter (where path <> ''))[1], '')
from visits_pageview where visit_id = any(%s) group by visit_id
"""
NUMBERS = "select nextval(pg_get_serial_sequence('visits_visit', 'id')) from generate_series(1, %s)"


def read_visits(people: Sequence[Told]) -> None:
    """The visits that some of these people's events may belong to."""
    wanted = [(one.site, one.visitor, *_span(one)) for one in people]
    found: dict[tuple[int, str], list[Visit]] = defaultdict(list)
    for visit in Visit.objects.raw(NEAR, bulk.columns(wanted)):
        found[visit.site_id, visit.visitor].append(visit)
    for one in people:
        one.near = found.get((one.site, one.visitor), ())


def read_pages(people: Sequence[Told]) -> None:
    """Of visits that stand the pages of which these events speak, and which of these pages are another visit's."""
    stand = {session.visit.pk: session for one in people for session in one.sessions if session.visit.pk}
    wanted = [(pk, key) for pk, session in stand.items() for key in session.spoken_of()]
    for page in _pages(wanted):
        stand[page.visit_id].pages[page.key] = page
    unknown = [
        (number, one.site, one.visitor, key)
        for number, one in enumerate(people)
        for session in one.sessions
        for key in session.unknown()
    ]
    if unknown:
        with connection.cursor() as cursor:
            cursor.execute(ELSEWHERE, bulk.columns(unknown))
            for number, key in cursor.fetchall():
                people[number].elsewhere.add(key)


def _pages(wanted: Sequence[tuple[int, str]]) -> Iterator[Page]:
    if not wanted:
        return
    with connection.cursor() as cursor:
        cursor.execute(PAGES, bulk.columns(wanted))
        for row in cursor.fetchall():
            told = dict(zip(_READ_PAGE, row, strict=True))
            yield Page(**told | {"shown": json.loads(told["shown"])})


def write(changed: Iterable[Session]) -> None:
    """These visits and their pages as they are now; new ones get their numbers."""
    new: list[Session] = []
    old: list[Session] = []
    for session in changed:
        (old if session.visit.pk else new).append(session)
    _add_visits(new)
    _write_pages([*new, *old])
    _change_visits(old)


def _span(told: Told) -> tuple[datetime, datetime]:
    moments = [event.at for event in told.events]
    return min(moments) - GAP, max(moments) + GAP


def _add_visits(new: Sequence[Session]) -> None:
    """Whole at once, with what their pages come to."""
    if not new:
        return
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS, [len(new)])
        numbers = cursor.fetchall()
    for session, (number,) in zip(new, numbers, strict=True):
        session.visit.pk = number
        sessions.sum_up(session)
    bulk.copy("visits_visit", _VISIT, (_values(session.visit, _VISIT) for session in new))


def _write_pages(changed: Iterable[Session]) -> None:
    new: list[list[object]] = []
    old: list[list[object]] = []
    for session in changed:
        for page in session.pages.values():
            if page.id:
                old.append(_values(page, _CHANGED_PAGE))
            else:
                page.visit_id = session.visit.pk
                new.append(_values(page, _PAGE))
    if new:
        bulk.copy("visits_pageview", _PAGE, new)
    bulk.change("visits_pageview", _CHANGED_PAGE, old)


def _change_visits(old: Sequence[Session]) -> None:
    """With what all of their pages come to, after these were written."""
    if not old:
        return
    visits = {session.visit.pk: session.visit for session in old}
    with connection.cursor() as cursor:
        cursor.execute(SUMS, [list(visits)])
        for pk, n, ms, path in cursor.fetchall():
            visit = visits[pk]
            visit.n_pages, visit.engaged_ms, visit.exit_path = n, ms, path
    bulk.change("visits_visit", _CHANGED_VISIT, (_values(visit, _CHANGED_VISIT) for visit in visits.values()))


def _values(row: Visit | Page, names: Mapping[str, str]) -> list[object]:
    return [getattr(row, name) for name in names]
