"""What a channel says of who speaks, kept as a source record and compared with everybody we know. It joins nobody."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from muhatap.accounts.models import User
from muhatap.contacts import candidates, comparable, graph, handles, joining, likeness, writing
from muhatap.contacts.breath import Breath, external
from muhatap.contacts.claims import Told
from muhatap.contacts.graph import Graph
from muhatap.contacts.models import Contact, Identity, SourceRecord
from muhatap.contacts.writing import Word
from muhatap.matching.normal import Normal

_MOST_HINTS = 3
_BEFORE_THERE_WERE_RECORDS = "profile"
_FIELDS = ("name", "email", "phone", "city", "language")
_RECOGNISING = (Identity.Kind.NATIONAL, Identity.Kind.SHOP, Identity.Kind.EMAIL, Identity.Kind.PHONE)


def said_by(told: Sequence[Told], name: str) -> dict[str, str]:
    """What a breath says, under the names of contact fields; of each kind the first word stays."""
    said: dict[str, str] = {"name": name} if name.strip() else {}
    for claim in told:
        said.setdefault(str(claim.handle.kind), claim.handle.value)
    return writing.kept(said)


def judged(said: dict[str, str], told: Sequence[Told], breath: Breath) -> Normal:
    return comparable.judged(said, [claim.handle for claim in told], breath.rules)


def hear(*, contact: Contact, told: Sequence[Told], name: str, breath: Breath, source: str, at: datetime) -> None:
    """Keep what this breath tells of somebody known, under the handle it came from, and whom else they may be."""
    said, before = said_by(told, name), breath.before
    if before and before.contact == contact.pk:
        said |= before.told
        if said == before.told:
            return
    normal = judged(said, told, breath)
    word = Word(
        source=source,
        external_id=external(told),
        told=said,
        at=at,
        contact=contact.pk,
        home=before.home if before and before.contact == contact.pk else contact.pk,
        version=breath.version + 1,
        normal=normal,
        before=before.row if before else None,
        evidence={"because": "recognised"},
    )
    writing.write([word], by=None, at=at, is_trusted=False)
    hint(contact, normal, at=at, proofs=breath.rules.one_each())


def hint(contact: Contact, normal: Normal, *, at: datetime, proofs: Collection[str]) -> None:
    """Likenesses to others are noted for people to judge, whatever the matcher is sure of. Those who proved another value of a
    kind in `proofs`, of which one person has one, are other people."""
    [likely] = candidates.of([normal])
    others = [one for one in likely if one.contact != contact.pk]
    if others and proofs:
        apart = joining.proved_apart(contact.pk, [one.contact for one in others], proofs)
        others = [one for one in others if one.contact not in apart]
    likeness.note_weighed([(contact.pk, one) for one in others[:_MOST_HINTS]], at=at)


@transaction.atomic
def write_down(*, contact: Contact, told: Mapping[str, object], source: str, by: User | None, at: datetime) -> None:
    """A record of what was told of a contact field by field, so that it is found by it. What was told before and is not told
    otherwise stays; an empty value takes it away."""
    external_id = _external(contact)
    last = SourceRecord.objects.filter(source=source[:40], external_id=external_id).order_by("-version").first()
    before = last if last and last.is_current and last.contact_id == contact.pk else None
    known = writing.kept({**(before.told if before else {}), **told})
    if (before.told if before else {}) == known:
        return
    word = Word(
        source=source,
        external_id=external_id,
        told=known,
        at=at,
        contact=contact.pk,
        home=before.home_id if before else contact.pk,
        version=last.version + 1 if last else 1,
        normal=_judged(known, graph.standing(())),
        before=last.pk if last and last.is_current else None,
        evidence={"because": "recognised"},
    )
    writing.write([word], by=by, at=at, is_trusted=by is not None)


@transaction.atomic
def catch_up(*, at: datetime, after: int = 0, limit: int = 500) -> int:
    """Give contacts from before there were records one of what we know of them; call again with what it gives, until that is 0."""
    asked = (
        Contact.objects.filter(records=None, merged_into=None, absorbed=None, id__gt=after)
        .select_related("company")
        .order_by("id")
    )
    old = list(asked[:limit])
    rules, words = graph.standing(()), []
    for contact in old:
        told = {name: str(getattr(contact, name)) for name in _FIELDS if getattr(contact, name)}
        words.append(
            Word(
                source=_BEFORE_THERE_WERE_RECORDS,
                external_id=_external(contact),
                told=told,
                at=contact.created_at,
                contact=contact.pk,
                normal=_judged(told, rules),
                evidence={"because": "recognised"},
            )
        )
    writing.write(words, by=None, at=at, is_trusted=False)
    return old[-1].pk if old else 0


@transaction.atomic
def compare_missing(*, after: int = 0, limit: int = 1000) -> int:
    """Let current records be found that somebody wrote without their normal form; call again with what it gives, until that is 0."""
    missing = SourceRecord.objects.filter(is_current=True, normal={}, id__gt=after).exclude(told={}).order_by("id")
    rows = list(missing.select_for_update(of=("self",), no_key=True)[:limit])
    rules = graph.standing(())
    for row in rows:
        row.normal = comparable.kept(_judged(row.told, rules)) or {"given": ""}
    SourceRecord.objects.bulk_update(rows, ["normal"], batch_size=500)
    comparable.index((row.pk, comparable.read(row.normal)) for row in rows)
    return rows[-1].pk if rows else 0


def _judged(told: dict[str, str], rules: Graph) -> Normal:
    found = [handles.read(kind, told.get(kind, "")) for kind in _RECOGNISING]
    return comparable.judged(told, [handle for handle in found if handle and handle.is_sound], rules)


def _external(contact: Contact) -> str:
    return f"contact:{contact.pk}"
