"""What shops do not tell by themselves is asked for: new orders of a marketplace, a file at an address, what webhooks lost."""

import hashlib
from datetime import datetime, timedelta

from muhatap.sales import arriving, asking, backfilling
from muhatap.sales.asking import Unanswered
from muhatap.sales.models import Shop
from muhatap.shared import locks
from muhatap.webhooks import endpoints

OFTEN, A_DAY = timedelta(minutes=15), timedelta(hours=23)
OVERLAP, LONG_OVERLAP = timedelta(hours=1), timedelta(days=2)


def keep_up(*, at: datetime) -> None:
    """Trendyol each quarter of an hour; the others once a day, since their webhooks stop after failures and nobody tells."""
    for shop in Shop.objects.filter(is_on=True).exclude(api_secret_sealed=""):
        is_asked_only = shop.kind == Shop.Kind.TRENDYOL
        backfilling.keep_up(
            shop=shop,
            every=OFTEN if is_asked_only else A_DAY,
            overlap=OVERLAP if is_asked_only else LONG_OVERLAP,
            at=at,
        )


def fetch_files(*, at: datetime) -> None:
    """Read the files at the addresses of shops; one that is the same as before is nothing new."""
    for shop in Shop.objects.filter(is_on=True, kind=Shop.Kind.FEED).exclude(address=""):
        with locks.keeping("shop_file", shop.pk) as is_ours:
            if is_ours:
                _fetch(shop, at=at)


def _fetch(shop: Shop, *, at: datetime) -> None:
    try:
        answer = asking.ask(shop.address, headers={"Accept": "*/*"}, may_be_private=endpoints.may_be_private())
        if answer.status != 200:
            raise Unanswered(str(answer.status))
    except Unanswered as error:
        arriving.set_aside_new(shop=shop, external_id="address", topic=arriving.FILE, raw=b"", detail=str(error), at=at)
        return
    content = f"address:{hashlib.sha256(answer.body).hexdigest()}"
    shop.deliveries.filter(external_id="address").delete()
    read = shop.deliveries.filter(topic=arriving.FILE, external_id__startswith="address:").order_by("-id")
    if (read.values_list("external_id", flat=True).first() or "").startswith(content):
        return
    number = f"{content}:{at.timestamp():.0f}"
    arriving.accept(shop=shop, external_id=number, topic=arriving.FILE, raw=answer.body, at=at)
