"""Running rules for an entry: those that wait for it, in their order, each once."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from muhatap.automation import actions, conditions, events
from muhatap.automation.acting import Answer, CannotDo, Doing
from muhatap.automation.case import Case
from muhatap.automation.models import AutomationRule, RuleFiring
from muhatap.conversations.models import Message
from muhatap.shared import away

log = logging.getLogger(__name__)


def waiting_for(message: Message) -> list[AutomationRule]:
    """The rules that are on and wait for what this entry is, in their order."""
    found = events.of(message)
    rules = AutomationRule.objects.filter(is_on=True, event__in=found).order_by("place", "id") if found else ()
    return list(rules)


def is_by_a_rule(message: Message) -> bool:
    """What a rule did makes no rule fire: so none can chase another, or itself, in circles."""
    return "rule" in message.event_details


def run(rules: Iterable[AutomationRule], case: Case, *, at: datetime, answer: Answer) -> list[RuleFiring]:
    """Each rule once for this entry; what one did, the next one sees. A rule nobody can read any more does nothing."""
    fired = []
    for rule in rules:
        fresh = Case(message=case.message, conversation=case.conversation, at=case.at)
        firing = fire(rule, fresh, at=at, answer=answer)
        if firing:
            fired.append(firing)
            case.conversation.refresh_from_db()
    return fired


@transaction.atomic
def fire(rule: AutomationRule, case: Case, *, at: datetime, answer: Answer) -> RuleFiring | None:
    """Do a rule's actions if its conditions hold; None if they do not, or if it fired for this entry before."""
    try:
        held = conditions.held(rule.matching, rule.conditions, case)
    except conditions.Unknown:
        log.warning("rule %s has a condition nobody knows; it does nothing", rule.pk)
        return None
    if held is None:
        return None
    firing, is_new = RuleFiring.objects.get_or_create(
        rule=rule, message=case.message, defaults={"conversation": case.conversation, "at": at, "held": held}
    )
    if not is_new:
        return None
    because = {"rule": rule.pk, "rule_name": rule.name, "firing": firing.pk}
    doing = Doing(conversation=case.conversation, by=None, at=at, because=because, case=case, answer=answer)
    firing.done = [done(one, doing) for one in rule.actions]
    firing.save(update_fields=["done"])
    return firing


def done(data: Mapping[str, Any], doing: Doing) -> dict[str, Any]:
    """One action and what became of it: `not` holds the code of why it was not done. One that fails stops no other."""
    try:
        with transaction.atomic():
            remark = actions.read(data).do(doing)
    except conditions.Unknown:
        return {"action": dict(data), "not": "unknown", "detail": ""}
    except CannotDo as reason:
        return {"action": dict(data), "not": reason.code, "detail": reason.detail}
    except Exception as error:
        if away.is_away(error):
            raise
        log.exception("an action of %s failed", doing.because)
        doing.conversation.refresh_from_db()
        return {"action": dict(data), "not": "fault", "detail": type(error).__name__}
    return {"action": dict(data), "not": "", "remark": remark or ""}
