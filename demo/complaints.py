"""The shop's cases: one that is due tomorrow, one that was resolved with a voucher, one that a survey opened; and what they took."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from demo.shop import Shop
from muhatap.automation import opening
from muhatap.contacts.models import Contact
from muhatap.conversations.models import Conversation
from muhatap.flow import cases as flow
from muhatap.sales.models import Order, Product
from muhatap.service import causes, costing, rates
from muhatap.service.models import Case

DAY = timedelta(days=1)
# Days ago, kind, what, how much, in words.
SPENT: tuple[tuple[int, str, str, dict[str, Any], str], ...] = (
    (47, "internal", "other", {"amount": Decimal("740")}, "Lekeli kumaş topu ayrıldı"),
    (41, "appraisal", "time", {"minutes": 90}, "Yeni parti kumaşın kontrolü"),
    (36, "prevention", "time", {"minutes": 45}, "Kargo firmasıyla toplantı"),
    (19, "internal", "other", {"amount": Decimal("520")}, "Yanlış kesilen perde yeniden dikildi"),
    (12, "appraisal", "time", {"minutes": 120}, "Gelen havluların kenar dikişi kontrolü"),
    (5, "prevention", "time", {"minutes": 60}, "Paketleme eğitimi"),
)


def complain(shop: Shop, *, at: datetime) -> None:
    """As their pages would have made them; what needs a customer the story has not met is left out."""
    causes.bring_in(at=at)
    zeynep, can = shop.staff["zeynep"], shop.staff["can"]
    rates.say(
        team=None,
        role="",
        amount=Decimal("300"),
        currency="TRY",
        valid_from=(at - 365 * DAY).date(),
        by=can,
        at=at - 30 * DAY,
    )
    late = _opened(
        "Ayşe Yılmaz", "Nevresim söz verilen günde gelmedi", "delivery-late", shop, at=at - DAY, due_at=at + DAY
    )
    wrong = _opened("Mehmet Kaya", "Yanlış renk gönderildi", "product-wrong", shop, at=at - 9 * DAY)
    if late:
        costing.write(case=late, kind="external", what="time", minutes=25, happened_at=at - DAY / 2, by=zeynep, at=at)
    if wrong:
        costing.write(
            case=wrong,
            kind="external",
            what="shipping",
            amount=Decimal("89.90"),
            happened_at=at - 7 * DAY,
            by=zeynep,
            at=at,
        )
        flow.settle(
            case=wrong,
            kind="replaced",
            what="Doğru renk gönderildi, özür olarak indirim kodu verildi",
            given="voucher",
            amount=Decimal("150"),
            by=zeynep,
            at=at - 6 * DAY,
        )
    torn = Case.objects.filter(origin=Case.Origin.SURVEY, contact__name="Elif Şahin").first()
    if torn:  # opened by her answer
        cause = causes.standing("product-faulty")
        flow.change(case=torn, by=can, at=at - 8 * DAY, cause=cause, product_id=_product("Şile bezi havlu, 4’lü"))
    _spend(shop, at=at)


def _spend(shop: Shop, *, at: datetime) -> None:
    """What belongs to no case, this month and the one before."""
    can, selin = shop.staff["can"], shop.staff["selin"]
    for ago, kind, what, told, said in SPENT:
        by = can if what == "time" else selin
        costing.write(kind=kind, what=what, happened_at=at - ago * DAY, by=by, at=at - ago * DAY, said=said, **told)


def _product(name: str) -> int | None:
    return Product.objects.filter(name=name).values_list("pk", flat=True).first()


def _opened(
    name: str, title: str, cause: str, shop: Shop, *, at: datetime, due_at: datetime | None = None
) -> Case | None:
    contact = Contact.objects.filter(name=name, merged_into=None).first()
    thread = Conversation.objects.filter(contact=contact, merged_into=None).order_by("-last_message_at", "-pk").first()
    if contact is None or thread is None:
        return None
    order = Order.objects.filter(contact=contact).order_by("-placed_at", "-pk").first()
    line = order.lines.filter(product__isnull=False).order_by("n").first() if order else None
    zeynep = shop.staff["zeynep"]
    told = opening.Told(
        title=title,
        cause=causes.standing(cause),
        owner=zeynep,
        due_at=due_at,
        order_id=order.pk if order else None,
        product_id=line.product_id if line else None,
    )
    return flow.open_from(conversation=thread, told=told, by=zeynep, at=at)
