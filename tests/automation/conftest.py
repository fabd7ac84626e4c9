from datetime import datetime
from typing import Any

import pytest

from muhatap.automation import rules
from muhatap.automation.models import AutomationRule, RuleFiring
from muhatap.conversations.models import Message
from muhatap.flow import rules as staircase
from tests import cast
from tests.conversations.conftest import arrival

__all__ = ["arrival"]


@pytest.fixture
def ayses_letter(db: None) -> Message:
    """Ayşe has written to support about her order."""
    return letter("<ayse-1@ornek.example>")


def letter(id: str, sender: cast.Claim = cast.AYSE, **more: object) -> Message:
    return arrival(cast.mail(sender, id=id, **more))


def condition(kind: str, how: str, *values: object) -> dict[str, Any]:
    return {"kind": kind, "how": how, "values": [str(value) for value in values]}


def action(kind: str, value: object = "", text: str = "") -> dict[str, Any]:
    return {"kind": kind, "value": str(value), "text": text}


def rule(*actions: dict[str, Any], at: datetime = cast.NOW, **more: Any) -> AutomationRule:
    """A rule that is on; by default for every message that arrives."""
    wording = rules.Wording(**({"name": "İade", "event": "arrived", "actions": actions} | more))
    made = rules.create(wording=wording, by=cast.can(), at=at)
    rules.switch(rule=made, on=True, by=cast.can(), at=at)
    return made


def follow(message: Message, at: datetime = cast.NOW) -> None:
    """What the job does, with the entry read anew as it does."""
    related = ("conversation__inbox", "conversation__contact", "by")
    staircase.follow(message=Message.objects.select_related(*related).get(pk=message.pk), at=at)


def fates(firing: RuleFiring) -> list[str]:
    """Why each action was not done; empty where it was."""
    return [one["not"] for one in firing.done]
