"""Drafts live on the server, one per person, conversation and kind, so that no browser can lose them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from muhatap.accounts.models import User
from muhatap.conversations import threads
from muhatap.conversations.models import Conversation, Draft, DraftCopy
from muhatap.shared import richtext

FIELDS = {"html", "to", "cc", "bcc", "files", "answers_id", "signed_with"}
ELSEWHERE, DISCARDED = "elsewhere", "discarded"


class TooMany(Exception):
    """More files than one answer carries; the argument is how many it does."""


@transaction.atomic
def save(
    *, conversation: Conversation, kind: str, by: User, at: datetime, based_on: int | None = None, **content: Any
) -> Draft:
    """Keep what is being written. Raises TypeError for a field a draft does not have.

    `based_on` is the version the writer had before them: when another device saved since, its text is kept as a copy.
    """
    if unknown := content.keys() - FIELDS:
        raise TypeError(f"a draft has no {', '.join(sorted(unknown))}")
    before = drafts(conversation, by, kind).select_for_update().first()
    if before and based_on is not None and _is_elsewhere(before, based_on, content):
        keep_copy(draft=before, because=ELSEWHERE, at=at)
    version = before.version + 1 if before else 1
    draft, _ = Draft.objects.update_or_create(
        conversation=conversation, by=by, kind=kind, defaults={**content, "saved_at": at, "version": version}
    )
    threads.announce(conversation, "draft", by=by.pk, version=version)
    return draft


def drafts(conversation: Conversation, by: User, kind: str) -> QuerySet[Draft]:
    """The one draft somebody has of a kind here, or none."""
    return Draft.objects.filter(conversation=conversation, by=by, kind=kind)


def discard(*, conversation: Conversation, by: User, kind: str) -> None:
    drafts(conversation, by, kind).delete()


@transaction.atomic
def throw_away(*, conversation: Conversation, by: User, kind: str, at: datetime) -> DraftCopy | None:
    """Discard a draft so that it can be brought back; None when there was none."""
    draft = drafts(conversation, by, kind).select_for_update().first()
    if draft is None:
        return None
    kept = keep_copy(draft=draft, because=DISCARDED, at=at)
    draft.delete()
    threads.announce(conversation, "draft", by=by.pk)
    return kept


@transaction.atomic
def bring_back(*, copy: DraftCopy, at: datetime) -> Draft:
    """Make a kept copy the draft again; what stands there now is kept in its place."""
    now = Draft.objects.select_for_update().filter(conversation=copy.conversation, by=copy.by, kind=copy.kind).first()
    if now and _says(now.html):
        keep_copy(draft=now, because=copy.because, at=at)
    draft = save(conversation=copy.conversation, kind=copy.kind, by=copy.by, at=at, **copy.content)
    copy.delete()
    return draft


def keep_copy(*, draft: Draft, because: str, at: datetime) -> DraftCopy:
    """Keep a draft as it is now."""
    content = {name: getattr(draft, name) for name in FIELDS}
    return DraftCopy.objects.create(
        conversation=draft.conversation, by=draft.by, kind=draft.kind, because=because, content=content, at=at
    )


def other_version(*, conversation: Conversation, by: User) -> DraftCopy | None:
    """The newest text of this writer that another device wrote over and nobody has looked at since."""
    copies = DraftCopy.objects.filter(conversation=conversation, by=by, because=ELSEWHERE)
    return copies.order_by("-at", "-id").first()


def forget_copies(*, before: datetime) -> None:
    """Delete copies that nobody brought back in time."""
    DraftCopy.objects.filter(at__lt=before).delete()


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
    html, files = f"{there.html}{draft.html}", [*there.files, *draft.files]
    save(conversation=to, kind=draft.kind, by=draft.by, at=at, html=html, files=files)
    draft.delete()


def _is_elsewhere(before: Draft, based_on: int, content: Mapping[str, Any]) -> bool:
    """Whether this would write over words that whoever writes has never had before them."""
    return before.version > based_on and _says(before.html) and content.get("html", before.html) != before.html


def _says(html: str) -> bool:
    return bool(richtext.to_text(html).strip())


def _locked(conversation: Conversation, by: User, at: datetime) -> Draft:
    Draft.objects.get_or_create(conversation=conversation, by=by, kind="reply", defaults={"saved_at": at})
    return Draft.objects.select_for_update().get(conversation=conversation, by=by, kind="reply")
