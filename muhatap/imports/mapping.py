"""What the columns of a file mean, and how its rows meet contacts: said by a person, remembered for the next file like it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import designing, tagging
from muhatap.contacts.models import CustomField
from muhatap.imports import cells, targets
from muhatap.imports.models import Import, SavedMapping
from muhatap.shared.text import fold

State = Import.State


class BadMapping(ValueError):
    """`code`: nothing, twice, no_key, no_purpose, unknown, field, tag, late. `detail` is the column or the sentence."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """All that is said of one import before it begins."""

    columns: Sequence[str]
    match: str
    mode: str
    is_overwriting: bool = False
    is_lenient: bool = False
    tag: str = ""
    decimal: str = ""
    dates: str = ""


@transaction.atomic
def choose(*, one: Import, chosen: Chosen, by: User, at: datetime) -> None:
    """Say what the columns mean. Fields that are to be made are made. Raises BadMapping."""
    held = Import.objects.select_for_update().get(pk=one.pk)
    if held.state not in (State.READ, State.MAPPED):
        raise BadMapping("late")
    _check(held, chosen)
    held.columns = [_column(held, place, target, by=by, at=at) for place, target in enumerate(chosen.columns)]
    held.samples = [cells.shown(row, held.columns) for row in held.samples]
    held.match, held.mode, held.tag = chosen.match, chosen.mode, _tag(chosen.tag)
    held.is_overwriting, held.is_lenient = chosen.is_overwriting, chosen.is_lenient
    held.reading |= {"decimal": chosen.decimal, "dates": chosen.dates}
    held.state, held.rehearsal = State.MAPPED, {}
    held.save()
    _remember(held, by=by, at=at)
    audit.record(by=by, at=at, act="import.map", kind="import", id=held.pk, name=held.name, columns=held.columns)
    one.refresh_from_db()


def known_targets() -> set[str]:
    """Every target a column may have."""
    return {
        "",
        *targets.PLAIN,
        *(f"{targets.FIELD}{field.key}" for field in designing.active()),
        *(f"{targets.NEW}{kind}" for kind in CustomField.Kind.values if kind != CustomField.Kind.CHOICE),
    }


def _check(one: Import, chosen: Chosen) -> None:
    used = [target for target in chosen.columns if target]
    if len(chosen.columns) != len(one.header) or set(used) - known_targets():
        raise BadMapping("unknown")
    if not used:
        raise BadMapping("nothing")
    for place, target in enumerate(chosen.columns):
        is_single = target and target not in targets.SEVERAL and not target.startswith(targets.NEW)
        if is_single and target in chosen.columns[:place]:
            raise BadMapping("twice", target)
    if chosen.match and chosen.match not in used:
        raise BadMapping("no_key", chosen.match)
    _check_consent(set(used))
    if not _is_sayable(chosen):
        raise BadMapping("unknown")
    if chosen.mode == Import.Mode.UPDATE and not chosen.match:
        raise BadMapping("no_key")


def _check_consent(used: set[str]) -> None:
    """A day on which consent was given says nothing while no column says to what; one on which it ended says no to offers."""
    say = {targets.OFFERS, targets.RESEARCH}
    if targets.AGREED_ON not in used:
        say.add(targets.ENDED_ON)
    if not used.isdisjoint(targets.CONSENT) and used.isdisjoint(say):
        raise BadMapping("no_purpose")


def _is_sayable(chosen: Chosen) -> bool:
    return (
        chosen.match in Import.Match.values
        and chosen.mode in Import.Mode.values
        and chosen.decimal in ("", cells.COMMA, cells.POINT)
        and chosen.dates in ("", cells.DAY_FIRST, cells.MONTH_FIRST)
    )


def _column(one: Import, place: int, target: str, *, by: User, at: datetime) -> str:
    if not target.startswith(targets.NEW):
        return target
    try:
        field = designing.define(
            label=one.header[place] or f"{place + 1}", kind=target.removeprefix(targets.NEW), by=by, at=at
        )
    except designing.BadField as error:
        raise BadMapping("field", f"{one.header[place]}: {error}") from error
    return f"{targets.FIELD}{field.key}"


def _tag(name: str) -> str:
    name = " ".join(name.split())
    if len(name) > tagging.LONGEST or (name and not fold(name)):
        raise BadMapping("tag")
    return name


def _remember(one: Import, *, by: User, at: datetime) -> None:
    SavedMapping.objects.update_or_create(
        fingerprint=one.fingerprint,
        defaults={
            "columns": one.columns,
            "match": one.match,
            "mode": one.mode,
            "is_overwriting": one.is_overwriting,
            "is_lenient": one.is_lenient,
            "decimal": one.reading.get("decimal", ""),
            "dates": one.reading.get("dates", ""),
            "by": by,
            "at": at,
        },
    )
