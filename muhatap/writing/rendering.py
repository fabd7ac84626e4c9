"""Templates that people write, filled with values. Pure: a template and variables in, text and what was missing out.

Liquid without files, without code and with limits: whoever writes a template can neither reach anything nor hold anything up.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from liquid import Environment, Undefined
from liquid.exceptions import LiquidError
from liquid.filter import string_filter
from liquid.template import BoundTemplate

from muhatap.shared import richtext
from muhatap.shared.text import lower_tr, upper_tr

LONGEST = 20_000
TAGS = {
    "content", "output", "illegal",  # what the parser itself needs: text, values, and the refusal of any other tag
    "if", "unless", "case", "for", "break", "continue", "assign", "capture", "comment", "#", "cycle",
}  # fmt: skip
# None that a long chain of could make endless: no arithmetic, no replacing, nothing over ranges.
FILTERS = {
    "append",
    "capitalize",
    "default",
    "downcase",
    "newline_to_br",
    "prepend",
    "strip",
    "truncate",
    "truncatewords",
    "upcase",
}
# Where something was missing: signs nobody types, so that no value can pretend to be a gap.
OPEN, CLOSE = "\ue000", "\ue001"
GAP = re.compile(f"{OPEN}([0-9]+){CLOSE}")
STRAY = re.compile(f"[{OPEN}{CLOSE}]")
# The editor writes &nbsp; and &quot; into what stands between the braces.
BRACES = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
TAG = re.compile(r"<[^<>]*>")
LINE_END = re.compile(r"\n|</p>|</li>|<br ?/?>")
GAP_MARK = re.compile(r"</?mark[^>]*>")
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
ENTITIES = {"&nbsp;": " ", "\xa0": " ", "&quot;": '"', "&#39;": "'", "&gt;": ">", "&lt;": "<", "&amp;": "&"}


class Invalid(Exception):
    """The template cannot be read. `line` counts from 1; `reason` is the parser's own sentence."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason, self.line = reason, line


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """What came of a template. `html` has nothing where a value was missing, `marked` has <mark data-gap="name"> there."""

    html: str
    text: str
    marked: str
    gaps: tuple[str, ...] = ()


class _Limited(Environment):
    loop_iteration_limit = 500
    output_stream_limit = 100_000
    local_namespace_limit = 20_000
    block_nesting_limit = 20
    context_depth_limit = 10


def render(template: str, variables: Mapping[str, Any]) -> Rendered:
    """Fill a template of our small HTML (plain text is such a one) with values, which are escaped.

    The value `language` says by whose alphabet letters become large and small (i is İ in Turkish).
    A value that is unknown or empty leaves a gap, told by its name. Raises Invalid for a template that cannot be read, that
    loops or grows without end.
    """
    missing: list[str] = []

    class Missing(Undefined):
        def __str__(self) -> str:
            missing.append((self.hint or self.name).removesuffix(" is undefined").strip("'"))
            return f"{OPEN}{len(missing) - 1}{CLOSE}"

    parsed = _parsed(_plain_braces(template))
    environment = _environment(Missing, language=str(variables.get("language") or ""))
    try:
        filled = BoundTemplate(environment, parsed.nodes).render(_known(variables))
    except LiquidError as error:
        raise Invalid(str(error.args[0] if error.args else error), _line(error, template)) from error
    except (RecursionError, ValueError, TypeError, OverflowError, ArithmeticError) as error:
        raise Invalid(type(error).__name__, 1) from error
    gaps: list[str] = []

    def mark(match: re.Match[str]) -> str:
        name = missing[int(match[1])] if int(match[1]) < len(missing) else ""
        gaps.append(name)
        return f'<mark data-gap="{_attribute(name)}"></mark>'

    def bare(tag: re.Match[str]) -> str:
        return GAP.sub(lambda match: mark(match)[:0], tag[0])  # in an address a mark cannot stand

    marked = richtext.clean(STRAY.sub("", GAP.sub(mark, TAG.sub(bare, filled))))
    html = richtext.clean(STRAY.sub("", GAP.sub("", filled)))
    return Rendered(html=html, text=richtext.to_text(html), marked=marked, gaps=tuple(dict.fromkeys(gaps)))


def check(template: str) -> None:
    """Raises Invalid when a template cannot be read, with the line; also when a filter is given what it does not take."""
    if len(template) > LONGEST:
        raise Invalid(f"longer than {LONGEST} letters", 1)
    unknown = sorted(_parsed(_plain_braces(template)).analyze().filters.keys() - FILTERS)
    if unknown:
        raise Invalid(f"unknown filter '{unknown[0]}'", _line_of(template, unknown[0]))
    render(template, {})


def closed(html: str) -> str:
    """A text without the marks of its gaps, as it may leave."""
    return GAP_MARK.sub("", html)


def open_gaps(html: str) -> tuple[str, ...]:
    """The names of the gaps that nobody filled yet."""
    return tuple(dict.fromkeys(re.findall(r'<mark data-gap="([^"]*)">\s*</mark>', html)))


@lru_cache(maxsize=256)
def _parsed(template: str) -> BoundTemplate:
    if ranges := next((one for one in BRACES.finditer(template) if ".." in QUOTED.sub("", one[0])), None):
        raise Invalid("ranges are not offered", _n_line(template, ranges.start()))
    try:
        return _environment(Undefined).from_string(template)
    except LiquidError as error:
        raise Invalid(str(error.args[0] if error.args else error), _line(error, template)) from error
    except RecursionError as error:
        raise Invalid("nested too deeply", 1) from error


@string_filter
def _upcase_tr(text: str) -> str:
    return upper_tr(text)


@string_filter
def _downcase_tr(text: str) -> str:
    return lower_tr(text)


@string_filter
def _capitalize_tr(text: str) -> str:
    return upper_tr(text[:1]) + lower_tr(text[1:])


TURKISH = {"upcase": _upcase_tr, "downcase": _downcase_tr, "capitalize": _capitalize_tr}


def _environment(undefined: type[Undefined], *, language: str = "") -> Environment:
    environment = _Limited(undefined=undefined, strict_filters=True, autoescape=True)
    environment.tags = {name: tag for name, tag in environment.tags.items() if name in TAGS}
    environment.filters = {name: one for name, one in environment.filters.items() if name in FILTERS}
    if language.startswith("tr"):
        environment.filters |= TURKISH
    return environment


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is empty, so that it is missing: an empty name is as much a gap as an unknown one."""
    kept = {name: _known(value) if isinstance(value, Mapping) else value for name, value in values.items()}
    plain = {name: STRAY.sub("", value) if isinstance(value, str) else value for name, value in kept.items()}
    return {name: value for name, value in plain.items() if value not in ("", None)}


def _plain_braces(template: str) -> str:
    def plain(match: re.Match[str]) -> str:
        inside = TAG.sub("", match[0])
        for entity, letter in ENTITIES.items():
            inside = inside.replace(entity, letter)
        return inside

    return BRACES.sub(plain, STRAY.sub("", template))


def _attribute(name: str) -> str:
    return re.sub(r"[^\w.\- ]", "", name)[:80]


def _line_of(template: str, word: str) -> int:
    return _n_line(template, max(template.find(word), 0))


def _line(error: LiquidError, template: str) -> int:
    """What is never closed is told with the last line."""
    start = getattr(getattr(error, "token", None), "start_index", -1)
    return _n_line(template, start if start >= 0 else len(template))


def _n_line(template: str, start: int) -> int:
    """Lines as the writer sees them: a paragraph, a list item and a break end one too."""
    return len(LINE_END.findall(template[:start])) + 1
