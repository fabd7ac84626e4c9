"""Every measure once more, in the plainest Python: loops over rows, to be read beside its definition."""

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from muhatap.measures.asked import Conditions, Period, Step
from muhatap.measures.cohorts import number_of
from muhatap.measures.products import PARTS
from tests.measures.worlds import Row

Rows = list[Row]


def sessions(events: Rows) -> Rows:
    found: Rows = []
    last: dict[tuple[int, int], Row] = {}
    for event in sorted(events, key=lambda event: event["at"]):
        who = (event["site_id"], event["visitor"])
        visit = last.get(who)
        if visit is None or event["at"] - visit["ended_at"] > timedelta(minutes=30):
            n = visit["n"] + 1 if visit else 0
            visit = {"site_id": who[0], "visitor": who[1], "n": n, "began_at": event["at"], "n_events": 0, "n_pages": 0}
            found.append(visit)
            last[who] = visit
        visit["ended_at"] = event["at"]
        visit["n_events"] += 1
        visit["n_pages"] += event["kind"] in (3, 4)
    return found


def is_met(row: Row, wanted: Conditions, world: dict[str, Rows]) -> bool:
    links = [link for link in world.get("facts_visitor_links", []) if link["visitor"] == row["visitor"]]
    is_known = any(link["since"] <= row["began_at"] < link["until"] for link in links)
    earlier = [one for one in world.get("facts_visits", []) if one["visitor"] == row["visitor"]]
    is_later = any(one["began_at"] < row["began_at"] for one in earlier)
    seen = {name: [one for one in world.get(f"facts_{name}", []) if one["visit_id"] == row["visit_id"]]
            for name in ("page_views", "product_interest")}  # fmt: skip
    return (
        wanted.site in (None, row["site_id"])
        and (not wanted.source or row["source"] in wanted.source)
        and wanted.campaign in (None, row["campaign"])
        and (not wanted.device or row["device"] in wanted.device)
        and wanted.landing in (None, row["landing_path"])
        and wanted.is_known in (None, is_known)
        and (wanted.tag is None or is_known)
        and wanted.has_bought in (None, row["reached"] >= 5)
        and (wanted.page is None or any(one["path"] == wanted.page for one in seen["page_views"]))
        and (wanted.product is None or any(one["product"] == wanted.product for one in seen["product_interest"]))
        and wanted.is_returning in (None, is_later)
        and (wanted.is_returning is None or wanted.since is None or row["day"] >= wanted.since)
    )


def meeting(rows: Rows, wanted: Conditions, links: Rows, world: dict[str, Rows] | None = None) -> Rows:
    return [row for row in rows if is_met(row, wanted, (world or {}) | {"facts_visitor_links": links})]


def is_short(visit: Row) -> bool:
    return bool(visit["n_pages"] <= 1 and visit["engaged_ms"] < 10_000)


def totals(visits: Rows) -> Rows:
    engaged = [row["engaged_ms"] for row in visits]
    steps = {"n_looked": 1, "n_close": 2, "n_carted": 3, "n_checkout": 4, "n_sold": 5}
    n_pages = [row["n_pages"] for row in visits]
    return [{
        "n_visits": len(visits), "n_views": sum(n_pages) if visits else None, "engaged_ms": sum(engaged) if visits else None,
        "median_ms": float(statistics.median(engaged)) if visits else None, "n_short": sum(map(is_short, visits)) if visits else None,
        **{name: sum(row["reached"] >= step for row in visits) if visits else None for name, step in steps.items()},
    }]  # fmt: skip


def by_day(visits: Rows) -> Rows:
    return grouped(visits, ["day"], lambda some: {"n_visits": len(some)})


def during(rows: Rows, period: Period) -> Rows:
    return [row for row in rows if period.start <= row["day"] <= period.end]


def did(step: Step, row: Row) -> bool:
    if step.kind == "event":
        return "name" in row and row["kind"] == 2 and row["name"] == step.value
    if "name" in row:
        return False
    if step.kind == "product":
        return bool(row["product"] == step.value if step.value else row["product"])
    below = step.kind == "below" and row["path"].startswith(step.value.rstrip("/") + "/")
    return bool(row["path"] == step.value or below)


