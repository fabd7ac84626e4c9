"""Making and changing inboxes. Secrets go in sealed and never into the audit."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from muhatap.accounts import audit
from muhatap.accounts.models import Team, User
from muhatap.channels.models import Desk, Inbox


class NameTaken(Exception):
    """Another inbox has this name."""


@transaction.atomic
def save(
    *,
    inbox: Inbox,
    name: str,
    address: str,
    settings: Mapping[str, Any],
    team: Team | None,
    agents: Iterable[User],
    is_enabled: bool,
    by: User,
    at: datetime,
) -> Inbox:
    """Make an inbox or change it, and say who works in it. Raises NameTaken."""
    is_new = inbox.pk is None
    changed = sorted(key for key, value in settings.items() if is_new or inbox.settings.get(key) != value)
    inbox.name, inbox.address, inbox.settings = name, address, dict(settings)
    inbox.team, inbox.is_enabled = team, is_enabled
    try:
        with transaction.atomic():
            inbox.save()
    except IntegrityError as error:
        raise NameTaken(name) from error
    _seat(inbox, agents)
    act = "inbox.create" if is_new else "inbox.change"
    audit.record(
        by=by, at=at, act=act, kind="inbox", id=inbox.pk, name=inbox.name, changed=changed, is_enabled=is_enabled
    )
    return inbox


def _seat(inbox: Inbox, agents: Iterable[User]) -> None:
    wanted = {agent.pk for agent in agents}
    Desk.objects.filter(inbox=inbox).exclude(user_id__in=wanted).delete()
    seated = set(Desk.objects.filter(inbox=inbox).values_list("user_id", flat=True))
    Desk.objects.bulk_create([Desk(inbox=inbox, user_id=pk) for pk in wanted - seated], ignore_conflicts=True)
