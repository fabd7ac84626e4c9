"""What one event tells beyond its visit and page: clicks, carts and orders of products, how far somebody came, on which device. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from muhatap.shared.text import without_nul
from muhatap.visits import segment
from muhatap.visits.models import Device, Dim, Event, Kind, Step, Visit
from muhatap.visits.tallies import Counted

CLICKED = "Element Clicked"
STEPS = {
    "Product Viewed": Step.LOOKED,
    "Product Added": Step.CARTED,
    "Checkout Started": Step.CHECKOUT,
    "Checkout Step Viewed": Step.CHECKOUT,
    "Payment Info Entered": Step.CHECKOUT,
    "Order Completed": Step.ORDERED,
}
PAGES = (Kind.PAGE, Kind.SCREEN)
PHONE_BELOW, TABLET_BELOW = 600, 1024  # the narrower side of the screen, in pixels of the page
SQUARE = 1.5  # screens of computers are longer than so
MOST_PIECES = 1000  # of one product in one event: more is a mistake
MOST_PRODUCTS = 200  # in one order


def told(event: Event) -> Mapping[str, Any]:
    """The whole event, read once."""
    found: Mapping[str, Any] | None = event.__dict__.get("told")
    if found is None:
        found = event.__dict__["told"] = segment.told(event.payload)
    return found


def on_device(event: Event) -> int:
    """Looked at once."""
    found: int | None = event.__dict__.get("device")
    if found is None:
        found = event.__dict__["device"] = device_of(told(event))
    return found


def count(visit: Visit, events: Sequence[Event], counted: Counted) -> None:
    """Add these events of one visit to what is counted, and tell the visit its device and how far it came."""
    for event in events:
        device, properties = on_device(event), properties_of(event)
        visit.device = visit.device or device
        visit.reached = max(visit.reached, step_of(event, properties))
        if event.name == CLICKED:
            _click(event, properties, device, counted)
        elif event.kind in PAGES:
            counted.name(event.site_id, Dim.PAGE, path_of(event), event.name, event.at)
        for product, measures in _of_products(event, properties):
            counted.add(event.site_id, Dim.PRODUCT, product, device, event.at, **measures)
        _name_products(event, properties, counted)


def step_of(event: Event, properties: Mapping[str, Any]) -> int:
    """How far the event alone says that somebody came."""
    if event.kind in PAGES and text(properties.get("product_id")):
        return Step.LOOKED
    if event.name == CLICKED and properties.get("part") and properties.get("product_id"):
        return Step.CLOSELY
    return STEPS.get(event.name, Step.CAME)


def device_of(told: Mapping[str, Any]) -> int:
    """By the screen; where it is not told, by what the client says of itself."""
    context = told.get("context")
    if not isinstance(context, dict):
        return Device.UNKNOWN
    screen = context.get("screen")
    if isinstance(screen, dict):
        sides = [number(screen.get(side)) for side in ("width", "height")]
        if side := min((each for each in sides if each > 0), default=0):
            return Device.PHONE if side < PHONE_BELOW else Device.TABLET if _is_tablet(sides) else Device.COMPUTER
    return _by_agent(str(context.get("userAgent") or "")[:300])


def path_of(event: Event) -> str:
    """The page without its parameters and its last stroke; of an application's screen its name."""
    if not event.url:
        return event.name[:300] if event.kind in PAGES else ""
    try:
        return urlsplit(event.url).path[:300].rstrip("/") or "/"
    except ValueError:
        return "/"


def properties_of(event: Event) -> Mapping[str, Any]:
    found = told(event).get("properties")
    return found if isinstance(found, dict) else {}


def text(told: object) -> str:
    return without_nul(str(told)[:100]) if isinstance(told, str | int) and not isinstance(told, bool) else ""


def number(told: object) -> float:
    return float(told) if isinstance(told, int | float) and abs(told) < 1e9 else 0.0


def _is_tablet(sides: list[float]) -> bool:
    return min(sides) < TABLET_BELOW and max(sides) < SQUARE * min(sides)


def _by_agent(agent: str) -> int:
    if "iPad" in agent or "Tablet" in agent:
        return Device.TABLET
    if "Mobi" in agent:
        return Device.PHONE
    return Device.COMPUTER if agent.startswith("Mozilla/") else Device.UNKNOWN


def _click(event: Event, properties: Mapping[str, Any], device: int, counted: Counted) -> None:
    path, element = path_of(event), without_nul(str(properties.get("element") or "")[:300])
    if not path or not element:
        return
    counted.add(event.site_id, Dim.PAGE, path, device, event.at, n_clicks=1)
    counted.click(event.site_id, path, element, device, event.at, _where(properties))
    words = properties.get("text")
    if isinstance(words, str):
        said = without_nul(" ".join(words[:80].split()))
        counted.name(event.site_id, Dim.ELEMENT, f"{path}\t{element}", said, event.at)


def _where(properties: Mapping[str, Any]) -> dict[str, float]:
    """Where in the element, and where the element stood in its page, all as shares."""
    found = {name: _share(properties.get(name)) for name in ("x", "y")}
    box = properties.get("box")
    if isinstance(box, list) and len(box) == 4:
        placed = dict(zip(("left", "top", "width", "height"), map(_share, box), strict=True))
        found |= placed | {"n_placed": 1}
    return found


def _share(told: object) -> float:
    return min(max(number(told), 0.0), 1.0)


def _of_products(event: Event, properties: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, int]]]:
    if event.kind != Kind.TRACK:
        return
    product = text(properties.get("product_id"))
    if event.name == "Order Completed":
        for each in _products(properties):
            if sold := text(each.get("product_id")):
                yield sold, {"n_sold": _pieces(each)}
    elif product and event.name == "Product Added":
        yield product, {"n_carted": _pieces(properties)}
    elif product and event.name == CLICKED and properties.get("part"):
        yield product, {"n_clicks": 1}
    elif product and event.name == "Product Viewed" and not properties.get("page_view"):
        yield product, {"n_views": 1}  # with the number of its page view it is that page's product


def _name_products(event: Event, properties: Mapping[str, Any], counted: Counted) -> None:
    """Shops name their products in these calls; a page about one has its title at least."""
    if event.name in STEPS:
        for each in (properties, *_products(properties)):
            product, name = text(each.get("product_id")), each.get("name")
            if product and isinstance(name, str):
                counted.name(event.site_id, Dim.PRODUCT, product, without_nul(name[:300]), event.at)


def _products(properties: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = properties.get("products")
    return [each for each in found[:MOST_PRODUCTS] if isinstance(each, dict)] if isinstance(found, list) else []


def _pieces(told: Mapping[str, Any]) -> int:
    return int(min(max(number(told.get("quantity", 1)), 0), MOST_PIECES))
