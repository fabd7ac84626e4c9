"""Visitors of the shop's web site over the last weeks: what their browsers would have told, read as the collector reads it.

Drawn by dice that always fall the same way, so that the same shop shows the same reports: a blanket that is looked at for hours and
hardly bought, a candle that sells by itself, a checkout at which half turn back.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection

from demo import days
from demo.shop import DOMAIN
from muhatap.flow import visitors as people
from muhatap.visits import folding, segment
from muhatap.visits.models import Event, Site

HOST = f"https://www.{DOMAIN}"
DAYS, A_DAY, BEFORE = 44, 5, 2  # days told, visits on a usual one, and on one more than four weeks ago
HOURS = (9, 10, 11, 12, 12, 13, 14, 16, 17, 19, 20, 20, 21, 21, 22, 22, 23)
SCREENS = ((390, 844),) * 6 + ((1440, 900),) * 3 + ((820, 1180),)
# Who of the regulars has an account and logged in: told by the shop's server under its own key.
KNOWN = (
    ("20871", "Ayşe Yılmaz", "ayse.yilmaz@ornek.example"),
    ("20455", "Mehmet Kaya", "mehmet.kaya@ornek.example"),
    ("20987", "Elif Şahin", "elif.sahin@ornek.example"),
)
LISTING, SECOND = "/urunler", timedelta(seconds=1)
SOURCES = (
    (8, "https://www.google.com/", ""),
    (5, "", ""),
    (4, "https://www.instagram.com/", ""),
    (3, "", "utm_source=bulten&utm_medium=email&utm_campaign=kisa-hazirlik"),
    (2, "https://www.google.com/", "gclid=demo"),
    (2, "https://chatgpt.com/", ""),
    (1, "https://www.perplexity.ai/", ""),
    (1, "https://evimguzel.example/keten-rehberi", ""),
    (1, "", "utm_source=instagram&utm_medium=social&utm_campaign=keten-haftasi"),
)


@dataclass(frozen=True)
class Product:
    """`drawn` is how many come to look, `close` for how many seconds, `bought` how many of a hundred put it in their cart."""

    id: str
    name: str
    price: str
    drawn: int
    close: int
    bought: int


PRODUCTS = (
    Product("nevresim", "Keten nevresim, çift kişilik", "2849.90", 9, 95, 38),
    Product("battaniye", "Yün battaniye, kiremit", "1890.00", 10, 130, 5),
    Product("perde", "Keten perde, ekru", "1890.00", 8, 120, 8),
    Product("samdan", "Pirinç şamdan", "749.90", 6, 110, 4),
    Product("havlu", "Şile bezi havlu, 4’lü", "1249.90", 6, 55, 55),
    Product("mum", "Ihlamur kokulu mum", "320.00", 5, 40, 62),
    Product("kase", "Seramik kâse", "689.00", 5, 60, 45),
    Product("bardak", "Çay bardağı, 6’lı", "420.00", 4, 45, 48),
    Product("onluk", "Keten mutfak önlüğü", "289.90", 4, 50, 22),
    Product("yastik", "Keten yastık kılıfı", "349.90", 3, 35, 20),
    Product("ortu", "Keten masa örtüsü", "990.00", 3, 55, 18),
    Product("sepet", "Hasır sepet", "540.00", 2, 30, 20),
)
# What stands where on a product's page: left, top, width, height as shares of the page, and how often it is clicked.
ELEMENTS = (
    ("#galeri", "Görseli büyüt", (0.06, 0.10, 0.44, 0.26), 31, "gallery"),
    ("#sepete-ekle", "Sepete ekle", (0.58, 0.29, 0.30, 0.05), 0, ""),
    ("#olcu-tablosu", "Ölçü tablosu", (0.10, 0.66, 0.22, 0.05), 17, ""),
    ("#yorumlar", "Yorumlar", (0.42, 0.66, 0.20, 0.05), 9, ""),
    ("#kargo-iade", "Kargo ve iade", (0.40, 0.90, 0.24, 0.03), 7, ""),
    ("#ara", "Ara", (0.82, 0.02, 0.08, 0.03), 4, ""),
    ("#sohbet", "Sohbeti aç", (0.85, 0.91, 0.09, 0.05), 3, ""),
)


@dataclass
class Visitor:
    """One visit as its browser tells it."""

    dice: Random
    site: Site
    at: datetime
    name: str
    screen: tuple[int, int]
    told: list[dict[str, Any]] = field(default_factory=list)
    page: str = ""
    path: str = ""
    referrer: str = ""
    query: str = ""

    def wait(self, seconds: float) -> None:
        self.at += seconds * SECOND

    def tell(self, kind: str, /, **more: Any) -> None:
        url = f"{HOST}{self.path}" + (f"?{self.query}" if self.query else "")
        page = {"url": url, "path": self.path, "referrer": self.referrer}
        screen = dict(zip(("width", "height"), self.screen, strict=True))
        self.told.append(
            {
                "type": kind, "messageId": str(UUID(int=self.dice.getrandbits(128), version=4)), "anonymousId": self.name,
                "timestamp": self.at.isoformat(), "context": {"page": page, "screen": screen, "consent": "yes"}, **more,
            }
        )  # fmt: skip

    def track(self, event: str, /, **properties: Any) -> None:
        self.tell("track", event=event, properties={"page_view": self.page, **properties})

    def open(self, path: str, title: str, *, about: str = "") -> None:
        self.path, self.page = path, f"p{self.dice.getrandbits(64):x}"
        self.tell("page", name=title, properties={"page_view": self.page} | ({"product_id": about} if about else {}))
        self.referrer, self.query = f"{HOST}{path}", ""

    def read(self, mean: float, *, shown: tuple[Product, ...] = ()) -> float:
        """Stay a while; gives for how long."""
        seconds = round(min(max(self.dice.gauss(mean, mean / 2), 2), 5 * mean), 1)
        self.wait(seconds)
        cards = [{"product_id": one.id, "seconds": round(seconds / 3, 1)} for one in shown]
        self.track("Page Engaged", seconds=seconds, scroll=min(100, 25 + int(seconds)), shown=cards)
        return seconds

    def click(self, nth: int, product: Product) -> None:
        element, text, box, _often, part = ELEMENTS[nth]
        place = {
            "x": round(self.dice.uniform(0.2, 0.8), 2),
            "y": round(self.dice.uniform(0.2, 0.8), 2),
            "box": list(box),
        }
        more = {"part": part, "product_id": product.id} if part else {}
        self.track("Element Clicked", element=element, text=text, **place, **more)


def browse(*, site: Site, at: datetime) -> None:
    """Everybody's visits of the last weeks, folded; a few are still there."""
    dice = Random(28)  # noqa: S311 (a story, not a secret)
    with connection.cursor() as cursor:
        for n in range(DAYS + 2):
            cursor.execute("select visits_open_day(%s)", [(at - timedelta(days=n - 1)).date()])
    regulars = [f"{dice.getrandbits(64):016x}" for _each in range(30)]
    visitors = [visitor for visitor in _visitors(dice, site, at, regulars) if visitor.told]
    events = [event for visitor in visitors for event in _events(visitor, site)]
    Event.objects.bulk_create([*_logins(site, regulars, at), *events])
    while folding.fold(at=at, lag=timedelta()):
        pass
    people.follow(at=at)
    folding.fold(at=at, lag=timedelta())  # what following changed counts too
    Site.objects.filter(pk=site.pk).update(last_event_at=at - timedelta(minutes=1))


