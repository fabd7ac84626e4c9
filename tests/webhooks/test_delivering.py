"""Endpoints are told at least once, again when they fail, and each at its own pace."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from procrastinate.contrib.django.models import ProcrastinateJob

from muhatap.accounts.models import AuditEntry
from muhatap.webhooks import delivering, endpoints, posting, signing
from muhatap.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent
from tests import cast
from tests.webhooks.receiver import ALL, DROP, Receiver, receiver

__all__ = ["receiver"]
pytestmark = pytest.mark.django_db
State = WebhookDelivery.State


def endpoint_at(url: str, name: str = "Depo") -> WebhookEndpoint:
    return endpoints.create(name=name, url=url, events=ALL, by=cast.deniz(), at=cast.NOW)


def happen(*to: WebhookEndpoint, n: int = 1, at: datetime = cast.NOW) -> list[WebhookEvent]:
    """Something happened, and these are to be told."""
    found = []
    for _ in range(n):
        number = WebhookEvent.objects.count()
        event = WebhookEvent.objects.create(
            public_id=f"evt_{number}", source=f"test:{number}", type="message.created",
            body=f'{{"type":"message.created","n":{number},"who":"Ayşe"}}', at=at,
        )  # fmt: skip
        delivering.queue(event, to, at=at)
        found.append(event)
    return found


def tell(endpoint: WebhookEndpoint, at: datetime = cast.NOW) -> None:
    delivering.tell(endpoint_id=endpoint.pk, at=at, now=lambda: at)


def test_an_event_arrives_signed(receiver: Receiver) -> None:
    depo = endpoint_at(receiver.url)
    happen(depo)
    tell(depo)
    [got] = receiver.got
    assert got.is_signed_with(endpoints.secret(depo))
    assert not got.is_signed_with(signing.new_secret())
    assert (got.id, got.told["who"]) == ("evt_0", "Ayşe")
    assert got.headers["webhook-timestamp"] == str(int(cast.NOW.timestamp()))
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.n_tries, delivery.attempts.get().status) == (State.DELIVERED, 1, 204)


def test_both_secrets_sign_for_a_day_after_a_change(receiver: Receiver) -> None:
    depo = endpoint_at(receiver.url)
    before = endpoints.secret(depo)
    endpoints.rotate(endpoint=depo, by=cast.deniz(), at=cast.NOW)
    happen(depo)
    tell(depo)
    assert receiver.got[0].is_signed_with(before) and receiver.got[0].is_signed_with(endpoints.secret(depo))
    happen(depo)
    tell(depo, cast.NOW + timedelta(hours=25))
    assert not receiver.got[1].is_signed_with(before) and receiver.got[1].is_signed_with(endpoints.secret(depo))


def test_a_failure_is_tried_again_on_the_schedule_under_the_same_id(receiver: Receiver) -> None:
    receiver.answers = [500]
    depo = endpoint_at(receiver.url)
    happen(depo)
    at, waits = cast.NOW, []
    for _ in range(9):
        tell(depo, at)
        delivery = WebhookDelivery.objects.get()
        assert delivery.next_at is not None
        waits.append((delivery.next_at - at).total_seconds())
        at = delivery.next_at + timedelta(minutes=6)
        WebhookEndpoint.objects.update(failing_since=at)  # the endpoint's own patience is another story
    expected = [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    assert all(abs(wait - pause) <= pause * 0.1 for wait, pause in zip(waits, expected, strict=True))
    tell(depo, at)
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.n_tries, delivery.attempts.count()) == (State.FAILED, 10, 10)
    assert {got.id for got in receiver.got} == {"evt_0"}
    attempt = WebhookAttempt.objects.latest("id")
    assert (attempt.status, attempt.said) == (500, "olmadı")


@pytest.mark.parametrize(("answer", "status"), [(DROP, 0), (301, 301), (307, 307), (400, 400), (404, 404), (503, 503)])
def test_only_a_yes_counts(receiver: Receiver, answer: int, status: int) -> None:
    receiver.answers = [answer]
    depo = endpoint_at(receiver.url)
    happen(depo)
    tell(depo)
    assert WebhookAttempt.objects.get().status == status
    assert WebhookDelivery.objects.get().state == State.WAITING
    assert len(receiver.got) == 1  # no redirect was followed


def test_gone_turns_the_endpoint_off(receiver: Receiver) -> None:
    receiver.answers = [410]
    depo = endpoint_at(receiver.url)
    happen(depo, n=2)
    tell(depo)
    depo.refresh_from_db()
    assert (depo.is_on, depo.off_because) == (False, "gone")
    assert len(receiver.got) == 1
    assert not WebhookDelivery.objects.filter(state=State.WAITING).exists()
    assert AuditEntry.objects.filter(act="webhook.off", by_id=None).exists()


def test_days_of_failing_turn_it_off_and_everything_missed_can_be_sent_again(receiver: Receiver) -> None:
    receiver.answers = [500]
    depo = endpoint_at(receiver.url)
    happen(depo)
    tell(depo)
    late = cast.NOW + timedelta(days=5, minutes=1)
    happen(depo, at=late)
    tell(depo, late)
    depo.refresh_from_db()
    assert (depo.is_on, depo.off_because) == (False, "failing")

    receiver.answers = [204]
    assert delivering.replay(deliveries=depo.deliveries.all(), by=cast.deniz(), at=late) == 0  # it is off
    endpoints.turn_on(endpoint=depo, by=cast.deniz(), at=late)
    failed = delivering.failed_since(depo, cast.NOW)
    assert delivering.replay(deliveries=failed, by=cast.deniz(), at=late) == 2
    tell(depo, late)
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {State.DELIVERED}
    assert {got.id for got in receiver.got} == {"evt_0", "evt_1"}


def test_one_that_is_dead_rests_and_holds_up_nobody(receiver: Receiver) -> None:
    dead, depo = endpoint_at("http://127.0.0.1:9/", "Ölü"), endpoint_at(receiver.url)
    happen(dead, depo, n=10)
    tell(dead)
    assert WebhookAttempt.objects.filter(delivery__endpoint=dead).count() == 1  # the other nine wait with it
    tell(depo)
    assert len(receiver.got) == 10
    tell(dead, cast.NOW + timedelta(seconds=1))
    assert WebhookAttempt.objects.filter(delivery__endpoint=dead).count() == 1


def test_somebody_who_died_in_the_middle_is_made_up_for(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other side has it, we died before writing that down: it gets it again, under the same id."""
    depo = endpoint_at(receiver.url)
    happen(depo)

    def die(*_args: Any, **_values: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(delivering, "_note", die)
        with pytest.raises(SystemExit):
            tell(depo)
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")
    delivering.wake_due(at=cast.NOW)
    assert [job.args for job in ProcrastinateJob.objects.all()] == [{"endpoint_id": depo.pk}]
    tell(depo)
    tell(depo)
    assert [got.id for got in receiver.got] == ["evt_0", "evt_0"]
    assert WebhookDelivery.objects.get().state == State.DELIVERED


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_tell_an_endpoint_only_once(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    depo = endpoint_at(receiver.url)
    happen(depo)
    arrived, go_on = threading.Event(), threading.Event()
    monkeypatch.setattr(Receiver, "next", lambda self: (arrived.set(), go_on.wait(5), 204)[2])

    def first() -> None:
        try:
            tell(depo)
        finally:
            connections.close_all()

    job = threading.Thread(target=first)
    job.start()
    assert arrived.wait(5)
    tell(depo)
    assert len(receiver.got) == 1
    go_on.set()
    job.join()
    assert WebhookAttempt.objects.count() == 1


def test_an_event_is_queued_once_for_an_endpoint(receiver: Receiver) -> None:
    depo = endpoint_at(receiver.url)
    [event] = happen(depo)
    delivering.queue(event, [depo], at=cast.NOW)
    tell(depo)
    assert len(receiver.got) == 1


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://localhost:8000/", "http://10.1.2.3/x", "http://[::1]/", "http://169.254.169.254/"],
)
def test_our_own_neighbours_are_never_told(url: str) -> None:
    depo = endpoint_at(url)
    happen(depo)
    tell(depo)
    attempt = WebhookAttempt.objects.get()
    assert attempt.status == 0
    assert "not on the public net" in attempt.said


def test_an_answer_that_never_comes_is_cut(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "PATIENCE", 0.2)
    silent = threading.Event()
    monkeypatch.setattr(Receiver, "next", lambda self: (silent.wait(2), 204)[1])
    answer = posting.post(receiver.url, "{}", {}, may_be_private=True)
    silent.set()
    assert answer.status == 0
    assert answer.ms < 1500


@pytest.mark.parametrize(
    "url", ["", "depo", "ftp://depo.example/", "https://", "https://a b/", "https://ı.example/ş", "https://x:99999/",
            "https://ayse:gizli@depo.example/", "https://depo.example/" + "x" * 1000, "https://depo.example/\n"],
)  # fmt: skip
def test_only_whole_addresses_without_secrets_are_taken(url: str) -> None:
    with pytest.raises(endpoints.BadAddress):
        endpoint_at(url)


@pytest.mark.parametrize("events", [[], ["message.deleted"]])
def test_an_endpoint_hears_of_something(events: list[str]) -> None:
    with pytest.raises(endpoints.NothingChosen):
        endpoints.create(name="Depo", url="https://depo.example/", events=events, by=cast.deniz(), at=cast.NOW)


def test_secrets_stand_sealed_in_the_database() -> None:
    depo = endpoint_at("https://depo.example/")
    assert endpoints.secret(depo).startswith("whsec_")
    assert "whsec_" not in depo.secret_sealed


def test_a_full_house_asks_to_come_again(receiver: Receiver) -> None:
    depo = endpoint_at(receiver.url)
    happen(depo)
    n_jobs: Callable[[], int] = ProcrastinateJob.objects.count
    before = n_jobs()
    taken = [delivering.SEATS.acquire(blocking=False) for _ in range(2)]
    try:
        tell(depo)
    finally:
        [delivering.SEATS.release() for one in taken if one]
    assert (receiver.got, n_jobs()) == ([], before + 1)


def test_events_are_forgotten_after_a_month() -> None:
    depo = endpoint_at("https://depo.example/")
    happen(depo)
    happen(depo, at=cast.NOW + timedelta(days=20))
    assert delivering.forget(at=cast.NOW + timedelta(days=31)) == 2  # the event and its delivery
    assert WebhookEvent.objects.get().public_id == "evt_1"
