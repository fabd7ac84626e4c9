"""Roll-ups equal a count of what was sent, however late and in whatever disorder it arrived."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import F, Sum
from django.db.models.functions import TruncMinute
from django.test.utils import CaptureQueriesContext

from muhatap.visits import folding, keeping, reports, sites, tallies
from muhatap.visits.models import DayTally, Device, Dim, ElementDay, Event, MinuteTally, Named, PageView, Site, Visit
from muhatap.visits.reports import Cut
from tests import cast
from tests.visits.leaves import without_leaves
from tests.visits.telling import arrive

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOST = "https://www.ihlamurev.example"
PATHS = ["/", "/nevresim", "/nevresim/keten", "/sepet"]
PHONE, WIDE = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _days() -> Iterator[None]:
    with without_leaves():
        keeping.look_ahead(at=NOON)
        yield


@pytest.fixture
def shop() -> Site:
    return sites.create(name="Ihlamur Ev", origins=[], by=cast.selin(), at=NOON)


class Street:
    """Visitors who do this and that; what they tell arrives later, in another order."""

    def __init__(self, site: Site, seed: int) -> None:
        self.site, self.dice = site, random.Random(seed)

    def send(self, at: datetime, visitor: str, name: str, path: str, /, *, kind: int = 2, **properties: Any) -> None:
        screen = PHONE if visitor in ("a", "b") else WIDE
        body = {"properties": properties, "context": {"screen": screen, "page": {"referrer": "https://google.com/"}}}
        Event.objects.create(
            received_at=at + timedelta(seconds=self.dice.choice([1, 5, 90, 4000, 30_000])), site=self.site, at=at,
            message_key=UUID(int=self.dice.getrandbits(128)), kind=kind, anonymous_id=visitor, user_id="", name=name,
            url=f"{HOST}{path}?q=1", is_bot=False, payload=json.dumps(body),
        )  # fmt: skip

    def walk(self, visitor: str) -> None:
        at = NOON
        for n in range(12):
            at += timedelta(seconds=self.dice.randint(5, 2400))
            path, page = self.dice.choice(PATHS), f"{visitor}{n}"
            about = {"product_id": "keten"} if path.endswith("keten") else {}
            self.send(at, visitor, f"Sayfa {path}", path, kind=3, page_view=page, **about)
            for seconds in (15, 30, 45)[: self.dice.randint(0, 3)]:
                at += timedelta(seconds=16)
                shown = [{"product_id": "havlu", "seconds": seconds / 2}] if path == "/nevresim" else []
                self.send(
                    at, visitor, "Page Engaged", path, page_view=page, seconds=seconds, scroll=2 * seconds, shown=shown
                )
            if self.dice.random() < 0.7:
                self.send(at, visitor, "Element Clicked", path, page_view=page, element="#ara", x=0.5, y=0.25, text="Ara",
                          box=[0.1, 0.0, 0.2, 0.1])  # fmt: skip
            if self.dice.random() < 0.3:
                self.send(at, visitor, "Product Added", path, product_id="keten", quantity=2, name="Keten nevresim")
            if self.dice.random() < 0.1:
                self.send(
                    at, visitor, "Order Completed", path, products=[{"product_id": "keten"}, {"product_id": "havlu"}]
                )


def counted(dim: Dim, *measures: str, by_day: bool = False) -> dict[tuple[Any, ...], tuple[int, ...]]:
    """Of each key, device and time what the cells say, without those that came back to nothing."""
    model, when = (DayTally, "on") if by_day else (MinuteTally, "at")
    rows = model.objects.filter(dim=dim).values_list("key", "device", when, *measures)
    return {(key, device, at): tuple(sums) for key, device, at, *sums in rows if any(sums)}


def by_hand(name: str, of: Any = lambda body: 1, key: Any = None, kind: int = 2) -> Counter[Any]:
    """The same from the raw events."""
    found: Counter[Any] = Counter()
    for event in Event.objects.filter(name=name) if name else Event.objects.filter(kind=kind):
        body = json.loads(event.payload)
        device = Device.PHONE if event.anonymous_id in ("a", "b") else Device.COMPUTER
        path = urlsplit(event.url).path.rstrip("/") or "/"
        for one in key(body["properties"]) if key else [path]:
            found[one, device, event.at.replace(second=0, microsecond=0)] += of(body["properties"])
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_any_disorder_every_cell_equals_a_count_by_hand(shop: Site, seed: int) -> None:
    street = Street(shop, seed)
    for visitor in "abcd":
        street.walk(visitor)
    moments = sorted(street.dice.uniform(0, 80_000) for _ in range(12))

    for seconds in [*moments, 90_000, 90_000]:
        folding.fold(at=NOON + timedelta(seconds=seconds))

    views = by_hand("", kind=3)
    assert {cell: n for cell, (n,) in counted(Dim.PAGE, "n_views").items()} == views
    assert {cell: n for cell, (n,) in counted(Dim.PAGE, "n_clicks").items()} == by_hand("Element Clicked")
    carted = by_hand("Product Added", of=lambda told: 2, key=lambda told: [told["product_id"]])
    assert {cell: n for cell, (n,) in counted(Dim.PRODUCT, "n_carted").items()} == carted
    sold = by_hand("Order Completed", key=lambda told: [one["product_id"] for one in told["products"]])
    assert {cell: n for cell, (n,) in counted(Dim.PRODUCT, "n_sold").items()} == sold
    read = PageView.objects.values_list("path", "device", TruncMinute("at")).annotate(Sum("engaged_ms"), Sum("scroll"))
    assert counted(Dim.PAGE, "engaged_ms", "scroll") == {tuple(row[:3]): row[3:] for row in read if any(row[3:])}
    shown = sum(page.shown.get("havlu", 0) for page in PageView.objects.all())
    assert sum(n for (n,) in counted(Dim.PRODUCT, "shown_ms").values()) == shown > 0
    same_as_visits()
    assert ElementDay.objects.aggregate(Sum("n"))["n__sum"] == Event.objects.filter(name="Element Clicked").count()
    assert Named.objects.get(dim=Dim.PRODUCT, key="keten").name == "Keten nevresim"


def same_as_visits() -> None:
    for began, field in (("entry_path", "n_entries"), ("exit_path", "n_exits")):
        hand = Counter(Visit.objects.values_list(began, "device", TruncMinute("began_at")))
        assert {cell: n for cell, (n,) in counted(Dim.PAGE, field).items()} == hand
    for measure, step in (("n_looked", 1), ("n_close", 2), ("n_carted", 3), ("n_sold", 5)):
        rows = Visit.objects.filter(reached__gte=step).values_list("source", "device", TruncMinute("began_at"))
        assert {cell: n for cell, (n,) in counted(Dim.SOURCE, measure).items()} == Counter(rows)
    assert sum(n for (n,) in counted(Dim.LENGTH, "n_visits").values()) == Visit.objects.count()
    days: Counter[Any] = Counter()
    for (key, device, at), (n, ms) in counted(Dim.SOURCE, "n_visits", "engaged_ms").items():
        days[key, device, (at + timedelta(hours=3)).date(), "n"] += n
        days[key, device, (at + timedelta(hours=3)).date(), "ms"] += ms
    told = {
        (*cell, name): value
        for cell, sums in counted(Dim.SOURCE, "n_visits", "engaged_ms", by_day=True).items()
        for name, value in zip(("n", "ms"), sums, strict=True)
    }
    assert told == {cell: n for cell, n in days.items() if n}


def test_a_click_keeps_where_it_was_and_where_its_element_stood(shop: Site) -> None:
    street = Street(shop, 4)
    for _ in range(2):
        street.send(NOON, "a", "Element Clicked", "/nevresim/", element="#ekle", x=0.5, y=2, box=[0.1, 0.2, 0.3, 0.4])
    street.send(NOON, "a", "Element Clicked", "/nevresim", element="#ekle", x="?", box=["a"], text="Sepete  ekle ")

    folding.fold(at=NOON + DAY)

    row = ElementDay.objects.get()
    assert (row.path, row.n, row.x, row.y, row.n_placed, row.left, row.height) == (
        "/nevresim", 3, 1.0, 2.0, 2, 0.2, 0.8,
    )  # fmt: skip
    assert Named.objects.get(dim=Dim.ELEMENT).name == "Sepete ekle"


def test_a_visit_that_is_erased_leaves_the_roll_ups(shop: Site) -> None:
    Street(shop, 5).send(NOON, "a", "Sayfa", "/nevresim", kind=3, page_view="p", product_id="keten")
    folding.fold(at=NOON + DAY)

    Visit.objects.all().delete()
    folding.fold(at=NOON + DAY)

    some = [F(name) for name in tallies.MEASURES]
    assert not any(any(row) for row in DayTally.objects.values_list(*some))


def test_minutes_go_after_two_days_and_days_stay_and_still_take_what_is_late(shop: Site) -> None:
    street = Street(shop, 6)
    street.send(NOON, "a", "Sayfa", "/nevresim", kind=3, page_view="p")
    folding.fold(at=NOON + DAY)
    Event.objects.update(received_at=NOON + 2 * DAY)  # told again much later, as a page of its own
    Event.objects.update(message_key=UUID(int=1), payload="{}")

    tallies.forget_minutes(at=NOON + 3 * DAY)
    folding.fold(at=NOON + 3 * DAY)

    assert not MinuteTally.objects.exists()
    assert DayTally.objects.filter(dim=Dim.PAGE).aggregate(Sum("n_views"))["n_views__sum"] == 2


def test_endless_names_are_counted_together_and_corrected_where_they_were_counted(
    shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "CAPPED", {Dim.PAGE: 3, Dim.PRODUCT: 1})
    street = Street(shop, 7)
    for n in range(6):
        at = NOON + timedelta(seconds=n)
        street.send(at, "a", f"Sayfa {n}", f"/{n}", kind=3, page_view=f"p{n}", product_id=f"u{n}")
    folding.fold(at=NOON + DAY)
    for n in range(6):
        street.send(NOON + timedelta(seconds=30), "a", "Page Engaged", f"/{n}", page_view=f"p{n}", seconds=10)
    Event.objects.filter(name="Page Engaged").update(received_at=NOON + DAY - timedelta(hours=1))

    folding.fold(at=NOON + DAY)

    of_pages = counted(Dim.PAGE, "n_views", "engaged_ms", by_day=True)
    assert {key: sums for (key, _device, _on), sums in of_pages.items()} == {
        "/0": (1, 10_000), "/1": (1, 10_000), "/2": (1, 10_000), tallies.OTHERS: (3, 30_000),
    }  # fmt: skip
    assert {key for key, _device, _at in counted(Dim.PRODUCT, "n_views")} == {"u0", tallies.OTHERS}
    assert set(Named.objects.filter(dim=Dim.PAGE).values_list("key", flat=True)) == {"/0", "/1", "/2"}


SIZES = [((390, 844), 1), ((844, 390), 1), ((820, 1180), 2), ((1440, 900), 3), ((1920, 1080), 3), ((0, 0), 0)]


@pytest.mark.parametrize(("size", "device"), SIZES)
def test_the_screen_tells_the_device(shop: Site, size: tuple[int, int], device: int) -> None:
    from muhatap.visits import counting

    screen = dict(zip(("width", "height"), size, strict=True))
    assert counting.device_of({"context": {"screen": screen}}) == device


def test_what_is_clicked_below_a_path_is_found_without_reading_other_days_and_pages(shop: Site) -> None:
    day = NOON.date()
    rows = """
        insert into visits_elementday (site_id, path, "on", device, element, n, x, y, n_placed, "left", top, width, height)
        select %s, (case when p %% 10 = 0 then '/urun/' else '/yazi/' end) || p, %s::date - d, 1, e, p + d, 0, 0, 0, 0, 0, 0, 0
        from generate_series(0, 99) p, generate_series(0, 29) d, unnest(array['#al', '#kalp']) e
    """
    with connection.cursor() as cursor:
        cursor.execute(rows, [shop.pk, day])
        cursor.execute("analyze visits_elementday")
    Named.objects.create(site=shop, dim=Dim.ELEMENT, key="/urun/90\t#al", name="Sepete ekle")
    Named.objects.create(site=shop, dim=Dim.ELEMENT, key="/urun/10\t#kalp", name="Beğen")
    cut = Cut(start=day - timedelta(days=1), end=day)

    with CaptureQueriesContext(connection) as asked:
        first, second = reports.elements(cut, path="/urun/*")
    with connection.cursor() as cursor:
        cursor.execute("explain " + asked.captured_queries[0]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())

    n = sum(p + d for p in range(0, 100, 10) for d in (0, 1))
    assert (first.element, first.n, second.n) == ("#al", n, n)
    assert (first.name, second.name) == ("Sepete ekle", "")  # as it is called on the page on which it is clicked most
    assert "visits_elements_below" in plan and "Seq Scan" not in plan
    assert [each.n for each in reports.elements(cut, path="/urun/90")] == [181, 181]


def test_what_only_the_shops_server_told_is_no_visit_until_a_page_is_told(shop: Site) -> None:
    def n_visits() -> tuple[int, int, int]:
        """In the roll-ups, those that left at once, and in what the lake is made of."""
        whole = reports.whole(Cut(start=NOON.date(), end=NOON.date()), Dim.SOURCE)
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from facts_visits")
            [(n,)] = cursor.fetchall()
        return whole["n_visits"], whole["n_short"], n

    sold = {"product_id": "keten", "quantity": 2}
    told = {"visitor": "", "user": "20871", "by_server": True}
    arrive(shop, 0, "Order Completed", order_id="10482", products=[sold], **told)
    folding.fold(at=NOON + timedelta(hours=1))

    assert n_visits() == (0, 0, 0)
    assert reports.whole(Cut(start=NOON.date(), end=NOON.date()), Dim.PRODUCT)["n_sold"] == 2

    arrive(shop, 5, "Siparişlerim", kind="page", late=120, **told)
    folding.fold(at=NOON + timedelta(hours=9))

    assert n_visits() == (1, 1, 1)
