"""The actions of rules and macros: one class per kind, kept as {"kind": …, "value": …, "text": …}, and read here alone."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from muhatap.accounts.models import Team, User
from muhatap.automation import answering, giving, opening
from muhatap.automation.acting import CannotDo, Doing, filled
from muhatap.automation.conditions import NOBODY, Problem, Unknown, choices
from muhatap.automation.targets import Targets
from muhatap.contacts import tagging as naming
from muhatap.contacts.models import Tag
from muhatap.conversations import assigning, closing, noting, prioritising, snoozing, tagging
from muhatap.service.models import Case, Cause
from muhatap.shared import richtext
from muhatap.shared.text import fold
from muhatap.writing import rendering

LONGEST, MOST = 10_000, 20
LONGEST_SNOOZE = 24 * 366


@dataclass(frozen=True)
class Action(ABC):
    """`takes` says what its value is: the name of a list to choose from, "word", "hours", or nothing."""

    value: str = ""
    text: str = ""
    kind: ClassVar[str]
    takes: ClassVar[str] = ""
    has_text: ClassVar[bool] = False
    is_for_macros: ClassVar[bool] = True

    @abstractmethod
    def do(self, doing: Doing) -> str | None:
        """Do it; gives the code of a remark when it went otherwise than meant. Raises CannotDo when nothing was done."""

    def problem(self, targets: Targets) -> tuple[str, str]:
        """The code of what is wrong, and more about it; two empty texts when nothing is."""
        if self.takes and not self.value.strip():
            return "empty" if self.takes == "word" else "choose", ""
        if self.takes not in ("", "word", "hours") and self.value not in choices(self.takes, targets):
            return "gone", ""
        return self._text_problem() if self.has_text else ("", "")

    def _text_problem(self) -> tuple[str, str]:
        if not self.text.strip():
            return "empty_text", ""
        if len(self.text) > LONGEST:
            return "long", ""
        try:
            rendering.check(richtext.from_text(self.text))
        except rendering.Invalid as error:
            return "template", error.reason
        return "", ""

    def as_json(self) -> dict[str, str]:
        return {"kind": self.kind, "value": self.value, "text": self.text}


class Assign(Action):
    kind, takes = "assign", "people_or_nobody"

    def do(self, doing: Doing) -> None:
        to = None if self.value == NOBODY else _user(self.value)
        assigning.assign(conversation=doing.conversation, to=to, by=doing.by, at=doing.at, because=doing.because)


class HandToTeam(Action):
    kind, takes = "team", "teams_or_none"

    def do(self, doing: Doing) -> None:
        team = None if self.value == NOBODY else _team(self.value)
        assigning.hand_to_team(
            conversation=doing.conversation, team=team, by=doing.by, at=doing.at, because=doing.because
        )


class GiveInTeam(Action):
    """To a team, and at once to whoever is next in it."""

    kind, takes = "give", "teams"

    def do(self, doing: Doing) -> str | None:
        assigning.hand_to_team(
            conversation=doing.conversation, team=_team(self.value), by=doing.by, at=doing.at, because=doing.because
        )
        assigning.assign(conversation=doing.conversation, to=None, by=doing.by, at=doing.at, because=doing.because)
        given = giving.give(conversation=doing.conversation, at=doing.at, because=doing.because, by_turn=True)
        doing.conversation.refresh_from_db(fields=["assignee", "team"])
        return None if given else "nobody_free"


class PutTag(Action):
    kind, takes = "tag", "word"

    def do(self, doing: Doing) -> None:
        try:
            tag = naming.named(self.value)
        except naming.BadTag as error:
            raise CannotDo("empty") from error
        tagging.tag(conversation=doing.conversation, tag=tag, by=doing.by, at=doing.at, because=doing.because)

    def problem(self, targets: Targets) -> tuple[str, str]:
        return ("long", "") if len(self.value) > naming.LONGEST else super().problem(targets)


class TakeTag(Action):
    kind, takes = "untag", "word"

    def do(self, doing: Doing) -> None:
        tag = Tag.objects.filter(folded=fold(" ".join(self.value.split()))).first()
        if tag:
            tagging.untag(conversation=doing.conversation, tag=tag, by=doing.by, at=doing.at, because=doing.because)


class Prioritise(Action):
    kind, takes = "priority", "priorities"

    def do(self, doing: Doing) -> None:
        prioritising.prioritise(
            conversation=doing.conversation,
            priority=int(self.value),
            by=doing.by,
            at=doing.at,
            because=doing.because,
        )


class Snooze(Action):
    kind, takes = "snooze", "hours"

    def do(self, doing: Doing) -> None:
        until = doing.at + timedelta(hours=int(self.value))
        try:
            snoozing.snooze(
                conversation=doing.conversation, until=until, by=doing.by, at=doing.at, because=doing.because
            )
        except snoozing.NotOpen as error:
            raise CannotDo("closed") from error

    def problem(self, targets: Targets) -> tuple[str, str]:
        is_number = self.value.isascii() and self.value.isdigit() and 0 < int(self.value[:9]) <= LONGEST_SNOOZE
        return ("", "") if is_number and len(self.value) < 9 else ("number", str(LONGEST_SNOOZE))


class Resolve(Action):
    kind = "resolve"

    def do(self, doing: Doing) -> None:
        closing.resolve(conversation=doing.conversation, by=doing.by, at=doing.at, because=doing.because)


class MarkSpam(Action):
    kind = "spam"

    def do(self, doing: Doing) -> None:
        closing.mark_spam(conversation=doing.conversation, by=doing.by, at=doing.at, because=doing.because)


class WriteNote(Action):
    kind, has_text = "note", True

    def do(self, doing: Doing) -> None:
        _note(doing, filled(self.text, doing))


class Call(Action):
    """A note that calls a colleague: they are notified, and may see the conversation."""

    kind, takes, has_text = "mention", "people", True

    def do(self, doing: Doing) -> None:
        user = _user(self.value)
        _note(doing, f"{richtext.from_text(f'@{user.name}')}{filled(self.text, doing)}", user)


class Reply(Action):
    """An answer that goes out by itself; people send theirs themselves, so macros have none."""

    kind, has_text, is_for_macros = "reply", True, False

    def do(self, doing: Doing) -> None:
        answering.answer(doing, filled(self.text, doing))


class OpenCase(Action):
    """A case of what was written; where one stands open on the conversation already, nothing is opened."""

    kind, takes = "case", "causes_or_none"

    def do(self, doing: Doing) -> str | None:
        if opening.standing_of(doing.conversation):
            return "case_stands"
        told = opening.Told(cause=None if self.value == NOBODY else _cause(self.value))
        origin = Case.Origin.RULE if doing.by is None else Case.Origin.HAND
        opening.open_from(
            conversation=doing.conversation,
            told=told,
            by=doing.by,
            at=doing.at,
            because=doing.because,
            origin=origin,
        )
        return None


KINDS: Mapping[str, type[Action]] = {
    kind.kind: kind
    for kind in (
        Assign, HandToTeam, GiveInTeam, PutTag, TakeTag, Prioritise, Snooze, Resolve, MarkSpam, WriteNote, Call, OpenCase,
        Reply,
    )
}  # fmt: skip


def read(data: Mapping[str, Any]) -> Action:
    """One action from what is kept. Raises Unknown."""
    kind = KINDS.get(str(data.get("kind")))
    if kind is None:
        raise Unknown(data.get("kind"))
    return kind(str(data.get("value") or ""), str(data.get("text") or ""))


def problems(data: Sequence[Mapping[str, Any]], targets: Targets, *, of_macro: bool = False) -> list[Problem]:
    """What is wrong with actions, line by line."""
    if len(data) > MOST:
        return [Problem(MOST, "many")]
    found = []
    for place, one in enumerate(data):
        code, detail = _problem(one, targets, of_macro=of_macro)
        if code:
            found.append(Problem(place, code, detail))
    return found


def _problem(data: Mapping[str, Any], targets: Targets, *, of_macro: bool) -> tuple[str, str]:
    try:
        action = read(data)
    except Unknown:
        return "unknown", ""
    return ("unknown", "") if of_macro and not action.is_for_macros else action.problem(targets)


def _user(number: str) -> User:
    user = User.objects.filter(pk=int(number), is_active=True).first()
    if user is None:
        raise CannotDo("gone")
    return user


def _team(number: str) -> Team:
    team = Team.objects.filter(pk=int(number)).first()
    if team is None:
        raise CannotDo("gone")
    return team


def _cause(number: str) -> Cause:
    cause = Cause.objects.filter(pk=int(number), archived_at=None).first()
    if cause is None:
        raise CannotDo("gone")
    return cause


def _note(doing: Doing, html: str, *calls: User) -> None:
    noting.write_note(
        conversation=doing.conversation,
        html=html,
        text=richtext.to_text(html),
        by=doing.by,
        at=doing.at,
        calls=calls,
        because=doing.because,
    )
