"""Notices by mail on their way to the inbox that listens for them: the mail is only the messenger of a post."""

from datetime import datetime

from muhatap.channels.contract import Inbound
from muhatap.channels.models import Inbox
from muhatap.channels.notice import adapter
from muhatap.interactions import intake
from muhatap.interactions.models import RawItem


def carried(item: RawItem, mail: Inbound, *, at: datetime) -> bool:
    """Whether a mail was a notice of a post and was handed on; it then is nobody's letter. Handing on twice is once."""
    if item.inbox.kind != "email" or mail.kind == "bounce":
        return False
    for inbox in Inbox.objects.filter(kind=adapter.ADAPTER.kind, is_enabled=True).order_by("id"):
        if adapter.is_notice(inbox.settings, mailbox_id=item.inbox_id, mail=mail):
            meta = {"received_at": item.received_at.isoformat(), "settings": {"site": inbox.setting("site")}}
            key = mail.external_id[:200]
            intake.accept(inbox=inbox, dedupe_key=key, raw=adapter.wire(mail), meta=meta, at=at)
            intake.close(item=item, at=at)
            return True
    return False
