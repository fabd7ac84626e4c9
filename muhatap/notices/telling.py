"""Telling somebody, once; what they have not seen yet; and that they have seen it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from muhatap.accounts.models import User
from muhatap.conversations.models import Conversation, Message
from muhatap.notices import things, wishes, words
from muhatap.notices.models import Notice, Way
from muhatap.notices.things import Thing
from muhatap.sales.models import Shop
from muhatap.service.models import Case, Promise
from muhatap.shared import jobs, live
from muhatap.understanding.models import Theme

PUSH = "push_notice"  # the job that reaches the browsers of one user
SHOWN = 200  # newest notices that the list is made of
KEPT = timedelta(days=90)
KEPT_SEEN = timedelta(days=30)
TOPICS = 200  # users told by one announcement: PostgreSQL limits its length


@dataclass(frozen=True)
class Told:
    """What the list shows of one conversation or thing: the newest notice, and how many are not seen."""

    notice: Notice
    n_unseen: int
    ids: tuple[int, ...]


@transaction.atomic
def tell(*, users: Iterable[User], kind: str, message: Message, at: datetime) -> list[Notice]:
    """Tell these users of an entry; whoever was told before, or does not want to hear of this, is not told.

    Whom it may be told is the caller's to judge; what is shown later is judged again.
    """
    wanted = _wanted(users, kind)
    rows = [Notice(user_id=number, kind=kind, message=message, ways=ways, at=at) for number, ways in wanted.items()]
    return _told_once(rows, Notice.objects.filter(message=message, kind=kind))


@transaction.atomic
def tell_of(*, users: Iterable[User], kind: str, thing: Thing, at: datetime) -> list[Notice]:
    """The same of what stands in no conversation."""
    wanted = _wanted(users, kind)
    rows = [thing.notice(user_id=number, kind=kind, ways=ways, at=at) for number, ways in wanted.items()]
    return _told_once(rows, Notice.objects.filter(message=None, kind=kind, key=thing.key))


def _wanted(users: Iterable[User], kind: str) -> dict[int, list[str]]:
    return {number: ways for number, ways in wishes.ways(users, kind).items() if ways}


def _told_once(rows: list[Notice], of_this: QuerySet[Notice]) -> list[Notice]:
    of_them = of_this.filter(user_id__in=[row.user_id for row in rows])
    known = set(of_them.values_list("user_id", flat=True))
    Notice.objects.bulk_create([row for row in rows if row.user_id not in known], ignore_conflicts=True)
    made = list(of_them.exclude(user_id__in=known).order_by("user_id"))
    for notice in made:
        if Way.PUSH in notice.ways:
            jobs.queue(PUSH, queue="push", notice_id=notice.pk)
    _announce([notice.user_id for notice in made])
    return made


@transaction.atomic(savepoint=False)
def see(*, user: User, conversation: Conversation, at: datetime, until: int | None = None) -> int:
    """They have read the conversation (up to a message): what was told of it is seen. How many were new."""
    unseen = Notice.objects.filter(user=user, seen_at=None, message__conversation=conversation)
    return _seen(user, unseen if until is None else unseen.filter(message_id__lte=until), at=at)


@transaction.atomic(savepoint=False)
def see_thing(*, user: User, thing: Theme | Case | Shop | Promise, at: datetime) -> int:
    """They have looked at a theme, a case, a shop or a promise. How many notices of it were new."""
    return _seen(user, Notice.objects.filter(things.told(thing), user=user, seen_at=None), at=at)


@transaction.atomic(savepoint=False)
def see_answers(*, user: User, at: datetime) -> int:
    """They have looked at the answers that wait for somebody. How many notices of these were new."""
    return _seen(user, Notice.objects.filter(response__isnull=False, user=user, seen_at=None), at=at)


def _seen(user: User, unseen: QuerySet[Notice], *, at: datetime) -> int:
    numbers = list(unseen.values_list("pk", flat=True))
    n_seen = Notice.objects.filter(pk__in=numbers, seen_at=None).update(seen_at=at) if numbers else 0
    if n_seen:
        _announce([user.pk])
    return n_seen


@transaction.atomic
def see_all(*, user: User, at: datetime) -> None:
    """Nothing is new any more."""
    Notice.objects.filter(user=user, seen_at=None).update(seen_at=at)
    _announce([user.pk])


def forget_old(*, at: datetime) -> None:
    Notice.objects.filter(at__lt=at - KEPT).delete()
    Notice.objects.filter(seen_at__lt=at - KEPT_SEEN, at__lt=at - KEPT_SEEN).delete()


def n_unseen(user: User) -> int:
    """Of how many conversations and things there is something new."""
    unseen = _shown(user).filter(seen_at=None)
    things_of = (
        "message__conversation_id",
        "week__theme_id",
        "case_id",
        "shop_id",
        "promise_id",
        "response__survey_id",
    )
    n: int = unseen.values(*things_of).distinct().count()
    return n


def news(user: User, *, after: int) -> list[Notice]:
    """What was told after a notice and is not seen yet, oldest first."""
    return list(_whole(_shown(user).filter(pk__gt=after, seen_at=None)).order_by("pk")[:20])


def newest_id(user: User) -> int:
    return Notice.objects.filter(user=user).order_by("-pk").values_list("pk", flat=True).first() or 0


def grouped(user: User) -> list[Told]:
    """The newest notices, one line a conversation or thing: those with something unseen first."""
    rooms: dict[str, list[Notice]] = {}
    for notice in _whole(_shown(user)).order_by("-pk")[:SHOWN]:
        rooms.setdefault(notice.about, []).append(notice)
    return sorted([_told(notices) for notices in rooms.values()], key=lambda told: told.n_unseen == 0)


def _told(notices: list[Notice]) -> Told:
    unseen = [notice for notice in notices if notice.seen_at is None]
    return Told((unseen or notices)[0], len(unseen), tuple(notice.pk for notice in notices))


def _shown(user: User) -> QuerySet[Notice]:
    """Those the user still sees, and that were to be told in the page."""
    return things.shown(user).filter(ways__contains=[Way.PAGE])


def _whole(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    return notices.select_related(*words.NEEDED, "user")


def _announce(user_ids: list[int]) -> None:
    for start in range(0, len(user_ids), TOPICS):
        live.announce([f"user:{number}" for number in user_ids[start : start + TOPICS]], "notice")