def funnel(page_views: Rows, events: Rows, steps: Sequence[Step], within: timedelta) -> Rows:
    found = [{"step": number, "n_visitors": 0, "seconds": 0} for number in range(1, len(steps) + 1)]
    everything = [*page_views, *events]
    for visitor in {row["visitor"] for row in everything}:
        mine = [row for row in everything if row["visitor"] == visitor]
        entered = reached = None
        for number, step in enumerate(steps):
            moments = sorted(row["at"] for row in mine if did(step, row))
            if entered is None:
                moment = next(iter(moments), None)
                entered = moment
            else:
                moment = next((at for at in moments if reached <= at <= entered + within), None)
            if moment is None:
                break
            reached = moment
            found[number]["n_visitors"] += 1
            found[number]["seconds"] += int((whole(moment) - whole(entered)).total_seconds())
    return found


def whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def neighbours(page_views: Rows, path: str, *, is_after: bool) -> Rows:
    n = Counter(row["next_path" if is_after else "previous_path"] for row in page_views if row["path"] == path)
    return [{"path": path, "n": n} for path, n in n.items()]


def trails(visits: Rows, begins_with: str = "") -> Rows:
    n = Counter(row["trail"] for row in visits if row["n_pages"] and begins_with in ("", row["landing_path"]))
    return [{"trail": trail, "n": n} for trail, n in n.items()]


def cohorts(visits: Rows, period: Period, unit: str, wanted: Conditions, links: Rows) -> Rows:
    of_one = defaultdict(list)
    for row in visits:
        if row["day"] <= period.end and not row["is_nameless"]:
            of_one[row["visitor"]].append(row)
    n: Counter[tuple[int, int]] = Counter()
    for mine in of_one.values():
        first = min(mine, key=lambda row: (row["began_at"], row["visit_id"]))
        cohort = number_of(min(row["day"] for row in mine), unit)
        if cohort >= number_of(period.start, unit) and is_met(first, wanted, {"facts_visitor_links": links}):
            n.update({(cohort, number_of(row["day"], unit) - cohort) for row in mine})
    return [{"cohort": cohort, "later": later, "n_visitors": n} for (cohort, later), n in n.items()]


def nameless(visits: Rows, period: Period, wanted: Conditions, links: Rows) -> Rows:
    found = [row for row in meeting(during(visits, period), wanted, links) if row["is_nameless"]]
    return [{"n_visitors": len({row["visitor"] for row in found})}]


def grouped(rows: Rows, by: Sequence[str], told: Callable[[Rows], Row]) -> Rows:
    groups = defaultdict(list)
    for row in rows:
        groups[tuple(row[name] for name in by)].append(row)
    return [dict(zip(by, key, strict=True)) | told(some) for key, some in groups.items()]


def pages(page_views: Rows) -> Rows:
    return grouped(page_views, ["path"], lambda some: {
        "n_views": len(some), "n_visits": len({row["visit_id"] for row in some}), "n_landings": sum(row["place"] == 1 for row in some),
        "n_exits": sum(not row["next_path"] for row in some), "engaged_ms": sum(row["engaged_ms"] for row in some),
        "scroll": sum(row["scroll"] for row in some),
    })  # fmt: skip


def clicks(clicks: Rows, visits: Rows, path: str) -> Rows:
    def is_meant(click: Row) -> bool:
        is_here = click["path"].startswith(path[:-1]) if path.endswith("/*") else click["path"] == path
        mine = [visit for visit in visits if visit["visitor"] == click["visitor"]]
        is_during = any(visit["began_at"] <= click["at"] <= visit["ended_at"] for visit in mine)
        return bool(is_here and click["element"] and is_during)

    some = [click for click in clicks if is_meant(click)]
    return grouped(some, ["element"], lambda rows: {"n": len(rows), "text": max(row["text"] for row in rows)})


