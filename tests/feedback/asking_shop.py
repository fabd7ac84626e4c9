"""The shop's surveys for stories: made and switched on by Selin, answered by the cast."""

from datetime import datetime
from typing import Any

from muhatap.channels.models import Inbox
from muhatap.contacts import identity
from muhatap.contacts.models import Contact
from muhatap.feedback import designing
from muhatap.feedback.answering import Given
from muhatap.feedback.models import Question, Response, Survey
from muhatap.flow import surveying
from muhatap.sales.models import Order, Shop, State
from tests import cast
from tests.insight.conftest import after

OPTIONS = [{"tr": "Kargo", "en": "Delivery"}, {"tr": "Ürün", "en": "The product"}]


def survey(kind: str = "nps", *, inbox: Inbox | None = None, **fields: Any) -> Survey:
    """Switched on, and for everybody with the link unless it has an inbox."""
    told = {"name": f"Anket {kind}", "kind": kind, "occasion": "none", "inbox": inbox}
    made = designing.create(fields=told | {"is_linked": True}, by=cast.selin(), at=after(0))
    return designing.change(survey=made, fields={"is_on": True, **fields}, by=cast.selin(), at=after(0))


def question(about: Survey, text: str, kind: str = "choice", **fields: Any) -> Question:
    told = {"kind": kind, "text_tr": text, "text_en": text, **fields}
    if kind in ("choice", "choices"):
        told.setdefault("options", OPTIONS)
    return designing.ask(survey=about, fields=told, by=cast.selin(), at=after(0))


def person(claim: cast.Claim = cast.AYSE, *, at: datetime | None = None) -> Contact:
    return identity.resolve(claims=[claim], source="email", at=at or after(0))


def answered(
    about: Survey, score: int | None, *, minute: float = 1, by: Contact | None = None, way: str = "link", **given: Any
) -> Response:
    number = Response.objects.count()
    return surveying.answer_openly(
        survey=about,
        given=Given(score=score, **given),
        way=way,
        language="tr",
        nonce=f"n{number}",
        contact=by,
        at=after(minute),
    )


def order(contact: Contact, *, at: datetime, number: str = "10482", state: str = State.DELIVERED) -> Order:
    shop, _is_new = Shop.objects.get_or_create(token="t", defaults={"kind": "feed", "name": "M", "created_at": at})
    return Order.objects.create(
        shop=shop,
        external_id=number,
        number=number,
        state=state,
        currency="TRY",
        total=5,
        contact=contact,
        placed_at=at,
        delivered_at=at,
        modified_at=at,
        recorded_at=at,
    )
