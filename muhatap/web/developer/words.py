"""How endpoints, deliveries and attempts are told."""

from django.utils.translation import gettext as _

from muhatap.webhooks import endpoints
from muhatap.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint

TONES = {"waiting": "soon", "delivered": "done", "failed": "late"}


def endpoint_state(endpoint: WebhookEndpoint) -> tuple[str, str]:
    """Its state in words, and the tone."""
    if not endpoint.is_on:
        return endpoint.get_off_because_display(), "" if endpoint.off_because == endpoints.Off.PERSON else "late"
    if endpoint.failing_since:
        return _("Failing"), "late"
    return _("On"), "done"


def delivery_state(delivery: WebhookDelivery) -> tuple[str, str]:
    if delivery.state == WebhookDelivery.State.WAITING and delivery.n_tries:
        return _("Failed, tried again later"), "soon"
    return delivery.get_state_display(), "" if not delivery.n_tries else TONES[delivery.state]


def answered(attempt: WebhookAttempt | None) -> str:
    """ "503 · 120 ms", or why nothing was answered."""
    if attempt is None:
        return ""
    what = str(attempt.status) if attempt.status else _("No answer")
    return f"{what} · {attempt.ms} ms"
