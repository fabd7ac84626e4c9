"""The rows of the builder as ready strings: what was chosen or typed, and what may be."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from muhatap.automation import actions, conditions
from muhatap.automation.conditions import Problem
from muhatap.automation.targets import Targets
from muhatap.web.automation import words


@dataclass(frozen=True, kw_only=True)
class Choice:
    code: str
    name: str
    is_chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a rule. `key` parts the fields of the lines; `takes` is "choices", "words", "word", "hours" or nothing."""

    key: str
    kinds: tuple[Choice, ...]
    hows: tuple[Choice, ...] = ()
    takes: str = ""
    choices: tuple[Choice, ...] = ()
    is_many: bool = False
    value: str = ""
    has_text: bool = False
    text: str = ""
    label: str = ""
    problem: str = ""


def new_key() -> str:
    return secrets.token_hex(4)


def condition_rows(
    data: Sequence[Mapping[str, Any]], targets: Targets, problems: Sequence[Problem] = ()
) -> tuple[Row, ...]:
    found = {problem.place: problem for problem in problems}
    return tuple(condition_row(one, targets, found.get(place)) for place, one in enumerate(data))


def action_rows(
    data: Sequence[Mapping[str, Any]], targets: Targets, problems: Sequence[Problem] = (), *, of_macro: bool = False
) -> tuple[Row, ...]:
    found = {problem.place: problem for problem in problems}
    return tuple(action_row(one, targets, found.get(place), of_macro=of_macro) for place, one in enumerate(data))


def condition_row(data: Mapping[str, Any], targets: Targets, problem: Problem | None = None, key: str = "") -> Row:
    kind = conditions.KINDS.get(str(data.get("kind")), conditions.InText)
    values = [str(value) for value in data.get("values") or ()]
    is_listed = kind.takes not in ("", "words")
    return Row(
        key=key or new_key(),
        kinds=_choices(words.CONDITION_WORDS, kind.kind),
        hows=tuple(
            Choice(code=code, name=words.how(kind, code), is_chosen=code == data.get("how")) for code in kind.hows
        ),
        takes="choices" if is_listed else kind.takes,
        choices=_listed(kind.takes, values, targets) if is_listed else (),
        is_many=is_listed,
        value="" if is_listed else ", ".join(values),
        label=str(words.CONDITION_WORDS[kind.kind]),
        problem=_problem(problem),
    )


def action_row(
    data: Mapping[str, Any],
    targets: Targets,
    problem: Problem | None = None,
    key: str = "",
    *,
    of_macro: bool = False,
) -> Row:
    kind = actions.KINDS.get(str(data.get("kind")), actions.PutTag)
    value = str(data.get("value") or "")
    is_listed = kind.takes not in ("", "word", "hours")
    offered = {
        code: word for code, word in words.ACTION_WORDS.items() if not of_macro or actions.KINDS[code].is_for_macros
    }
    return Row(
        key=key or new_key(),
        kinds=_choices(offered, kind.kind),
        takes="choices" if is_listed else kind.takes,
        choices=_listed(kind.takes, [value], targets) if is_listed else (),
        value=value,
        has_text=kind.has_text,
        text=str(data.get("text") or ""),
        label=str(words.ACTION_WORDS[kind.kind]),
        problem=_problem(problem),
    )


def _choices(named: Mapping[str, words.Word], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(code=code, name=str(name), is_chosen=code == chosen) for code, name in named.items())


def _listed(takes: str, chosen: Sequence[str], targets: Targets) -> tuple[Choice, ...]:
    codes = [*conditions.choices(takes, targets)]
    return tuple(Choice(code=code, name=words.choice(takes, code, targets), is_chosen=code in chosen) for code in codes)


def _problem(problem: Problem | None) -> str:
    if problem is None:
        return ""
    said = str(words.PROBLEM_WORDS.get(problem.code, problem.code))
    return f"{said} ({problem.detail})" if problem.code == "template" and problem.detail else said
