"""Every row of every room that points at a contact, found by asking the models, and moved from one contact to another."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction

from muhatap.contacts.models import Contact

# What a merge itself is made of: these say who was merged into whom and never move.
BOOKKEEPING = frozenset({"contacts.Contact.merged_into", "contacts.Merge.keep", "contacts.Merge.drop"})
AT_ONCE = 5000


@dataclass(frozen=True)
class Relation:
    """One column somewhere that points at a contact."""

    model: type[models.Model]
    field: str

    @property
    def name(self) -> str:
        return f"{self.model._meta.label}.{self.field}"

    def rows(self, **conditions: Any) -> "models.QuerySet[models.Model]":
        return self.model._base_manager.filter(**conditions)


def relations() -> list[Relation]:
    """Every column of every model that points at a contact and moves with a merge."""
    return [relation for relation in every_relation() if relation.name not in BOOKKEEPING]


def every_relation() -> list[Relation]:
    """Every column that points at a contact, also in the tables between, and the merge's own."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if isinstance(field, models.ForeignKey) and field.related_model is Contact:
                found.append(Relation(model, field.name))
    return found


def repoint(relation: Relation, ids: list[int], *, origin: int, target: int) -> Iterator[int]:
    """Point these rows from one contact to the other; gives the ids of those that could go, having no twin there."""
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        if _goes(relation, some, origin, target):
            yield from some
        elif len(some) > 1:  # one of them has a twin there: find out which
            yield from (pk for pk in some if _goes(relation, [pk], origin, target))


def count_rows(contact: Contact) -> Counter[str]:
    """How many rows of each model, by its label, point at this contact."""
    found: Counter[str] = Counter()
    for relation in relations():
        found[relation.model._meta.label] += relation.rows(**{relation.field: contact.pk}).count()
    return +found


def _goes(relation: Relation, ids: list[int], origin: int, target: int) -> bool:
    try:
        with transaction.atomic():
            relation.rows(**{"pk__in": ids, relation.field: origin}).update(**{relation.field: target})
    except IntegrityError:
        return False
    return True
