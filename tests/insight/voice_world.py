"""A week of messages as they were read, for tests of what is made of readings."""

from datetime import datetime, timedelta

from muhatap.contacts import identity
from muhatap.contacts.models import Contact
from muhatap.conversations.models import Message
from muhatap.interactions.models import Interaction
from muhatap.sales.models import Product, State
from muhatap.understanding.models import Reading, Topic
from tests import cast
from tests.feedback.asking_shop import order
from tests.insight.conftest import after, writes


def sold(name: str, to: Contact | None, at: datetime, *, number: str, state: str = State.DELIVERED) -> Product:
    """One order of this contact with one thing in it, twice: in white and in grey."""
    assert to is not None
    bought = order(to, at=at, number=number, state=state)
    told = {"shop": bought.shop, "external_id": name, "name": name, "currency": "TRY", "told_at": at}
    product = Product.objects.filter(external_id=name).first() or Product.objects.create(**told)
    for n in (1, 2):
        bought.lines.create(n=n, product=product, name=name, quantity=1, price=5, amount=5)
    return product


def topic(name: str = "Kargo") -> Topic:
    return Topic.objects.get_or_create(slug=name.lower(), defaults={"name": name, "created_at": after(0)})[0]


def said(
    text: str,
    at: datetime | None = None,
    *,
    kind: str = "complaint",
    sender: cast.Claim = cast.AYSE,
    about: Topic | None = None,
    **more: object,
) -> Message:
    """A customer's mail, read as told."""
    moment = at or after(0)
    number = Message.objects.count()
    message = writes(moment, id=f"<{number}@ornek.example>", sender=sender, text=text, reply_text=text, subject="")
    assert message.interaction is not None
    reads(message.interaction, moment, kind=kind, about=about, **more)
    return message


def reads(
    interaction: Interaction, at: datetime, *, kind: str = "complaint", about: Topic | None = None, **more: object
) -> Reading:
    mood = {"complaint": "negative", "praise": "positive"}.get(kind, "neutral")
    fields: dict[str, object] = {
        "kind": kind, "urgency": "normal", "sentiment": mood, "language": "tr", "topic": about, "is_sure": True,
        **{f"{name}_confidence": 0.9 for name in ("kind", "urgency", "sentiment", "language", "topic")},
        "model_version": "test", "text_hash": "", "read_at": at,
    }  # fmt: skip
    return Reading.objects.create(interaction=interaction, at=at, **(fields | more))  # type: ignore[arg-type]


def many(texts: list[str], *, week: int, of: str = "", kind: str = "complaint") -> list[Reading]:
    """One short message of a new person each, spread over a week counted from that of the tests; without threads."""
    begin = after(0) + timedelta(weeks=week)
    rows = []
    for n, text in enumerate(texts):
        at = begin + timedelta(hours=n % 100)
        claim = cast.Claim(kind="email", value=f"{of}{week}.{n}@ornek.example", is_verified=True)
        interaction = Interaction.objects.create(
            kind="message", direction="in", channel="email", inbox=cast.support_inbox(), at=at, recorded_at=at,
            contact=identity.resolve(claims=(claim,), source="email", at=at), excerpt=text,
        )  # fmt: skip
        rows.append(reads(interaction, at, kind=kind))
    return rows
