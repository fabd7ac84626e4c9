"""A shop's visitors as their browsers tell of them: pages, minutes, clicks, products, carts and orders, in the order in which they arrive.

What is told and how often follows the tracker (embed/muhatap.js): about ten events a visit, a word of reading each fifteen seconds.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from benchmarks.collecting.events import AGENT
from muhatap.visits import segment

HOST = "https://www.ihlamurev.example"
SOURCES = ["", "", "https://www.google.com/", "https://www.instagram.com/", "https://chatgpt.com/"]
WITHIN = timedelta(hours=1)
SCREENS = [(390, 844), (390, 844), (820, 1180), (1440, 900)]
PRODUCTS = 3000


def rows(n_visits: int, *, site_id: int, until: datetime, seed: int = 1) -> list[segment.Row]:
    """What so many visits tell, spread over the hour before `until`."""
    dice = random.Random(seed)
    told = [row for n in range(n_visits) for row in _visit(dice, n, site_id, until)]
    return sorted(told, key=lambda row: row.received_at)


@dataclass
class Shopper:
    """One visit of one browser."""

    dice: random.Random
    site_id: int
    visitor: str
    screen: dict[str, int]
    referrer: str
    context: dict[str, Any] = field(default_factory=dict)

    def page(self, at: datetime, path: str, product: str | None, query: str = "") -> Iterator[segment.Row]:
        """A page, what it tells while it is read, and perhaps a click, a cart, an order."""
        view, seconds = str(UUID(int=self.dice.getrandbits(128))), self.dice.expovariate(1 / 20)
        about = {"url": HOST + path + query, "path": path, "search": query, "title": f"Sayfa {path} | Ihlamur Ev"}
        library = {"name": "muhatap.js", "version": "1"}
        self.context = {
            "page": about | {"referrer": self.referrer}, "locale": "tr-TR", "screen": self.screen, "library": library, "consent": "yes",
            "userAgent": AGENT,
        }  # fmt: skip
        yield self.said(at, "page", about["title"], **about, page_view=view, product_id=product)
        if product:
            name = f"Ürün {product}"
            yield self.said(at, "track", "Product Viewed", product_id=product, name=name, page_view=view)
        yield from self.reading(at, view, seconds, path, product)
        at += timedelta(seconds=seconds + 1)
        if self.dice.random() < 0.4:
            where = {"x": self.dice.random(), "y": self.dice.random(), "box": [0.1, 0.2, 0.3, 0.1]}
            element = f"main > a:{self.dice.randint(1, 9)}"
            yield self.said(at, "track", "Element Clicked", page_view=view, element=element, text="İncele", **where)
        if product and self.dice.random() < 0.06:
            yield from self.cart(at, product)

    def reading(self, at: datetime, view: str, seconds: float, path: str, product: str | None) -> Iterator[segment.Row]:
        for heard in range(1 + int(min(seconds, 60) / 15)):
            read = min(seconds, 15.0 * (heard + 1))
            card = {"product_id": str(int(PRODUCTS * self.dice.random())), "seconds": 2.5}
            yield self.said(
                at + timedelta(seconds=15 * heard + read / 4 + 1), "track", "Page Engaged", page_view=view, seconds=round(read, 1),
                scroll=int(100 * self.dice.random()), product_id=product, shown=[card] if "kategori" in path else [],
            )  # fmt: skip

    def cart(self, at: datetime, product: str) -> Iterator[segment.Row]:
        thing = {"product_id": product, "name": f"Ürün {product}", "quantity": 1, "price": 199.9, "currency": "TRY"}
        yield self.said(at, "track", "Product Added", **thing)
        if self.dice.random() < 0.2:
            number = f"b-{self.dice.getrandbits(48)}"
            order = {"order_id": number, "total": 199.9, "currency": "TRY", "products": [thing]}
            yield self.said(at + timedelta(seconds=2), "track", "Order Completed", **order)

    def said(self, moment: datetime, kind: str, event: str, /, **properties: Any) -> segment.Row:
        """As the door reads it."""
        told = {
            "type": kind, "messageId": str(UUID(int=self.dice.getrandbits(128))), "timestamp": moment.isoformat(), "anonymousId": self.visitor,
            "context": self.context, "event" if kind == "track" else "name": event, "properties": properties,
        }  # fmt: skip
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        received = moment + timedelta(milliseconds=self.dice.randint(50, 4000))
        opened = segment.opened(body, call=kind)
        row = next(segment.rows(opened, call=kind, site_id=self.site_id, received_at=received))
        if not isinstance(row, segment.Row):
            raise TypeError(row)
        return row


def _visit(dice: random.Random, n: int, site_id: int, until: datetime) -> Iterator[segment.Row]:
    """One in five is one of a thousand who come back."""
    visitor = str(UUID(int=dice.getrandbits(128) if n % 5 else n % 997))
    screen = dict(zip(("width", "height"), dice.choice(SCREENS), strict=True))
    shopper = Shopper(dice, site_id, visitor, screen, dice.choice(SOURCES))
    at = until - WITHIN + dice.random() * 0.5 * WITHIN
    query = "?utm_source=bulten&utm_medium=email&utm_campaign=guz" if n % 9 == 0 else ""
    for _ in range(1 + min(int(dice.expovariate(0.45)), 12)):
        product = str(int(PRODUCTS * dice.random() ** 3)) if dice.random() < 0.4 else None
        others = ("/", "/sepet", f"/kategori/{int(120 * dice.random() ** 2)}")
        page = list(shopper.page(at, f"/urun/{product}" if product else dice.choice(others), product, query))
        yield from page
        at, query = max(row.at for row in page) + timedelta(seconds=1), ""
