"""Canned replies: who may use which, finding one while writing, keeping count of what is used."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from muhatap.accounts import audit
from muhatap.accounts.models import Membership, User
from muhatap.channels.models import Inbox
from muhatap.shared import richtext
from muhatap.shared.text import fold
from muhatap.writing import rendering
from muhatap.writing.models import CannedReply

Scope = CannedReply.Scope
OFFERED = 12


def usable(*, user: User, inbox_id: int | None = None) -> QuerySet[CannedReply]:
    """The canned replies a user may use: everybody's, their own, their teams', those of this inbox (or of any)."""
    teams = Membership.objects.filter(user=user).values("team_id")
    of_inbox = Q(inboxes=inbox_id) if inbox_id else Q(scope=Scope.INBOXES)
    mine = Q(scope=Scope.MINE, owner=user) | Q(scope=Scope.TEAM, team__in=teams)
    return CannedReply.objects.filter(Q(scope=Scope.EVERYBODY) | mine | Q(scope=Scope.INBOXES) & of_inbox).distinct()


def editable(*, user: User, may_share: bool) -> QuerySet[CannedReply]:
    """The canned replies a user may change: their own, and the shared ones for those who may share."""
    shared = ~Q(scope=Scope.MINE) if may_share else Q(pk=None)
    return CannedReply.objects.filter(Q(owner=user) | shared)


def found(*, user: User, inbox_id: int, query: str, language: str = "", limit: int = OFFERED) -> list[CannedReply]:
    """What fits the letters typed: shortcuts that begin so first, then the conversation's language, then what is used most."""
    letters = fold(query.strip())
    rows = usable(user=user, inbox_id=inbox_id)
    for word in letters.split():
        rows = rows.filter(search_text__contains=word)
    is_first = Case(
        When(search_text__startswith=letters or " ", then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    speaks = Case(When(language__in=["", language], then=Value(0)), default=Value(1), output_field=IntegerField())
    return list(
        rows.annotate(is_first=is_first, speaks=speaks).order_by("is_first", "speaks", "-n_used", "title", "id")[:limit]
    )


@transaction.atomic
def save(*, reply: CannedReply, inboxes: Sequence[Inbox] = (), by: User, at: datetime) -> CannedReply:
    """Keep a canned reply, new or changed. Raises rendering.Invalid for a text that cannot be filled."""
    reply.html = richtext.clean(reply.html)
    rendering.check(reply.html)
    reply.owner = (reply.owner or by) if reply.scope == Scope.MINE else None
    reply.team = reply.team if reply.scope == Scope.TEAM else None
    reply.shortcut = reply.shortcut.strip().lstrip("/")
    reply.changed_at = at
    reply.search_text = fold(f"{reply.shortcut} {reply.title} {richtext.to_text(reply.html)}".strip())[:4000]
    is_new = reply.pk is None
    reply.save()
    reply.inboxes.set(inboxes if reply.scope == Scope.INBOXES else [])
    act = "canned_reply.add" if is_new else "canned_reply.change"
    audit.record(by=by, at=at, act=act, kind="canned_reply", id=reply.pk, name=reply.title)
    return reply


@transaction.atomic
def remove(*, reply: CannedReply, by: User, at: datetime) -> None:
    audit.record(by=by, at=at, act="canned_reply.remove", kind="canned_reply", id=reply.pk, name=reply.title)
    reply.delete()


def use(*, reply: CannedReply, variables: Mapping[str, Any], at: datetime) -> rendering.Rendered:
    """Fill a canned reply for somebody, and count it. Raises rendering.Invalid."""
    filled = rendering.render(reply.html, variables)
    CannedReply.objects.filter(pk=reply.pk).update(n_used=F("n_used") + 1, last_used_at=at)
    return filled
