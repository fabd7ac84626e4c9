"""What the bar above chosen rows offers to this reader."""

from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.accounts.models import Team, User
from muhatap.accounts.permissions import may
from muhatap.contacts.models import Tag
from muhatap.conversations.models import Conversation
from muhatap.web.common import times
from muhatap.web.inbox import opened, words
from muhatap.web.inbox.display import BulkBar
from muhatap.web.inbox.viewing import Opened

MOST_PEOPLE, MOST_TEAMS, MOST_TAGS = 100, 50, 50


def bar(user: User, shown: Opened, now: datetime, *, n: int) -> BulkBar | None:
    """The bar; nothing for those who may not organise."""
    if not may(user, "conversations.organise"):
        return None
    people = User.objects.filter(is_active=True).order_by("name", "id")[:MOST_PEOPLE]
    teams = Team.objects.order_by("name", "id")[:MOST_TEAMS]
    labels = opened.snooze_labels()
    return BulkBar(
        url=reverse("inbox:bulk"),
        view=shown.name,
        query=urlencode(shown.asked),
        people=(
            ("assign:nobody", _("Nobody")),
            *((f"assign:{one.pk}", one.name) for one in people if may(one, "conversations.reply")),
        ),
        teams=tuple((f"team:{team.pk}", team.name) for team in teams),
        priorities=tuple(
            (f"priority:{value}", words.priority(value)) for value in sorted(Conversation.Priority.values, reverse=True)
        ),
        snoozes=tuple(
            (f"snooze:{name}", labels[name], times.stamp(at, now))
            for name, at in sorted(opened.moments(now).items(), key=lambda named: named[1])
        ),
        tags=tuple((f"untag:{tag.pk}", tag.name) for tag in Tag.objects.order_by("folded")[:MOST_TAGS]),
        n_all=times.count(n) if n else "",
    )
