"""Cases: opened, linked to what was said, given to somebody, resolved, opened again. Questions about them are in casework."""

from datetime import datetime
from typing import Any

from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import Team, User
from muhatap.contacts.models import Contact
from muhatap.interactions import ledger
from muhatap.interactions.models import Interaction
from muhatap.service.models import Case, CaseLink, CaseStep, Cause, Resolution
from muhatap.service.promising import FARTHEST, NoReason, NotThen, remind_at

State, Act = Case.State, CaseStep.Act
STANDING = (State.OPEN, State.WAITING, State.REOPENED)
MACHINES = (Case.Origin.RULE, Case.Origin.SURVEY)
NOT_AUDITED = ("title", "order_id", "product_id")


class NoTitle(Exception):
    """A case says what it is about."""


class HasEnded(Exception):
    """It was resolved or closed meanwhile."""


class NotEnded(Exception):
    """It is not resolved, so there is nothing to close or open again."""


class NotTheirs(Exception):
    """The former case is of somebody else, or is this one."""


@transaction.atomic
def open_case(
    *,
    contact: Contact,
    interaction: Interaction | None,
    title: str,
    cause: Cause | None = None,
    by: User | None,
    at: datetime,
    kind: str = Case.Kind.COMPLAINT,
    origin: str = Case.Origin.HAND,
    conversation_id: int | None = None,
    owner: User | None = None,
    team: Team | None = None,
    due_at: datetime | None = None,
    former: Case | None = None,
    order_id: int | None = None,
    product_id: int | None = None,
) -> Case:
    """Open a case of this contact, from an interaction, a conversation, both or neither.

    A machine opens one case of an interaction, and gets the one there is when it asks again; a person may open another
    of the same letter, and gets one that stands only where it says the same. Raises NoTitle, NotThen, NotTheirs.
    """
    if interaction:
        Interaction.objects.select_for_update(of=("self",)).get(pk=interaction.pk)
        known = Case.objects.filter(links__interaction=interaction, contact=contact)
        if origin not in MACHINES:
            known = known.filter(
                state__in=STANDING,
                opened_by=by,
                title=title.strip()[:200],
                kind=kind,
                cause=cause,
                due_at=due_at,
                former=former,
                order_id=order_id,
                product_id=product_id,
            )
        if found := known.order_by("pk").first():
            return found
    if not title.strip():
        raise NoTitle
    _check_moment(due_at, at)
    if former and former.contact_id != contact.pk:
        raise NotTheirs
    case = Case.objects.create(
        contact=contact,
        title=title.strip()[:200],
        kind=kind,
        cause=cause,
        owner=owner,
        team=team,
        opened_by=by,
        opened_at=at,
        origin=origin,
        due_at=due_at,
        remind_at=remind_at(at, due_at) if due_at else None,
        former=former,
        order_id=order_id,
        product_id=product_id,
    )
    _enter(case, at=at)
    CaseStep.objects.create(case=case, act=Act.OPENED, state=State.OPEN, by=by, at=at)
    if interaction or conversation_id:
        CaseLink.objects.create(case=case, interaction=interaction, conversation_id=conversation_id, by=by, at=at)
    _record("case.open", case, by, at, origin=origin)
    return case


@transaction.atomic
def link(
    *,
    case: Case,
    by: User | None,
    at: datetime,
    interaction: Interaction | None = None,
    conversation_id: int | None = None,
) -> bool:
    """Note that this was about the case, too. False when it was noted before."""
    row = _held(case)
    known = (
        row.links.filter(interaction=interaction) if interaction else row.links.filter(conversation_id=conversation_id)
    )
    if known.exists() or not (interaction or conversation_id):
        return False
    CaseLink.objects.create(case=row, interaction=interaction, conversation_id=conversation_id, by=by, at=at)
    became = str(conversation_id or "")
    CaseStep.objects.create(case=row, act=Act.LINKED, state=row.state, field="link", became=became, by=by, at=at)
    return True


@transaction.atomic
def change(*, case: Case, by: User | None, at: datetime, why: str = "", **fields: Any) -> list[str]:
    """Give it another title, kind, cause, owner, team, deadline, order or product: a step for each. Returns what changed.

    Raises NoTitle, NotThen.
    """
    row = _held(case)
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    if "title" in changed and not str(fields["title"]).strip():
        raise NoTitle
    if "due_at" in changed:
        _check_moment(fields["due_at"], at)
    CaseStep.objects.bulk_create(
        CaseStep(
            case=row,
            act=Act.CHANGED,
            state=row.state,
            field=name,
            was=_said(getattr(row, name)),
            became=_said(fields[name]),
            why=why.strip()[:500],
            by=by,
            at=at,
        )
        for name in changed
    )
    told = {name: _audited(name, getattr(row, name), fields[name]) for name in changed}
    for name in changed:
        setattr(row, name, fields[name])
    if "due_at" in changed:
        row.remind_at = remind_at(at, row.due_at) if row.due_at else None
        row.reminded_at = row.missed_at = None
    if changed:
        row.save()
        _record("case.change", row, by, at, changes=told)
        case.refresh_from_db()
    return changed


