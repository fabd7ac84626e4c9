"""Libraries of others deliver to the collector as they are, with nothing changed but the address."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rudderstack.analytics.client import Client as Rudder
from segment.analytics.client import Client as Segment

from muhatap.api import collect
from muhatap.visits import sites
from muhatap.visits.models import Event, Site
from tests import cast
from tests.api.collecting import served
from tests.visits.leaves import without_leaves

pytestmark = pytest.mark.django_db(transaction=True)
NODE = Path(__file__).parents[1] / "node"
NODE_CLIENT = NODE / "node_modules" / "@segment" / "analytics-node"


@pytest.fixture
def shop() -> Iterator[Site]:
    collect.BUCKETS.forget()
    with without_leaves():
        yield sites.create(name="Ihlamur Ev", origins=[], by=cast.selin(), at=cast.NOW)


def events() -> list[tuple[str, str, str]]:
    return [(one.get_kind_display(), one.user_id, one.name) for one in Event.objects.order_by("at", "name")]


def failing(trouble: Any, _items: Any) -> None:
    raise AssertionError(trouble)


def test_segments_python_library_delivers(shop: Site) -> None:
    with served() as url:
        client = Segment(shop.write_key, host=url, on_error=failing, gzip=True)
        client.identify("20871", {"name": "Ayşe Yılmaz", "email": "ayse.yilmaz@ornek.example"})
        client.track("20871", "Order Completed", {"order_id": "10482", "total": 2849.90})
        client.flush()
        client.join()

    assert sorted(events()) == [("identify", "20871", ""), ("track", "20871", "Order Completed")]
    order = json.loads(Event.objects.get(name="Order Completed").payload)
    assert order["properties"] == {"order_id": "10482", "total": 2849.9}
    assert order["context"]["library"]["name"] == "analytics-python"


def test_rudderstacks_python_library_delivers(shop: Site) -> None:
    with served() as url:
        client = Rudder(shop.write_key, host=url, on_error=failing)
        client.page("20871", "Ürünler", "Keten nevresim", {"url": "https://www.ihlamurev.example/nevresim"})
        client.track("20871", "Product Added", {"product_id": "nevresim"})
        client.flush()
        client.join()

    assert sorted(events()) == [("page", "20871", "Keten nevresim"), ("track", "20871", "Product Added")]


@pytest.mark.skipif(not NODE_CLIENT.exists(), reason="Node is not here, or its client was not installed")
def test_segments_node_library_delivers(shop: Site) -> None:
    with served() as url:
        subprocess.run(["node", NODE / "deliver.mjs", url, shop.write_key], check=True, timeout=60)

    assert sorted(events()) == [("identify", "20871", ""), ("track", "20871", "Order Completed")]
