"""Reading a shop's older orders: begun, going on page by page, resting when it is asked to, stopped, ended."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.sales.models import BackFill, Shop
from muhatap.sales.shops import ASKED
from muhatap.shared import jobs
from muhatap.shared.text import without_nul

JOB, QUEUE = "back_fill", "webhooks"
State = BackFill.State
KEPT = timedelta(days=3)  # of those that nobody asked for
PAUSES = (10, 30, 120, 300, 600, 1200)  # seconds, after one, two, … failures in a row; then it is given up


class CannotFill(Exception):
    """It cannot begin now; the text says why."""


@transaction.atomic
def begin(*, shop: Shop, since: datetime, by: User | None, at: datetime) -> BackFill:
    """Read what changed since then. Raises CannotFill."""
    if shop.kind not in ASKED or not shop.api_secret_sealed:
        raise CannotFill(_("Write down first how its API is asked."))
    try:
        with transaction.atomic():
            fill = BackFill.objects.create(shop=shop, since=since, by=by, created_at=at)
    except IntegrityError as error:
        raise CannotFill(_("It is being read already.")) from error
    jobs.queue(JOB, queue=QUEUE, back_fill_id=fill.pk)
    if by:
        told = {"since": since.isoformat()}
        audit.record(by=by, at=at, act="shop.back_fill", kind="shop", id=shop.pk, name=shop.name, **told)
    return fill


def keep_up(*, shop: Shop, every: timedelta, overlap: timedelta, at: datetime) -> BackFill | None:
    """Ask for what changed lately, when it was not asked for so long; None when it is too early, running or not possible."""
    last = shop.back_fills.order_by("-id").first()
    if last and (last.created_at > at - every or last.state == State.RUNNING):
        return None
    done = shop.back_fills.filter(state=State.DONE).order_by("-id").first()
    since = (done.created_at if done else at) - overlap
    try:
        return begin(shop=shop, since=since, by=None, at=at)
    except CannotFill:
        return None


def forget(*, at: datetime) -> int:
    """What nobody asked for is no history worth keeping, but for where each shop goes on from; how many rows went."""
    newest = BackFill.objects.filter(state=State.DONE).order_by("shop", "-id").distinct("shop")
    old = BackFill.objects.filter(by=None, created_at__lt=at - KEPT).exclude(state=State.RUNNING)
    return old.exclude(pk__in=list(newest.values_list("pk", flat=True))).delete()[0]


@transaction.atomic
def cancel(*, fill: BackFill, by: User, at: datetime) -> bool:
    """Stop after the page that is being read; what was read stays. False when it is over."""
    running = BackFill.objects.filter(pk=fill.pk, state=State.RUNNING)
    is_stopped = bool(running.update(state=State.CANCELLED, ended_at=at))
    if is_stopped:
        audit.record(by=by, at=at, act="shop.back_fill_stopped", kind="shop", id=fill.shop_id, name=fill.shop.name)
    return is_stopped


@transaction.atomic
def go_on(
    *, fill: BackFill, place: dict[str, object] | None, n_read: int, n_new: int, n_aside: int, at: datetime
) -> None:
    """A page was read; None for a place when it was the last."""
    rows = BackFill.objects.filter(pk=fill.pk, state=State.RUNNING)
    rows.update(
        n_read=F("n_read") + n_read,
        n_new=F("n_new") + n_new,
        n_set_aside=F("n_set_aside") + n_aside,
        n_failed_in_a_row=0,
        rests_until=None,
        detail="",
        **({"place": place} if place else {"state": State.DONE, "ended_at": at}),
    )
    if place:
        jobs.queue(JOB, queue=QUEUE, back_fill_id=fill.pk)


@transaction.atomic
def rest(*, fill: BackFill, seconds: int, at: datetime, detail: str = "") -> None:
    """The shop asked us to wait."""
    until = at + timedelta(seconds=seconds)
    BackFill.objects.filter(pk=fill.pk, state=State.RUNNING).update(rests_until=until, detail=without_nul(detail)[:500])
    jobs.queue(JOB, queue=QUEUE, run_at=until, back_fill_id=fill.pk)


def wait(*, fill: BackFill, until: datetime) -> None:
    """Woken before its time: it is looked at again then."""
    jobs.queue(JOB, queue=QUEUE, run_at=until, back_fill_id=fill.pk)


@transaction.atomic
def stumble(*, fill: BackFill, detail: str, at: datetime) -> None:
    """Something went wrong that may go well later; after some times it is given up, and can be begun again."""
    if fill.n_failed_in_a_row >= len(PAUSES):
        fail(fill=fill, detail=detail, at=at)
        return
    seconds = PAUSES[fill.n_failed_in_a_row]
    BackFill.objects.filter(pk=fill.pk).update(n_failed_in_a_row=F("n_failed_in_a_row") + 1)
    rest(fill=fill, seconds=seconds, at=at, detail=detail)


def fail(*, fill: BackFill, detail: str, at: datetime) -> None:
    running = BackFill.objects.filter(pk=fill.pk, state=State.RUNNING)
    running.update(state=State.FAILED, ended_at=at, detail=without_nul(detail)[:500])
