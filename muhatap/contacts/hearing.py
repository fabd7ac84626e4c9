"""What a channel says of who speaks, kept as a source record and compared with everybody we know. It joins nobody."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from muhatap.accounts.models import User
from muhatap.contacts import candidates, comparable, graph, likeness, records
from muhatap.contacts.graph import Graph
from muhatap.contacts.handles import Handle
from muhatap.contacts.models import Contact, SourceRecord
from muhatap.contacts.records import Told, Word

_MOST_HINTS = 3
_BEFORE_THERE_WERE_RECORDS = "profile"
_FIELDS = ("name", "email", "phone", "city", "language")


def hear(*, contact: Contact, handles: Sequence[Handle], name: str, source: str, at: datetime, rules: Graph) -> None:
    """Keep what this breath tells of the speaker under the handle it came from; of each kind the first word stays.

    Likenesses to others are noted for people to judge, whatever the matcher is sure of.
    """
    told: dict[str, str] = {"name": name} if name.strip() else {}
    for handle in handles:
        told.setdefault(handle.kind, handle.value)
    external = f"{handles[0].kind}:{handles[0].value}"
    before = SourceRecord.objects.filter(source=source[:40], external_id=external[:320], is_current=True).first()
    if before and before.contact_id == contact.pk:
        told |= before.told
        if told == before.told:
            return
    word = _word(source, external, told, contact, handles, at)
    word.before = before
    records.compare(word, rules)
    records.write([word], by=None, at=at, is_trusted=False)
    _hint(word, contact, at)


@transaction.atomic
def write_down(*, contact: Contact, told: dict[str, object], source: str, by: User | None, at: datetime) -> None:
    """A record for a contact that a person made, or that is older than records are, so that others are compared with it."""
    values = {name: str(value) for name, value in told.items() if value not in (None, "")}
    word = _word(source, f"contact:{contact.pk}", values, contact, [], at)
    records.compare(word, graph.standing(()))
    records.write([word], by=by, at=at, is_trusted=True)


@transaction.atomic
def catch_up(*, at: datetime, limit: int = 500) -> int:
    """Give contacts from before there were records one of what we know of them; call again until it gives 0."""
    old = (
        Contact.objects.filter(records=None, merged_into=None, absorbed=None)
        .select_related("company")
        .order_by("id")[:limit]
    )
    words = []
    for contact in old:
        told = {name: str(getattr(contact, name)) for name in _FIELDS if getattr(contact, name)}
        words.append(_word(_BEFORE_THERE_WERE_RECORDS, f"contact:{contact.pk}", told, contact, [], contact.created_at))
    rules = graph.standing(())
    for word in words:
        records.compare(word, rules)
    records.write(words, by=None, at=at, is_trusted=False)
    return len(words)


@transaction.atomic
def compare_missing(*, after: int = 0, limit: int = 1000) -> int:
    """Let current records be found that somebody wrote without their normal form; call again with what it gives, until that is 0."""
    missing = SourceRecord.objects.filter(is_current=True, normal={}, id__gt=after).exclude(told={}).order_by("id")
    rows = list(missing.select_for_update(of=("self",), no_key=True)[:limit])
    rules = graph.standing(())
    for row in rows:
        told = Told(source=row.source, external_id=row.external_id, fields=row.told, at=row.at)
        word = Word(told=told, values={}, errors={}, handles=records.handles_in(row.told))
        records.compare(word, rules)
        row.normal = comparable.kept(word.normal) or {"given": ""}
    SourceRecord.objects.bulk_update(rows, ["normal"], batch_size=500)
    comparable.index((row.pk, comparable.read(row.normal)) for row in rows)
    return rows[-1].pk if rows else 0


def _word(
    source: str, external: str, told: dict[str, str], contact: Contact, handles: Sequence[Handle], at: datetime
) -> Word:
    """Its values stay out of the profile: channels and people tell that field by field."""
    return Word(
        told=Told(source=source, external_id=external, fields=told, at=at),
        values={},
        errors={},
        handles=list(handles),
        contact=contact.pk,
        because="recognised",
    )


def _hint(word: Word, contact: Contact, at: datetime) -> None:
    [likely] = candidates.of([word.normal])
    others = [one for one in likely if one.contact != contact.pk][:_MOST_HINTS]
    likeness.note_weighed([(contact.pk, one) for one in others], at=at)
