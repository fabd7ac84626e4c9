"""Signatures: which one stands under an answer."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.channels.models import Inbox
from muhatap.shared import richtext
from muhatap.writing import rendering
from muhatap.writing.models import Signature

log = logging.getLogger(__name__)
NONE = "none"


def reachable(*, inbox_id: int, user_id: int | None) -> list[Signature]:
    """What one may sign with here: signatures of this inbox or of any, of oneself or of nobody, in every language."""
    rows = Signature.objects.filter(Q(inbox=inbox_id) | Q(inbox=None), Q(user=user_id) | Q(user=None))
    return list(rows.select_related("inbox").order_by("language", "inbox", "user", "pk"))


def chosen(rows: Sequence[Signature], *, language: str, choice: str = "") -> Signature | None:
    """The one that was chosen for this answer by its number (or NONE). Without a choice the most particular one.

    That is: of this inbox before any, of this agent before any, in this language before any.
    """
    if choice == NONE:
        return None
    if named := next((row for row in rows if str(row.pk) == choice), None):
        return named
    return max(
        (row for row in rows if row.language in ("", language)),
        key=lambda row: (row.inbox_id is not None, row.user_id is not None, bool(row.language)),
        default=None,
    )


def filled(row: Signature | None, variables: Mapping[str, Any]) -> str:
    """The signature as HTML, filled; empty when there is none. A gap in it is simply left out.

    One that cannot be filled for these values is left out too: an answer is worth more than what stands under it.
    """
    try:
        return rendering.render(row.html, variables).html if row else ""
    except rendering.Invalid as error:
        log.warning("signature %s cannot be filled: %s", row.pk if row else "", error.reason)
        return ""


@transaction.atomic
def save(
    *,
    inbox: Inbox | None,
    user: User | None,
    language: str,
    html: str,
    by: User,
    at: datetime,
    moved_from: Signature | None = None,
) -> Signature:
    """Keep the signature of a place, in place of the one that stood there (and of the one it was before).

    Raises rendering.Invalid.
    """
    cleaned = richtext.clean(html)
    rendering.check(cleaned)
    row, is_new = Signature.objects.update_or_create(
        inbox=inbox, user=user, language=language, defaults={"html": cleaned, "changed_at": at}
    )
    if moved_from and moved_from.pk != row.pk:
        moved_from.delete()
    act = "signature.add" if is_new and not moved_from else "signature.change"
    audit.record(by=by, at=at, act=act, kind="signature", id=row.pk, name=str(row))
    return row


@transaction.atomic
def remove(*, signature: Signature, by: User, at: datetime) -> None:
    audit.record(by=by, at=at, act="signature.remove", kind="signature", id=signature.pk, name=str(signature))
    signature.delete()
