"""What of the writing assistant stands in a conversation: its tasks in the composer, and what was asked here before."""

from datetime import datetime

from django.urls import reverse

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.assistant import asking, setting
from muhatap.assistant.models import Task
from muhatap.conversations.models import Conversation
from muhatap.web.common.assisting import ICONS
from muhatap.web.common.display import Act
from muhatap.web.common.links import link


def acts(conversation: Conversation, user: User) -> tuple[Act, ...]:
    """What is on, for those who may; `detail` is the task's own name, by which the palette presses it."""
    on = setting.tasks(user) if may(user, "assistant.use") else ()
    return tuple(
        Act(
            label=str(task.label),
            url=reverse("assistant:prepare", args=[conversation.pk, task.value]),
            icon=ICONS[task],
            detail=task.value,
        )
        for task in Task
        if task.value in on
    )


def standing_url(conversation: Conversation, user: User, now: datetime) -> str:
    """Where the panel of what was asked here before is read; empty where nothing stands."""
    if not may(user, "assistant.use") or not setting.tasks(user):
        return ""
    stands = asking.standing(conversation_id=conversation.pk, by=user, at=now)
    return link("assistant:standing", conversation.pk) if stands else ""
