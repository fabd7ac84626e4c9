import pytest
from django.db import IntegrityError, connection, transaction

from muhatap.channels.contract import Address, FileRef, Outbound, Receipt
from muhatap.contacts.models import Contact
from muhatap.interactions import ledger, outbox
from muhatap.interactions.models import Delivery, Outgoing
from tests import cast

pytestmark = pytest.mark.django_db
State = Outgoing.State


@pytest.fixture
def queued() -> Outgoing:
    """Zeynep's answer to Ayşe, waiting for its ten seconds."""
    ayse = Contact.objects.create(
        name="Ayşe Yılmaz", created_at=cast.NOW, last_seen_at=cast.NOW, sort_key="", search_text=""
    )
    inbox = cast.support_inbox()
    sent = ledger.record_sent(
        inbox=inbox, contact=ayse, external_id="<a@x>", title="YNT", text="Yolda.", by=cast.zeynep(), at=cast.NOW
    )
    return outbox.queue(
        interaction=sent, inbox=inbox, outbound=letter(), not_before=cast.NOW, by=cast.zeynep(), at=cast.NOW
    )


def letter() -> Outbound:
    file = FileRef(name="fatura.pdf", type="application/pdf", size=3, sha256="0" * 64)
    to = (Address(email="ayse.yilmaz@ornek.example", name="Ayşe Yılmaz"),)
    return Outbound(
        message_id="<a@x>",
        at=cast.NOW,
        sender=Address(email="destek@ihlamurev.example"),
        to=to,
        files=(file,),
        references=("<b@x>",),
    )


def test_what_was_queued_comes_back_as_it_was(queued: Outgoing) -> None:
    queued.refresh_from_db()

    assert outbox.from_json(queued.outbound) == letter()


def test_only_one_of_two_can_hand_it_over(queued: Outgoing) -> None:
    outbox.handing(queued.pk, at=cast.NOW)

    with pytest.raises(outbox.NotQueued):
        outbox.handing(queued.pk, at=cast.NOW)


def test_it_can_be_taken_back_until_it_is_handed_over(queued: Outgoing) -> None:
    outbox.handing(queued.pk, at=cast.NOW)

    assert not outbox.cancel(outgoing=queued, by=cast.zeynep(), at=cast.NOW)


def test_what_was_taken_back_is_never_sent(queued: Outgoing) -> None:
    assert outbox.cancel(outgoing=queued, by=cast.zeynep(), at=cast.NOW)

    assert outbox.due(queued.pk, at=cast.NOW + cast.minutes(9)) is None
    with pytest.raises(outbox.NotQueued):
        outbox.handing(queued.pk, at=cast.NOW)


@pytest.mark.parametrize(
    ("later", "earlier"),
    [(State.ACCEPTED, State.QUEUED), (State.READ, State.DELIVERED), (State.CANCELLED, State.QUEUED)],
)
def test_the_database_refuses_a_step_back(queued: Outgoing, later: int, earlier: int) -> None:
    Outgoing.objects.filter(pk=queued.pk).update(state=later)

    with pytest.raises(IntegrityError), transaction.atomic():
        Outgoing.objects.filter(pk=queued.pk).update(state=earlier)


def test_a_temporary_refusal_waits_longer_each_time(queued: Outgoing) -> None:
    waits = []
    for _ in range(3):
        queued.refresh_from_db()
        outbox.conclude(outgoing=queued, receipt=Receipt(state="retry", detail="450 busy"), at=cast.NOW)
        queued.refresh_from_db()
        waits.append(queued.not_before - cast.NOW)

    assert waits == sorted(waits) and len(set(waits)) == 3
    assert Delivery.objects.filter(outgoing=queued, outcome="retry").count() == 3


def test_it_gives_up_in_the_end_and_says_so(queued: Outgoing) -> None:
    Outgoing.objects.filter(pk=queued.pk).update(n_attempts=outbox.GIVE_UP_AFTER - 1)
    queued.refresh_from_db()

    outbox.conclude(outgoing=queued, receipt=Receipt(state="retry", detail="450 busy"), at=cast.NOW)

    queued.refresh_from_db()
    assert (queued.state, queued.detail) == (State.FAILED, "450 busy")


def test_what_was_not_taken_for_everybody_says_for_whom(queued: Outgoing) -> None:
    part = Receipt(state="accepted", detail="Not taken for: yok@ornek.example: 550 no", refused=("yok@ornek.example",))
    outbox.conclude(outgoing=queued, receipt=part, at=cast.NOW)

    queued.refresh_from_db()
    assert (queued.state, queued.detail) == (State.ACCEPTED, part.detail)
    assert Delivery.objects.get().outcome == outbox.IN_PART


def test_a_late_report_moves_nothing_back(queued: Outgoing) -> None:
    outbox.conclude(outgoing=queued, receipt=Receipt(state="accepted"), at=cast.NOW)
    assert outbox.report(outgoing=queued, state=State.READ, at=cast.NOW)

    assert not outbox.report(outgoing=queued, state=State.DELIVERED, at=cast.NOW)
    queued.refresh_from_db()
    assert queued.state == State.READ


def test_an_uncertain_one_waits_for_a_person_who_may_send_it_again(queued: Outgoing) -> None:
    outbox.handing(queued.pk, at=cast.NOW)
    outbox.doubt(outgoing=queued, detail="the line broke", at=cast.NOW)
    assert outbox.due(queued.pk, at=cast.NOW + cast.minutes(60)) is None

    outbox.settle(outgoing=queued, send_again=True, by=cast.zeynep(), at=cast.NOW)

    again = Outgoing.objects.get(n_try=2)
    assert (again.message_id, again.state) == (queued.message_id, State.QUEUED)


def test_a_second_click_sends_nothing_again(queued: Outgoing) -> None:
    outbox.conclude(outgoing=queued, receipt=Receipt(state="failed", detail="550 no"), at=cast.NOW)
    outbox.settle(outgoing=queued, send_again=True, by=cast.zeynep(), at=cast.NOW)

    with pytest.raises(outbox.NotUncertain):
        outbox.settle(outgoing=queued, send_again=True, by=cast.zeynep(), at=cast.NOW)
    assert Outgoing.objects.count() == 2


def test_nobody_settles_what_is_known(queued: Outgoing) -> None:
    with pytest.raises(outbox.NotUncertain):
        outbox.settle(outgoing=queued, send_again=True, by=cast.zeynep(), at=cast.NOW)


def test_what_died_in_hand_is_found(queued: Outgoing) -> None:
    outbox.handing(queued.pk, at=cast.NOW)

    assert outbox.stuck_in_hand(at=cast.NOW + cast.minutes(0.2)) == []
    assert outbox.stuck_in_hand(at=cast.NOW + cast.minutes(1)) == [queued]


def test_what_should_have_left_is_woken_when_it_has_no_job(queued: Outgoing) -> None:
    assert outbox.overdue(at=cast.NOW + cast.minutes(1)) == []

    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")
    assert outbox.overdue(at=cast.NOW + cast.minutes(1)) == [queued.pk]

    outbox.wake(queued.pk, at=cast.NOW)
    assert outbox.overdue(at=cast.NOW + cast.minutes(1)) == []
