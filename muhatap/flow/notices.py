"""Notices by mail on their way to the inbox that listens for them: the mail is only the messenger of a post."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from muhatap.channels import registry
from muhatap.channels.contract import Inbound, Untranslatable
from muhatap.channels.models import Inbox
from muhatap.channels.notice import adapter
from muhatap.interactions import intake
from muhatap.interactions.models import RawItem

KEPT = ("site", "labels")  # of the settings, what a notice is read with
LOOKED_THROUGH = 50  # mails of a try


def carried(item: RawItem, mail: Inbound, *, at: datetime) -> bool:
    """Whether a mail was a notice of a post and was handed on; it then is nobody's letter. Handing on twice is once."""
    if item.inbox.kind != "email" or mail.kind == "bounce":
        return False
    for inbox in Inbox.objects.filter(kind=adapter.ADAPTER.kind, is_enabled=True).order_by("id"):
        if adapter.is_notice(inbox.settings, mailbox_id=item.inbox_id, mail=mail):
            key, meta = mail.external_id[:200], _meta(item, inbox.settings)
            intake.accept(inbox=inbox, dedupe_key=key, raw=adapter.wire(mail), meta=meta, at=at)
            intake.close(item=item, at=at)
            return True
    return False


def newest(settings: Mapping[str, Any]) -> list[Inbound]:
    """The posts that these settings would have read in the newest mails of the mailbox, the newest first. Keeps nothing."""
    items = RawItem.objects.filter(inbox=settings["mailbox_id"], inbox__kind="email").select_related("inbox")
    newest = items.order_by("-received_at", "-id")[:LOOKED_THROUGH].iterator(chunk_size=5)  # a mail may be large
    found = (_read(item, settings) for item in newest)
    return [post for post in found if post]


def _read(item: RawItem, settings: Mapping[str, Any]) -> Inbound | None:
    try:
        meta = {"authserv_id": item.inbox.setting("authserv_id"), **item.meta}
        mail = registry.adapter("email").translate(bytes(item.raw), meta)
        if mail.kind == "bounce" or not adapter.is_notice(settings, mailbox_id=item.inbox_id, mail=mail):
            return None
        return adapter.ADAPTER.translate(adapter.wire(mail), _meta(item, settings))
    except Untranslatable:
        return None


def _meta(item: RawItem, settings: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "received_at": item.received_at.isoformat(),
        "settings": {name: settings[name] for name in KEPT if name in settings},
    }
