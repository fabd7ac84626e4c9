"""Rules and macros in words: events, conditions, actions, what is wrong, what was done and why not."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from muhatap.automation import actions, conditions
from muhatap.automation.conditions import NOBODY
from muhatap.automation.events import EVENTS
from muhatap.automation.models import AutomationRule, WayOfGiving
from muhatap.automation.targets import Targets
from muhatap.conversations.models import Conversation
from muhatap.shared.text import lower_tr
from muhatap.understanding.models import Reading
from muhatap.web.common import channels

Word = Promise | str
EVENT_WORDS: Mapping[str, Word] = {
    "arrived": gettext_lazy("a message arrives"),
    "opened": gettext_lazy("a conversation begins"),
    "reopened": gettext_lazy("a conversation is opened again"),
    "resolved": gettext_lazy("a conversation is resolved"),
    "assigned": gettext_lazy("a conversation is given to somebody or a team"),
    "tagged": gettext_lazy("a tag is put on"),
    "sla_warned": gettext_lazy("a deadline comes near"),
    "sla_breached": gettext_lazy("a deadline is missed"),
    "unanswered": gettext_lazy("nobody answered for a while"),
    "silent": gettext_lazy("the customer is silent after our answer"),
    "settled": gettext_lazy("it has been resolved for a while"),
}
CONDITION_WORDS: Mapping[str, Word] = {
    "text": gettext_lazy("Subject or text"),
    "subject": gettext_lazy("Subject"),
    "sender": gettext_lazy("Sender"),
    "inbox": gettext_lazy("Inbox"),
    "channel": gettext_lazy("Channel"),
    "team": gettext_lazy("Team"),
    "assignee": gettext_lazy("Assignee"),
    "status": gettext_lazy("Status"),
    "priority": gettext_lazy("Priority"),
    "tag": gettext_lazy("Tags"),
    "contact_tag": gettext_lazy("Tags of the contact"),
    "company": gettext_lazy("Company"),
    "language": gettext_lazy("Language of the contact"),
    "said_kind": gettext_lazy("What the customer wants"),
    "said_topic": pgettext_lazy("message", "Topic"),
    "said_urgent": gettext_lazy("Sounds urgent"),
    "first": gettext_lazy("First message of the conversation"),
    "hours": gettext_lazy("Time of the message"),
    "files": gettext_lazy("Attachment"),
    "automatic": gettext_lazy("Automatic mail"),
}
HOW_WORDS: Mapping[str, Word] = {
    "is": gettext_lazy("is one of"),
    "is_not": gettext_lazy("is none of"),
    "has": gettext_lazy("contains one of"),
    "has_not": gettext_lazy("contains none of"),
    "within": gettext_lazy("is within"),
    "within_not": gettext_lazy("is outside"),
}
BARE_HOWS: Mapping[str, Word] = {
    "is": pgettext_lazy("condition", "yes"),
    "is_not": pgettext_lazy("condition", "no"),
    "has": pgettext_lazy("condition", "there is one"),
    "has_not": pgettext_lazy("condition", "there is none"),
}
ACTION_WORDS: Mapping[str, Word] = {
    "assign": gettext_lazy("Assign to a person"),
    "team": gettext_lazy("Hand to the team"),
    "give": gettext_lazy("Give to whoever is next in the team"),
    "tag": gettext_lazy("Add the tag"),
    "untag": gettext_lazy("Remove the tag"),
    "priority": gettext_lazy("Set the priority to"),
    "snooze": gettext_lazy("Snooze, in hours"),
    "resolve": gettext_lazy("Resolve"),
    "spam": gettext_lazy("Mark as spam"),
    "note": gettext_lazy("Write a note"),
    "mention": gettext_lazy("Notify with a note"),
    "case": gettext_lazy("Open a case, with the cause"),
    "reply": gettext_lazy("Send a reply"),
}
PROBLEM_WORDS: Mapping[str, Word] = {
    "choose": gettext_lazy("Choose at least one."),
    "gone": gettext_lazy("What this points at is not there any more. Choose another."),
    "empty": gettext_lazy("Write at least one word."),
    "empty_text": gettext_lazy("Write the text."),
    "number": gettext_lazy("Write a whole number of hours, at least 1 and at most a year."),
    "address": gettext_lazy("Write addresses (ad@firma.example) or domains (firma.example), with commas between them."),
    "template": gettext_lazy("A {{ }} or {% %} in the text cannot be read."),
    "long": gettext_lazy("This is too long."),
    "many": gettext_lazy("These are too many for one rule."),
    "unknown": gettext_lazy("This version of Muhatap does not know this line. Remove it."),
}
FIELD_PROBLEMS: Mapping[str, Word] = {
    "name": gettext_lazy("Give it a name of at most 120 letters."),
    "event": gettext_lazy("Choose when it happens."),
    "hours": PROBLEM_WORDS["number"],
    "actions": gettext_lazy("Say at least one thing to do."),
    "sharing": gettext_lazy("Choose who may use it; sharing is for team leads."),
    "team": gettext_lazy("Choose the team."),
    "reply": PROBLEM_WORDS["template"],
}
WHY_NOT: Mapping[str, Word] = {
    "gone": gettext_lazy("who or what it points at is not there any more"),
    "closed": gettext_lazy("the conversation was closed"),
    "template": gettext_lazy("the text cannot be read"),
    "empty": gettext_lazy("nothing came of the text"),
    "nobody_wrote": gettext_lazy("the customer has written nothing"),
    "automatic": gettext_lazy("a machine wrote it, and machines are not answered"),
    "machine": gettext_lazy("the address takes no answers"),
    "ours": gettext_lazy("the sender is one of our own inboxes"),
    "spam": gettext_lazy("the conversation is spam"),
    "answered_already": gettext_lazy("a rule answered here within the last 24 hours"),
    "answered_often": gettext_lazy("rules answered this address three times within 24 hours"),
    "not_sent": gettext_lazy("the channel does not take it"),
    "no_answer": gettext_lazy("only rules answer by themselves"),
    "unknown": gettext_lazy("this version of Muhatap does not know it"),
    "fault": gettext_lazy("something went wrong on our side"),
}
REMARKS: Mapping[str, Word] = {
    "nobody_free": gettext_lazy("nobody was free; it waits for somebody"),
    "case_stands": gettext_lazy("a case stands open there already"),
}
WAYS: Mapping[str, tuple[Word, Word]] = {
    "hand": (WayOfGiving.Way.HAND.label, gettext_lazy("They wait until somebody takes them.")),
    "rotation": (WayOfGiving.Way.ROTATION.label, gettext_lazy("Each in the team gets one, then it starts anew.")),
    "load": (WayOfGiving.Way.LOAD.label, gettext_lazy("Whoever has the fewest open conversations gets the next.")),
    "skill": (
        WayOfGiving.Way.SKILL.label,
        gettext_lazy("By tags and language of the conversation; among those who know it, whoever has least."),
    ),
}
CHANNELS: Mapping[str, Word] = channels.NAMES
LANGUAGES: Mapping[str, Word] = {
    "tr": gettext_lazy("Turkish"),
    "en": gettext_lazy("English"),
    "de": gettext_lazy("German"),
    "ar": gettext_lazy("Arabic"),
    "ru": gettext_lazy("Russian"),
    "fr": gettext_lazy("French"),
    NOBODY: gettext_lazy("not known"),
}


def choice(takes: str, code: str, targets: Targets) -> str:
    """What one thing to choose is called; those that are gone say so."""
    if code == NOBODY and takes in ("teams_or_none", "people_or_nobody"):
        return _("No team") if takes == "teams_or_none" else _("Nobody")
    if code == NOBODY and takes == "said_topics":
        return _("No topic")
    if code == NOBODY and takes == "causes_or_none":
        return _("Not known yet")
    own: Mapping[str, tuple[Mapping[str, Word], str]] = {
        "statuses": (dict(Conversation.Status.choices), code),
        "priorities": ({str(value): label for value, label in Conversation.Priority.choices}, code),
        "channels": (CHANNELS, code),
        "languages": (LANGUAGES, code),
        "said_kinds": (dict(Reading.Kind.choices), code),
        "said_topics": (targets.topics, _("(gone)")),
        "teams_or_none": (targets.teams, _("(deleted)")),
        "teams": (targets.teams, _("(deleted)")),
        "people_or_nobody": (targets.people, _("(gone)")),
        "people": (targets.people, _("(gone)")),
        "inboxes": (targets.inboxes, _("(deleted)")),
        "hours": (targets.hours, _("(deleted)")),
        "causes_or_none": (targets.causes, _("(gone)")),
    }
    names, unknown = own.get(takes, ({}, code))
    return str(names.get(code, unknown))


def how(kind: type[conditions.Condition], code: str) -> str:
    return str((HOW_WORDS if kind.takes else BARE_HOWS).get(code, code))


def condition(data: Mapping[str, Any], targets: Targets) -> str:
    """“Subject or text contains one of “iade”, “değişim””."""
    try:
        one = conditions.read(data)
    except conditions.Unknown:
        return _("a condition nobody knows any more")
    values = ", ".join(f"“{choice(one.takes, value, targets)}”" for value in one.values)
    told = {"what": CONDITION_WORDS[one.kind], "how": how(type(one), one.how), "values": values}
    if not one.takes:
        return _("%(what)s: %(how)s") % told
    return _("%(what)s %(how)s %(values)s") % told


def action(data: Mapping[str, Any], targets: Targets) -> str:
    """“Put the tag on: iade”."""
    if data.get("kind") == "text":
        return _("Text into the composer")
    try:
        one = actions.read(data)
    except conditions.Unknown:
        return _("an action nobody knows any more")
    value = choice(one.takes, one.value, targets) if one.takes else one.text.strip().partition("\n")[0][:80]
    what = str(ACTION_WORDS[one.kind])
    return _("%(what)s: %(value)s") % {"what": what, "value": value} if value else what


def when(rule: AutomationRule) -> str:
    words = str(EVENT_WORDS.get(rule.event, rule.event))
    if rule.hours and EVENTS[rule.event].is_time:
        return _("%(what)s (%(span)s)") % {"what": words, "span": hours(rule.hours)}
    return words


def hours(n: int) -> str:
    """'4 hours', '7 days'."""
    if n % 24 == 0:
        return ngettext("%(n)s day", "%(n)s days", n // 24) % {"n": n // 24}
    return ngettext("%(n)s hour", "%(n)s hours", n) % {"n": n}


def sentence(rule: AutomationRule, targets: Targets) -> str:
    """The whole rule, for lists: “When a message arrives, if …, then: …”."""
    between = pgettext("conditions", " and ") if rule.matching == "all" else pgettext("conditions", " or ")
    told = {
        "when": when(rule),
        "if": between.join(_inside(condition(one, targets)) for one in rule.conditions),
        "then": "; ".join(_inside(action(one, targets)) for one in rule.actions),
    }
    if rule.conditions:
        return _("When %(when)s, if %(if)s: %(then)s") % told
    return _("When %(when)s: %(then)s") % told


def _inside(text: str) -> str:
    """As it stands inside a sentence."""
    first = lower_tr(text[:1]) if (get_language() or "").startswith("tr") else text[:1].lower()
    return f"{first}{text[1:]}"


def outcome(done: Mapping[str, Any], targets: Targets) -> tuple[str, str, str]:
    """(what, why not, tone) of one action that was done or was not."""
    what = action(done["action"], targets)
    if done["not"]:
        why = str(WHY_NOT.get(done["not"], done["not"]))
        return what, f"{why} ({done['detail']})" if done.get("detail") else why, "failed"
    return what, str(REMARKS.get(done.get("remark", ""), "")), "done"


def said(run_name: str, done: Iterable[Mapping[str, Any]], targets: Targets) -> str:
    """The toast after a macro: its name, and what of it was not done."""
    missed = [outcome(one, targets)[:2] for one in done if one["not"]]
    if not missed:
        return _("“%(name)s” is done") % {"name": run_name}
    whys = "; ".join(f"{what} ({why})" for what, why in missed)
    return _("“%(name)s” is done, except: %(whys)s") % {"name": run_name, "whys": whys}


def taken_back(name: str, kept: Sequence[str]) -> str:
    """That a macro is taken back, and what stayed because somebody changed it since."""
    names = {
        "team": _("team"),
        "assignee": _("assignee"),
        "priority": _("priority"),
        "status": _("state"),
        "tags": _("tags"),
    }
    said = _("“%(name)s” is taken back") % {"name": name}
    if not kept:
        return said
    return _("%(said)s. Kept, because it was changed since: %(kept)s") % {
        "said": said,
        "kept": ", ".join(names[one] for one in kept),
    }
