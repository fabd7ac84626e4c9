"""The shop before its doors open: who works there, where mail and chat arrive, which fields it keeps."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password

from muhatap.accounts.models import Membership, Role, Team, User, Visibility
from muhatap.channels.models import Desk, Inbox
from muhatap.channels.webchat import widget
from muhatap.contacts import designing
from muhatap.contacts.models import CustomField
from muhatap.feedback import asking
from muhatap.shared import secrets
from muhatap.visits import sites
from muhatap.visits.models import Site

DOMAIN = "ihlamurev.example"
PASSWORD = "ihlamur-kokusu-42"  # noqa: S105 (printed at the start; the demo is for looking around)
STAFF = [
    ("deniz", "Deniz Koç", Role.OWNER, Visibility.ALL, []),
    ("selin", "Selin Ak", Role.ADMINISTRATOR, Visibility.ALL, []),
    ("can", "Can Aydın", Role.TEAM_LEAD, Visibility.ALL, ["Destek", "Satış"]),
    ("zeynep", "Zeynep Arslan", Role.AGENT, Visibility.INBOX, ["Destek"]),
    ("mert", "Mert Usta", Role.MARKETER, Visibility.ALL, []),
    ("ece", "Ece Tan", Role.ANALYST, Visibility.ALL, []),
]
FIELDS = {
    "Hitap": (CustomField.Kind.TEXT, []),
    "Doğum günü": (CustomField.Kind.DATE, []),
    "Üyelik": (CustomField.Kind.CHOICE, ["Standart", "Gümüş", "Altın"]),
    "Oda sayısı": (CustomField.Kind.NUMBER, []),
    "Kredi sınırı": (CustomField.Kind.MONEY, []),
}
FIELDS_OF_CONVERSATIONS = {
    "Sipariş no": (CustomField.Kind.TEXT, []),
    "Konu": (CustomField.Kind.CHOICE, ["Teslimat", "İade ve değişim", "Fatura", "Toptan satış"]),
}
GREETING = {
    "tr": "Merhaba, Ihlamur Ev’e hoş geldiniz. Size nasıl yardımcı olalım?",
    "en": "Hello and welcome to Ihlamur Ev. How can we help?",
}


@dataclass(frozen=True)
class Shop:
    """Staff by login name without domain, inboxes by short name, custom fields' keys by label, the secret the shop's own
    site signs with, and that site as it tells of its visitors."""

    staff: dict[str, User]
    inboxes: dict[str, Inbox]
    fields: dict[str, str]
    signing_secret: str
    site: Site


def stands() -> bool:
    """Whether the demo was played into this database."""
    return Inbox.objects.filter(settings__is_demo=True).exists()


def build(*, at: datetime) -> Shop:
    """Staff, teams, inboxes and fields; people, teams and fields that are there already stay as they are."""
    teams = {name: Team.objects.get_or_create(name=name)[0] for name in ("Destek", "Satış")}
    staff = _staff(teams)
    signing_secret = widget.new_secret()
    inboxes = _inboxes(teams, signing_secret)
    for name, inbox in inboxes.items():
        for login in ["can"] if name == "satis" else ["can", "zeynep"]:
            Desk.objects.create(inbox=inbox, user=staff[login])
    for name in ("destek", "web"):
        asking.set_up(inbox=inboxes[name], fields={"is_on": True}, by=staff["deniz"], at=at)
    site = sites.create(name="Ihlamur Ev", origins=[f"https://www.{DOMAIN}"], by=staff["deniz"], at=at)
    return Shop(staff, inboxes, _fields(by=staff["deniz"], at=at), signing_secret, site)


def _staff(teams: dict[str, Team]) -> dict[str, User]:
    hashed = make_password(PASSWORD)
    staff = {}
    for login, name, role, visibility, member_of in STAFF:
        given = {"name": name, "role": role, "visibility": visibility, "password": hashed}
        staff[login], _is_new = User.objects.get_or_create(email=f"{login}@{DOMAIN}", defaults=given)
        for team in member_of:
            Membership.objects.get_or_create(team=teams[team], user=staff[login])
    return staff


def _fields(*, by: User, at: datetime) -> dict[str, str]:
    return {
        **_defined(FIELDS, CustomField.About.CONTACT, by=by, at=at),
        **_defined(FIELDS_OF_CONVERSATIONS, CustomField.About.CONVERSATION, by=by, at=at),
    }


def _defined(
    fields: dict[str, tuple[CustomField.Kind, list[str]]], about: str, *, by: User, at: datetime
) -> dict[str, str]:
    found = {field.label: field.key for field in designing.active(about)}
    for label, (kind, choices) in fields.items():
        if label not in found:
            found[label] = designing.define(label=label, kind=kind, choices=choices, about=about, by=by, at=at).key
    return found


def _inboxes(teams: dict[str, Team], signing_secret: str) -> dict[str, Inbox]:
    mail = {"is_demo": True, "sender_name": "Ihlamur Ev"}
    destek, satis = (
        Inbox.objects.create(
            kind="email", name=f"{name}@{DOMAIN}", address=f"{name}@{DOMAIN}", settings=mail, team=teams[team]
        )
        for name, team in (("destek", "Destek"), ("satis", "Satış"))
    )
    chat = {
        "is_demo": True,
        "greeting": GREETING,
        "email_inbox_id": destek.pk,
        "identity_secret_sealed": secrets.seal(signing_secret),
        "origins": [f"https://{DOMAIN}"],
    }
    web = Inbox.objects.create(
        kind="webchat", name="Web sohbet", settings=chat, team=teams["Destek"], public_key="ihlamur-ev"
    )
    return {"destek": destek, "satis": satis, "web": web}
