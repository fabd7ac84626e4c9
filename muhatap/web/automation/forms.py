"""Reading the builder: lines come as key after key, each with fields of its own; whatever was typed stays."""

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from muhatap.automation import actions, conditions, rules
from muhatap.automation.models import AutomationRule
from muhatap.web.common import reading

Data = dict[str, Any]
MOST = 60


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A rule or a macro as it stands in the form."""

    name: str = ""
    event: str = "arrived"
    hours: str = "4"
    matching: str = "all"
    conditions: list[Data] = field(default_factory=list)
    actions: list[Data] = field(default_factory=list)
    reply: str = ""
    sharing: str = "me"
    team: str = ""

    def wording(self) -> rules.Wording:
        return rules.Wording(
            name=self.name,
            event=self.event,
            hours=reading.number(self.hours),
            matching=self.matching,
            conditions=self.conditions,
            actions=self.actions,
        )


def typed(post: QueryDict) -> Typed:
    """Everything in the form, in the order of its lines."""
    return Typed(
        name=reading.words(post.get("name"), 300),
        event=post.get("event", ""),
        hours=reading.words(post.get("hours"), 20),
        matching=post.get("matching", "all"),
        conditions=[condition(post, key) for key in post.getlist("c")[:MOST]],
        actions=[action(post, key) for key in post.getlist("a")[:MOST]],
        reply=reading.words(post.get("reply"), 20_000),
        sharing=post.get("sharing", "me"),
        team=post.get("team", ""),
    )


def of_rule(rule: AutomationRule) -> Typed:
    return Typed(
        name=rule.name,
        event=rule.event,
        hours=str(rule.hours or 4),
        matching=rule.matching,
        conditions=list(rule.conditions),
        actions=list(rule.actions),
    )


def condition(given: QueryDict, key: str) -> Data:
    kind = given.get(f"c-{key}-kind", "")
    known = conditions.KINDS.get(kind)
    hows = known.hows if known else ()
    how = given.get(f"c-{key}-how", "")
    values = [reading.words(value, 2_000) for value in given.getlist(f"c-{key}-value")]
    if known and known.takes == "words":
        values = [" ".join(part.split()) for value in values for part in value.split(",") if part.strip()]
    return {"kind": kind, "how": how if how in hows else (hows[0] if hows else ""), "values": values}


def action(given: QueryDict, key: str) -> Data:
    kind = given.get(f"a-{key}-kind", "")
    known = actions.KINDS.get(kind)
    value = reading.words(given.get(f"a-{key}-value"), 300) if known and known.takes else ""
    text = reading.words(given.get(f"a-{key}-text"), 20_000) if known and known.has_text else ""
    return {"kind": kind, "value": value, "text": text}
