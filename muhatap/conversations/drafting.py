"""Drafts live on the server, one per person, conversation and kind, so that no browser can lose them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from muhatap.accounts.models import User
from muhatap.conversations import threads
from muhatap.conversations.models import Conversation, Draft

FIELDS = {"html", "to", "cc", "bcc", "files", "answers_id"}


class TooMany(Exception):
    """More files than one answer carries; the argument is how many it does."""


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


@transaction.atomic
def add_files(*, conversation: Conversation, by: User, at: datetime, files: list[dict[str, Any]], most: int) -> None:
    """Put files into the draft of an answer. Raises TooMany; two uploads at once lose neither."""
    draft = _locked(conversation, by, at)
    if len(draft.files) + len(files) > most:
        raise TooMany(most)
    draft.files = [*draft.files, *files]
    draft.saved_at = at
    draft.save(update_fields=["files", "saved_at"])


@transaction.atomic
def remove_file(*, conversation: Conversation, by: User, at: datetime, sha256: str) -> None:
    """Take a file out of the draft of an answer."""
    draft = _locked(conversation, by, at)
    draft.files = [file for file in draft.files if file["sha256"] != sha256]
    draft.save(update_fields=["files"])


@transaction.atomic
def restore(*, conversation: Conversation, by: User, at: datetime, content: Mapping[str, Any]) -> Draft:
    """Give back what was about to be sent, before whatever was begun meanwhile."""
    newer = Draft.objects.select_for_update().filter(conversation=conversation, by=by, kind="reply").first()
    merged = dict(content)
    if newer:
        merged |= {"html": f"{content['html']}{newer.html}", "files": [*content["files"], *newer.files]}
    return save(conversation=conversation, kind="reply", by=by, at=at, **merged)


def append(*, draft: Draft, to: Conversation, at: datetime) -> None:
    """Move a draft to another conversation, behind what its writer has there already."""
    there = Draft.objects.filter(conversation=to, by=draft.by, kind=draft.kind).first()
    if there is None:
        draft.conversation = to
        draft.save(update_fields=["conversation"])
        return
    content = {"html": f"{there.html}{draft.html}", "files": [*there.files, *draft.files]}
    save(conversation=to, kind=draft.kind, by=draft.by, at=at, **content)
    draft.delete()


def _locked(conversation: Conversation, by: User, at: datetime) -> Draft:
    Draft.objects.get_or_create(conversation=conversation, by=by, kind="reply", defaults={"saved_at": at})
    return Draft.objects.select_for_update().get(conversation=conversation, by=by, kind="reply")
