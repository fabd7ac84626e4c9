"""What of a template reads the same on every page in a language is put together once: plain text, words, icons, addresses of files.

A page has hundreds of such pieces, and drawing each of them anew was a third of its time. Nothing is written differently for it:
the loader puts neighbouring pieces together after a template was read.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from django.template import Template
from django.template.base import FilterExpression, Node, NodeList, Origin, TextNode, Variable
from django.template.context import Context
from django.template.defaulttags import CommentNode, IfNode
from django.template.library import SimpleNode
from django.template.loaders import cached
from django.templatetags.i18n import TranslateNode
from django.templatetags.static import StaticNode
from django.utils.translation import get_language

CONSTANT_TAGS = {"icon"}  # of our own; the same values make the same picture


class Loader(cached.Loader):
    """Keeps templates as they were read, with the pieces put together."""

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        template: Template = super().get_template(template_name, skip)
        if not hasattr(template, "is_folded"):
            fold(template.nodelist)
            template.is_folded = True  # type: ignore[attr-defined]
        return template


class Folded(Node):
    """Neighbouring pieces that hang on nothing but the language."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.nodes = NodeList(nodes)
        self._drawn: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        language = get_language()
        drawn = self._drawn.get(language)
        if drawn is None:
            drawn = self._drawn[language] = self.nodes.render(context)
        return drawn


def fold(nodes: NodeList) -> None:
    """Put the constant neighbours in this list, and in the lists inside of it, together."""
    for node in nodes:
        for inner in _inside(node):
            fold(inner)
    nodes[:] = [
        node for is_constant, some in groupby(nodes, _is_constant) for node in _together(is_constant, list(some))
    ]


def _together(is_constant: bool, some: list[Node]) -> list[Node]:
    if not is_constant or (len(some) == 1 and isinstance(some[0], TextNode)):
        return some
    folded = Folded(some)
    folded.token, folded.origin = some[0].token, some[0].origin
    return [folded]


def _inside(node: Node) -> Iterator[NodeList]:
    if isinstance(node, IfNode):
        yield from (some for _condition, some in node.conditions_nodelists)
        return
    for name in node.child_nodelists:
        inner = getattr(node, name, None)
        if isinstance(inner, NodeList):
            yield inner


def _is_constant(node: Node) -> bool:
    if isinstance(node, TextNode | CommentNode):
        return True
    if isinstance(node, TranslateNode):
        return not (node.asvar or node.noop or node.message_context) and _is_fixed(node.filter_expression)
    if isinstance(node, StaticNode):
        return not node.varname and _is_fixed(node.path)
    if isinstance(node, SimpleNode):
        values = [*node.args, *node.kwargs.values()]
        return node.func.__name__ in CONSTANT_TAGS and not node.target_var and all(map(_is_fixed, values))
    return False


def _is_fixed(value: FilterExpression) -> bool:
    """Whether it was written in the template itself."""
    return not value.filters and (not isinstance(value.var, Variable) or value.var.literal is not None)
