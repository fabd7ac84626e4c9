"""The pages of those who connect other systems."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from muhatap.accounts import api_keys
from muhatap.accounts.models import ApiKey, AuditEntry
from muhatap.shared import clock
from muhatap.webhooks import delivering, endpoints
from muhatap.webhooks.models import WebhookDelivery, WebhookEndpoint
from tests import cast
from tests.webhooks.receiver import Receiver, receiver

__all__ = ["receiver"]
pytestmark = pytest.mark.django_db
AT = "/settings/developer/"


@pytest.fixture
def selin(client: Client) -> Client:
    """An administrator, logged in."""
    client.force_login(cast.selin(), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def depo(receiver: Receiver) -> WebhookEndpoint:
    return endpoints.create(name="Depo", url=receiver.url, events=["message.created"], by=cast.selin(), at=clock.now())


def make_key(client: Client, **more: Any) -> Any:
    sent = {"name": "Mağaza", "user": cast.zeynep().pk, "scopes": ["contacts:read"], "days": "30"}
    return client.post(f"{AT}keys/new/", sent | more)


def test_a_key_is_shown_once_and_works(selin: Client) -> None:
    answer = make_key(selin)
    token = re.search(r'value="(mhtp_[\w-]+)"', answer.content.decode())
    assert token is not None
    assert answer.headers["Cache-Control"].startswith("max-age=0")
    key = ApiKey.objects.get()
    assert api_keys.by_token(token[1], at=clock.now()) == key
    assert token[1] not in str(ApiKey.objects.values())
    assert timedelta(days=29) < key.expires_at - clock.now() < timedelta(days=31)  # type: ignore[operator]
    page = selin.get(AT).content.decode()
    assert key.prefix in page and token[1] not in page
    assert AuditEntry.objects.filter(act="api_key.create", object_name="Mağaza").exists()


def test_a_revoked_key_opens_nothing(selin: Client) -> None:
    make_key(selin)
    key = ApiKey.objects.get()
    selin.post(f"{AT}keys/{key.pk}/revoke/")
    key.refresh_from_db()
    assert not api_keys.is_standing(key, at=clock.now())


@pytest.mark.parametrize(
    "more", [{"name": ""}, {"scopes": []}, {"scopes": ["everything"]}, {"user": ""}, {"days": "x"}]
)
def test_a_key_with_a_gap_is_not_made(selin: Client, more: dict[str, Any]) -> None:
    answer = make_key(selin, **more)
    assert answer.status_code == 422
    assert not ApiKey.objects.exists()


def test_an_administrator_makes_no_key_that_acts_as_an_owner(selin: Client) -> None:
    assert make_key(selin, user=cast.deniz().pk).status_code == 422
    made = api_keys.create(
        name="x", user=cast.deniz(), scopes=["contacts:read"], expires_at=None, by=cast.deniz(), at=clock.now()
    )
    selin.post(f"{AT}keys/{made.key.pk}/revoke/")
    assert api_keys.by_token(made.token, at=clock.now())


def test_a_webhook_is_made_tested_and_its_log_read(selin: Client, receiver: Receiver) -> None:
    sent = {"name": "Depo", "url": receiver.url, "events": ["message.created", "contact.merged"]}
    made = selin.post(f"{AT}webhooks/new/", sent)
    depo = WebhookEndpoint.objects.get()
    assert made.headers["Location"] == f"{AT}webhooks/{depo.pk}/"
    assert endpoints.secret(depo) in selin.get(made.headers["Location"]).content.decode()
    selin.post(f"{AT}webhooks/{depo.pk}/test/")
    delivering.tell(endpoint_id=depo.pk, at=clock.now())
    assert receiver.types == ["webhook.test"]
    page = selin.get(f"{AT}webhooks/{depo.pk}/").content.decode()
    assert "204 ·" in page
    delivery = WebhookDelivery.objects.get()
    assert "Merhaba, Muhatap." in selin.get(f"{AT}deliveries/{delivery.pk}/").content.decode()
    assert "204 ·" not in selin.get(f"{AT}webhooks/{depo.pk}/?state=failed").content.decode()
    assert "204 ·" not in selin.get(f"{AT}webhooks/{depo.pk}/?type=contact.merged").content.decode()


@pytest.mark.parametrize("more", [{"url": "depo"}, {"url": "ftp://x.example/"}, {"name": ""}, {"events": []}])
def test_a_webhook_with_a_gap_is_not_made_and_what_was_typed_stays(selin: Client, more: dict[str, Any]) -> None:
    sent = {"name": "Depomuz", "url": "https://depo.example/", "events": ["message.created"]} | more
    answer = selin.post(f"{AT}webhooks/new/", sent)
    assert answer.status_code == 422
    assert sent["url"] in answer.content.decode()
    assert not WebhookEndpoint.objects.exists()


def test_what_failed_is_sent_again_with_one_button(selin: Client, depo: WebhookEndpoint, receiver: Receiver) -> None:
    selin.post(f"{AT}webhooks/{depo.pk}/test/")
    selin.post(f"{AT}webhooks/{depo.pk}/off/")
    assert WebhookDelivery.objects.get().state == "failed"
    selin.post(f"{AT}webhooks/{depo.pk}/test/")  # off: nothing is queued
    selin.post(f"{AT}webhooks/{depo.pk}/on/")
    assert selin.post(f"{AT}webhooks/{depo.pk}/replay/", {"since_on": "x"}).status_code == 422
    selin.post(f"{AT}webhooks/{depo.pk}/replay/", {"since_on": "2020-01-01"})
    delivering.tell(endpoint_id=depo.pk, at=clock.now())
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, len(receiver.got)) == ("delivered", 1)
    selin.post(f"{AT}deliveries/{delivery.pk}/replay/")
    delivering.tell(endpoint_id=depo.pk, at=clock.now())
    assert [got.id for got in receiver.got] == [delivery.event.public_id] * 2


def test_a_webhook_is_set_up_anew_and_deleted(selin: Client, depo: WebhookEndpoint) -> None:
    before = endpoints.secret(depo)
    selin.post(f"{AT}webhooks/{depo.pk}/rotate/")
    sent = {"name": "Depo 2", "url": "https://depo.example/", "events": ["contact.merged"]}
    selin.post(f"{AT}webhooks/{depo.pk}/edit/", sent)
    depo.refresh_from_db()
    assert (depo.name, depo.events) == ("Depo 2", ["contact.merged"])
    assert endpoints.secret(depo) != before
    selin.post(f"{AT}webhooks/{depo.pk}/delete/")
    assert not WebhookEndpoint.objects.exists()
    acts = {"webhook.create", "webhook.rotate", "webhook.change", "webhook.delete"}
    assert acts <= set(AuditEntry.objects.values_list("act", flat=True))


def test_the_reference_tells_every_endpoint(client: Client) -> None:
    client.force_login(cast.ece(), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/api/v1/docs", follow=True).content.decode()
    for path in ("/api/v1/conversations", "/api/v1/contacts/{number}/merge", "/api/v1/files", "Idempotency-Key"):
        assert path in page
    assert client.get(AT).status_code == 403
