"""Events as a shop's pages send them: about a kilobyte each, in the words of the Segment protocol."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


def event(number: int, *, message_id: str = "") -> dict[str, Any]:
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    page = {
        "url": f"https://www.ihlamurev.example/urun/{number % 500}?utm_source=bulten&utm_medium=email&utm_campaign=guz",
        "path": f"/urun/{number % 500}",
        "referrer": "https://www.ihlamurev.example/",
        "title": "Keten nevresim takımı, çift kişilik, taş rengi | Ihlamur Ev",
        "search": "?utm_source=bulten&utm_medium=email&utm_campaign=guz",
    }
    product = {
        "product_id": str(number % 500),
        "sku": f"NEV-{number % 500:05}",
        "category": "Nevresim",
        "name": "Keten nevresim takımı",
        "brand": "Ihlamur Ev",
        "variant": "taş rengi",
        "price": 2849.90,
        "quantity": 1,
        "currency": "TRY",
        "position": number % 40,
        "url": page["url"],
        "image_url": f"https://www.ihlamurev.example/resim/{number % 500}.jpg",
    }
    campaign = {"source": "bulten", "medium": "email", "name": "guz"}
    return {
        "type": "track",
        "event": "Product Viewed",
        "messageId": message_id or str(uuid.uuid4()),
        "anonymousId": f"00000000-0000-4000-8000-{number % 100_000:012}",
        "timestamp": now,
        "sentAt": now,
        "context": {"page": page, "campaign": campaign, "userAgent": AGENT, "locale": "tr-TR"},
        "properties": product,
    }


def single(number: int, **more: str) -> bytes:
    return json.dumps(event(number, **more), ensure_ascii=False, separators=(",", ":")).encode()


def batch(number: int, n: int, **more: str) -> bytes:
    told = {"batch": [event(number + place, **more) for place in range(n)]}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
