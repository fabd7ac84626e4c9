"""What comes along with a file's rows: tags and notes, and firms and tags that nobody had used before."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from django.db.models import Model

from muhatap.contacts.errand import Errand, Taken
from muhatap.contacts.models import Company, ContactNote, ContactTag, Tag
from muhatap.shared import bulk
from muhatap.shared.text import fold

_folded = lru_cache(maxsize=4096)(fold)  # tags and firms come again and again


def newest() -> tuple[int, int]:
    """The last firm and the last tag there are, before rows bring more."""
    return _newest(Company), _newest(Tag)


def _newest(model: type[Model]) -> int:
    return model._base_manager.order_by("-pk").values_list("pk", flat=True).first() or 0


def write(errand: Errand, *, since: tuple[int, int]) -> None:
    """Write tags and notes, and let each row remember what only it brought; `since` is what `newest` said before."""
    _write_tags(errand)
    _write_notes(errand)
    _remember_what_came_along(errand, *since)


def _write_tags(errand: Errand) -> None:
    names = {_folded(name): name for told, _, _ in errand.standing() for name in told.tags}
    if not names:
        return
    Tag.objects.bulk_create([Tag(name=name, folded=key) for key, name in sorted(names.items())], ignore_conflicts=True)
    tags = dict(Tag.objects.filter(folded__one_of=names).values_list("folded", "pk"))
    had = set(ContactTag.objects.filter(contact_id__one_of=errand.known).values_list("contact_id", "tag_id"))
    rows, givers = list[tuple[int, object]](), list[Taken]()
    for told, taken, contact in errand.standing():
        for tag in dict.fromkeys(tags[_folded(name)] for name in told.tags):
            if (contact, tag) not in had:
                had.add((contact, tag))
                rows.append((contact, tag))
                givers.append(taken)
    _write(errand, ContactTag, {"tag_id": "int8"}, rows, givers, "taggings")


def _write_notes(errand: Errand) -> None:
    """A note that stands there already is not written again."""
    noting = [row for row in errand.standing() if row[0].note]
    if not noting:
        return
    had = set(ContactNote.objects.filter(contact_id__one_of=errand.known).values_list("contact_id", "text"))
    rows, givers = list[tuple[int, object]](), list[Taken]()
    for told, taken, contact in noting:
        if (contact, told.note) not in had:
            had.add((contact, told.note))
            rows.append((contact, told.note))
            givers.append(taken)
    _write(errand, ContactNote, {"text": "text"}, rows, givers, "notes")


def _write(
    errand: Errand,
    model: type[Model],
    told: Mapping[str, str],
    rows: Sequence[tuple[int, object]],
    givers: Sequence[Taken],
    name: str,
) -> None:
    """Rows of a contact and what is told of it; each giver remembers its own."""
    if not rows:
        return
    numbers, (by, at) = bulk.reserve(model, len(rows)), errand.stamp
    types = {"id": "int8", "contact_id": "int8", **told, "by_id": "int8", "at": "timestamptz"}
    bulk.copy(model._meta.db_table, types, ((pk, *row, by, at) for pk, row in zip(numbers, rows, strict=True)))
    for pk, taken in zip(numbers, givers, strict=True):
        taken.remember(name, pk)


def _remember_what_came_along(errand: Errand, last_company: int, last_tag: int) -> None:
    """Firms and tags that nobody had used before go again when their first row is given back, if nobody uses them then."""
    first = next((taken for _, taken, _ in errand.standing()), None)
    if first is None:
        return
    names = {_folded(str(told.facts["company"]))[:200] for told, _, _ in errand.standing() if told.facts.get("company")}
    tags = {_folded(name) for told, _, _ in errand.standing() for name in told.tags}
    firms = Company.objects.filter(pk__gt=last_company, folded__one_of=names)
    for pk in firms.values_list("pk", flat=True) if names else ():
        first.remember("companies", pk)
    for pk in Tag.objects.filter(pk__gt=last_tag, folded__one_of=tags).values_list("pk", flat=True) if tags else ():
        first.remember("tags", pk)
