"""A handful of contacts, colleagues who are logged in, and what a test of these pages says in one word."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

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


@pytest.fixture
def ayse() -> Contact:
    contact = met("Ayşe Yılmaz", "ayse.yilmaz@ornek.example", city="İzmir", phone="0532 123 41 18", language="tr")
    tagging.tag(contacts=[contact.pk], name="Sadık", by=cast.can(), at=NOW)
    return contact


@pytest.fixture
def ipek() -> Contact:
    return met("İpek Güneş", "ipek@gunesotel.example", at=NOW - timedelta(days=200), city="Muğla", company="Güneş Otel")


@pytest.fixture
def everybody(ayse: Contact, ipek: Contact) -> list[Contact]:
    return [
        ayse,
        ipek,
        met("Mehmet Kaya", "mehmet.kaya@ornek.example", at=NOW - timedelta(days=5)),
        met("Ayşegül Kara", "aysegul@ornek.example", at=NOW - timedelta(days=40)),
        met("Şule Çağlar", "sule@ornek.example", at=NOW - timedelta(days=2)),
        met("Emily Carter", "emily.carter@example.com", language="en"),
    ]


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
