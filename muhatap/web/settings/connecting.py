"""Connecting an account of Google or Microsoft: the provider asks its owner, we keep what it gives."""

import hashlib
import hmac
import secrets as random
from base64 import urlsafe_b64encode

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from muhatap.channels.email import granting, oauth
from muhatap.channels.email.models import Grant
from muhatap.channels.models import Inbox
from muhatap.shared import clock
from muhatap.web.common.doors import needs, visitor
from muhatap.web.settings.inbox_forms import Secret

ASKED = "oauth_asked"  # in the session: which inbox, the state and the proof


class Application(forms.Form):
    """What the provider's console gives to whoever registers an application there."""

    client_id = forms.CharField(label=gettext_lazy("Client ID"), max_length=300)
    client_secret = Secret(label=gettext_lazy("Client secret"))
    tenant = forms.RegexField(
        oauth.TENANT,
        label=gettext_lazy("Directory (tenant)"),
        required=False,
        help_text=gettext_lazy("Microsoft only. Empty: any organisation."),
    )


@needs("inboxes.edit")
def connect(request: HttpRequest, pk: int) -> HttpResponse:
    inbox = get_object_or_404(Inbox, pk=pk, kind="email")
    provider = str(inbox.setting("auth"))
    if provider not in oauth.PROVIDERS:
        return redirect("settings:health", pk)
    grant = Grant.objects.filter(inbox=inbox).first()
    start = {"client_id": grant.client_id, "tenant": grant.tenant} if grant else {}
    form = Application(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        grant = granting.register(inbox=inbox, provider=provider, **told, by=visitor(request), at=clock.now())
    page = {
        "inbox": inbox,
        "form": form,
        "grant": grant,
        "provider": dict(Grant._meta.get_field("provider").flatchoices)[provider],
        "return_to": _return_to(),
        "ask_url": _ask_url(request, inbox, grant) if grant else "",
    }
    return render(request, "settings/connect.html", page, status=422 if form.errors else 200)


@needs("inboxes.edit")
def returned(request: HttpRequest) -> HttpResponse:
    """The owner comes back from the provider with a code."""
    asked = request.session.pop(ASKED, None) or {}
    is_ours = hmac.compare_digest(str(asked.get("state", "")), request.GET.get("state", "")) and bool(asked)
    if not is_ours:
        messages.error(request, _("This answer belongs to no question of ours. Connect the account again."))
        return redirect("settings:inboxes")
    grant = get_object_or_404(Grant.objects.select_related("inbox"), inbox_id=asked["inbox"])
    try:
        code = request.GET.get("code", "")
        if not code:
            raise oauth.Refused(request.GET.get("error", "")[:200])
        given = {"code": code, "verifier": asked["verifier"], "return_to": _return_to()}
        granting.connect(grant=grant, **given, by=visitor(request), at=clock.now())
    except oauth.Refused as error:
        messages.error(request, _("The provider did not agree: %(words)s") % {"words": error})
        return redirect("settings:connect", grant.inbox_id)
    messages.success(request, _("The account is connected."))
    return redirect("settings:health", grant.inbox_id)


def _ask_url(request: HttpRequest, inbox: Inbox, grant: Grant) -> str:
    """A link, not a form's redirect: the content policy lets forms lead only to ourselves."""
    asked = request.session.get(ASKED)
    if not asked or asked.get("inbox") != inbox.pk:
        asked = {"inbox": inbox.pk, "state": random.token_urlsafe(24), "verifier": random.token_urlsafe(48)}
        request.session[ASKED] = asked
    challenge = urlsafe_b64encode(hashlib.sha256(asked["verifier"].encode()).digest()).decode().rstrip("=")
    return oauth.authorise_url(
        grant, return_to=_return_to(), state=asked["state"], challenge=challenge, hint=inbox.address
    )


def _return_to() -> str:
    return settings.PUBLIC_URL + reverse("settings:connected")
