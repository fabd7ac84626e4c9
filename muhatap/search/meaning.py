"""What a query means here: names become the rows they stand for, words become a question to the documents."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils import timezone

from muhatap.accounts.models import Team, User
from muhatap.channels.models import Inbox
from muhatap.contacts.models import Tag
from muhatap.conversations.models import Conversation
from muhatap.search import vocabulary
from muhatap.search.language import WORD, Filter, Hint, Query, Term
from muhatap.search.suffixes import beginnings
from muhatap.shared.text import fold

T = TypeVar("T")
Words = tuple[str, list[Any]]  # an SQL expression of type tsquery, and its parameters
FILE: Words = ("'''~file'''::tsquery", [])


@dataclass(kw_only=True)
class Meaning:
    """Sets are ids; None asks nothing of them, an empty one finds nothing. 0 stands for no team and nobody."""

    words: Words = ("''::tsquery", [])
    since: datetime | None = None
    until: datetime | None = None
    kinds: list[str] | None = None
    inboxes: list[int] | None = None
    teams: list[int] | None = None
    assignees: list[int] | None = None
    statuses: list[str] | None = None
    tags: list[int] | None = None
    not_tags: list[int] | None = None
    hints: list[Hint] = field(default_factory=list)
    has_words: bool = False

    @property
    def is_impossible(self) -> bool:
        """Something was named that does not exist, or two conditions leave nothing over."""
        sets: tuple[Sequence[Any] | None, ...] = (self.kinds, self.inboxes, self.teams, self.assignees, self.statuses)
        return any(one is not None and not one for one in sets) or any(h.kind == "unknown_value" for h in self.hints)


def understand(query: Query, *, user: User, of_files: bool = False, is_typing: bool = False) -> Meaning:
    """The meaning of a query for this user. `of_files`: words are looked for in names of files; `is_typing`: the last
    word may be only begun."""
    meaning = Meaning()
    last = query.terms[-1] if is_typing and query.terms else None
    marks = ":B" if of_files else ""
    parts = [_negated(_term(term, marks, is_begun=term is last), term.is_not) for term in query.terms]
    parts += [FILE] * of_files
    for asked in query.filters:
        parts += _apply(asked, meaning, user)
    if parts:
        meaning.words = (" && ".join(f"({sql})" for sql, _ in parts), [one for _, values in parts for one in values])
        meaning.has_words = True
    return meaning


def _apply(asked: Filter, meaning: Meaning, user: User) -> list[Words]:
    """A filter narrows the meaning's sets, or is a question to the documents like words."""
    if asked.name in _TEXTUAL:
        return [_negated(_TEXTUAL[asked.name](asked, user), asked.is_not)]
    if asked.name in ("has", "is"):
        return _mark(asked, meaning)
    if asked.days:
        _limit(meaning, asked)
    elif asked.name == "tag":
        _tag(meaning, asked)
    elif asked.name == "status":
        _status(meaning, asked)
    else:
        _choose(meaning, asked, user)
    return []


def _term(term: Term, marks: str, *, is_begun: bool = False) -> Words:
    if term.dialled:
        return "%s::tsquery || search_phrase(%s)", [f"'tel{term.dialled}'", " ".join(term.words)]
    if term.is_phrase and not marks:
        return "search_phrase(%s)", [" ".join(term.words)]
    *before, last = term.words
    return _all([*(_word(word, marks) for word in before), _word(last, marks, is_begun=term.is_prefix or is_begun)])


def _word(word: str, marks: str, *, is_begun: bool = False) -> Words:
    """The word under its stem or itself, or what begins like it."""
    begun = beginnings(word) or ((fold(word),) if is_begun else ())
    if not begun:
        return "search_word(%s, %s)", [word, marks]
    written = " | ".join(f"'{one}':*{marks.removeprefix(':')}" for one in begun)
    return "(search_word(%s, %s) || %s::tsquery)", [word, marks, written]


def _all(parts: Iterable[Words]) -> Words:
    parts = list(parts)
    return " && ".join(sql for sql, _ in parts), [one for _, values in parts for one in values]


def _negated(words: Words, is_not: bool) -> Words:
    return (f"!!({words[0]})", words[1]) if is_not else words


def _in_place(asked: Filter, marks: str) -> Words:
    return _all(_word(word, marks) for word in WORD.findall(asked.value))


def _from(asked: Filter, user: User) -> Words:
    """Somebody outside who wrote, or a colleague who did."""
    outside, values = _in_place(asked, ":C")
    colleagues = " | ".join(f"'@{number}'" for number in _people(asked.value, user))
    return f"({outside} && '''~in'''::tsquery) || %s::tsquery", [*values, colleagues]


