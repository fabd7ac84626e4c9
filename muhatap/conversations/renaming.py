"""What a conversation is called here. Mails keep the subject they were written under, so that threads stay whole elsewhere."""

from datetime import datetime

from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.conversations import threads
from muhatap.conversations.models import Conversation
from muhatap.shared.text import without_nul

LONGEST = 300


@transaction.atomic
def rename(*, conversation: Conversation, subject: str, by: User, at: datetime) -> None:
    """Call it otherwise; the subject it has changes nothing. Raises ValueError for one that is empty or too long."""
    plain = " ".join(without_nul(subject).split())
    if not plain or len(plain) > LONGEST:
        raise ValueError(subject)
    current = Conversation.objects.select_for_update(of=("self",)).select_related("contact").get(pk=conversation.pk)
    if current.subject == plain:
        return
    conversation.subject = plain
    conversation.search_text = threads.search_text(plain, current.contact)
    conversation.save(update_fields=["subject", "search_text"])
    threads.tell(conversation=conversation, event="renamed", by=by, at=at, before=current.subject, after=plain)
    audit.record(
        by=by, at=at, act="conversation.rename", kind="conversation", id=conversation.pk, name=plain,
        before=current.subject,
    )  # fmt: skip
    threads.announce(conversation, "conversation")