def _logins(site: Site, regulars: Sequence[str], now: datetime) -> Iterator[Event]:
    at = now - timedelta(days=DAYS, minutes=-1)
    for name, (number, called, email) in zip(regulars, KNOWN, strict=False):
        told: dict[str, Any] = {
            "type": "identify",
            "messageId": f"demo-{number}",
            "anonymousId": name,
            "userId": number,
        }
        told |= {"traits": {"name": called, "email": email, "emailVerified": True}, "timestamp": at.isoformat()}
        yield from _read([told], site, at, by_server=True)


def _visitors(dice: Random, site: Site, now: datetime, regulars: Sequence[str]) -> Iterator[Visitor]:
    for ago in range(DAYS, -1, -1):
        day = now.astimezone(days.HERE).date() - timedelta(days=ago)
        for _each in range((A_DAY if ago <= 28 else BEFORE) + (2 if day.weekday() >= 5 else 0) + dice.randint(-1, 1)):
            begins = datetime(
                day.year,
                day.month,
                day.day,
                dice.choice(HOURS),
                dice.randint(0, 59),
                dice.randint(0, 59),
                tzinfo=days.HERE,
            )
            name = dice.choice(regulars) if dice.random() < 0.4 else f"{dice.getrandbits(64):016x}"
            visitor = Visitor(dice, site, begins, name, dice.choice(SCREENS))
            _walk(visitor)
            if visitor.at < now - timedelta(minutes=10):
                yield visitor
    for nth in range(3):
        visitor = Visitor(dice, site, now - timedelta(seconds=200 - 40 * nth), regulars[nth], SCREENS[nth * 4])
        visitor.open("/", "Ihlamur Ev")
        visitor.wait(10)
        product = PRODUCTS[nth]
        visitor.open(f"/urun/{product.id}", product.name, about=product.id)
        visitor.track("Product Viewed", **_told(product))
        visitor.wait(40)
        visitor.click(nth, product)
        yield visitor


