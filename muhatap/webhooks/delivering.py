"""Telling endpoints: each event at least once, at its own pace, so that one that is dead holds up nobody else.

Rows say what is due; a job a endpoint works them off one after another, under a lock of its own. A try is written down when
it is over: whoever dies before that leaves the row due, and the event is sent again under the same webhook-id. Order is not
promised: what fails comes later.
"""

import random
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.shared import clock, jobs, locks
from muhatap.shared.secrets import SecretLost
from muhatap.webhooks import endpoints, posting, signing
from muhatap.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent

# The schedule that the specification recommends, in seconds: at once, then after 5 s, 5 min, 30 min, 2, 5, 10, 14, 20, 24 h.
PAUSES = (5, 300, 1800, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
JITTER = 0.1
REST = (5, 30, 120, 300)  # seconds, of a whole endpoint, after one, two, … failures in a row
GIVEN_UP_AFTER = timedelta(days=5)
KEPT = timedelta(days=30)
AT_ONCE = 25  # deliveries of one job; then the others' jobs get their turn
SEATS = threading.BoundedSemaphore(2)  # of one process: mail, which leaves by the same one, always finds a free thread
NO_SEAT = timedelta(seconds=1)
JOB, QUEUE = "tell", "webhooks"
GONE = 410
State = WebhookDelivery.State


def queue(event: WebhookEvent, to: Iterable[WebhookEndpoint], *, at: datetime) -> None:
    """Have these endpoints told of an event, in the caller's transaction. Doing it twice tells nobody twice."""
    found = list(to)
    WebhookDelivery.objects.bulk_create(
        [WebhookDelivery(endpoint=endpoint, event=event, next_at=at, created_at=at) for endpoint in found],
        ignore_conflicts=True,
    )
    for endpoint in found:
        _wake(endpoint.pk)


def tell(*, endpoint_id: int, at: datetime, now: Callable[[], datetime] = clock.now) -> None:
    """Work off what is due for one endpoint. May run twice: only one run at a time does anything."""
    if not SEATS.acquire(blocking=False):
        _wake(endpoint_id, at + NO_SEAT)
        return
    try:
        with locks.keeping("webhooks", endpoint_id) as is_ours:
            if is_ours:
                _work_off(endpoint_id, at=at, now=now)
    finally:
        SEATS.release()


def wake_due(*, at: datetime) -> None:
    """Whatever is due and whose job was lost or came too early."""
    is_resting = Q(endpoint__resting_until__gt=at)
    due = WebhookDelivery.objects.filter(state=State.WAITING, next_at__lte=at, endpoint__is_on=True).exclude(is_resting)
    for endpoint_id in due.order_by().values_list("endpoint_id", flat=True).distinct():
        _wake(endpoint_id)


@transaction.atomic
def replay(*, deliveries: "QuerySet[WebhookDelivery]", by: User, at: datetime) -> int:
    """Send these again, under the same webhook-id; returns how many. Those of an endpoint that is off stay as they are."""
    found = list(deliveries.filter(endpoint__is_on=True).exclude(state=State.WAITING).select_for_update(of=("self",)))
    ids = [row.pk for row in found]
    WebhookDelivery.objects.filter(pk__in=ids).update(state=State.WAITING, n_tries=0, next_at=at, settled_at=None)
    for endpoint_id in {row.endpoint_id for row in found}:
        n = sum(row.endpoint_id == endpoint_id for row in found)
        WebhookEndpoint.objects.filter(pk=endpoint_id).update(resting_until=None)
        audit.record(by=by, at=at, act="webhook.replay", kind="webhook", id=endpoint_id, n=n)
        _wake(endpoint_id)
    return len(ids)


def failed_since(endpoint: WebhookEndpoint, since: datetime) -> "QuerySet[WebhookDelivery]":
    return endpoint.deliveries.filter(state=State.FAILED, created_at__gte=since)


def forget(*, at: datetime) -> int:
    """Forget events older than a month, with their deliveries; returns how many rows went."""
    old = WebhookEvent.objects.filter(at__lt=at - KEPT).order_by("at").values("pk")[:10_000]
    return WebhookEvent.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()[0]


def _work_off(endpoint_id: int, *, at: datetime, now: Callable[[], datetime]) -> None:
    for _n in range(AT_ONCE):
        endpoint = WebhookEndpoint.objects.filter(pk=endpoint_id, is_on=True).first()
        if endpoint is None or (endpoint.resting_until and endpoint.resting_until > now()):
            return
        due = endpoint.deliveries.filter(state=State.WAITING, next_at__lte=now()).select_related("event")
        delivery = due.order_by("next_at", "id").first()
        if delivery is None:
            return
        _try(endpoint, delivery, now=now)
    _wake(endpoint_id)


def _try(endpoint: WebhookEndpoint, delivery: WebhookDelivery, *, now: Callable[[], datetime]) -> None:
    begun_at = now()
    answer = _posted(endpoint, delivery.event, at=begun_at)
    _note(endpoint, delivery, answer, begun_at=begun_at, at=now())


def _posted(endpoint: WebhookEndpoint, event: WebhookEvent, *, at: datetime) -> posting.Answer:
    try:
        valid = endpoints.valid_secrets(endpoint, at=at)
    except SecretLost as error:
        return posting.Answer(status=0, said=str(error), ms=0)
    headers = signing.headers(id=event.public_id, timestamp=int(at.timestamp()), body=event.body, using=valid)
    return posting.post(endpoint.url, event.body, headers, may_be_private=endpoints.may_be_private())


@transaction.atomic
def _note(
    endpoint: WebhookEndpoint, delivery: WebhookDelivery, answer: posting.Answer, *, begun_at: datetime, at: datetime
) -> None:
    endpoint.refresh_from_db(from_queryset=WebhookEndpoint.objects.select_for_update())
    delivery.refresh_from_db(from_queryset=WebhookDelivery.objects.select_for_update().select_related("event"))
    WebhookAttempt.objects.create(
        delivery=delivery, at=begun_at, status=answer.status, ms=answer.ms, said=answer.said[: posting.N_EXCERPT]
    )
    if answer.is_taken:
        _settle(delivery, State.DELIVERED, at=at)
        endpoint.failing_since, endpoint.resting_until, endpoint.n_failed_in_a_row = None, None, 0
        endpoint.save(update_fields=["failing_since", "resting_until", "n_failed_in_a_row"])
    else:
        _after_failure(endpoint, delivery, answer, at=at)


def _after_failure(
    endpoint: WebhookEndpoint, delivery: WebhookDelivery, answer: posting.Answer, *, at: datetime
) -> None:
    if delivery.n_tries < len(PAUSES) and delivery.state == State.WAITING:
        delivery.next_at = at + _about(PAUSES[delivery.n_tries])
        delivery.n_tries += 1
        delivery.save(update_fields=["next_at", "n_tries"])
    else:
        _settle(delivery, State.FAILED, at=at)
    endpoint.failing_since = endpoint.failing_since or at
    endpoint.n_failed_in_a_row += 1
    endpoint.resting_until = at + _about(REST[min(endpoint.n_failed_in_a_row, len(REST)) - 1])
    endpoint.save(update_fields=["failing_since", "n_failed_in_a_row", "resting_until"])
    if answer.status == GONE:
        endpoints.turn_off(endpoint=endpoint, because=endpoints.Off.GONE, by=None, at=at)
    elif at - endpoint.failing_since >= GIVEN_UP_AFTER:
        endpoints.turn_off(endpoint=endpoint, because=endpoints.Off.FAILING, by=None, at=at)
    else:
        _wake(endpoint.pk, endpoint.resting_until)


def _settle(delivery: WebhookDelivery, state: str, *, at: datetime) -> None:
    delivery.state, delivery.next_at, delivery.settled_at = state, None, at
    delivery.n_tries += 1
    delivery.save(update_fields=["state", "next_at", "settled_at", "n_tries"])


def _about(seconds: int) -> timedelta:
    """A little more or less, so that a thousand that failed together do not come again together."""
    return timedelta(seconds=seconds * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311 (nothing secret about it)


def _wake(endpoint_id: int, at: datetime | None = None) -> None:
    jobs.queue(JOB, queue=QUEUE, run_at=at, endpoint_id=endpoint_id)
