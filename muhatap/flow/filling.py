"""A shop's older orders come in: one page a job, each order as if the shop had just told of it, and the place kept with them."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from muhatap.flow import shops
from muhatap.sales import arriving, backfilling
from muhatap.sales.asking import Unanswered
from muhatap.sales.kinds import listing
from muhatap.sales.models import BackFill
from muhatap.sales.told import Unreadable, text
from muhatap.shared import away, locks
from muhatap.shared.secrets import SecretLost
from muhatap.webhooks import endpoints

TOO_MANY = 429
NOT_LET_IN = (401, 403)


def go_on(*, back_fill_id: int, at: datetime) -> None:
    """Read the next page. May run twice: one at a time, and an order that is told twice is the same order."""
    with locks.keeping("back_fill", back_fill_id) as is_ours:
        fill = BackFill.objects.select_related("shop").filter(pk=back_fill_id, state=BackFill.State.RUNNING).first()
        if not is_ours or fill is None:
            return
        if fill.rests_until and fill.rests_until > at:
            backfilling.wait(fill=fill, until=fill.rests_until)
            return
        try:
            _read_page(fill, at=at)
        except Unanswered as error:
            backfilling.stumble(fill=fill, detail=str(error), at=at)
        except SecretLost as error:
            backfilling.fail(fill=fill, detail=str(error), at=at)
        except Unreadable as error:
            backfilling.fail(fill=fill, detail=str(error), at=at)


def _read_page(fill: BackFill, *, at: datetime) -> None:
    answer = listing.asked(fill, at=at, may_be_private=endpoints.may_be_private())
    if answer.status == TOO_MANY:
        backfilling.rest(fill=fill, seconds=answer.rest, at=at, detail=_("The shop asked us to wait."))
    elif answer.status in NOT_LET_IN:
        backfilling.fail(
            fill=fill, detail=_("The shop did not let us in (%(n)d). Check the key.") % {"n": answer.status}, at=at
        )
    elif answer.status >= 500:
        backfilling.stumble(fill=fill, detail=str(answer.status), at=at)
    elif answer.status != 200:
        backfilling.fail(fill=fill, detail=_("The shop answered %(n)d.") % {"n": answer.status}, at=at)
    else:
        _take(fill, listing.page(fill, answer, at=at), at=at)


def _take(fill: BackFill, page: listing.Page, *, at: datetime) -> None:
    n_new = n_aside = 0
    for said in page.orders:
        is_new = _one(fill, said, at=at)
        n_new, n_aside = n_new + (is_new is True), n_aside + (is_new is None)
    if page.expected is not None:
        BackFill.objects.filter(pk=fill.pk).update(n_expected=page.expected)
    backfilling.go_on(fill=fill, place=page.next, n_read=len(page.orders), n_new=n_new, n_aside=n_aside, at=at)


def _one(fill: BackFill, said: Mapping[str, Any], *, at: datetime) -> bool | None:
    """Whether it was new; None when it was set aside, which stops no other."""
    try:
        with transaction.atomic():
            taken = shops.listed_in(shop=fill.shop, said=said, at=at)
            return bool(taken and taken.is_new)
    except (Unreadable, DatabaseError, ValueError, ArithmeticError) as error:
        if away.is_away(error):
            raise
        number = text(said.get("id"), 100) or f"page {fill.place}"
        raw = json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")
        topic = {"woocommerce": "order.updated", "shopify": "orders/updated"}.get(fill.shop.kind, "package")
        arriving.set_aside_new(
            shop=fill.shop, external_id=f"back-fill:{number}", topic=topic, raw=raw, detail=str(error), at=at
        )
        return None