@transaction.atomic
def wait(*, case: Case, why: str, by: User | None, at: datetime) -> None:
    """It waits for somebody: the customer, the carrier, a supplier. Raises HasEnded, NoReason."""
    row = _move(case, State.WAITING, Act.WAITS, _reason(why), by, at)
    _record("case.wait", row, by, at, why=_reason(why))


@transaction.atomic
def go_on(*, case: Case, by: User | None, at: datetime) -> None:
    """It waits no more; one that did not wait stays as it is. Raises HasEnded."""
    held = _held(case)
    if held.is_standing and held.state != State.WAITING:
        return
    row = _move(case, State.OPEN, Act.GOES_ON, "", by, at)
    _record("case.go_on", row, by, at)


@transaction.atomic
def resolve(*, case: Case, kind: str, what: str, by: User | None, at: datetime) -> Resolution:
    """Say what was done. Raises HasEnded, NoReason."""
    what = what.strip()[:1000]
    row = _move(case, State.RESOLVED, Act.RESOLVED, _reason(what)[:500], by, at)
    resolution = Resolution.objects.create(case=row, kind=kind, what=what, by=by, at=at)
    _record("case.resolve", row, by, at, resolution=kind)
    return resolution


@transaction.atomic
def close(*, case: Case, by: User | None, at: datetime) -> None:
    """The customer agreed, or nothing more will come of it. Raises NotEnded."""
    row = _held(case)
    if row.state != State.RESOLVED:
        raise NotEnded
    _save(row, State.CLOSED, Act.CLOSED, "", by, at, ended_at=row.ended_at)
    _record("case.close", row, by, at)
    case.refresh_from_db()


@transaction.atomic
def reopen(*, case: Case, why: str, by: User | None, at: datetime) -> None:
    """It was not over: its resolution is taken back, and stays written down. Raises NotEnded, NoReason."""
    row, why = _held(case), _reason(why)
    if row.is_standing:
        raise NotEnded
    Resolution.objects.filter(case=row, undone_at=None).update(undone_by=by, undone_at=at)
    _save(row, State.REOPENED, Act.REOPENED, why, by, at, ended_at=None)
    _record("case.reopen", row, by, at, why=why)
    case.refresh_from_db()


@transaction.atomic
def repeat(*, case: Case, former: Case | None, by: User | None, at: datetime) -> None:
    """Note that it repeats a former case of the same contact, or that it does not. Raises NotTheirs."""
    row = _held(case)
    if former and (former.contact_id != row.contact_id or former.pk >= row.pk):
        raise NotTheirs
    if row.former_id == (former.pk if former else None):
        return
    CaseStep.objects.create(
        case=row,
        act=Act.REPEATS,
        state=row.state,
        field="former",
        was=str(row.former_id or ""),
        became=str(former.pk if former else ""),
        by=by,
        at=at,
    )
    row.former = former
    row.save(update_fields=["former"])
    _record("case.repeat", row, by, at, former=former.pk if former else None)
    case.refresh_from_db()


def _enter(case: Case, *, at: datetime) -> None:
    """It stands on the timeline of its contact."""
    case.entry = ledger.record_seen(
        contact=case.contact,
        kind=Interaction.Kind.CASE,
        channel="case",
        title=f"#{case.pk}",
        excerpt=case.title,
        happened_at=at,
        at=at,
    )
    case.save(update_fields=["entry"])


def _move(case: Case, state: str, act: str, why: str, by: User | None, at: datetime) -> Case:
    row = _held(case)
    if not row.is_standing:
        raise HasEnded
    _save(row, state, act, why, by, at, ended_at=at if state == State.RESOLVED else None)
    case.refresh_from_db()
    return row


def _save(
    row: Case, state: str, act: str, why: str, by: User | None, at: datetime, *, ended_at: datetime | None
) -> None:
    CaseStep.objects.create(
        case=row, act=act, state=state, field="state", was=row.state, became=state, why=why, by=by, at=at
    )
    row.state, row.ended_at = state, ended_at
    row.save(update_fields=["state", "ended_at"])


def _held(case: Case) -> Case:
    return Case.objects.select_for_update(of=("self",)).get(pk=case.pk)


def _reason(why: str) -> str:
    if not why.strip():
        raise NoReason
    return why.strip()[:500]


def _check_moment(due_at: datetime | None, at: datetime) -> None:
    if due_at is not None and not at < due_at < at + FARTHEST:
        raise NotThen


def _audited(name: str, was: object, became: object) -> list[str]:
    """What of a change the audit tells: not the words of a title, not the number of an order, both in the story of the case."""
    return [] if name in NOT_AUDITED else [_said(was), _said(became)]


def _said(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)[:200]


def _record(act: str, row: Case, by: User | None, at: datetime, **details: object) -> None:
    # By its number: a title may be words of a customer, and nothing is ever taken out of the audit.
    audit.record(by=by, at=at, act=act, kind="case", id=row.pk, name=f"#{row.pk}", **details)
