"""What the shop's own server told: a few orders of the regulars, and carts that were left a little while ago."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from demo import days
from demo.shop import DOMAIN, Shop
from muhatap.flow import shopping
from muhatap.flow import shops as digesting
from muhatap.sales import arriving, carting, shops, watching
from muhatap.sales.models import Shop as Place
from muhatap.sales.ordering import Browser
from muhatap.visits.models import VisitorLink

SECRET = "ihlamur-ev-demo"  # noqa: S105 (nobody signs with it)
MUM = ("Ihlamur kokulu mum", "mum", 3, "320.00")
# Number, customer, when, state, what (name, product, quantity, price), promised in so many days, given back, wants offers.
ORDERS: tuple[tuple[Any, ...], ...] = (
    (9874, "ayse", "-80d 13:10", "completed", [("Seramik kâse", "kase", 1, "689.00")], 4, "", True),
    (9981, "elif", "-64d 20:45", "refunded", [("Keten yastık kılıfı", "yastik", 2, "349.90")], 4, "699.80", False),
    (10102, "ayse", "-41d 21:30", "completed", [("Şile bezi havlu, 4’lü", "havlu", 1, "1249.90")], 3, "", True),
    (10231, "mehmet", "-19d 10:12", "completed", [("Şile bezi havlu, 4’lü", "havlu", 2, "1249.90")], 3, "", True),
    (10377, "elif", "-12d 11:05", "completed", [MUM, ("Hasır sepet", "sepet", 1, "540.00")], 3, "320.00", False),
    (10440, "mehmet", "-10d 18:22", "cancelled", [("Pirinç şamdan", "samdan", 1, "749.90")], 3, "", True),
    (10482, "ayse", "-9d 19:40", "processing", [("Keten nevresim, çift kişilik", "nevresim", 1, "2849.90")], 8, "", True),
    (10519, "elif", "-2d 22:14", "kargoya-verildi", [("Çay bardağı, 6’lı", "bardak", 2, "420.00")], 4, "", False),
)  # fmt: skip
CUSTOMERS = {
    "ayse": (20871, "Ayşe", "Yılmaz", "ayse.yilmaz@ornek.example", "0532 123 41 18", "İzmir"),
    "mehmet": (20455, "Mehmet", "Kaya", "mehmet.kaya@ornek.example", "", "Bursa"),
    "elif": (20987, "Elif", "Şahin", "elif.sahin@ornek.example", "", "Ankara"),
}
# Whose, minutes ago, and what: name, product, quantity, price.
CARTS = (
    ("Mehmet Kaya", 26, ("Yün battaniye, kiremit", "battaniye", "2", "1890.00")),
    ("Elif Şahin", 74, ("Keten perde, ekru", "perde", "1", "1890.00")),
    ("", 131, ("Pirinç şamdan", "samdan", "1", "749.90")),
)


def sell(*, stage_shop: Shop, at: datetime) -> None:
    """Connect the shop, take in what its server told and what browsers did, and find what was left and what is late."""
    values = {"name": "Ihlamur Ev", "address": f"https://www.{DOMAIN}", "secret": SECRET, "cart_minutes": 20}
    values["web_source"] = f"site:{stage_shop.site.pk}"
    begun = days.moment("-30d 09:00", at)
    place = shops.connect(kind=Place.Kind.WOOCOMMERCE, values=values, by=stage_shop.staff["selin"], at=begun)
    for order in ORDERS:
        _tell(place, *order, now=at)
    while shopping.carry(at=at, lag=timedelta()):
        pass
    shopping.know(at=at)
    for name, minutes, thing in CARTS:
        _leave(place, name, at - timedelta(minutes=minutes), thing)
    watching.look(at=at)


def _tell(
    place: Place, number: int, who: str, written: str, state: str, things: list[tuple[str, str, int, str]], promised: int,
    back: str, wants: bool, *, now: datetime,
) -> None:  # fmt: skip
    """One webhook, signed and kept as its door keeps it."""
    placed = days.moment(written, now)
    account, first, last, email, phone, city = CUSTOMERS[who]
    total = sum(float(price) * n for _name, _id, n, price in things)
    ended = placed + timedelta(days=promised - 1)
    said = {
        "id": number, "number": str(number), "status": state, "currency": "TRY", "total": f"{total:.2f}",
        "date_created_gmt": _gmt(placed), "date_paid_gmt": _gmt(placed + timedelta(minutes=2)),
        "date_modified_gmt": _gmt(min(ended, now)), "date_completed_gmt": _gmt(ended) if state == "completed" else None,
        "customer_id": account,
        "billing": {"first_name": first, "last_name": last, "email": email, "phone": phone, "city": city},
        "line_items": [
            {"id": n, "product_id": product, "name": name, "quantity": quantity, "total": f"{float(price) * quantity:.2f}"}
            for n, (name, product, quantity, price) in enumerate(things)
        ],
        "refunds": [{"id": number + 900_000, "reason": "", "total": f"-{back}"}] if back else [],
        "meta_data": [
            {"key": "teslimat_tarihi", "value": f"{(placed + timedelta(days=promised)).astimezone(days.HERE):%Y-%m-%d}"},
            {"key": "eposta_izni", "value": "yes" if wants else "no"},
        ],
    }  # fmt: skip
    raw = json.dumps(said, ensure_ascii=False).encode()
    accepted = arriving.accept(
        shop=place, external_id=f"demo-{number}", topic="order.updated", raw=raw, at=min(ended, now)
    )
    if accepted.delivery_id:
        digesting.digest(delivery_id=accepted.delivery_id, at=min(ended, now))


def _leave(place: Place, name: str, at: datetime, thing: tuple[str, str, str, str]) -> None:
    """Somebody's browser tells of a cart, and of nothing more."""
    called, product, quantity, price = thing
    known = VisitorLink.objects.filter(contact__name=name, taken_back_at=None) if name else VisitorLink.objects.none()
    link = known.select_related("contact").first()
    browser = Browser(source=place.web_source, visitor=link.visitor if link else f"demo-{product}")
    item = {"id": product, "name": called, "variant": "", "price": price, "quantity": quantity}
    entry = carting.Entry(key=f"demo-{product}", at=at, told={"verb": "set", "items": [item], "currency": "TRY"})
    carting.hear(shop=place, browser=browser, entries=[entry], at=at, contact=link.contact if link else None)


def _gmt(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
