"""What the bar above chosen rows offers to this reader."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.contacts.models import Tag
from muhatap.conversations.models import Conversation
from muhatap.web.common import times
from muhatap.web.inbox import colleagues, opened, words
from muhatap.web.inbox.display import BulkBar, Choice
from muhatap.web.inbox.viewing import Opened

MOST_TAGS = 50


def bar(user: User, shown: Opened, now: datetime, *, n: int) -> BulkBar | None:
    """The bar; nothing for those who may not organise."""
    if not may(user, "conversations.organise"):
        return None
    labels = opened.snooze_labels()
    return BulkBar(
        url=reverse("inbox:bulk"),
        view=shown.name,
        query=urlencode(shown.asked),
        people=(Choice("assign:nobody", _("Nobody")), *_people(user), *_teams(user)),
        priorities=tuple(
            (f"priority:{value}", words.priority(value)) for value in sorted(Conversation.Priority.values, reverse=True)
        ),
        snoozes=tuple(
            (f"snooze:{name}", labels[name], times.stamp(at, now))
            for name, at in sorted(opened.moments(now).items(), key=lambda named: named[1])
        ),
        tags=tuple((f"untag:{pk}", name) for pk, name in _tags()),
        n_all=times.count(n) if n else "",
    )


def _people(user: User) -> Iterable[Choice]:
    return (Choice(f"assign:{one.id}", one.name) for one in colleagues.people(user) if one.may_answer)


def _teams(user: User) -> Iterable[Choice]:
    return (Choice(f"team:{pk}", name, "users") for pk, name in colleagues.teams(user))


def _tags() -> "QuerySet[Tag, tuple[int, str]]":
    return Tag.objects.order_by("folded").values_list("pk", "name")[:MOST_TAGS]
