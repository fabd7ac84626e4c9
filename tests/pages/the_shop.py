"""The demo shop standing on a server for browser tests that only look: played once for a whole file of tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY, record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory, override_settings
from pytest_django.live_server_helper import LiveServer

from demo.play import play
from muhatap.accounts import api_keys, inviting
from muhatap.accounts.models import Team, User
from muhatap.assistant import asking, setting
from muhatap.assistant.setting import Wanted
from muhatap.automation.models import AutomationRule, Macro, RuleFiring
from muhatap.channels.models import Inbox
from muhatap.contacts.models import Company, Contact, CustomField
from muhatap.conversations.models import Attachment, Conversation, Message, SavedView, Scheduled
from muhatap.duplicates import running as looks
from muhatap.duplicates.models import Proposal
from muhatap.feedback import answering, designing
from muhatap.feedback.answering import Given
from muhatap.feedback.models import Invitation, Response
from muhatap.flow import assisting, duplicates, surveying, telling, visitors
from muhatap.imports import mapping, running, uploading
from muhatap.interactions.models import Quarantine
from muhatap.sales import shops as places
from muhatap.sales.models import Order, ShopDelivery
from muhatap.sales.models import Shop as Place
from muhatap.service.models import BusinessHours, Case, Cause, Holiday, Promise, SlaPolicy
from muhatap.shared import clock
from muhatap.understanding import themes, topics
from muhatap.understanding.models import LearnedModel, Reading, Theme, ThemeMember, ThemeWeek, Topic
from muhatap.visits import folding, keeping, segment, sites
from muhatap.visits.models import Event, Visit, VisitorProof
from muhatap.webhooks import endpoints
from muhatap.webhooks.models import WebhookAttempt
from muhatap.writing.models import CannedReply, Signature
from tests import emptying

A_DAY = 86_400
STAFF = ("deniz", "selin", "zeynep", "ece")
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Shop:
    """Where the shop stands, the numbers pages are called by, and the session of each of its staff."""

    url: str
    numbers: dict[str, Any]
    sessions: dict[str, str]


@contextmanager
def standing(folder: Path) -> Iterator[Shop]:
    """The shop with a second factor, a passkey and an invitation. It leaves the database as empty as it was."""
    with override_settings(
        DATA_DIR=folder, LIVE_URL=""
    ):  # streams need the ASGI server; tests/pages/test_story.py has it
        play(at=clock.now(), report=lambda _line: None)
        _secure()
        server = LiveServer("localhost")
        try:
            yield Shop(server.url, _numbers(), {login: _session(login) for login in STAFF})
        finally:
            server.stop()
            _let_go()
            emptying.empty()


def _let_go() -> None:
    """End what the server's threads still hold."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )


def _secure() -> None:
    User.objects.update(language="")  # the language is that of the window
    for login in ("deniz", "mert"):
        user = User.objects.get(email=f"{login}@ihlamurev.example")
        TOTP.activate(user, generate_totp_secret())
        RecoveryCodes.activate(user)
    deniz = User.objects.get(email="deniz@ihlamurev.example")
    kept = {"name": "Deniz’in telefonu", "credential": {}}
    Authenticator.objects.create(user=deniz, type=Authenticator.Type.WEBAUTHN, data=kept)


def _with_topics() -> int:
    topics.ensure(at=clock.now())
    return Topic.objects.earliest("pk").pk


