"""Posts heard: kept beside their interaction, changed when their author changes them, emptied when their author takes them back."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from muhatap.channels.contract import Inbound
from muhatap.channels.models import Inbox
from muhatap.interactions import ledger
from muhatap.interactions.models import Interaction, Post, RawItem

REMAINS = {"is_erased": True}  # of what came, once its author took it back


def of(inbox: Inbox, external_id: str) -> Post | None:
    """The post that is known under this id, held until the transaction ends."""
    rows = Post.objects.select_for_update(of=("self",)).select_related("interaction", "inbox")
    return rows.filter(interaction__inbox=inbox, interaction__external_id=external_id).first()


def keep(*, interaction: Interaction, inbound: Inbound, inbox: Inbox, opened_at: datetime | None = None) -> Post:
    """Keep what was said beside its interaction."""
    return Post.objects.create(
        interaction=interaction,
        inbox=inbox,
        url=inbound.public_url,
        author=inbound.sender.name[:200],
        handle=inbound.sender.value if inbound.sender.is_verified and inbound.sender.kind == "handle" else "",
        text=inbound.text,
        rating=inbound.rating,
        at=inbound.at,
        version_at=version(inbound),
        opened_at=opened_at,
    )


def version(inbound: Inbound) -> datetime:
    """When these words were written: older ones that come later change nothing."""
    return inbound.edited_at or inbound.at


def is_news(post: Post, inbound: Inbound) -> bool:
    """Whether these are other words than those we have, and later ones."""
    said = (inbound.text, inbound.subject[:300], inbound.rating)
    known = (post.text, post.interaction.title, post.rating)
    return post.erased_at is None and said != known and version(inbound) >= post.version_at


def revise(*, post: Post, inbound: Inbound, at: datetime) -> None:
    """Its author changed it: the newest words stand."""
    post.text, post.rating, post.version_at, post.edited_at = inbound.text, inbound.rating, version(inbound), at
    post.url = inbound.public_url or post.url
    post.save(update_fields=["text", "rating", "version_at", "edited_at", "url"])
    Interaction.objects.filter(pk=post.interaction_id).update(
        title=inbound.subject[:300],
        excerpt=ledger.excerpt(inbound.text),
        fingerprint=ledger.fingerprint(inbound),
    )


def erase(*, post: Post, at: datetime) -> None:
    """Its author took it back: its words, its author's name and the raw bytes go; that there was something stays."""
    post.text = post.author = post.handle = post.url = ""
    post.erased_at = at
    post.save(update_fields=["text", "author", "handle", "url", "erased_at"])
    Interaction.objects.filter(pk=post.interaction_id).update(title="", excerpt="", fingerprint="")
    items = RawItem.objects.filter(Q(interaction=post.interaction_id) | Q(duplicate_of=post.interaction_id))
    items.update(raw=b"", meta=REMAINS)


def bury(*, inbox: Inbox, external_id: str, at: datetime) -> None:
    """Its author took it back before we heard of it: whatever of it still comes is not kept."""
    mark = RawItem(inbox=inbox, dedupe_key=_grave(external_id), raw=b"", meta=REMAINS, received_at=at, digested_at=at)
    RawItem.objects.bulk_create([mark], ignore_conflicts=True)


def is_buried(*, inbox: Inbox, external_id: str) -> bool:
    return RawItem.objects.filter(inbox=inbox, dedupe_key=_grave(external_id)).exists()


def empty(*, item: RawItem) -> None:
    """What came for a post that its author took back is not kept."""
    RawItem.objects.filter(pk=item.pk).update(raw=b"", meta=REMAINS)


def heard(inboxes: Iterable[Inbox]) -> QuerySet[Post]:
    """What was heard in these inboxes and is no conversation, newest first."""
    rows = Post.objects.filter(inbox__in=inboxes, opened_at=None, erased_at=None)
    return rows.select_related("interaction__contact", "inbox").order_by("-at", "-id")


def lately(inbox: Inbox, *, since: datetime) -> QuerySet[Post]:
    """The posts of others that may still change or be taken back."""
    rows = Post.objects.filter(
        inbox=inbox, at__gte=since, erased_at=None, interaction__direction=Interaction.Direction.IN
    )
    return rows.select_related("interaction").order_by("-at")


def _grave(external_id: str) -> str:
    return f"erased:{hashlib.sha256(external_id.encode()).hexdigest()}"
