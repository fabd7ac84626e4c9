"""Who wants to be told: making, changing, turning off and on, and changing secrets without missing a beat."""

from collections.abc import Collection
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.shared import secrets
from muhatap.webhooks import signing
from muhatap.webhooks.models import WebhookDelivery, WebhookEndpoint

EVENTS = {
    "conversation.created": _("A conversation began"),
    "conversation.updated": _("Something about it changed: tags, priority, snooze, spam, split, move, merge"),
    "conversation.assigned": _("It was given to somebody, to a team, or to nobody"),
    "conversation.resolved": _("It was resolved"),
    "conversation.reopened": _("It was opened again"),
    "message.created": _("A message, reply or note was written"),
    "promise.made": _("Something was promised to a customer"),
    "promise.updated": _("A promise was put off, or is open again"),
    "promise.ended": _("A promise was kept, broken or withdrawn"),
    "case.opened": _("A case was opened"),
    "case.updated": _("A case was changed, given to somebody, opened again or closed"),
    "case.resolved": _("A case was resolved"),
    "survey.answered": _("A customer answered a survey, went on with it or changed an answer"),
    "contact.created": _("A contact was added"),
    "contact.updated": _("Somebody changed a contact, its tags or its addresses"),
    "contact.merged": _("Two contacts were merged, or a merge taken apart"),
}
TEST = "webhook.test"
OLD_SECRET_HOLDS = timedelta(hours=24)
LONGEST_URL = 1000
Off = WebhookEndpoint.Off


class BadAddress(ValueError):
    """We would not send there; the text says why."""


class NothingChosen(ValueError):
    """An endpoint that hears of nothing, or of events there are not."""


@transaction.atomic
def create(*, name: str, url: str, events: Collection[str], by: User, at: datetime) -> WebhookEndpoint:
    """A new endpoint with a secret of its own. Raises BadAddress, NothingChosen."""
    _check(url, events)
    endpoint = WebhookEndpoint.objects.create(
        name=name,
        url=url,
        events=_known(events),
        secret_sealed=secrets.seal(signing.new_secret()),
        by=by,
        created_at=at,
    )
    _tell(endpoint, "webhook.create", by=by, at=at, host=_host(url), events=endpoint.events)
    return endpoint


@transaction.atomic
def revise(*, endpoint: WebhookEndpoint, name: str, url: str, events: Collection[str], by: User, at: datetime) -> None:
    """Raises BadAddress, NothingChosen; then nothing is changed."""
    _check(url, events)
    endpoint.name, endpoint.url, endpoint.events = name, url, _known(events)
    endpoint.save(update_fields=["name", "url", "events"])
    _tell(endpoint, "webhook.change", by=by, at=at, host=_host(url), events=endpoint.events)


@transaction.atomic
def rotate(*, endpoint: WebhookEndpoint, by: User, at: datetime) -> None:
    """A new secret. For a day everything is signed with both, so that the other side changes over when it likes."""
    endpoint.old_secret_sealed, endpoint.old_secret_until = endpoint.secret_sealed, at + OLD_SECRET_HOLDS
    endpoint.secret_sealed = secrets.seal(signing.new_secret())
    endpoint.save(update_fields=["secret_sealed", "old_secret_sealed", "old_secret_until"])
    _tell(endpoint, "webhook.rotate", by=by, at=at)


@transaction.atomic
def turn_on(*, endpoint: WebhookEndpoint, by: User, at: datetime) -> None:
    """From now on it hears again. What it missed meanwhile was not kept for it; what had failed can be sent again."""
    endpoint.is_on, endpoint.off_because, endpoint.off_at = True, "", None
    endpoint.failing_since, endpoint.resting_until, endpoint.n_failed_in_a_row = None, None, 0
    endpoint.save()
    _tell(endpoint, "webhook.on", by=by, at=at)


@transaction.atomic
def turn_off(*, endpoint: WebhookEndpoint, because: str, by: User | None, at: datetime) -> None:
    """It hears nothing more, and what waited for it is given up."""
    endpoint.is_on, endpoint.off_because, endpoint.off_at = False, because, at
    endpoint.save(update_fields=["is_on", "off_because", "off_at"])
    waiting = endpoint.deliveries.filter(state=WebhookDelivery.State.WAITING)
    waiting.update(state=WebhookDelivery.State.FAILED, next_at=None, settled_at=at)
    _tell(endpoint, "webhook.off", by=by, at=at, because=because)


@transaction.atomic
def delete(*, endpoint: WebhookEndpoint, by: User, at: datetime) -> None:
    """Its log goes with it."""
    _tell(endpoint, "webhook.delete", by=by, at=at, host=_host(endpoint.url))
    endpoint.delete()


def secret(endpoint: WebhookEndpoint) -> str:
    """The secret the other side verifies with. Raises SecretLost."""
    return secrets.unseal(endpoint.secret_sealed)


def valid_secrets(endpoint: WebhookEndpoint, *, at: datetime) -> list[str]:
    """The secret, and the one before as long as it holds. Raises SecretLost."""
    is_changing = endpoint.old_secret_until is not None and endpoint.old_secret_until > at
    return [secret(endpoint), *([secrets.unseal(endpoint.old_secret_sealed)] if is_changing else [])]


def may_be_private() -> bool:
    """Whether this installation lets webhooks go to its own neighbours, as programs on the same network need."""
    return bool(settings.WEBHOOKS_MAY_BE_PRIVATE)


def _check(url: str, events: Collection[str]) -> None:
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise BadAddress(
            gettext("This is not a whole address. Example: https://depo.ihlamurev.example/muhatap")
        ) from error
    if parts.scheme not in ("http", "https") or not is_whole or len(url) > LONGEST_URL or not url.isascii():
        raise BadAddress(gettext("This is not a whole address. Example: https://depo.ihlamurev.example/muhatap"))
    if any(not letter.isprintable() or letter == " " for letter in url):
        raise BadAddress(gettext("This is not a whole address. Example: https://depo.ihlamurev.example/muhatap"))
    if parts.username or parts.password:
        raise BadAddress(gettext("Write no name or password into the address: everything is signed instead."))
    if not events or not set(events) <= set(EVENTS):
        raise NothingChosen(events)


def _known(events: Collection[str]) -> list[str]:
    return [event for event in EVENTS if event in events]


def _host(url: str) -> str:
    """Addresses may carry secrets in their path; the audit is read by more people than those."""
    return urlsplit(url).hostname or ""


def _tell(endpoint: WebhookEndpoint, act: str, *, by: User | None, at: datetime, **details: object) -> None:
    audit.record(by=by, at=at, act=act, kind="webhook", id=endpoint.pk, name=endpoint.name, **details)
