"""How closely products are looked at: seconds on their pages, pictures, variants, cards in view, coming back; each kept apart.

Seconds and cards follow from the page views and may be worked out anew; clicks are added, since each event is folded once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet, Sum

from muhatap.shared import bulk
from muhatap.visits.counting import CLICKED, properties_of, text
from muhatap.visits.models import EmptySearch, Event, ProductInterest, Visit
from muhatap.visits.sessions import Session

LOOKED, SEARCHED = "Product Viewed", "Products Searched"
FROM_PAGES = """
insert into visits_productinterest (visit_id, product, name, at, n_looks, engaged_ms, n_gallery, n_variants, shown_ms)
select visit_id, product, coalesce(max(name), ''), min(at), sum(n_looks), sum(engaged_ms), 0, 0, sum(shown_ms)
from (
  select visit_id, product, nullif(title, '') as name, at, 1 as n_looks, engaged_ms, 0 as shown_ms
  from visits_pageview where visit_id = any(%(visits)s) and product <> ''
  union all
  select visit_id, left(card.key, 100), null, at, 0, 0, card.value::bigint
  from visits_pageview cross join jsonb_each_text(shown) card where visit_id = any(%(visits)s)
) as told group by visit_id, product
on conflict (visit_id, product) do update set at = least(visits_productinterest.at, excluded.at),
  name = coalesce(nullif(visits_productinterest.name, ''), excluded.name),
  n_looks = excluded.n_looks, engaged_ms = excluded.engaged_ms, shown_ms = excluded.shown_ms
"""
ADD = """
insert into visits_productinterest (visit_id, product, name, at, n_looks, engaged_ms, n_gallery, n_variants, shown_ms)
select visit_id, product, name, at, 0, 0, n_gallery, n_variants, 0
from unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::text[], %s::int[], %s::int[])
  as told (visit_id, product, at, name, n_gallery, n_variants)
on conflict (visit_id, product) do update set at = least(visits_productinterest.at, excluded.at),
  name = coalesce(nullif(excluded.name, ''), visits_productinterest.name),
  n_gallery = visits_productinterest.n_gallery + excluded.n_gallery,
  n_variants = visits_productinterest.n_variants + excluded.n_variants
"""
CLICKS = ("visit_id", "product", "at", "name", "n_gallery", "n_variants")


@dataclass
class Clicks:
    """What the events of one run add to one product of one visit."""

    visit_id: int
    product: str
    at: datetime
    name: str = ""
    n_gallery: int = 0
    n_variants: int = 0


def fold(done: Iterable[Session]) -> None:
    """Renew what these visits show of interest, after their pages were read."""
    found: dict[tuple[int, str], Clicks] = {}
    visits = []
    searches = []
    for session in done:
        if any(page.product or page.shown for page in session.pages.values()):
            visits.append(session.visit.pk)
        for event in session.events:
            _read(session.visit, event, found)
            searches += _searched(session.visit, event)
    EmptySearch.objects.bulk_create(searches, ignore_conflicts=True)
    with connection.cursor() as cursor:
        if visits:
            cursor.execute(FROM_PAGES, {"visits": visits})
        if found:
            cursor.execute(ADD, bulk.columns([getattr(row, name) for name in CLICKS] for row in found.values()))


def _searched(visit: Visit, event: Event) -> list[EmptySearch]:
    """The search for which the page told that it found nothing (`results`: 0)."""
    if event.name != SEARCHED:
        return []
    told = properties_of(event)
    query, n = text(told.get("query")), told.get("results")
    is_empty = isinstance(n, int) and not isinstance(n, bool) and n == 0
    return [EmptySearch(visit=visit, query=query, at=event.at)] if is_empty and query else []


def _read(visit: Visit, event: Event, found: dict[tuple[int, str], Clicks]) -> None:
    if event.name not in (CLICKED, LOOKED):
        return
    told = properties_of(event)
    product = text(told.get("product_id"))
    if not product:
        return
    if event.name == LOOKED:
        one = found.setdefault((visit.pk, product), Clicks(visit.pk, product, event.at))
        one.name = text(told.get("name")) or one.name
    elif (part := told.get("part")) in ("gallery", "variant"):
        one = found.setdefault((visit.pk, product), Clicks(visit.pk, product, event.at))
        one.n_gallery += part == "gallery"
        one.n_variants += part == "variant"


@dataclass(frozen=True, kw_only=True)
class Interest:
    """In one product over several visits. `n_returns` are visits after the first in which its page was looked at."""

    product: str
    name: str
    engaged_ms: int
    n_looks: int
    n_returns: int
    n_gallery: int
    n_variants: int
    shown_ms: int
    last_at: datetime


def of(visits: "QuerySet[Visit]", *, since: datetime, most: int = 5) -> list[Interest]:
    """What was looked at closely in these visits, the longest first; what only stood in view in a list was not."""
    rows = ProductInterest.objects.filter(visit__in=visits.filter(began_at__gte=since)).values("product")
    rows = rows.annotate(
        engaged=Sum("engaged_ms"),
        looks=Sum("n_looks"),
        came=Count("id", filter=Q(n_looks__gt=0)),
        gallery=Sum("n_gallery"),
        variants=Sum("n_variants"),
        in_view=Sum("shown_ms"),
        called=Max("name"),
        last=Max("at"),
    ).filter(Q(looks__gt=0) | Q(engaged__gt=0))
    rows = rows.order_by("-engaged", "-in_view", "product")
    return [
        Interest(
            product=row["product"],
            name=row["called"] or row["product"],
            engaged_ms=row["engaged"],
            n_looks=row["looks"],
            n_returns=max(row["came"] - 1, 0),
            n_gallery=row["gallery"],
            n_variants=row["variants"],
            shown_ms=row["in_view"],
            last_at=row["last"],
        )
        for row in rows[:most]
    ]
