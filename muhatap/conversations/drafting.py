"""Drafts live on the server, one per person, conversation and kind, so that no browser can lose them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from muhatap.accounts.models import User
from muhatap.conversations import threads
from muhatap.conversations.models import Conversation, Draft

FIELDS = {"html", "to", "cc", "bcc", "files", "answers_id"}


@transaction.atomic
def save(*, conversation: Conversation, kind: str, by: User, at: datetime, **content: Any) -> Draft:
    """Keep what is being written. Raises TypeError for a field a draft does not have."""
    if unknown := content.keys() - FIELDS:
        raise TypeError(f"a draft has no {', '.join(sorted(unknown))}")
    draft, _ = Draft.objects.update_or_create(
        conversation=conversation, by=by, kind=kind, defaults={**content, "saved_at": at}
    )
    threads.announce(conversation, "draft", by=by.pk)
    return draft


def discard(*, conversation: Conversation, by: User, kind: str) -> None:
    Draft.objects.filter(conversation=conversation, by=by, kind=kind).delete()


def restore(*, conversation: Conversation, by: User, at: datetime, content: Mapping[str, Any]) -> Draft:
    """Give back what was about to be sent, after it was taken back."""
    return save(conversation=conversation, kind="reply", by=by, at=at, **content)
