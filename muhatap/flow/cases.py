"""Cases meet the threads they come from: told there and reminded of; who reads them, and who looks after them.

Nothing here resolves a case or gives anybody anything by itself.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from muhatap.accounts.models import Membership, Role, User
from muhatap.automation import opening
from muhatap.contacts.models import Contact
from muhatap.conversations import threads
from muhatap.conversations.models import Conversation, Message
from muhatap.conversations.visibility import scope
from muhatap.conversations.visibility import visible_to as conversations_of
from muhatap.flow.gathering import collect, gather
from muhatap.notices import telling, things
from muhatap.notices.models import Kind
from muhatap.service import cases, casework, costing
from muhatap.service.models import Case, CaseLink, Cost, Resolution

A_BATCH = 200
ADMINISTRATION = (Role.OWNER, Role.ADMINISTRATOR)


def visible_to(user: User) -> QuerySet[Case]:
    """Cases this user may read: their own, their teams', those of conversations they see, those that come from none."""
    if scope(user).sees_all:
        return Case.objects.all()
    links = CaseLink.objects.filter(case=OuterRef("pk"))
    threads_of = Message.objects.filter(interaction_id=OuterRef("interaction_id"))
    seen = conversations_of(user)
    away = Conversation.objects.filter(merged_into__in=seen.values("pk"))
    is_seen = (
        Q(conversation_id__in=seen.values("pk"))
        | Q(conversation_id__in=away.values("pk"))
        | Exists(threads_of.filter(conversation__in=seen.values("pk")))
    )
    teams = Membership.objects.filter(user=user).values("team_id")
    return Case.objects.filter(
        Q(owner=user)
        | Q(opened_by=user)
        | Q(team_id__in=teams)
        | Exists(links.filter(is_seen))
        | ~Exists(links.filter(Q(conversation_id__isnull=False) | Exists(threads_of)))
    )


def costs_of(user: User, *, counts: bool) -> QuerySet[Cost]:
    """Costs this user may take back: of cases they see, and of none what they wrote; of none all, where somebody `counts` costs."""
    of_none = Q(case=None) if counts else Q(case=None, by=user)
    return Cost.objects.filter(Q(case__in=visible_to(user)) | of_none)


def of_conversation(conversation: Conversation) -> QuerySet[Case]:
    """The cases that come from this conversation, or were spoken of in it, the newest first."""
    rows = Case.objects.filter(Exists(CaseLink.objects.filter(case=OuterRef("pk"), conversation_id=conversation.pk)))
    return rows.order_by("-opened_at", "-pk")


@transaction.atomic
def open_from(
    *, conversation: Conversation, told: opening.Told, by: User, at: datetime, origin: str = Case.Origin.HAND
) -> Case:
    """Open a case of a conversation, and gather what it has cost already. Raises NoTitle, NotThen, NotTheirs."""
    if told.order_id:
        costing.hold(Case(order_id=told.order_id))  # before the conversation, as `settle` does
    case = opening.open_from(conversation=conversation, told=told, by=by, at=at, origin=origin)
    gather(case=case, at=at)
    if case.opened_at == at:  # not one that stood there already
        _tell_of_given(case, by=by, at=at)
    return case


@transaction.atomic
def open_of(*, contact: Contact, told: opening.Told, by: User, at: datetime, origin: str = Case.Origin.HAND) -> Case:
    """Open a case of somebody who wrote nothing of it. Raises NoTitle, NotThen, NotTheirs."""
    case = cases.open_case(contact=contact, interaction=None, by=by, at=at, origin=origin, **vars(told))
    _tell_of_given(case, by=by, at=at)
    return case


@transaction.atomic
def link(*, case: Case, conversation: Conversation, by: User, at: datetime) -> bool:
    """This conversation is about the case, too. False when that was noted before."""
    costing.hold(case)
    is_new = cases.link(case=case, conversation_id=threads.held(conversation).pk, by=by, at=at)
    if is_new:
        threads.tell(conversation=conversation, event="case_linked", by=by, at=at, **opening.said(case))
        gather(case=case, at=at)
    return is_new


@transaction.atomic
def resolve(*, case: Case, kind: str, what: str, by: User, at: datetime) -> Resolution:
    """Say what was done, and tell the threads. Raises HasEnded, NoReason."""
    resolution = cases.resolve(case=case, kind=kind, what=what, by=by, at=at)
    _tell_all(case, "case_resolved", by=by, at=at, why=resolution.what)
    return resolution


