"""Cases meet the threads they come from, the promises made in them and the shop's refunds: told, reminded of, and what they cost gathered.

Nothing here resolves a case or gives anybody anything; what was gathered once is not gathered again (`Cost.source`). Only the
shop's server tells of refunds: what a browser claims costs nothing.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, CharField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from muhatap.accounts.models import Membership, Role, User
from muhatap.automation import opening
from muhatap.conversations import threads
from muhatap.conversations.models import Conversation, Message
from muhatap.conversations.visibility import scope
from muhatap.conversations.visibility import visible_to as conversations_of
from muhatap.notices import telling, things
from muhatap.notices.models import Kind
from muhatap.sales.models import Order, Refund
from muhatap.service import cases, casework, costing, rates
from muhatap.service.models import Case, CaseLink, Compensation, Cost, Promise, PromiseEnding, Resolution

A_BATCH = 200
ADMINISTRATION = (Role.OWNER, Role.ADMINISTRATOR)
NOT_FOR_MONEY = (Promise.Kind.REFUND, Promise.Kind.REPLACEMENT)  # that money comes from the shop or as compensation


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
) -> Resolution:
    """Resolve it, and with it give the customer something. Raises HasEnded, NoReason, BadCost."""
    costing.hold(case)  # before the case, as whoever gathers does
    resolution = resolve(case=case, kind=kind, what=what, by=by, at=at)
    if given and amount:
        costing.compensate(case=case, kind=given, amount=amount, currency=currency, said=what, by=by, at=at)
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
    return changed


@transaction.atomic
def gather(*, case: Case, at: datetime) -> int:
    """What its order's refunds and the promises of its conversations cost, each once. Returns how many are new."""
    refunds = _told().filter(order_id=case.order_id or 0).order_by("at", "pk")
    n = sum(_refunded(case, refund, at=at) for refund in refunds)
    numbers = case.links.filter(conversation_id__isnull=False).values("conversation_id")
    endings = PromiseEnding.objects.filter(promise__conversation_id__in=numbers, undone_at=None)
    return n + sum(_promised(case, one, at=at) for one in endings.select_related("promise__by").order_by("pk"))


def watch(*, at: datetime) -> None:
    """Each minute: remind of what is due soon, say once that a moment is over, gather what came meanwhile."""
    for rows, field, event in (
        (casework.to_remind(at=at), "reminded_at", "case_near"),
        (casework.to_miss(at=at), "missed_at", "case_missed"),
    ):
        for case in rows.select_related("owner", "contact")[:A_BATCH]:
            _remind(case, field, event, at=at)
    collect(at=at)


def collect(*, at: datetime) -> int:
    """Refunds and endings of promises that no cost tells of yet, and costs of what was taken back or told otherwise."""
    revised = _revise_refunds(at=at)
    return revised + _collect_refunds(at=at) + _collect_promises(at=at) + _take_back_promises(at=at)


def _told() -> QuerySet[Refund]:
    """Refunds of which a shop's server told, not a browser."""
    return Refund.objects.filter(order__is_told_by_server=True).select_related("order")


def _revise_refunds(*, at: datetime) -> int:
    numbers = sorted({*_noted_otherwise(), *_said_otherwise()})[:A_BATCH]
    told = _told().in_bulk(numbers)
    for number in numbers:
        _revise(number, told.get(number), at=at)
    return len(numbers)


def _revise(number: int, refund: Refund | None, *, at: datetime) -> None:
    if refund is None:
        costing.refund_gone(number=number, at=at)
        return
    goods, shipping = split(refund.order, refund.amount, before=_given_before(refund))
    costing.refund_changed(number=number, goods=goods, shipping=shipping, currency=refund.order.currency, at=at)


def _noted_otherwise() -> set[int]:
    """Numbers of refunds whose standing costs are not what the shop tells now."""
    noted = Cost.objects.filter(source__startswith="refund:", reversed_by=None).order_by()
    sums: Any = noted.annotate(number=_number("source")).values("number", "currency").annotate(whole=Sum("amount"))
    return _otherwise(sums.values_list("number", "currency", "whole"))


def _said_otherwise() -> set[int]:
    """The same of those that count by what an agent said."""
    said = Compensation.objects.filter(told_by__startswith="refund:", undone_at=None)
    noted = Cost.objects.filter(source__startswith="compensation:", case=OuterRef("case"), reversed_by=None)
    noted = noted.annotate(number=_after_colon("source")).filter(number=Cast(OuterRef("pk"), CharField()))
    counting: Any = said.filter(Exists(noted)).annotate(number=_number("told_by"))
    return _otherwise(counting.values_list("number", "currency", "amount"))


def _otherwise(noted: Iterable[tuple[int, str, Decimal]]) -> set[int]:
    rows = list(noted)
    told = {
        row[0]: row[1:]
        for row in _told().filter(pk__in={row[0] for row in rows}).values_list("pk", "order__currency", "amount")
    }
    return {number for number, *said in rows if told.get(number) != tuple(said)}


def _number(column: str) -> Cast:
    """The number that stands after the first colon: "refund:12:shipping" → 12."""
    return Cast(_after_colon(column), BigIntegerField())


def _after_colon(column: str) -> Func:
    return Func(F(column), Value(":"), Value(2), function="split_part", output_field=CharField())