def _numbers() -> dict[str, Any]:
    letters, chat = (
        Conversation.objects.get(subject=subject)
        for subject in ("Nevresim takımım hâlâ gelmedi", "Keten önlük, ıhlamur yeşili")
    )
    deniz = User.objects.get(email="deniz@ihlamurev.example")
    link = inviting.invite(
        email="gul@ihlamurev.example", name="Gül Taş", role="agent", visibility="team", teams_of=[], by=deniz,
        at=clock.now(),
    )  # fmt: skip
    first: dict[str, Any] = {
        "team": Team, "view": SavedView, "rule": AutomationRule, "firing": RuleFiring, "macro": Macro,
        "company": Company, "field": CustomField, "quarantined": Quarantine, "attachment": Attachment,
        "order": Order, "sold_at": Place, "sold_delivery": ShopDelivery, "policy": SlaPolicy, "hours": BusinessHours, "holiday": Holiday,
        "promise": Promise, "case": Case, "cause": Cause, "canned": CannedReply, "signature": Signature,
    }  # fmt: skip
    return {
        "letters": letters.pk,
        "chat": chat.pk,
        "message": letters.messages.filter(kind=Message.Kind.INBOUND).earliest("at").pk,
        "ayse": letters.contact_id,
        "ipek": Contact.objects.get(name="İpek Güneş").pk,
        "tuncay": Contact.objects.get(name="Tuncay Güneş").pk,
        "mailbox": Inbox.objects.filter(kind="email").earliest("pk").pk,
        "widget": Inbox.objects.get(kind="webchat").pk,
        "forum": Inbox.objects.get(kind="rss").pk,
        "posted": Conversation.objects.filter(inbox__kind="rss").earliest("pk").pk,
        "zeynep": User.objects.get(email="zeynep@ihlamurev.example").pk,
        "passkey": Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN).pk,
        "invitation": link.token,
        "rating": answering.token(Invitation.objects.exclude(sent_at=None).filter(response=None).earliest("pk")),
        "rated": answering.token(Response.objects.earliest("pk").invitation),
        **_connected(deniz),
        "site": _told_by_pages(deniz),
        "marketplace": _at_a_marketplace(deniz),
        **_imported(deniz),
        **_asked(deniz),
        **_surveyed(deniz, letters.contact),
        "theme": _themed(),
        "asking": _helped(letters),
        "topic": _with_topics(),
        "learned": _learned(),
        "scheduled": Scheduled.objects.earliest("pk").conversation_id,
        "visit": Visit.objects.exclude(interaction=None).order_by("-n_pages", "pk")[0].pk,
        **{name: model.objects.earliest("pk").pk for name, model in first.items()},
    }


def _at_a_marketplace(by: User) -> int:
    values = {"name": "Trendyol", "account": "99", "api_name": "anahtar", "api_secret": "gizli"}
    return places.connect(kind="trendyol", values=values, by=by, at=clock.now()).pk


def _asked(by: User) -> dict[str, int]:
    """A look at everybody: two who may be one, a group, and one who may be two."""
    run = looks.begin(by=by, at=clock.now())
    duplicates.look(run_id=run.pk, at=clock.now())
    torn = Proposal.objects.get(about="two", state="open")
    group = Proposal.objects.filter(about="same", state="open").order_by("-n_group", "id")
    return {"question": group[0].pk, "torn": torn.pk, "doubted": torn.one, "doubted_record": torn.records[0]}


def _helped(letters: Conversation) -> int:
    """The writing assistant, and a draft it wrote that was thrown away."""
    selin, zeynep = (User.objects.get(email=f"{one}@ihlamurev.example") for one in ("selin", "zeynep"))
    tasks = {"does_draft": True, "does_summarise": True, "does_translate": True}
    wanted = Wanted(url="https://api.example.com/v1", model="ihlamur-7b", key="sk-1", seconds=60, **tasks)
    setting.change(wanted=wanted, by=selin, at=clock.now())
    row = assisting.prepare(conversation=letters, task="draft", by=zeynep, at=clock.now(), wish="Özür dile")
    asking.send(asking=row, by=zeynep, at=clock.now())
    begun = asking.begin(asking_id=row.pk, at=clock.now())
    asking.answer(asking=begun or row, text="Merhaba [KİŞİ_1], [gün] yolda.", at=clock.now())
    asking.drop(asking=row, by=zeynep, at=clock.now())
    return int(row.pk)


def _themed() -> int:
    """A theme of what stands there, as the nightly look would find it."""
    week = themes.monday(clock.now())
    theme = Theme.objects.create(words=["kargo", "gelmedi", "nerede"], begins_on=week, found_at=clock.now())
    free = Reading.objects.exclude(pk__in=ThemeMember.objects.values("reading"))  # the demo has themes of its own
    for reading in free.order_by("-at")[:4]:
        ThemeMember.objects.create(theme=theme, reading=reading, week_on=week, near=0.8)
    told = {"n_messages": 4, "n_people": 4, "n_all": 20, "expected": 0.5, "chance": 0.0001, "is_jump": True}
    ThemeWeek.objects.create(theme=theme, begins_on=week, **told)
    return int(theme.pk)


def _learned() -> int:
    """A try to learn that came to nothing, and what it was judged by."""
    numbers = list(Reading.objects.order_by("-at").values_list("pk", flat=True)[:4])
    told = {"n_corrections": 3, "n_held_back": 4, "before": 0.75, "after": 0.5, "why": "worse", "held_back": numbers}
    return LearnedModel.objects.create(about="kind", base="1", fitted_at=clock.now(), is_used=False, **told).pk


