"""The conditions of a rule: one class per kind, kept as {"kind": …, "how": …, "values": […]}, and read here alone."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from muhatap.automation.case import Case, holds_word
from muhatap.automation.targets import Targets
from muhatap.channels import registry
from muhatap.conversations.models import Conversation
from muhatap.service import hours
from muhatap.service.models import BusinessHours
from muhatap.shared.address import canonical
from muhatap.shared.text import fold
from muhatap.understanding.models import Reading

NOBODY = "0"
LONGEST, MOST = 200, 50
A_MOMENT = timedelta(seconds=1)
DOMAIN = re.compile(r"@?[\w-]+(\.[\w-]+)+")
ADDRESS = re.compile(r"[^\s@]+@[\w-]+(\.[\w-]+)+")


class Unknown(Exception):
    """Nobody knows this kind of condition or action any more."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with one line of a rule. Codes: choose, gone, empty, number, address, template, long, many, unknown."""

    place: int
    code: str
    detail: str = ""


@dataclass(frozen=True)
class Condition(ABC):
    """Holds for a case. `takes` says of what kind its values are: words, or the name of a list to choose from."""

    how: str
    values: tuple[str, ...] = ()
    kind: ClassVar[str]
    hows: ClassVar[tuple[str, ...]] = ("is", "is_not")
    takes: ClassVar[str] = ""

    @abstractmethod
    def finds(self, case: Case) -> bool: ...

    def holds(self, case: Case) -> bool:
        return self.finds(case) is not self.how.endswith("_not")

    def problem(self, targets: Targets) -> str:
        """The code of what is wrong with its values; empty when nothing is."""
        if self.how not in self.hows:
            return "choose"
        if not self.takes:
            return ""
        if not self.values:
            return "choose" if self.takes != "words" else "empty"
        if any(len(value) > LONGEST for value in self.values) or len(self.values) > MOST:
            return "long"
        return "gone" if any(value not in choices(self.takes, targets) for value in self._chosen()) else ""

    def _chosen(self) -> tuple[str, ...]:
        return () if self.takes == "words" else self.values

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "how": self.how, "values": list(self.values)}


class OfInbox(Condition):
    kind, takes = "inbox", "inboxes"

    def finds(self, case: Case) -> bool:
        return str(case.conversation.inbox_id) in self.values


class OfChannel(Condition):
    kind, takes = "channel", "channels"

    def finds(self, case: Case) -> bool:
        return case.conversation.inbox.kind in self.values


class OfTeam(Condition):
    kind, takes = "team", "teams_or_none"

    def finds(self, case: Case) -> bool:
        return str(case.conversation.team_id or NOBODY) in self.values


class OfAssignee(Condition):
    kind, takes = "assignee", "people_or_nobody"

    def finds(self, case: Case) -> bool:
        return str(case.conversation.assignee_id or NOBODY) in self.values


class OfStatus(Condition):
    kind, takes = "status", "statuses"

    def finds(self, case: Case) -> bool:
        return case.conversation.status in self.values


class OfPriority(Condition):
    kind, takes = "priority", "priorities"

    def finds(self, case: Case) -> bool:
        return str(case.conversation.priority) in self.values


class Tagged(Condition):
    kind, takes, hows = "tag", "words", ("has", "has_not")

    def finds(self, case: Case) -> bool:
        return any(fold(value) in case.tags for value in self.values)


class InSubject(Condition):
    kind, takes, hows = "subject", "words", ("has", "has_not")

    def finds(self, case: Case) -> bool:
        return any(holds_word(case.subject, value) for value in self.values)


class InText(Condition):
    kind, takes, hows = "text", "words", ("has", "has_not")

    def finds(self, case: Case) -> bool:
        return any(holds_word(case.text, value) for value in self.values)


class OfSender(Condition):
    """By whole address, or by domain ("@firma.example" or "firma.example", with all below it)."""

    kind, takes = "sender", "words"

    def finds(self, case: Case) -> bool:
        return any(self._is(case.sender, value) for value in self.values)

    def problem(self, targets: Targets) -> str:
        strange = [one for one in self.values if not DOMAIN.fullmatch(one) and not ADDRESS.fullmatch(one)]
        return super().problem(targets) or ("address" if strange else "")

    @staticmethod
    def _is(sender: str, value: str) -> bool:
        value = canonical(value)
        if "@" in value.lstrip("@"):
            return sender == value
        domain = value.lstrip("@")
        return sender.endswith((f"@{domain}", f".{domain}"))


class OfTaggedContact(Condition):
    kind, takes, hows = "contact_tag", "words", ("has", "has_not")

    def finds(self, case: Case) -> bool:
        return any(fold(value) in case.contact_tags for value in self.values)


