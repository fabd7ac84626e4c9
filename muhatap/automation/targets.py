"""What rules and macros point at: those that are still there."""

from dataclasses import dataclass

from muhatap.accounts.models import Team, User
from muhatap.accounts.permissions import may
from muhatap.channels.models import Inbox
from muhatap.service import causes
from muhatap.service.models import BusinessHours
from muhatap.understanding import topics
from muhatap.understanding.models import Topic


@dataclass(frozen=True, kw_only=True)
class Targets:
    """Names by number, written as text since that is what stands in the lists."""

    inboxes: dict[str, str]
    teams: dict[str, str]
    people: dict[str, str]
    hours: dict[str, str]
    causes: dict[str, str]
    topics: dict[str, str]


def present() -> Targets:
    """Everything that can be chosen now: people are those who may answer."""
    people = [user for user in User.objects.filter(is_active=True) if may(user, "conversations.reply")]
    return Targets(
        inboxes={str(pk): name for pk, name in Inbox.objects.values_list("pk", "name")},
        teams={str(pk): name for pk, name in Team.objects.values_list("pk", "name")},
        people={str(user.pk): user.name for user in sorted(people, key=lambda user: user.sort_key)},
        hours={str(pk): name for pk, name in BusinessHours.objects.order_by("name").values_list("pk", "name")},
        causes={str(cause.pk): path for cause, path in causes.offered()},
        topics={str(pk): path for pk, path in topics.paths(topics.living()).items()},
    )


def ever() -> Targets:
    """The same with people who left, to name what stands in a log."""
    now = present()
    return Targets(
        inboxes=now.inboxes,
        teams=now.teams,
        people={str(pk): name for pk, name in User.objects.values_list("pk", "name")},
        hours=now.hours,
        causes={str(cause.pk): path for cause, path in causes.all_of_them()},
        topics={str(topic.pk): str(topic) for topic in Topic.objects.all()},
    )