def _collect_refunds(*, at: datetime) -> int:
    told = Case.objects.filter(order_id=OuterRef("order_id")).order_by("opened_at", "pk").values("pk")[:1]
    noted = Compensation.objects.filter(told_by=_source("refund:"), undone_at=None)
    orders = Case.objects.filter(order_id__isnull=False).values("order_id")
    named = _told().filter(order_id__in=orders)
    fresh = named.filter(~_is_costed("refund:"), ~_is_costed("refund:", ":shipping"), ~Exists(noted))
    rows = fresh.annotate(case=Subquery(told)).filter(case__isnull=False)
    found = list(rows.order_by("at", "pk")[:A_BATCH])
    by_number = Case.objects.in_bulk({row.case for row in found})
    return sum(_refunded(by_number[row.case], row, at=at) for row in found)


def _collect_promises(*, at: datetime) -> int:
    links = CaseLink.objects.filter(conversation_id=OuterRef("promise__conversation_id")).order_by("at", "pk")
    rows = PromiseEnding.objects.filter(
        ~_is_costed("promise:", ":time"), ~_is_costed("promise:", ":money"), undone_at=None
    )
    rows = rows.filter(Q(actual_minutes__gt=0) | Q(actual_cost__gt=0) & ~Q(promise__kind__in=NOT_FOR_MONEY))
    numbers = CaseLink.objects.filter(conversation_id__isnull=False).values("conversation_id")
    rows = rows.filter(promise__conversation_id__in=numbers)
    rows = rows.annotate(case=Subquery(links.values("case")[:1])).filter(case__isnull=False)
    found = list(rows.select_related("promise__by").order_by("pk")[:A_BATCH])
    by_number = Case.objects.in_bulk({row.case for row in found})
    return sum(_promised(by_number[row.case], row, at=at) for row in found)


def _take_back_promises(*, at: datetime) -> int:
    parts = ("time", "money")
    standing = [_is_costed("promise:", f":{part}", reversed_by=None) for part in parts]
    undone = PromiseEnding.objects.filter(standing[0] | standing[1], undone_at__isnull=False).order_by("pk")[:A_BATCH]
    sources = [f"promise:{one.pk}:{part}" for one in undone for part in parts]
    return sum(costing.undo_source(source=source, why="", by=None, at=at) for source in sources)


def _source(before: str, after: str = "") -> Concat:
    return Concat(Value(before), Cast(OuterRef("pk"), CharField()), Value(after))


def _is_costed(before: str, after: str = "", **more: Any) -> Exists:
    return Exists(Cost.objects.filter(source=_source(before, after), **more))


def _refunded(case: Case, refund: Refund, *, at: datetime) -> bool:
    goods, shipping = split(refund.order, refund.amount, before=_given_before(refund))
    return costing.refunded(
        case=case,
        number=refund.pk,
        goods=goods,
        shipping=shipping,
        currency=refund.order.currency,
        happened_at=refund.at,
        at=at,
    )


def split(order: Order, amount: Decimal, *, before: Decimal) -> tuple[Decimal, Decimal]:
    """What of money given back is for goods, what for shipping: goods first, and what goes beyond them is shipping.

    The two are the refund, whatever the shop told of its order.
    """
    goods_left = max(order.total - order.shipping - before, Decimal(0))
    goods = min(amount, goods_left)
    shipping_left = max(order.shipping - max(before - (order.total - order.shipping), Decimal(0)), Decimal(0))
    shipping = min(amount - goods, shipping_left)
    return amount - shipping, shipping


def _given_before(refund: Refund) -> Decimal:
    rows = Refund.objects.filter(order_id=refund.order_id)
    earlier = rows.filter(Q(at__lt=refund.at) | Q(at=refund.at, pk__lt=refund.pk))
    return sum(earlier.values_list("amount", flat=True), Decimal(0))


def _promised(case: Case, ending: PromiseEnding, *, at: datetime) -> int:
    """What keeping, or not keeping, a promise took: time at its owner's rate of that day, and money."""
    promise, n = ending.promise, 0
    if ending.actual_minutes:
        team_id = promise.team_id or rates.team_of(promise.by)
        rate = rates.of(user=promise.by, team_id=team_id, on=timezone.localtime(ending.at).date())
        n += _note_promise(
            case,
            ending,
            "time",
            at=at,
            minutes=ending.actual_minutes,
            amount=rates.worth(ending.actual_minutes, rate) if rate else None,
            currency=rate.currency if rate else promise.currency,
            rate=rate,
        )
    if ending.actual_cost and promise.kind not in NOT_FOR_MONEY:
        n += _note_promise(case, ending, "money", at=at, amount=ending.actual_cost, currency=promise.currency)
    return n


def _note_promise(case: Case, ending: PromiseEnding, part: str, *, at: datetime, **told: Any) -> int:
    noted = costing.note(
        kind=Cost.Kind.EXTERNAL,
        what=Cost.What.PROMISE,
        happened_at=ending.at,
        by=ending.by,
        at=at,
        case=case,
        promise=ending.promise,
        team_id=ending.promise.team_id,
        note=ending.promise.what,
        source=f"promise:{ending.pk}:{part}",
        **told,
    )
    return int(noted is not None)


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
    """Who looks after a case: its owner, else its team, else the administrators; as far as they may read it."""
    active = User.objects.filter(is_active=True)
    if case.owner_id:
        found = active.filter(pk=case.owner_id)
    elif case.team_id:
        found = active.filter(pk__in=Membership.objects.filter(team_id=case.team_id).values("user_id"))
    else:
        found = active.filter(role__in=ADMINISTRATION)
    return [user for user in found.order_by("pk") if visible_to(user).filter(pk=case.pk).exists()]


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
