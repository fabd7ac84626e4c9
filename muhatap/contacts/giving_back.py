"""What a source told of many contacts is taken back: new contacts go, changed ones get their values as all else says them.

What somebody changed, wrote or did since stays, and the row says so. Rows are given back in the opposite of their order.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from muhatap.accounts.models import User
from muhatap.contacts import ledger, profile, survivorship
from muhatap.contacts.models import (
    Company,
    Contact,
    ContactNote,
    ContactTag,
    Identity,
    MatchKey,
    ProfileFact,
    SourceRecord,
    Tag,
)
from muhatap.contacts.relations import every_relation

REVERSED, KEPT, FAILED = "reversed", "kept", "failed"
# What came with a contact may go with it; each of these says below which of its rows came so.
_CAME_ALONG = {
    "contacts.Identity.contact",
    "contacts.ContactTag.contact",
    "contacts.ContactNote.contact",
    "contacts.SourceRecord.contact",
    "contacts.Likeness.one",  # a hint, and nobody's word
    "contacts.Likeness.other",
}
_WHY = {
    "contacts.ProfileFact.contact": "changed",
    "contacts.Merge.keep": "merged",
    "contacts.Merge.drop": "merged",
    "contacts.Contact.merged_into": "merged",
}
_UNLINKS = """
insert into contacts_ledgerentry (kind, one, record_id, evidence, reason, by_id, by_name, at)
select %s, t.one, t.record_id, '{}', 'import undone', %s::bigint, %s, %s::timestamptz
from unnest(%s::bigint[], %s::bigint[]) as t (one, record_id)
"""
# Two may go at once, each with one half of a hint: in one order, so that neither waits for the other.
_UNLIKE = """
delete from contacts_likeness where id in (
  select id from contacts_likeness where one_id = any(%s) or other_id = any(%s) order by id for update
)
"""
# In SQL, since the ORM would take a firm away from whoever was given it meanwhile.
_UNUSED_FIRMS = """
delete from contacts_company c
where c.id = any(%s::bigint[]) and not exists (select from contacts_contact where company_id = c.id)
"""
_OWN_TABLES = ("contacts_identity", "contacts_sourcerecord", "contacts_contacttag", "contacts_contactnote")


@dataclass(slots=True, kw_only=True)
class Given:
    """A row that was taken, and then what became of it: `undone` REVERSED, KEPT or FAILED, `why` a code, `fields` those that stayed."""

    number: int
    contact: int
    is_new: bool
    before: dict[str, Any]
    undone: str = REVERSED
    why: str = ""
    fields: list[str] = field(default_factory=list)

    def keep(self, why: str) -> None:
        self.undone, self.why = KEPT, why


@transaction.atomic
def give_back(*, rows: Sequence[Given], source: str, since: datetime, by: User | None, at: datetime) -> None:
    """Take back what these rows brought; each of them says afterwards what became of it. They were taken at `since` or later."""
    held = _held({row.contact for row in rows})
    for row in rows:
        if row.contact not in held:
            row.undone, row.why = FAILED, "gone"
        elif held[row.contact]:
            row.keep("merged")
    changed = [row for row in rows if row.undone == REVERSED and not row.is_new]
    _restore(changed, source, since=since, by=by, at=at)
    _remove([row for row in rows if row.undone == REVERSED and row.is_new], source, by=by, at=at)


def _held(contacts: Collection[int]) -> dict[int, int | None]:
    """These contacts, held in the order of their numbers, each with what it was merged into."""
    rows = Contact.objects.filter(pk__one_of=contacts).select_for_update().order_by("pk")
    return dict(rows.values_list("pk", "merged_into_id"))


def _restore(rows: Sequence[Given], source: str, *, since: datetime, by: User | None, at: datetime) -> None:
    """Withdraw what the rows said and let the values be decided again; a value that somebody else set since stays as it is."""
    if not rows:
        return
    _withdraw(rows, source, by=by, at=at)
    _delete_notes_and_tags(rows)
    _delete_unproved(rows, source)
    ProfileFact.objects.filter(pk__one_of=_remembered(rows, "facts"), source="agent").delete()
    contacts = {row.contact for row in rows}
    golden = survivorship.golden_each(list(contacts))
    emptied: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        for name in row.before.get("fields", {}):
            stands = golden[row.contact].get(name)
            if stands is None:
                emptied[row.contact].add(name)
            elif stands.at > since and stands.source != source:
                row.keep("changed")
                row.fields.append(name)
    profile.project(contacts, at=at, emptied=emptied)


def _withdraw(rows: Sequence[Given], source: str, *, by: User | None, at: datetime) -> None:
    asked = SourceRecord.objects.filter(
        source=source, external_id__one_of=[str(row.number) for row in rows], is_current=True
    )
    records = list(asked.values_list("pk", "home_id"))
    asked.update(is_current=False, withdrawn_at=at)
    MatchKey.objects.filter(record_id__one_of=[pk for pk, _ in records]).delete()
    _unlink(records, by=by, at=at)


def _unlink(records: Sequence[tuple[int, int]], *, by: User | None, at: datetime) -> None:
    told = [str(ledger.Kind.UNLINK), by.pk if by else None, str(by)[:120] if by else "", at]
    with connection.cursor() as cursor:
        cursor.execute(_UNLINKS, [*told, [home for _, home in records], [pk for pk, _ in records]])


def _delete_notes_and_tags(rows: Sequence[Given]) -> None:
    ContactNote.objects.filter(pk__one_of=_remembered(rows, "notes")).delete()
    ContactTag.objects.filter(pk__one_of=_remembered(rows, "taggings")).delete()


def _delete_unproved(rows: Sequence[Given], source: str) -> None:
    """Addresses that the rows brought, unless they were proved since."""
    ids = _remembered(rows, "identities")
    kept = set(Identity.objects.filter(pk__one_of=ids, verified_at__isnull=False).values_list("pk", flat=True))
    for row in rows:
        if kept & set(row.before.get("identities", ())):
            row.keep("proved")
    Identity.objects.filter(pk__one_of=ids, source=source, verified_at__isnull=True).delete()


def _remove(rows: Sequence[Given], source: str, *, by: User | None, at: datetime) -> None:
    """Contacts that came with these rows and to whom nothing has happened since."""
    if not rows:
        return
    touched = _touched([row.contact for row in rows], source, rows)
    for row in rows:
        if row.contact in touched:
            row.keep(touched[row.contact])
    gone = [row.contact for row in rows if row.undone == REVERSED]
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, home_id from contacts_sourcerecord where contact_id = any(%s) and is_current", [gone]
        )
        _unlink(cursor.fetchall(), by=by, at=at)
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from contacts_matchkey where record_id in "
            "(select id from contacts_sourcerecord where contact_id = any(%s))",
            [gone],
        )
        cursor.execute(_UNLIKE, [gone, gone])
        for table in _OWN_TABLES:
            cursor.execute(f"delete from {table} where contact_id = any(%s)", [gone])  # noqa: S608 (our own names)
        cursor.execute("delete from contacts_contact where id = any(%s)", [gone])


def _touched(contacts: list[int], source: str, rows: Sequence[Given]) -> dict[int, str]:
    """Why a contact must stay: somebody else points at it, or told something of it."""
    asked: list[tuple[str, str, str, list[Any]]] = [
        ("proved", "contacts_identity", "contact_id", []),
        ("changed", "contacts_identity", "contact_id", [source]),
        ("changed", "contacts_sourcerecord", "contact_id", [source]),
        ("tagged", "contacts_contacttag", "contact_id", [_remembered(rows, "taggings")]),
        ("noted", "contacts_contactnote", "contact_id", [_remembered(rows, "notes")]),
    ]
    but = ["verified_at is not null", "source <> %s", "source <> %s", "id <> all(%s)", "id <> all(%s)"]
    for relation in every_relation():
        if relation.name not in _CAME_ALONG:
            why = _WHY.get(relation.name, "spoken")
            asked.append((why, relation.model._meta.db_table, f"{relation.field}_id", []))
            but.append("true")
    found: dict[int, str] = {}
    with connection.cursor() as cursor:
        for (why, table, column, more), condition in zip(asked, but, strict=True):
            sql = f'select "{column}" from "{table}" where "{column}" = any(%s) and {condition}'  # noqa: S608 (our own names)
            cursor.execute(sql, [contacts, *more])
            for (pk,) in cursor.fetchall():
                found.setdefault(pk, why)
    return found


@transaction.atomic
def remove_unused(*, companies: Collection[int] = (), tags: Collection[int] = ()) -> None:
    """Of these firms and tags, which came along with rows, those that nobody uses any more; asked when all rows are given back.

    They are held before anybody is asked who uses them; one that somebody is giving to a contact just now stays.
    """
    with connection.cursor() as cursor:
        cursor.execute(_UNUSED_FIRMS, [_held_of(Company, companies)])
    held = _held_of(Tag, tags)
    used = ContactTag.objects.filter(tag_id__one_of=held).values("tag")
    for tag in Tag.objects.filter(pk__one_of=held).exclude(pk__in=used):
        _delete_tag(tag)


def _held_of(model: type[Company] | type[Tag], ids: Collection[int]) -> list[int]:
    asked = model._base_manager.filter(pk__one_of=ids).select_for_update(skip_locked=True)
    return list(asked.order_by("pk").values_list("pk", flat=True))


def _delete_tag(tag: Tag) -> None:
    """Other rooms put tags on their own things; a tag they use stays."""
    related = [one for one in Tag._meta.related_objects if one.related_model is not ContactTag]
    if not any(one.related_model._base_manager.filter(**{one.field.name: tag}).exists() for one in related):
        tag.delete()


def _remembered(rows: Sequence[Given], name: str) -> list[int]:
    return [pk for row in rows for pk in row.before.get(name, ())]
