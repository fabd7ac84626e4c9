"""Custom fields: what the firm wants to know of its contacts and conversations, added without code."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts.fields import BUILT_IN
from muhatap.contacts.models import CustomField
from muhatap.shared import locks
from muhatap.shared.text import fold, without_nul

MOST = 60
MOST_CHOICES = 200
LONGEST_CHOICE = 80


class BadField(ValueError):
    """The field can't be like this; `field` says which part of it is wrong, the text why."""

    def __init__(self, field: str, said: str) -> None:
        super().__init__(said)
        self.field = field


def active(about: str = CustomField.About.CONTACT) -> list[CustomField]:
    """The fields in use, in their order."""
    return list(CustomField.objects.filter(about=about, archived_at=None).order_by("position", "id"))


@transaction.atomic
def define(
    *,
    label: str,
    kind: str,
    choices: Sequence[str] = (),
    about: str = CustomField.About.CONTACT,
    by: User,
    at: datetime,
) -> CustomField:
    """A new field at the end. Its kind stays what it is, since values are kept in it. Raises BadField."""
    locks.hold("custom fields")
    field = CustomField(
        key=_key(label),
        label=_label(label),
        about=about,
        kind=kind,
        choices=_choices(kind, choices),
        position=_next_position(),
    )
    if kind not in CustomField.Kind.values:
        raise BadField("kind", _("Choose what kind of value it holds."))
    if about not in CustomField.About.values:
        raise BadField("about", _("Choose what it is about."))
    if CustomField.objects.filter(archived_at=None).count() >= MOST:
        raise BadField("label", _("There are %(n)d fields already. Put one away first.") % {"n": MOST})
    _refuse_twin(field)
    field.save()
    audit.record(by=by, at=at, act="field.defined", kind="field", id=field.pk, name=field.label, field_kind=kind)
    return field


@transaction.atomic
def change(*, field: CustomField, label: str, choices: Sequence[str], by: User, at: datetime) -> None:
    """Another label or other choices. Values that are no longer a choice stay where they are. Raises BadField."""
    field.label, field.choices = _label(label), _choices(field.kind, choices)
    _refuse_twin(field)
    field.save(update_fields=["label", "choices"])
    audit.record(by=by, at=at, act="field.changed", kind="field", id=field.pk, name=field.label)


@transaction.atomic
def archive(*, field: CustomField, by: User, at: datetime) -> None:
    """Shown and asked no more; its values stay and come back with it."""
    field.archived_at = at
    field.save(update_fields=["archived_at"])
    audit.record(by=by, at=at, act="field.archived", kind="field", id=field.pk, name=field.label)


@transaction.atomic
def restore(*, field: CustomField, by: User, at: datetime) -> None:
    """Raises BadField when another field took its label meanwhile."""
    _refuse_twin(field)
    field.archived_at = None
    field.save(update_fields=["archived_at"])
    audit.record(by=by, at=at, act="field.restored", kind="field", id=field.pk, name=field.label)


@transaction.atomic
def move(*, field: CustomField, up: bool, by: User, at: datetime) -> None:
    """One place up or down among the fields in use."""
    locks.hold("custom fields")
    order = active(field.about)
    here = next((place for place, other in enumerate(order) if other.pk == field.pk), None)
    there = None if here is None else here - 1 if up else here + 1
    if here is None or there is None or not 0 <= there < len(order):
        return
    order[here], order[there] = order[there], order[here]
    for place, other in enumerate(order):
        other.position = place
    CustomField.objects.bulk_update(order, ["position"])
    audit.record(by=by, at=at, act="field.moved", kind="field", id=field.pk, name=field.label)


def _label(label: str) -> str:
    plain = " ".join(without_nul(label).split())
    if not plain:
        raise BadField("label", _("Give the field a name."))
    if len(plain) > 80:
        raise BadField("label", _("It is too long: at most %(n)d characters.") % {"n": 80})
    return plain


def _key(label: str) -> str:
    """A key made of the first label; labels may change, keys stay."""
    base = slugify(fold(label)).replace("-", "_")[:32] or "field"
    taken = {*BUILT_IN, *CustomField.objects.filter(key__startswith=base).values_list("key", flat=True)}
    return next(key for key in (base, *(f"{base}_{n}" for n in range(2, 10_000))) if key not in taken)


def _choices(kind: str, choices: Sequence[str]) -> list[str]:
    if kind != CustomField.Kind.CHOICE:
        return []
    plain = [" ".join(without_nul(choice).split()) for choice in choices]
    kept = list({fold(choice): choice for choice in reversed(plain) if choice}.values())[::-1]
    if not kept:
        raise BadField("choices", _("Write at least one choice, each on a line of its own."))
    if len(kept) > MOST_CHOICES or any(len(choice) > LONGEST_CHOICE for choice in kept):
        raise BadField(
            "choices", _("At most %(n)d choices of %(m)d characters each.") % {"n": MOST_CHOICES, "m": LONGEST_CHOICE}
        )
    return kept


def _refuse_twin(field: CustomField) -> None:
    same = CustomField.objects.filter(about=field.about, archived_at=None)
    others = list(same.exclude(pk=field.pk).values_list("label", flat=True))
    if field.about == CustomField.About.CONTACT:
        others += map(str, BUILT_IN.values())
    if fold(field.label) in {fold(label) for label in others}:
        raise BadField("label", _("There is a field of this name already."))


def _next_position() -> int:
    last = CustomField.objects.order_by("-position").values_list("position", flat=True).first()
    return 0 if last is None else last + 1
