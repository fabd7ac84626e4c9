"""Finds words on pages that nobody marked for translation: letters outside of every translate tag, bare labels."""

import ast
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, Token, TokenType

ALLOWED = {"Muhatap", "Ctrl", "Esc", "Enter", "TR", "EN", "Türkçe", "English", "KB", "MB"}
SPOKEN = {"title", "aria-label", "aria-description", "placeholder", "alt", "data-key-name"}
SILENT = {"script", "style", "svg", "code", "kbd", "samp"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNSEEN = {"blocktranslate", "blocktrans", "comment", "verbatim"}
_WORD = re.compile(r"[^\W\d_]{2,}")


def in_templates(paths: Iterable[Path], root: Path) -> Iterator[str]:
    """Letters in templates outside of every translate tag, except in elements with `translate="no"`."""
    for path in paths:
        for line, text in in_template(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(root)}:{line}: “{text}” is not marked for translation"


def in_template(template: str) -> list[tuple[int, str]]:
    """(line, text) of each piece of visible text in this template's source that no translate tag covers."""
    reader = _Reader()
    reader.feed(_without_tags(template))
    reader.close()
    return reader.found


def _without_tags(template: str) -> str:
    """The template's own text, its tags and translated blocks replaced by as many line ends as they had."""
    out, depth = [], 0
    for token in Lexer(template).tokenize():
        depth += _opens_unseen(token)
        if token.token_type == TokenType.TEXT and not depth:
            out.append(token.contents)
        else:
            out.append("\n" * token.contents.count("\n") or " ")
        depth -= depth > 0 and _closes_unseen(token)
    return "".join(out)


def _opens_unseen(token: Token) -> bool:
    """Translated, commented out, or a block that fills an attribute (`body_class`)."""
    words = token.contents.split() if token.token_type == TokenType.BLOCK else []
    return bool(words) and (words[0] in UNSEEN or (words[0] == "block" and words[1].endswith(("_class", "_current"))))


def _closes_unseen(token: Token) -> bool:
    words = token.contents.split() if token.token_type == TokenType.BLOCK else []
    return bool(words) and words[0] in {"endblock", *(f"end{name}" for name in UNSEEN)}


class _Reader(HTMLParser):
    """Gathers text and spoken attributes, except inside elements that say nothing or are left as they are."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if self.silent or tag in SILENT or ("translate", "no") in attributes:
            if tag not in VOID:
                self.silent.append(tag)
            return
        for name, value in attributes:
            if name in SPOKEN:
                self._judge(value or "")

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.silent and self.silent[-1] == tag:
            self.silent.pop()

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self._judge(data)

    def _judge(self, text: str) -> None:
        words = [word for word in _WORD.findall(text) if word not in ALLOWED]
        if words and text.strip() not in ALLOWED:
            skipped = text[: len(text) - len(text.lstrip())].count("\n")
            self.found.append((self.getpos()[0] + skipped, " ".join(text.split())))


SPOKEN_ARGUMENTS = {"label", "help_text", "empty_label", "legend"}
SPOKEN_FUNCTIONS = {"ValidationError", "add_error"}
MARKING = {"_", "gettext", "ngettext", "pgettext", "npgettext"}


def in_python(paths: Iterable[Path], root: Path) -> Iterator[str]:
    """Labels, help and validation messages given as bare strings."""
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for text in _bare(node) if isinstance(node, ast.Call) else ():
                yield f"{path.relative_to(root)}:{text.lineno}: “{text.value!s}” is not marked for translation"
            for call in _hidden(node) if isinstance(node, ast.FormattedValue) else ():
                yield f"{path.relative_to(root)}:{call.lineno}: {ast.unparse(call)} stands inside an f-string, where it is not collected"


def _hidden(value: ast.FormattedValue) -> list[ast.Call]:
    """Words marked inside an f-string: before Python 3.12 its tokens are one, so nobody would translate them."""
    calls = [node for node in ast.walk(value) if isinstance(node, ast.Call)]
    return [call for call in calls if getattr(call.func, "id", "").removesuffix("_lazy") in MARKING]


def _bare(call: ast.Call) -> list[ast.Constant]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    owner = getattr(getattr(call.func, "value", None), "id", "")
    said = [keyword.value for keyword in call.keywords if keyword.arg in SPOKEN_ARGUMENTS]
    if name in SPOKEN_FUNCTIONS or owner == "messages":
        said += call.args[-1:]
    return [node for node in said if isinstance(node, ast.Constant) and _is_word(node.value)]


def _is_word(text: object) -> bool:
    return isinstance(text, str) and bool(_WORD.search(text)) and text not in ALLOWED