class OfCompany(Condition):
    kind, takes = "company", "words"

    def finds(self, case: Case) -> bool:
        return any(fold(value) == case.company for value in self.values)


class InLanguage(Condition):
    kind, takes = "language", "languages"

    def finds(self, case: Case) -> bool:
        return (case.conversation.contact.language or NOBODY) in self.values


class OfKind(Condition):
    """What the message is to us, as it was read; a message nobody has read yet is of no kind."""

    kind, takes = "said_kind", "said_kinds"

    def finds(self, case: Case) -> bool:
        return case.reading is not None and case.reading.kind in self.values


class OfTopic(Condition):
    kind, takes = "said_topic", "said_topics"

    def finds(self, case: Case) -> bool:
        return case.reading is not None and str(case.reading.topic_id or NOBODY) in self.values


class IsUrgent(Condition):
    kind = "said_urgent"

    def finds(self, case: Case) -> bool:
        return case.reading is not None and case.reading.urgency == Reading.Urgency.URGENT


class IsFirst(Condition):
    kind = "first"

    def finds(self, case: Case) -> bool:
        return case.is_first


class WithinHours(Condition):
    """Whether somebody works by these hours at the moment of the entry."""

    kind, takes, hows = "hours", "hours", ("within", "within_not")

    def finds(self, case: Case) -> bool:
        kept = BusinessHours.objects.filter(pk__in=[int(value) for value in self.values])
        at = case.message.at
        return any(hours.working_time(one, at=at).between(at, at + A_MOMENT) for one in kept)


class HasFiles(Condition):
    kind, hows = "files", ("has", "has_not")

    def finds(self, case: Case) -> bool:
        return case.has_files


class IsAutomatic(Condition):
    kind = "automatic"

    def finds(self, case: Case) -> bool:
        return case.is_automatic


KINDS: Mapping[str, type[Condition]] = {
    kind.kind: kind
    for kind in (
        InText, InSubject, OfSender, OfInbox, OfChannel, OfTeam, OfAssignee, OfStatus, OfPriority, Tagged, OfTaggedContact,
        OfCompany, InLanguage, OfKind, OfTopic, IsUrgent, IsFirst, WithinHours, HasFiles, IsAutomatic,
    )
}  # fmt: skip


def read(data: Mapping[str, Any]) -> Condition:
    """One condition from what is kept. Raises Unknown."""
    kind = KINDS.get(str(data.get("kind")))
    if kind is None:
        raise Unknown(data.get("kind"))
    return kind(str(data.get("how", "")), tuple(str(value) for value in data.get("values") or ()))


def held(matching: str, data: Iterable[Mapping[str, Any]], case: Case) -> list[dict[str, Any]] | None:
    """The conditions that hold, when enough of them do; None otherwise. Without conditions a rule always fires."""
    conditions = [read(one) for one in data]
    if matching == "all":
        return [one.as_json() for one in conditions] if all(one.holds(case) for one in conditions) else None
    found = [one.as_json() for one in conditions if one.holds(case)]
    return found if found or not conditions else None


def problems(data: Sequence[Mapping[str, Any]], targets: Targets) -> list[Problem]:
    """What is wrong with conditions, line by line."""
    if len(data) > MOST:
        return [Problem(MOST, "many")]
    return [Problem(place, code) for place, one in enumerate(data) if (code := _problem(one, targets))]


def _problem(data: Mapping[str, Any], targets: Targets) -> str:
    try:
        return read(data).problem(targets)
    except Unknown:
        return "unknown"


def choices(takes: str, targets: Targets) -> Mapping[str, str]:
    """Codes that may be chosen, with a name where they have one of their own."""
    lists: dict[str, Mapping[str, str]] = {
        "inboxes": targets.inboxes,
        "teams": targets.teams,
        "teams_or_none": {NOBODY: "", **targets.teams},
        "people": targets.people,
        "hours": targets.hours,
        "causes_or_none": {NOBODY: "", **targets.causes},
        "people_or_nobody": {NOBODY: "", **targets.people},
        "channels": dict.fromkeys(registry.KINDS, ""),
        "statuses": dict.fromkeys(Conversation.Status.values, ""),
        "said_kinds": dict.fromkeys(Reading.Kind.values, ""),
        "said_topics": {**targets.topics, NOBODY: ""},
        "priorities": {str(value): "" for value in reversed(Conversation.Priority.values)},
        "languages": dict.fromkeys(("tr", "en", "de", "ar", "ru", "fr", NOBODY), ""),
    }
    return lists.get(takes, {})
