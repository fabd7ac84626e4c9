"""However many events one run folds: all at once, one by one or cut anywhere, the visits and the figures are the same."""

import json
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from muhatap.visits import folding, sites
from muhatap.visits.models import (
    DayTally,
    ElementDay,
    EmptySearch,
    Event,
    MinuteTally,
    Named,
    PageView,
    ProductInterest,
    Site,
    Visit,
)
from muhatap.visits.tallies import MEASURES
from tests import cast
from tests.visits.telling import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("days")]
A_DAY = timedelta(days=1)
HOST = "https://www.ihlamurev.example"
PATHS = ["/", "/nevresim", "/keten", "/sepet?utm_source=bulten"]
SECOND = timedelta(seconds=1)
CELL = ("dim", "key", "device", *MEASURES)
VISIT = (
    "visitor", "began_at", "ended_at", "n_events", "n_pages", "engaged_ms", "landing_url", "referrer", "source", "campaign", "device", "reached",
    "entry_path", "exit_path", "n_clicks", "said",
)  # fmt: skip
PAGE = ("visit__began_at", "key", "url", "title", "product", "at", "engaged_ms", "scroll", "path", "device", "shown")
INTEREST = ("visit__began_at", "product", "name", "at", "n_looks", "engaged_ms", "n_gallery", "n_variants", "shown_ms")
SEEN: list[tuple[Any, str, tuple[str, ...]]] = [
    (Visit, "site", VISIT), (PageView, "visit__site", PAGE), (ProductInterest, "visit__site", INTEREST), (DayTally, "site", ("on", *CELL)),
    (MinuteTally, "site", ("at", *CELL)), (ElementDay, "site", ("on", "path", "element", "device", "n", "x", "y", "n_placed")),
    (Named, "site", ("dim", "key", "name")), (EmptySearch, "visit__site", ("visit__began_at", "query", "at")),
]  # fmt: skip
Told = tuple[datetime, str, int, str, str, dict[str, Any]]  # when, who, kind, name, path, properties


def strolls(dice: random.Random, *, rests: Sequence[int], lies: bool, n: int, logins: str = "") -> list[Told]:
    """What three visitors do, in the order in which it happens; between two pages they rest for one of so many seconds, and one
    of `logins` may log in."""
    told: list[Told] = []
    for visitor in ("a", "b", "day:c"):
        at, page, since = NOON, "", NOON
        for number in range(n):
            at += dice.choice(rests) * SECOND
            if logins and dice.random() < 0.5:
                told.append((at, visitor, 1, "", "/", {"user": dice.choice(logins)}))
                at += SECOND
            if dice.random() < 0.8 or not page:
                page, path, since = f"{visitor}{number}", dice.choice(PATHS), at
                about = {"page_view": page} | ({"product_id": "keten"} if path == "/keten" else {})
                told.append((at, visitor, 3, f"Sayfa {path}", path, about))
            at += dice.randint(0, 20) * SECOND
            read = dice.choice([10, 40, 10**7]) if lies else (at - since).total_seconds()
            shown = [{"product_id": "havlu", "seconds": read / 2}]
            more = {"page_view": page, "seconds": read, "scroll": read, "shown": shown}
            for name, kind, properties in (
                ("Page Engaged", 2, more),
                ("Element Clicked", 2, {"element": "#ara", "x": 0.5, "y": 0.25, "part": "gallery", "product_id": "a"}),
                ("Product Viewed", 2, {"product_id": "keten", "name": "Keten nevresim", "page_view": page}),
                ("Products Searched", 2, {"query": "perde", "results": 0}),
                ("Order Completed", 2, {"products": [{"product_id": "keten", "quantity": 2}]}),
            ):
                if dice.random() < 0.4:
                    told.append((at, visitor, kind, name, path, properties))
    return sorted(told, key=lambda one: one[0])


def arrive(site: Site, told: Sequence[Told], since: datetime) -> None:
    """One each second."""
    body = {"context": {"screen": {"width": 390, "height": 844}, "page": {"referrer": "https://google.com/"}}}
    for number, (at, visitor, kind, name, path, properties) in enumerate(told):
        Event.objects.create(
            received_at=since + number * SECOND, site=site, message_key=UUID(int=number), at=at, kind=kind, anonymous_id=visitor,
            user_id=properties.get("user", ""), name=name, url=HOST + path, is_bot=False,
            payload=json.dumps(body | {"properties": properties}), by_server="user" in properties,
        )  # fmt: skip


def seen(site: Site) -> dict[str, list[Any]]:
    """All that came of it, without the numbers of rows."""
    found = {}
    for model, of, names in SEEN:
        rows = model.objects.filter(**{of: site}).values_list(*names)
        if model in (DayTally, MinuteTally):
            rows = [row for row in rows if any(row[-len(MEASURES) :])]
        found[model.__name__] = sorted(map(repr, rows))
    return found


def folded(told: Sequence[Told], cuts: Sequence[int], *, day: int) -> dict[str, list[Any]]:
    """What comes of it when a run ends after each of these events; it all arrives on a day of its own."""
    since = NOON + timedelta(hours=11) + 0.4 * day * timedelta(hours=1)
    shop = sites.create(name=f"Ihlamur Ev {day}", origins=[], by=cast.selin(), at=NOON)
    arrive(shop, told, since)
    for cut in [*cuts, len(told)]:
        folding.fold(at=since + (cut - 0.5) * SECOND, lag=timedelta(0))
    return seen(shop)


@pytest.mark.parametrize("seed", [1, 2])
def test_what_comes_of_events_in_their_order_knows_nothing_of_runs(seed: int) -> None:
    dice = random.Random(seed)
    told = strolls(dice, rests=(5, 60, 1200, 4000), lies=True, n=9)

    whole = folded(told, (), day=0)

    assert folded(told, sorted(dice.sample(range(len(told)), 7)), day=1) == whole
    assert folded(told, range(len(told)), day=2) == whole
    assert len(whole["Visit"]) > 3
    assert whole["ElementDay"] and whole["EmptySearch"]


def test_who_logs_in_by_turns_goes_on_with_the_visit_of_the_last_turn() -> None:
    dice = random.Random(11)
    told = strolls(dice, rests=(5, 60), lies=False, n=9, logins="AB")

    whole = folded(told, (), day=0)

    assert folded(told, range(len(told)), day=1) == whole
    n_turns = sum(map(n_of_turns, ([one for one in told if one[1] == visitor] for visitor in ("a", "b"))))
    assert n_turns > 3 and len(whole["Visit"]) == 3 + n_turns


def n_of_turns(told: Sequence[Told]) -> int:
    """How often another logs in than the one before."""
    users = [properties["user"] for *_, properties in told if "user" in properties]
    return sum(one != other for one, other in pairwise(users))


@pytest.mark.parametrize("seed", [3, 4])
def test_in_any_disorder_what_was_one_visit_stays_one(seed: int) -> None:
    dice = random.Random(seed)
    strolled = strolls(dice, rests=(5, 60), lies=False, n=9)
    told = [one for one in strolled if one[3] != "Products Searched"]  # of these the first counts
    whole = folded(told, (), day=0)
    begins = [next(one for one in told if one[1] == visitor) for visitor in ("a", "b", "day:c")]
    rest = [one for one in told if one not in begins]
    dice.shuffle(rest)
    told = [*begins, *rest]  # nobody is believed to have read since before the visit is known to have begun

    assert folded(told, sorted(dice.sample(range(len(told)), 9)), day=1) == whole
    assert len(whole["Visit"]) == 3
