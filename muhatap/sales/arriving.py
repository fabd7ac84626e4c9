"""What shops send, kept before anybody looks at it: once by the shop's own number of the delivery, digested by a job, replayable."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, QuerySet

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.sales.models import Shop, ShopDelivery
from muhatap.shared import jobs
from muhatap.shared.text import without_nul

JOB, QUEUE = "digest_shop", "intake"
FILE = "file"  # the topic of what somebody brought, or what an address gave
LARGEST = 5 * 1024 * 1024
KEPT = timedelta(days=30)  # of what was digested; what was set aside stays
STALE = timedelta(seconds=30)
_INSERT = """
insert into sales_shopdelivery (shop_id, external_id, topic, raw, received_at, outcome, n_tries, reason, detail)
values (%s, %s, %s, %s, %s, '', 0, '', '') on conflict (shop_id, external_id) do nothing returning id
"""


@dataclass(frozen=True)
class Accepted:
    """The row that holds the bytes, None when they had come before."""

    delivery_id: int | None


@transaction.atomic
def accept(*, shop: Shop, external_id: str, topic: str, raw: bytes, at: datetime) -> Accepted:
    """Keep the bytes and queue their digestion in one transaction. The same delivery again changes nothing."""
    number = without_nul(external_id)[:200] or f"{topic}:{hashlib.sha256(raw).hexdigest()}"
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [shop.pk, number, without_nul(topic)[:80], raw, at])
        row = cursor.fetchone()
    Shop.objects.filter(pk=shop.pk).update(last_told_at=at)
    if row:
        jobs.queue(JOB, queue=QUEUE, delivery_id=row[0])
    return Accepted(row[0] if row else None)


@transaction.atomic
def bring(*, shop: Shop, name: str, raw: bytes, by: User, at: datetime) -> Accepted:
    """Somebody brought a file of the shop's orders or products."""
    audit.record(by=by, at=at, act="shop.file", kind="shop", id=shop.pk, name=shop.name, size=len(raw))
    return accept(shop=shop, external_id=name, topic=FILE, raw=raw, at=at)


@transaction.atomic
def set_aside_new(*, shop: Shop, external_id: str, topic: str, raw: bytes, detail: str, at: datetime) -> None:
    """Something read from the shop's API that we cannot take: kept as if it had been sent, with its reason."""
    ShopDelivery.objects.update_or_create(
        shop=shop,
        external_id=without_nul(external_id)[:200],
        defaults={
            "topic": topic,
            "raw": raw,
            "received_at": at,
            "quarantined_at": at,
            "reason": ShopDelivery.Reason.UNREADABLE,
            "detail": without_nul(detail)[:2000],
        },
    )


def opened(delivery_id: int) -> ShopDelivery | None:
    """The delivery, held for digestion; None when it is digested, set aside, or in another's hands."""
    rows = ShopDelivery.objects.select_for_update(of=("self",), skip_locked=True).select_related("shop")
    return rows.filter(pk=delivery_id, digested_at=None, quarantined_at=None).first()


def is_file(delivery_id: int) -> bool:
    """Whether it holds many orders at once."""
    return ShopDelivery.objects.filter(pk=delivery_id, topic=FILE).exists()


def standing(delivery_id: int) -> ShopDelivery | None:
    """The delivery while it waits to be digested, held by nobody."""
    rows = ShopDelivery.objects.select_related("shop")
    return rows.filter(pk=delivery_id, digested_at=None, quarantined_at=None).first()


def close(*, delivery: ShopDelivery, outcome: str, at: datetime) -> None:
    """It was digested; `outcome` says what it came to."""
    delivery.digested_at, delivery.outcome = at, outcome[:200]
    delivery.n_tries += 1
    delivery.save(update_fields=["digested_at", "outcome", "n_tries"])


def set_aside(*, delivery_id: int, reason: str, detail: str, at: datetime) -> None:
    """It stays, with its reason, until somebody has it tried again."""
    ShopDelivery.objects.filter(pk=delivery_id, digested_at=None).update(
        quarantined_at=at, reason=reason, detail=without_nul(detail)[:2000], n_tries=F("n_tries") + 1
    )


@transaction.atomic
def replay(*, deliveries: "QuerySet[ShopDelivery]", by: User, at: datetime) -> int:
    """Digest these again, whatever came of them; how many. An order that was told meanwhile in a newer state keeps it."""
    found = list(deliveries.select_for_update().values_list("id", "shop_id"))
    ShopDelivery.objects.filter(pk__in=[number for number, _shop in found]).update(
        digested_at=None, quarantined_at=None, reason="", detail="", outcome=""
    )
    for number, _shop in found:
        jobs.queue(JOB, queue=QUEUE, delivery_id=number)
    for shop_id in {shop for _number, shop in found}:
        audit.record(
            by=by, at=at, act="shop.replayed", kind="shop", id=shop_id, n=sum(shop == shop_id for _id, shop in found)
        )
    return len(found)


def undigested(*, at: datetime) -> list[int]:
    """What a killed process left behind."""
    waiting = ShopDelivery.objects.filter(digested_at=None, quarantined_at=None, received_at__lt=at - STALE)
    return list(waiting.order_by("received_at").values_list("id", flat=True)[:500])


def forget(*, at: datetime) -> int:
    """Let go of the bytes of what was digested a month ago; how many rows went."""
    old = ShopDelivery.objects.filter(digested_at__lt=at - KEPT).values_list("id", flat=True)[:5000]
    return ShopDelivery.objects.filter(pk__in=list(old)).delete()[0]
