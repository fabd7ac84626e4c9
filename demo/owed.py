"""What the shop owes its customers: two promises that are open, one that is overdue, one that was kept."""

from datetime import datetime, timedelta
from decimal import Decimal

from demo.shop import Shop
from muhatap.accounts.models import User
from muhatap.contacts.models import Contact
from muhatap.conversations.models import Conversation
from muhatap.flow import promises
from muhatap.service.models import Promise
from muhatap.service.promising import Terms

HOUR = timedelta(hours=1)


def promise(shop: Shop, *, at: datetime) -> None:
    """As their pages would have made them; what needs a customer the story has not met is left out."""
    zeynep = shop.staff["zeynep"]
    kept = _made("Ayşe Yılmaz", "Kargo takip numarası yazılacak", "answer", 6, by=zeynep, at=at - 30 * HOUR)
    _made("Ayşe Yılmaz", "#10482 kargoya verilecek", "delivery", 33.5, by=zeynep, at=at - 30 * HOUR, cost="89.90")
    _made("İpek Güneş", "40 önlük için fiyat teklifi", "answer", 27, by=zeynep, at=at - 26 * HOUR)
    _made("Mehmet Kaya", "Değişim kodu gönderilecek", "replacement", 22, by=zeynep, at=at - 24 * HOUR)
    if kept:
        told = {"minutes": 10, "cost": Decimal(0), "why": ""}
        promises.end(promise=kept, outcome="kept", by=zeynep, at=at - 26 * HOUR, **told)


def _made(name: str, what: str, kind: str, hours: float, *, by: User, at: datetime, cost: str = "") -> Promise | None:
    contact = Contact.objects.filter(name=name, merged_into=None).first()
    if contact is None:
        return None
    thread = Conversation.objects.filter(contact=contact, merged_into=None).order_by("-last_message_at", "-pk").first()
    terms = Terms(
        what=what,
        kind=kind,
        due_at=at + hours * HOUR,
        time_zone="Europe/Istanbul",
        expected_minutes=15,
        expected_cost=Decimal(cost) if cost else None,
    )
    return promises.make(contact=contact, terms=terms, by=by, at=at, conversation=thread)
