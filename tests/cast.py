"""The cast: the same people and one small shop, in tests, seeds, docs and screenshots."""

from datetime import UTC, datetime, timedelta

from muhatap.accounts.models import Role, Team, User, Visibility
from muhatap.channels.contract import Address, Claim, Inbound
from muhatap.channels.models import Desk, Inbox

NOW = datetime(2026, 11, 21, 11, 32, tzinfo=UTC)  # Saturday 14:32 in Istanbul
PASSWORD = "ihlamur-kokusu-42"


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


def staff(email: str, name: str, role: str, visibility: str = Visibility.ALL) -> User:
    found = User.objects.filter(email=email).first()
    return found or User.objects.create_user(email, PASSWORD, name=name, role=role, visibility=visibility)


def zeynep() -> User:
    """The agent who answers."""
    return staff("zeynep@ihlamurev.example", "Zeynep Arslan", Role.AGENT, Visibility.INBOX)


def can() -> User:
    return staff("can@ihlamurev.example", "Can Aydın", Role.TEAM_LEAD)


def deniz() -> User:
    return staff("deniz@ihlamurev.example", "Deniz Koç", Role.OWNER)


def selin() -> User:
    return staff("selin@ihlamurev.example", "Selin Ak", Role.ADMINISTRATOR)


def mert() -> User:
    return staff("mert@ihlamurev.example", "Mert Usta", Role.MARKETER)


def ece() -> User:
    return staff("ece@ihlamurev.example", "Ece Tan", Role.ANALYST)


def destek() -> Team:
    return Team.objects.get_or_create(name="Destek")[0]


def support_inbox(**settings: object) -> Inbox:
    """destek@ihlamurev.example, where Zeynep sits."""
    inbox, is_new = Inbox.objects.get_or_create(
        name="destek@ihlamurev.example",
        defaults={"kind": "email", "address": "destek@ihlamurev.example", "settings": settings, "team": destek()},
    )
    if is_new:
        Desk.objects.create(inbox=inbox, user=zeynep())
    return inbox


def chat_inbox(**settings: object) -> Inbox:
    """The bubble on the shop."""
    inbox, is_new = Inbox.objects.get_or_create(
        name="Web sohbet",
        defaults={"kind": "webchat", "settings": settings, "public_key": "ihlamur-ev", "team": destek()},
    )
    if is_new:
        Desk.objects.create(inbox=inbox, user=zeynep())
    return inbox


AYSE = Claim(kind="email", value="ayse.yilmaz@ornek.example", is_verified=True, name="Ayşe Yılmaz")
MEHMET = Claim(kind="email", value="mehmet.kaya@ornek.example", is_verified=True, name="Mehmet Kaya")
ELIF = Claim(kind="email", value="elif.sahin@ornek.example", is_verified=True, name="Elif Şahin")
EMILY = Claim(kind="email", value="emily.carter@example.com", is_verified=True, name="Emily Carter")
STRANGER = Claim(kind="email", value="yabanci@baska.example", is_verified=True)


def mail(
    sender: Claim = AYSE,
    *,
    id: str,
    text: str = "Siparişim gelmedi.",
    subject: str = "Nevresim takımım hâlâ gelmedi",
    **more: object,
) -> Inbound:
    """An inbound mail as the parser would have understood it."""
    fields: dict[str, object] = {
        "kind": "message",
        "external_id": id,
        "at": NOW,
        "sender": sender,
        "claims": (sender,),
        "to": (Address(email="destek@ihlamurev.example"),),
        "subject": subject,
        "text": text,
        "reply_text": text,
    }
    return Inbound(**(fields | more))  # type: ignore[arg-type]
