"""What reaches a site that knows nobody, and what does not."""

import json
from typing import Any

import pytest

from muhatap.visits import origins, segment, unnamed
from muhatap.visits.segment import Refused

SHOP = "https://www.ihlamurev.example"
WHO = "?ajs_uid=20871&email=ayse.yilmaz%40ornek.example&utm_source=bulten&gclid=Cj0KCQ"


def parts(body: dict[str, Any], call: str = "track") -> list[Any]:
    request = segment.opened(json.dumps(body).encode(), call=call)
    return list(unnamed.parts(request, call=call, name=lambda said: said and f"day:{len(said)}"))


def test_only_what_says_nothing_of_who_it_was_is_kept() -> None:
    page = {
        "url": f"{SHOP}/nevresim{WHO}#ayse",
        "search": WHO,
        "referrer": f"https://ayse:1@m.example/{WHO}",
        "tab": "7",
    }
    context = {
        "page": page | {"path": "/nevresim", "title": "Nevresim"}, "sessionId": 1763, "location": {"city": "Karşıyaka"},
        "campaign": {"source": "bulten", "email": "ayse"}, "screen": {"width": 390}, "timezone": "Europe/Istanbul",
        "network": {"carrier": "x"}, "userAgent": "Mozilla/5.0",
    }  # fmt: skip
    properties = {"url": f"{SHOP}/{WHO}", "product_id": "42"}
    event = {
        "event": "Product Viewed",
        "messageId": "m-1",
        "rudderId": "r-1",
        "context": context,
        "properties": properties,
    }
    systems = {"integrations": {"Google Analytics": {"clientId": "1033501218.1368477899"}}}
    left = {"utm_source": "bulten", "gclid": "1"}
    query = "?" + "&".join(f"{name}={value}" for name, value in left.items())

    [(one, called)] = parts({"userId": "20871"} | event | systems)
    [(two, _called)] = parts({"batch": [{"type": "track", "userId": "20871"} | event]} | systems, "batch")

    assert called == "day:5" and one.shared == two.shared == {}
    for told in (json.loads(one.events[0]), json.loads(two.events[0])):
        told.pop("type", None)
        assert told == {
            "event": "Product Viewed",
            "messageId": "m-1",
            "context": {
                "page": {
                    "url": f"{SHOP}/nevresim{query}",
                    "search": query,
                    "referrer": f"https://m.example/{query}",
                    "path": "/nevresim",
                    "title": "Nevresim",
                },
                "campaign": {"source": "bulten"},
                "screen": {"width": 390},
                "timezone": "Europe/Istanbul",
                "userAgent": "Mozilla/5.0",
            },
            "properties": {"url": f"{SHOP}/{query}", "product_id": "42"},
        }


def test_what_a_batch_says_for_all_is_cut_too() -> None:
    shared = {"context": {"sessionId": 1763, "page": {"url": f"{SHOP}/{WHO}"}}, "integrations": {"All": True}}
    [(one, _called)] = parts(shared | {"batch": [{"type": "page", "anonymousId": "a"}]}, "batch")
    assert one.shared == {"context": {"page": {"url": f"{SHOP}/?utm_source=bulten&gclid=1"}}}


@pytest.mark.parametrize("said", [{}, {"anonymousId": ""}, {"userId": None}])
def test_who_is_called_nothing_is_nobody_and_not_one_visitor_of_all(said: dict[str, Any]) -> None:
    assert parts({"event": "Order Completed"} | said) == [Refused("nobody", "", "")]


@pytest.mark.parametrize(
    ("told", "left"),
    [
        (f"{SHOP}/havlu", f"{SHOP}/havlu"),
        ("?q=nevresim", ""),
        ("https://[kırık", ""),
        ("/a?utm_campaign=k%C4%B1%C5%9F&utm_id=9", "/a?utm_campaign=k%C4%B1%C5%9F"),
        ("/a?utm_source=\ud800", "/a?utm_source=%3F"),
        ("/a?" + "utm_source=x&" * 300, "/a"),
    ],
)
def test_an_address_keeps_where_it_is_and_what_led_there(told: str, left: str) -> None:
    assert origins.bare(told) == left