def _surveyed(by: User, ayse: Contact) -> dict[str, Any]:
    """A survey for everybody with a question after a low score, and what Ayşe and somebody unknown answered."""
    at = clock.now()
    fields = {"name": "Yılda bir", "kind": "nps", "occasion": "none", "is_linked": True}
    survey = designing.create(fields=fields, by=by, at=at)
    survey = designing.change(survey=survey, fields={"is_on": True}, by=by, at=at)
    options = [{"tr": "Kargo", "en": "Delivery"}, {"tr": "Ürün", "en": "The product"}]
    told = {
        "kind": "choice",
        "text_tr": "En çok ne üzdü?",
        "text_en": "What upset you most?",
        "most": 6,
        "options": options,
    }
    question = designing.ask(survey=survey, fields=told, by=by, at=at)
    for number, (contact, score) in enumerate([(ayse, 3), (None, 9)]):
        given = Given(score=score, comment="Kargo iki gün geç geldi." if contact else "")
        surveying.answer_openly(
            survey=survey, given=given, way="link", language="tr", nonce=f"shop-{number}", contact=contact, at=at
        )
    low = survey.responses.get(score=3)
    return {
        "survey": survey.pk,
        "survey_question": question.pk,
        "survey_key": survey.key,
        "survey_receipt": answering.receipt(low),
    }


def _imported(by: User) -> dict[str, int]:
    """A file that was tried out, one that was taken but for a row, and one that nobody can read."""
    at, head = clock.now(), "Ad Soyad;E-posta;Şehir\n"
    rows = f"{head}Ayşe Yılmaz;ayse.yilmaz@ornek.example;Foça\nNazlı Ay;nazli@ornek.example;Bursa\nBozuk;nazli;\n"
    mapped, imported = (
        uploading.begin(name=name, chunks=[rows.encode()], by=by, at=at) for name in ("fuar.csv", "eski-liste.csv")
    )
    for one in (mapped, imported):
        chosen = mapping.Chosen(columns=one.columns, match="email", mode="both")
        mapping.choose(one=one, chosen=chosen, by=by, at=at)
    running.rehearse(one=mapped, by=by, at=at)
    running.run(one=imported, by=by, at=at)
    unreadable = uploading.begin(name="foto.csv", chunks=[b"\x89PNG\r\n\x1a\n\x00\x00"], by=by, at=at)
    return {"mapped": mapped.pk, "imported": imported.pk, "unreadable": unreadable.pk}


def _connected(by: User) -> dict[str, int]:
    """A key, and a webhook that was told once and did not answer."""
    at = clock.now()
    api_keys.create(
        name="Mağaza siparişleri", user=by, scopes=["contacts:read"], expires_at=at + timedelta(days=365), by=by, at=at
    )
    hook = endpoints.create(
        name="Depo", url="https://depo.ihlamurev.example/muhatap", events=["message.created"], by=by, at=at
    )
    telling.tell_test(endpoint=hook, at=at)
    delivery = hook.deliveries.get()
    WebhookAttempt.objects.create(delivery=delivery, at=at, status=503, ms=120, said="Bakımdayız")
    return {"webhook": hook.pk, "delivery": delivery.pk}


def _told_by_pages(by: User) -> int:
    """A web site of which an event arrived, and one was refused."""
    at = clock.now()
    site = sites.create(name="Ihlamur Ev (deneme)", origins=["https://www.ihlamurev.example"], by=by, at=at)
    keeping.look_ahead(at=at)
    looks = b'{"type": "page", "name": "Product Viewed", "anonymousId": "tarayici-1"}'
    told = segment.rows(segment.opened(looks, call="page"), call="page", site_id=site.pk, received_at=at)
    for row in told:
        Event.objects.create(**row._asdict() | {"message_key": UUID(bytes=row.message_key), "payload": looks.decode()})
    folding.fold(at=at + timedelta(minutes=1))
    VisitorProof.objects.create(
        site=site, visitor="tarayici-1", how="signed", subject="20871", email="ayse.yilmaz@ornek.example",
        is_email_verified=True, at=at, recorded_at=at,
    )  # fmt: skip
    visitors.follow(at=at)
    sites.note(refused=[(site.pk, segment.Refused("origin", "https://baska.example", ""), at)], last={site.pk: at})
    return site.pk


def _session(login: str) -> str:
    """A session of somebody who has just shown who they are, and is asked no second time however slow the machine."""
    user = User.objects.get(email=f"{login}@ihlamurev.example")
    client = Client()
    client.force_login(user, backend=BACKEND)
    request = RequestFactory().get("/")
    request.session = client.session
    record_authentication(request, user, "password", reauthenticated=True)
    request.session[AUTHENTICATION_METHODS_SESSION_KEY][-1]["at"] += A_DAY
    request.session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value
