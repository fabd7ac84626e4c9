"""What the bar above chosen rows offers to this reader."""

from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.conversations.models import Conversation
from muhatap.web.common import times
from muhatap.web.inbox import opened, words
from muhatap.web.inbox.display import BulkBar
from muhatap.web.inbox.viewing import Opened


def bar(user: User, shown: Opened, now: datetime, *, n: int) -> BulkBar | None:
    """The bar; nothing for those who may not organise."""
    if not may(user, "conversations.organise"):
        return None
    labels = opened.snooze_labels()
    return BulkBar(
        url=reverse("inbox:bulk"),
        view=shown.name,
        query=urlencode(shown.asked),
        priorities=tuple(
            (f"priority:{value}", words.priority(value)) for value in sorted(Conversation.Priority.values, reverse=True)
        ),
        snoozes=tuple(
            (f"snooze:{name}", labels[name], times.stamp(at, now))
            for name, at in sorted(opened.moments(now).items(), key=lambda named: named[1])
        ),
        n_all=times.count(n) if n else "",
    )