def _walk(visitor: Visitor) -> None:
    """In by the front or by a product, from one to the next, and perhaps to the checkout."""
    dice = visitor.dice
    _weight, visitor.referrer, visitor.query = dice.choices(SOURCES, [weight for weight, *_rest in SOURCES])[0]
    some = dice.choices(PRODUCTS, [one.drawn for one in PRODUCTS], k=dice.choice((0, 1, 1, 2, 2, 3)))
    if dice.random() < 0.6 or not some:
        visitor.open("/", "Ihlamur Ev")
        visitor.read(12)
        if not some and dice.random() < 0.6:
            return
        visitor.open(LISTING, "Bütün ürünler")
        visitor.read(20, shown=tuple(dice.sample(PRODUCTS, 4)))
    cart = [product for product in dict.fromkeys(some) if _look(visitor, product)]
    if cart:
        _check_out(visitor, cart)


def _look(visitor: Visitor, product: Product) -> bool:
    """Look at a product; whether it is in the cart then."""
    dice = visitor.dice
    visitor.open(f"/urun/{product.id}", product.name, about=product.id)
    visitor.track("Product Viewed", **_told(product))
    is_close = dice.random() < 0.6
    seconds = visitor.read(product.close if is_close else 9)
    if not is_close:
        return False
    for _each in range(dice.choice((0, 1, 1, 2))):
        visitor.click(dice.choices(range(len(ELEMENTS)), [often for *_rest, often, _part in ELEMENTS])[0], product)
        visitor.wait(4)
    if seconds < product.close / 3 or dice.randint(1, 100) > product.bought:
        return False
    visitor.click(1, product)
    visitor.track("Product Added", cart_id=f"s{visitor.name}", quantity=1, **_told(product))
    return True


def _check_out(visitor: Visitor, cart: list[Product]) -> None:
    dice, lines = visitor.dice, [_told(one) | {"quantity": 1} for one in cart]
    visitor.open("/sepet", "Sepet")
    visitor.read(15)
    if dice.random() < 0.4:
        return
    total = f"{sum(float(one.price) for one in cart):.2f}"
    visitor.open("/odeme", "Ödeme")
    visitor.track("Checkout Started", cart_id=f"s{visitor.name}", value=total, currency="TRY", products=lines)
    visitor.read(50)
    if dice.random() < 0.5:
        return
    number = str(dice.randint(10000, 99999))
    visitor.track(
        "Order Completed", order_id=number, cart_id=f"s{visitor.name}", total=total, currency="TRY", products=lines
    )


def _told(product: Product) -> dict[str, str]:
    return {"product_id": product.id, "name": product.name, "price": product.price, "currency": "TRY"}


def _events(visitor: Visitor, site: Site) -> Iterator[Event]:
    yield from _read(visitor.told, site, visitor.at)


def _read(told: list[dict[str, Any]], site: Site, at: datetime, *, by_server: bool = False) -> Iterator[Event]:
    """One batch, read as the door for events reads it."""
    body = json.dumps({"writeKey": site.write_key, "batch": told}, ensure_ascii=False).encode()
    request = segment.opened(body, call="batch")
    for row in segment.rows(request, call="batch", site_id=site.pk, received_at=at):
        if isinstance(row, segment.Refused):
            raise ValueError(row.detail)
        read = row._asdict() | {"message_key": UUID(bytes=row.message_key), "payload": row.payload.decode()}
        yield Event(**read | {"by_server": by_server})
