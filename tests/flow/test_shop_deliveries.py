"""Deliveries of shops when things go wrong: killed after the bytes were kept, killed in the middle, two at once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from muhatap.flow import shops as digesting
from muhatap.flow import sweep
from muhatap.interactions.models import Interaction
from muhatap.sales import arriving, shops
from muhatap.sales.models import Order, OrderLine, OrderStep, Shop, ShopDelivery
from tests import cast
from tests.sales.payloads import SECRET, raw, woo_order

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Shop:
    values = {"name": "Ihlamur Ev", "secret": SECRET}
    return shops.connect(kind="woocommerce", values=values, by=cast.selin(), at=cast.NOW)


def kept(shop: Shop, number: str, **more: object) -> int:
    """The bytes are on the disk, and nobody has looked at them."""
    accepted = arriving.accept(
        shop=shop, external_id=number, topic="order.updated", raw=raw(woo_order(**more)), at=cast.NOW
    )
    return accepted.delivery_id or 0


def n_rows() -> tuple[int, int, int, int]:
    return (
        Order.objects.count(),
        OrderLine.objects.count(),
        OrderStep.objects.count(),
        Interaction.objects.filter(kind="order").count(),
    )


def test_what_was_kept_before_the_process_died_is_taken_in_once_by_the_sweep(shop: Shop) -> None:
    number = kept(shop, "d1")
    ProcrastinateJob.objects.filter(task_name="digest_shop").delete()  # the worker took its job along

    for minutes in (1, 2):
        sweep.everything(at=cast.NOW + timedelta(minutes=minutes))
    once = n_rows()
    digesting.digest(delivery_id=number, at=cast.NOW)

    assert Order.objects.get().number == "10482" and n_rows() == once
    assert ShopDelivery.objects.get().digested_at == cast.NOW + timedelta(minutes=1)


def test_a_process_that_dies_in_the_middle_leaves_nothing_behind(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        """What ends a process, ends it wherever it stands."""

    def dies(*_args: object, **_kwargs: object) -> None:
        raise Killed

    number = kept(shop, "d1")
    with monkeypatch.context() as patch:
        patch.setattr(arriving, "close", dies)  # the order is written, its delivery not yet closed
        with pytest.raises(Killed):
            digesting.digest(delivery_id=number, at=cast.NOW)
    assert n_rows() == (0, 0, 0, 0) and ShopDelivery.objects.get().digested_at is None

    sweep.everything(at=cast.NOW + timedelta(minutes=1))
    assert Order.objects.count() == 1


def test_the_same_order_in_two_deliveries_at_once_is_one_order(shop: Shop) -> None:
    numbers = [kept(shop, f"d{nth}", status="completed" if nth % 2 else "processing") for nth in range(4)]
    gate, problems = threading.Barrier(4), []

    def digests(number: int) -> None:
        try:
            gate.wait(30)
            digesting.digest(delivery_id=number, at=cast.NOW)
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=digests, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert problems == []
    assert list(ShopDelivery.objects.values_list("quarantined_at", "reason").distinct()) == [(None, "")]
    assert Order.objects.count() == 1 and Interaction.objects.filter(kind="order").count() == 1
    steps = OrderStep.objects.values_list("state", flat=True)
    assert len(steps) == len(set(steps))


def test_one_delivery_digested_by_two_at_once_is_digested_once(shop: Shop) -> None:
    number = kept(shop, "d1")
    gate = threading.Barrier(2)

    def digests() -> None:
        gate.wait(30)
        digesting.digest(delivery_id=number, at=cast.NOW)
        connection.close()

    threads = [threading.Thread(target=digests) for _nth in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert ShopDelivery.objects.get().n_tries == 1 and Order.objects.count() == 1
