"""The front page for developers: keys, webhooks, and the way to the reference."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from muhatap.accounts import api_keys
from muhatap.accounts.models import ApiKey
from muhatap.shared import clock
from muhatap.web.common.doors import needs
from muhatap.web.developer.words import endpoint_state
from muhatap.webhooks.models import WebhookEndpoint


@dataclass(frozen=True, kw_only=True)
class KeyLine:
    """`said` is empty while the key opens something."""

    key: ApiKey
    scopes: str
    said: str
    dialog: str


@needs("developer.edit")
def show(request: HttpRequest) -> HttpResponse:
    keys = ApiKey.objects.select_related("user").order_by("revoked_at", "-id")[:200]
    hooks = WebhookEndpoint.objects.order_by("-is_on", "name", "id")
    page = {
        "keys": [_line(key) for key in keys],
        "hooks": [(hook, *endpoint_state(hook)) for hook in hooks],
        "example": f'curl -H "Authorization: Bearer mhtp_…" {settings.PUBLIC_URL}/api/v1/me',
    }
    return render(request, "developer/index.html", page)


def _line(key: ApiKey) -> KeyLine:
    said = ""
    if key.revoked_at:
        said = _("Revoked")
    elif not api_keys.is_standing(key, at=clock.now()):
        said = _("Expired")
    elif not key.user.is_active:
        said = _("Its user may not log in")
    return KeyLine(key=key, scopes=", ".join(key.scopes), said=said, dialog=f"revoke-{key.pk}")
