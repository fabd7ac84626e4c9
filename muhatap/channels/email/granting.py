"""Connecting an account: the application registered at its provider, and the leave of its owner."""

from datetime import datetime

from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.channels.email import oauth
from muhatap.channels.email.models import Grant
from muhatap.channels.models import Inbox
from muhatap.shared import secrets


@transaction.atomic
def register(
    *, inbox: Inbox, provider: str, client_id: str, client_secret: str, tenant: str, by: User, at: datetime
) -> Grant:
    """Keep what the provider's console gave. An empty secret leaves the one there is; none is ever in the audit."""
    values = {"provider": provider, "client_id": client_id, "tenant": tenant}
    if client_secret:
        values["client_secret_sealed"] = secrets.seal(client_secret)
    grant, _is_new = Grant.objects.update_or_create(inbox=inbox, defaults=values)
    audit.record(by=by, at=at, act="inbox.register", kind="inbox", id=inbox.pk, name=inbox.name, changed=sorted(values))
    return grant


@transaction.atomic
def connect(*, grant: Grant, code: str, verifier: str, return_to: str, by: User, at: datetime) -> None:
    """The owner said yes: turn the code into tokens. Raises oauth.Refused; then nothing is kept."""
    oauth.receive(grant, code=code, verifier=verifier, return_to=return_to, at=at)
    audit.record(by=by, at=at, act="inbox.connect", kind="inbox", id=grant.inbox_id, name=grant.inbox.name)
