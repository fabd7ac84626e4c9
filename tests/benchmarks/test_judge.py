"""The judge of the no-loss bench notices each way in which a promise can be broken."""

import dataclasses

import pytest

from benchmarks.crashing.judge import Verdict, judge
from benchmarks.crashing.traffic import Confirmed
from muhatap.channels.contract import Address
from muhatap.conversations.models import Conversation, ConversationCountDelta, Message
from muhatap.flow import reply
from muhatap.flow import shops as digesting
from muhatap.flow.intake import digest
from muhatap.interactions import intake
from muhatap.interactions.models import Outgoing, RawItem
from muhatap.sales import arriving, shops
from tests import cast
from tests.sales.payloads import SECRET, raw, woo_order

pytestmark = pytest.mark.django_db
MAIL = b"From: ayse.yilmaz@ornek.example\r\nTo: destek@ihlamurev.example\r\nMessage-ID: <%d@ornek.example>\r\n\r\nMerhaba\r\n"


@pytest.fixture
def confirmed() -> Confirmed:
    """One mail that came in, and one answer that was sent."""
    item = _offer(1)
    digest(item_id=item.pk, at=cast.NOW)
    answer = reply.Answer(html="<p>Answer 0</p>", to=[Address(email="ayse.yilmaz@ornek.example")])
    reply.send(conversation=Conversation.objects.get(), answer=answer, by=cast.can(), at=cast.NOW)
    Outgoing.objects.update(state=Outgoing.State.ACCEPTED)
    return Confirmed(mails=["<1@ornek.example>"], answers=["Answer 0"])


def test_when_all_is_well_there_is_nothing_to_say(confirmed: Confirmed) -> None:
    verdict = judge(confirmed, _taken(), cast.can())
    assert _wrong(verdict) == {}
    assert verdict.notes == ()


def test_a_mail_that_is_nowhere_is_lost(confirmed: Confirmed) -> None:
    confirmed.mails.append("<2@ornek.example>")
    assert _wrong(judge(confirmed, _taken(), cast.can())) == {"n_lost": 1}


def test_a_mail_nobody_sent_is_too_many(confirmed: Confirmed) -> None:
    digest(item_id=_offer(3).pk, at=cast.NOW)
    assert _wrong(judge(confirmed, _taken(), cast.can())) == {"n_doubled": 1}


def test_an_item_left_lying_is_an_orphan_and_its_mail_lost(confirmed: Confirmed) -> None:
    _offer(4)
    confirmed.mails.append("<4@ornek.example>")
    assert _wrong(judge(confirmed, _taken(), cast.can())) == {"n_lost": 1, "n_orphans": 1}


def test_an_answer_taken_twice_was_sent_twice(confirmed: Confirmed) -> None:
    twice = dict.fromkeys(_taken(), 2)
    assert _wrong(judge(confirmed, twice, cast.can())) == {"n_sent_twice": 1}


def test_an_answer_called_sent_that_no_server_has_is_a_false_claim(confirmed: Confirmed) -> None:
    assert _wrong(judge(confirmed, {}, cast.can())) == {"n_falsely_sent": 1}


@pytest.mark.parametrize("state", [Outgoing.State.QUEUED, Outgoing.State.HANDING])
def test_an_answer_that_still_stands_in_the_outbox_is_forgotten(confirmed: Confirmed, state: int) -> None:
    answer = reply.Answer(html="<p>Answer 1</p>", to=[Address(email="ayse.yilmaz@ornek.example")])
    message = reply.send(conversation=Conversation.objects.get(), answer=answer, by=cast.can(), at=cast.NOW)
    Outgoing.objects.filter(message_id=message.external_id).update(state=state)
    assert judge(confirmed, _taken(), cast.can()).n_forgotten == 1


def test_a_confirmed_answer_that_does_not_stand_is_lost(confirmed: Confirmed) -> None:
    confirmed.answers.append("Answer 9")
    assert _wrong(judge(confirmed, _taken(), cast.can())) == {"n_answers_lost": 1}


def test_a_message_without_its_interaction_is_an_orphan(confirmed: Confirmed) -> None:
    Message.objects.filter(kind="inbound").update(interaction=None)
    assert judge(confirmed, _taken(), cast.can()).n_orphans == 2


def test_a_count_that_is_off_is_seen(confirmed: Confirmed) -> None:
    ConversationCountDelta.objects.all().delete()
    assert _wrong(judge(confirmed, _taken(), cast.can())).keys() == {"n_miscounted"}


def _offer(n: int) -> RawItem:
    inbox = cast.support_inbox()
    accepted = intake.accept(inbox=inbox, dedupe_key=str(n), raw=MAIL % n, meta={}, at=cast.NOW)
    return RawItem.objects.get(pk=accepted.item_id)


def _taken() -> dict[str, int]:
    return dict.fromkeys(Outgoing.objects.values_list("message_id", flat=True), 1)


def _wrong(verdict: Verdict) -> dict[str, int]:
    numbers = dataclasses.asdict(verdict)
    return {name: n for name, n in numbers.items() if name != "notes" and n}


def test_an_order_that_is_nowhere_is_lost_and_one_nobody_told_of_is_too_many(confirmed: Confirmed) -> None:
    values = {"name": "Ihlamur Ev", "secret": SECRET}
    shop = shops.connect(kind="woocommerce", values=values, by=cast.selin(), at=cast.NOW)
    kept = arriving.accept(shop=shop, external_id="1", topic="order.updated", raw=raw(woo_order()), at=cast.NOW)
    digesting.digest(delivery_id=kept.delivery_id or 0, at=cast.NOW)

    confirmed.orders["10482"] = "processing"
    assert _wrong(judge(confirmed, _taken(), cast.can())) == {}
    confirmed.orders["10483"] = "processing"
    assert _wrong(judge(confirmed, _taken(), cast.can())) == {"n_orders_lost": 1}
    confirmed.orders = {"10482": "completed"}
    assert _wrong(judge(confirmed, _taken(), cast.can())) == {"n_orders_lost": 1}  # a later state was told
    confirmed.orders = {}
    assert _wrong(judge(confirmed, _taken(), cast.can())) == {"n_orders_doubled": 1}
