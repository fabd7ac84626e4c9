"""Reaching browsers whose pages are closed: their subscriptions, our key, and one push."""

import http.client
import json
import logging
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import translation

from muhatap.accounts.models import User
from muhatap.notices import presence, resting, things, webpush, words
from muhatap.notices.models import Notice, PushKey, PushSubscription
from muhatap.shared import outgoing, secrets

log = logging.getLogger(__name__)
GONE = {404, 410}
PATIENCE = 8.0  # seconds for one push service
USEFUL = timedelta(hours=4)  # a push that waited longer at the service says nothing new
MOST = 20  # browsers of one user; the oldest goes


class NoAddress(ValueError):
    """This is no address of a push service."""


def public_key(*, at: datetime) -> str:
    """What a browser needs to subscribe; the key is made when it is first asked for."""
    found = PushKey.objects.first()
    if found is None:
        private = webpush.new_key()
        made = PushKey(private_sealed=secrets.seal(private), public=webpush.public(private), made_at=at)
        PushKey.objects.bulk_create([made], ignore_conflicts=True)  # somebody else may have asked at the same moment
        found = PushKey.objects.get()
    return found.public


@transaction.atomic
def subscribe(
    *, user: User, session_key: str, endpoint: str, public_key: str, secret: str, at: datetime
) -> PushSubscription:
    """Reach this browser from now on, while this login lasts. Raises NoAddress, webpush.BadKey."""
    parts = urlsplit(endpoint)
    if parts.scheme != "https" or not parts.hostname or len(endpoint) > 1000:
        raise NoAddress(endpoint[:100])
    webpush.checked(public_key, secret)
    row, _is_new = PushSubscription.objects.update_or_create(
        endpoint=endpoint,
        defaults={"user": user, "session_key": session_key, "public_key": public_key, "secret": secret},
        create_defaults={
            "user": user, "session_key": session_key, "public_key": public_key, "secret": secret, "since_at": at,
        },
    )  # fmt: skip
    old = PushSubscription.objects.filter(user=user).order_by("-id").values_list("pk", flat=True)[MOST:]
    PushSubscription.objects.filter(pk__in=list(old)).delete()
    return row


def unsubscribe(*, user: User, endpoint: str) -> None:
    PushSubscription.objects.filter(user=user, endpoint=endpoint).delete()


def push_notice(*, notice_id: int, at: datetime) -> None:
    """Push one notice, unless it was seen meanwhile or is theirs to see no more, a page of ours is before their eyes, or they want quiet."""
    rows = Notice.objects.select_related("user", *words.NEEDED)
    notice = rows.filter(pk=notice_id, seen_at=None).first()
    if notice is None or presence.is_looking(notice.user, at=at) or resting.rests(notice.user, at=at, kind=notice.kind):
        return
    if not things.shown(notice.user).filter(pk=notice.pk).exists():
        return
    with translation.override(notice.user.language or settings.LANGUAGE_CODE):
        said = words.said(notice)
    send(
        user=notice.user,
        content={
            "title": said.title,
            "text": said.text,
            "url": words.path(notice),
            "tag": notice.about,
        },
        at=at,
    )


def send(*, user: User, content: Mapping[str, str], at: datetime, may_be_private: bool = False) -> int:
    """Push to every browser of a user that is still logged in. How many services took it."""
    if not user.is_active:
        return 0
    return sum(_pushed(row, content, at=at, may_be_private=may_be_private) for row in of(user, at=at))


def of(user: User, *, at: datetime) -> list[PushSubscription]:
    """The browsers of a user; those whose login has ended are forgotten."""
    rows = list(PushSubscription.objects.filter(user=user))
    standing = set(
        Session.objects.filter(session_key__in=[row.session_key for row in rows], expire_date__gt=at).values_list(
            "session_key", flat=True
        )
    )
    ended = [row.pk for row in rows if row.session_key not in standing]
    if ended:
        PushSubscription.objects.filter(pk__in=ended).delete()
    return [row for row in rows if row.session_key in standing]


def _pushed(row: PushSubscription, content: Mapping[str, str], *, at: datetime, may_be_private: bool) -> bool:
    key = PushKey.objects.first()
    if key is None:
        return False
    try:
        private = secrets.unseal(key.private_sealed)
        body = webpush.encrypt(json.dumps(content).encode(), public_key=row.public_key, secret=row.secret)
    except (secrets.SecretLost, ValueError) as error:
        log.warning("a push to user %s was not made: %s", row.user_id, error)
        return False
    headers = webpush.headers(
        endpoint=row.endpoint,
        private_pem=private,
        contact=f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}",
        at=at,
        ttl=USEFUL,
        topic=content["tag"][:32],
    )
    try:
        status = _posted(row.endpoint, body, headers, may_be_private=may_be_private)
    except (outgoing.Refused, OSError, http.client.HTTPException) as error:
        log.warning("a push service did not answer for user %s: %s", row.user_id, error)
        return False
    if status in GONE:
        row.delete()
    elif status >= 300:
        log.warning("a push service answered %s for user %s", status, row.user_id)
    return 200 <= status < 300


def _posted(endpoint: str, body: bytes, headers: Mapping[str, str], *, may_be_private: bool) -> int:
    parts = urlsplit(endpoint)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    until = time.monotonic() + PATIENCE
    with outgoing.connected(parts, until=until, may_be_private=may_be_private) as connection:
        connection.request("POST", path, body=body, headers={"User-Agent": "Muhatap", **headers})
        return connection.getresponse().status