def sources(visits: Rows, by: Sequence[str]) -> Rows:
    return grouped(visits, by, lambda some: {
        "n_visits": len(some), "n_visitors": len({row["visitor"] for row in some}), "n_pages": sum(row["n_pages"] for row in some),
        "engaged_ms": sum(row["engaged_ms"] for row in some), "n_short": sum(map(is_short, some)),
        "n_looked": sum(row["reached"] >= 1 for row in some), "n_carted": sum(row["reached"] >= 3 for row in some),
        "n_bought": sum(row["reached"] >= 5 for row in some),
    })  # fmt: skip


def products(interest: Rows, events: Rows, lines: Rows) -> Rows:
    added = [row for row in events if row["kind"] == 2 and row["name"] == "Product Added" and row["product"]]
    found = []
    for product in {row["product"] for row in [*interest, *added, *lines]}:
        seen, bought = ([row for row in rows if row["product"] == product] for rows in (interest, lines))
        found.append({
            "product": product, "n_looks": sum(row["n_looks"] for row in seen), "n_visitors": len({row["visitor"] for row in seen}),
            "engaged_ms": sum(row["engaged_ms"] for row in seen), "shown_ms": sum(row["shown_ms"] for row in seen),
            "carts": sum(row["product"] == product for row in added), "n_orders": len({row["order_id"] for row in bought}),
            "quantity": sum((row["quantity"] for row in bought), Decimal(0)),
        })  # fmt: skip
    return found


def interest(rows: Rows, events: Rows, by: str) -> Rows:
    added = [row for row in events if row["kind"] == 2 and row["name"] == "Product Added" and row["product"]]
    found = []
    for who, product in {(row[by], row["product"]) for row in [*rows, *added] if row[by] is not None}:
        mine = [row for row in rows if (row[by], row["product"]) == (who, product)]
        parts = {
            name: sum(row[name] for row in mine) for name in ("engaged_ms", "n_looks", "shown_ms", "n_gallery", "n_variants")
        }  # fmt: skip
        parts["returns"] = max(len({row["day"] for row in mine if row["n_looks"]}) - 1, 0)
        parts["carts"] = sum((row[by], row["product"]) == (who, product) for row in added)
        points = sum(min(weight * parts[name], most) for name, (weight, most) in PARTS.items())
        found.append({by: who, "product": product, **parts, "score": round(points * 100) / 100})
    return found


def wanted(interest: Rows) -> Rows:
    return grouped(interest, ["product"], lambda some: {"n_interested": len(some)} | {
        name: sum(math.floor(min(row[name] * weight, most) * 100) for row in some) for name, (weight, most) in PARTS.items()
    })  # fmt: skip


def cells(scored: Rows) -> Rows:
    return grouped(scored, ["recency", "frequency", "monetary"], lambda some: {
        "n_customers": len(some), "n_orders": sum(row["n_orders"] for row in some), "money": sum(row["money"] for row in some),
    })  # fmt: skip


def of_contacts(rows: Rows, links: Rows, moment: str) -> Rows:
    return [
        row | {"contact_id": link["contact_id"]}
        for row in rows
        for link in links
        if link["visitor"] == row["visitor"] and link["since"] <= row[moment] < link["until"]
    ]


def rfm(orders: Rows, as_of: date, currency: str) -> Rows:
    counted = [
        row for row in orders
        if row["contact_id"] is not None and row["currency"] == currency and row["state"] != "cancelled" and row["day"] <= as_of
    ]  # fmt: skip
    customers = grouped(counted, ["contact_id"], lambda some: {
        "last_on": max(row["day"] for row in some), "days": (as_of - max(row["day"] for row in some)).days, "n_orders": len(some),
        "money": sum(row["total"] - row["refunded"] for row in some if row["state"] != "refunded"),
    })  # fmt: skip
    for name, value in (("recency", "last_on"), ("frequency", "n_orders"), ("monetary", "money")):
        for customer in customers:
            worse = sum(other[value] < customer[value] for other in customers)
            customer[name] = worse * 5 // len(customers) + 1
    return customers
