"""Random merges, also of merged ones, taken back in another random order: every row as it was, to the byte."""

import random
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.resolving import world

PROJECTION = """
select md5(string_agg(said, '|' order by said)) from (
  select 'contact ' || row(c.*)::text as said from contacts_contact c where c.id = any(%(ids)s)
  union all select 'identity ' || i.id || ' ' || i.contact_id from contacts_identity i where i.contact_id = any(%(ids)s)
  union all select 'record ' || r.id || ' ' || r.contact_id || ' ' || r.home_id from contacts_sourcerecord r where r.contact_id = any(%(ids)s)
) all_of_it
"""


def measure(data: Path, folder: Path, n: int) -> dict[str, Any]:
    """How many of n un-merges left everything as it was before the merge, and milliseconds of both."""
    from muhatap.accounts.models import Role, User
    from muhatap.contacts import merging
    from muhatap.contacts.models import Contact, Merge

    email = "deniz@ihlamurev.example"  # a person may merge those whom an earlier run has parted; a machine may not
    by = User.objects.filter(email=email).first() or User.objects.create_user(
        email, None, name="Deniz Koç", role=Role.OWNER
    )
    chance = random.Random(7)
    found = list(
        Contact.objects.filter(merged_into=None, last_seen_at=world.AT)
        .order_by("pk")
        .values_list("pk", flat=True)[: 2 * n]
    )
    people = chance.sample(found, k=min(len(found), n + n // 2))
    before = _projection(people)
    standing, laid, begun = list(people), list[int](), time.perf_counter()
    while len(laid) < n and len(standing) > 1:
        keep, drop = chance.sample(standing, k=2)
        at = world.AT + timedelta(days=3, seconds=len(laid))
        keeping, dropping = Contact.objects.get(pk=keep), Contact.objects.get(pk=drop)
        laid.append(merging.merge(keep=keeping, drop=dropping, by=by, at=at).pk)
        standing.remove(drop)
    merged = time.perf_counter()
    chance.shuffle(laid)
    for number in laid:
        merging.unmerge(merge=Merge.objects.get(pk=number), by=by, at=world.AT + timedelta(days=4))
    parted = time.perf_counter()
    after = _projection(people)
    return {
        "exact": len(laid) if after == before else 0,
        "merges": len(laid),
        "merge_ms": round((merged - begun) / len(laid) * 1000, 1),
        "unmerge_ms": round((parted - merged) / len(laid) * 1000, 1),
    }


def _projection(people: list[int]) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(PROJECTION, {"ids": people})
        return str(cursor.fetchone()[0])