def _to(asked: Filter, user: User) -> Words:
    words, values = _in_place(asked, ":C")
    return f"{words} && !!'''~in'''::tsquery", values


def _subject(asked: Filter, user: User) -> Words:
    return _in_place(asked, ":A")


_TEXTUAL: dict[str, Callable[[Filter, User], Words]] = {"from": _from, "to": _to, "subject": _subject}


def _mark(asked: Filter, meaning: Meaning) -> list[Words]:
    """var:dosya, tür:not, and statuses under is:, which people try."""
    value = fold(asked.value)
    if value in vocabulary.FILES:
        return [_negated(FILE, asked.is_not)]
    if asked.name == "is" and value in vocabulary.KINDS:
        every = list(dict.fromkeys(vocabulary.KINDS.values()))
        meaning.kinds = _narrowed(meaning.kinds, [vocabulary.KINDS[value]], asked.is_not, every)
    elif asked.name == "is" and value in vocabulary.STATUSES:
        _status(meaning, asked)
    else:
        meaning.hints.append(Hint("unknown_value", asked.written))
    return []


def _limit(meaning: Meaning, asked: Filter) -> None:
    """before: ends where the day begins, after: begins with it; turned round by a minus."""
    first, end = (_midnight(day) for day in asked.days or ())
    name = asked.name
    if asked.is_not and name != "on":
        name = "after" if name == "before" else "before"
    if name in ("after", "on"):
        meaning.since = max(first, meaning.since) if meaning.since else first
    if name in ("before", "on"):
        until = end if name == "on" else first
        meaning.until = min(until, meaning.until) if meaning.until else until


def _tag(meaning: Meaning, asked: Filter) -> None:
    found = _named(Tag.objects.all(), asked.value)
    if not found and not asked.is_not:
        meaning.hints.append(Hint("unknown_value", asked.written))
    elif asked.is_not:
        meaning.not_tags = [*(meaning.not_tags or []), *found]
    else:
        meaning.tags = list(dict.fromkeys([*(meaning.tags or []), *found[:1]]))


def _choose(meaning: Meaning, asked: Filter, user: User) -> None:
    """Inbox, team or assignee: a set of the meaning is narrowed to those of this name."""
    name, rows = _CHOSEN[asked.name]
    may_be_none = asked.name != "inbox"
    if may_be_none and fold(asked.value) in vocabulary.NOBODY:
        ids = [0]
    else:
        ids = _people(asked.value, user) if asked.name == "assignee" else _named(rows(), asked.value)
    every = [*([0] if may_be_none else []), *rows().values_list("pk", flat=True)] if asked.is_not else []
    setattr(meaning, name, _narrowed(getattr(meaning, name), ids, asked.is_not, every))
    if not ids:
        meaning.hints.append(Hint("unknown_value", asked.written))


_CHOSEN: dict[str, tuple[str, Callable[[], "QuerySet[Any]"]]] = {
    "inbox": ("inboxes", Inbox.objects.all),
    "team": ("teams", Team.objects.all),
    "assignee": ("assignees", User.objects.all),
}


def _status(meaning: Meaning, asked: Filter) -> None:
    status = vocabulary.STATUSES.get(fold(asked.value))
    if status is None:
        meaning.hints.append(Hint("unknown_value", asked.written))
    else:
        meaning.statuses = _narrowed(meaning.statuses, [status], asked.is_not, Conversation.Status.values)


def _narrowed(standing: list[T] | None, chosen: list[T], is_not: bool, every: Sequence[T]) -> list[T]:
    """durum:açık durum:bekleyen means either; each minus takes away."""
    if is_not:
        return [one for one in (every if standing is None else standing) if one not in chosen]
    return list(dict.fromkeys([*(standing or []), *chosen]))


def _named(rows: "QuerySet[Any]", name: str) -> list[int]:
    """The rows of exactly this name, or those whose name has it somewhere. Small tables: no index is asked."""
    wanted = fold(name)
    names = [(pk, fold(found)) for pk, found in rows.order_by("name", "pk").values_list("pk", "name")]
    return [pk for pk, found in names if found == wanted] or [pk for pk, found in names if wanted in found]


def _people(name: str, user: User) -> list[int]:
    wanted = fold(name)
    if wanted in vocabulary.ME:
        return [user.pk]
    people = User.objects.order_by("name", "pk").values_list("pk", "name", "email")
    words = wanted.split()
    return [pk for pk, called, email in people if email == wanted or _begins(fold(called).split(), words)]


def _begins(names: list[str], words: list[str]) -> bool:
    return bool(words) and all(any(one.startswith(word) for one in names) for word in words)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
