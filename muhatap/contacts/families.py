"""Who stands for whom: a contact and those merged into it, whatever the chain; a few questions to the database, never one a link."""

from collections.abc import Collection

from django.db import connection

_UP = """
with recursive chain(start, id, into_id) as (
  select id, id, merged_into_id from contacts_contact where id = any(%s)
  union all
  select chain.start, up.id, up.merged_into_id from chain join contacts_contact up on up.id = chain.into_id
)
select start, id from chain where into_id is null
"""
_DOWN = """
with recursive family(head, id) as (
  select id, id from contacts_contact where id = any(%s)
  union all
  select family.head, down.id from family join contacts_contact down on down.merged_into_id = family.id
)
select head, id from family
"""


def standing(contacts: Collection[int]) -> dict[int, int]:
    """For each number of a contact the number it stands under today; numbers nobody has are left out."""
    return dict(_rows(_UP, contacts)) if contacts else {}


def members(contacts: Collection[int]) -> dict[int, list[int]]:
    """For each of these contacts itself and all that stand merged into it, also through others."""
    found: dict[int, list[int]] = {pk: [pk] for pk in contacts}
    for head, pk in _rows(_DOWN, contacts) if contacts else []:
        if pk != head:
            found[head].append(pk)
    return found


def of(contact: int) -> list[int]:
    return members([contact])[contact]


def _rows(sql: str, contacts: Collection[int]) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(contacts)])
        return list(cursor.fetchall())