@transaction.atomic
def settle(
    *,
    case: Case,
    kind: str,
    what: str,
    by: User,
    at: datetime,
    given: str = "",
    amount: Decimal | None = None,
    currency: str = "TRY",
    note: str = "",
) -> Resolution:
    """Resolve it, and with it give the customer something, with its own note or with what was done. Raises HasEnded, NoReason, BadCost."""
    costing.hold(case)  # before the case, as whoever gathers does
    resolution = resolve(case=case, kind=kind, what=what, by=by, at=at)
    if given and amount:
        costing.compensate(case=case, kind=given, amount=amount, currency=currency, said=note or what, by=by, at=at)
    return resolution


@transaction.atomic
def reopen(*, case: Case, why: str, by: User, at: datetime) -> None:
    """It was not over, and the threads are told. Raises NotEnded, NoReason."""
    cases.reopen(case=case, why=why, by=by, at=at)
    _tell_all(case, "case_reopened", by=by, at=at, why=why.strip())


@transaction.atomic
def change(*, case: Case, by: User, at: datetime, **fields: Any) -> list[str]:
    """Change what is said of it; another order brings its refunds. Raises NoTitle, NotThen."""
    changed = cases.change(case=case, by=by, at=at, **fields)
    if "order_id" in changed:
        gather(case=case, at=at)
    if "owner" in changed or ("team" in changed and case.owner is None):
        _tell_of_given(case, by=by, at=at)
    return changed


def watch(*, at: datetime) -> None:
    """Each minute: remind of what is due soon, say once that a moment is over, gather what came meanwhile."""
    for rows, field, event in (
        (casework.to_remind(at=at), "reminded_at", "case_near"),
        (casework.to_miss(at=at), "missed_at", "case_missed"),
    ):
        for case in rows.select_related("owner", "contact")[:A_BATCH]:
            _remind(case, field, event, at=at)
    collect(at=at)


@transaction.atomic
def _remind(case: Case, field: str, event: str, *, at: datetime) -> None:
    if not casework.mark(case, field=field, at=at):
        return
    thread = next(iter(_threads(case)), None) or _newest_of(case)
    if thread:
        threads.tell(conversation=thread, event=event, by=None, at=at, **opening.said(case))
    else:
        kind = Kind.WARNING if event == "case_near" else Kind.BREACH
        again = case.due_at.isoformat() if case.due_at else ""
        telling.tell_of(users=whose(case), kind=kind, thing=things.of_case(case, event, again=again), at=at)


def whose(case: Case) -> list[User]:
    """Who looks after a case: its owner, else its team, else the administrators; the first of these of whom anybody is here to read it."""
    active = User.objects.filter(is_active=True)
    members = Membership.objects.filter(team_id=case.team_id or 0).values("user_id")
    for asked in (Q(pk=case.owner_id or 0), Q(pk__in=members), Q(role__in=ADMINISTRATION)):
        found = active.filter(asked).order_by("pk")
        if here := [user for user in found if visible_to(user).filter(pk=case.pk).exists()]:
            return here
    return []


def _tell_of_given(case: Case, *, by: User, at: datetime) -> None:
    """Whoever it was given to hears of it, unless they took it themselves; of one that is nobody's nobody does."""
    if case.is_standing and (case.owner_id or case.team_id):
        thing = things.of_case(case, "case_given", again=at.isoformat())
        telling.tell_of(users=[user for user in whose(case) if user.pk != by.pk], kind=Kind.CASE, thing=thing, at=at)


def _tell_all(case: Case, event: str, *, by: User, at: datetime, **details: Any) -> None:
    for thread in _threads(case):
        threads.tell(conversation=thread, event=event, by=by, at=at, **opening.said(case), **details)


def _threads(case: Case) -> list[Conversation]:
    """The conversations it comes from; those that they were merged into, when they were."""
    links = case.links.filter(conversation_id__isnull=False).order_by("-at", "-pk")
    found = [_standing(link.conversation_id or 0) for link in links]
    return list({row.pk: row for row in found if row}.values())


def _standing(number: int) -> Conversation | None:
    found = Conversation.objects.select_related("merged_into").filter(pk=number).first()
    while found and found.merged_into_id:
        found = Conversation.objects.get(pk=found.merged_into_id)
    return found


def _newest_of(case: Case) -> Conversation | None:
    """Where a case that comes from no conversation is reminded of: the newest of the contact that its owner sees."""
    if case.owner is None:
        return None
    rows = conversations_of(case.owner).filter(contact_id=case.contact_id, merged_into=None)
    return rows.order_by("-last_message_at", "-pk").first()
