"""A handful of contacts, colleagues who are logged in, and what a test of these pages says in one word."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from muhatap.accounts.models import User
from muhatap.channels.contract import Claim
from muhatap.contacts import identity, profile, tagging
from muhatap.contacts.models import Contact
from muhatap.conversations.models import Conversation, Message
from muhatap.interactions.models import Interaction
from tests import cast
from tests.cast import NOW

HX = {"HX-Request": "true"}


def url(name: str, *args: object) -> str:
    return reverse(f"contacts:{name}", args=args)


def met(name: str, email: str, *, at=NOW, **facts: str) -> Contact:
    claim = Claim(kind="email", value=email, is_verified=True, name=name)
    contact = identity.resolve(claims=[claim], source="email", at=at)
    profile.update(contact=contact, facts=facts, source="webchat", at=at)
    return contact


def known(name: str, email: str, **more: object) -> Contact:
    """The contact of this name; met now, if nobody has met them yet."""
    return Contact.objects.filter(name=name).first() or met(name, email, **more)


def meet_ayse() -> Contact:
    contact = known("Ayşe Yılmaz", "ayse.yilmaz@ornek.example", city="İzmir", phone="0532 123 41 18", language="tr")
    tagging.tag(contacts=[contact.pk], name="Sadık", by=cast.can(), at=NOW)
    return contact


def meet_ipek() -> Contact:
    ago = NOW - timedelta(days=200)
    return known("İpek Güneş", "ipek@gunesotel.example", at=ago, city="Muğla", company="Güneş Otel")


def meet_everybody() -> list[Contact]:
    return [
        meet_ayse(),
        meet_ipek(),
        known("Mehmet Kaya", "mehmet.kaya@ornek.example", at=NOW - timedelta(days=5)),
        known("Ayşegül Kara", "aysegul@ornek.example", at=NOW - timedelta(days=40)),
        known("Şule Çağlar", "sule@ornek.example", at=NOW - timedelta(days=2)),
        known("Emily Carter", "emily.carter@example.com", language="en"),
    ]


@pytest.fixture(scope="module")
def village(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Everybody, met once for a file of tests whose every test wants them; each of them rolls back to that, and in the end they are gone."""
    with django_db_blocker.unblock(), transaction.atomic():
        meet_everybody()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def ayse(db: None) -> Contact:
    return meet_ayse()


@pytest.fixture
def ipek(db: None) -> Contact:
    return meet_ipek()


@pytest.fixture
def everybody(db: None) -> list[Contact]:
    return meet_everybody()


def enter(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


@pytest.fixture
def zeynep(client: Client) -> Client:
    return enter(client, cast.zeynep())


@pytest.fixture
def can(client: Client) -> Client:
    return enter(client, cast.can())


@pytest.fixture
def selin(client: Client) -> Client:
    return enter(client, cast.selin())


def names(answer) -> list[str]:
    return [row.name for row in answer.context["rows"]]


def wrote(contact: Contact, text: str, *, at=NOW, in_thread: bool = True) -> Interaction:
    happened = Interaction.objects.create(
        kind="message",
        direction="in",
        channel="email",
        contact=contact,
        at=at,
        recorded_at=at,
        title="Nevresim",
        excerpt=text,
    )
    if in_thread:
        thread = Conversation.objects.create(
            inbox=cast.support_inbox(), contact=contact, created_at=at, last_message_at=at
        )
        Message.objects.create(
            conversation=thread,
            inbox=thread.inbox,
            kind="inbound",
            interaction=happened,
            contact=contact,
            at=at,
            recorded_at=at,
        )
    return happened
