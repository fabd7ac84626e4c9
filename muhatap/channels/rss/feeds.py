"""A feed as a tree, whoever wrote it: no entity is ever expanded, nothing outside is ever read, depth and size have an end."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.parsers import expat

LARGEST = 10 * 1024 * 1024
DEEPEST = 60
MOST_ENTRIES = 500
ATOM = "{http://www.w3.org/2005/Atom}"
RSS1 = "{http://purl.org/rss/1.0/}"
DECLARED = re.compile(rb"^(\s*<\?xml[^>]*?)\sencoding\s*=\s*[\"'][^\"']*[\"']", re.IGNORECASE)
NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30});")
NOT_OURS = {"lt", "gt", "amp", "quot", "apos"}
# Letters XML knows not, which programs write nevertheless.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class BadFeed(ValueError):
    """It is no feed, or one that means harm; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Feed:
    title: str
    entries: tuple[Element, ...]


def read(raw: bytes) -> Feed:
    """The feed's entries in the order in which they stand. Raises BadFeed."""
    root = tree(raw)
    if _bare(root.tag).lower() not in ("rss", "feed", "rdf"):
        raise BadFeed(f"<{root.tag[:60]}> is neither RSS nor Atom")
    entries = [found for found in root.iter() if found.tag in ("item", f"{ATOM}entry", f"{RSS1}item")]
    channel = next((found for found in root if found.tag in ("channel", f"{RSS1}channel")), root)
    title = next((found.text or "" for found in channel if _bare(found.tag) == "title"), "")
    return Feed(title=" ".join(title.split())[:200], entries=tuple(entries[:MOST_ENTRIES]))


def tree(raw: bytes) -> Element:
    """The XML as a tree. Raises BadFeed. What says it is UTF-8 and is not is read as Turkish Windows text."""
    if len(raw) > LARGEST:
        raise BadFeed("more than 10 MB")
    problem = ""
    for attempt in _readings(raw):
        try:
            return _built(attempt)
        except expat.ExpatError as error:
            problem = problem or expat.errors.messages.get(error.code, "not well-formed")
        except (LookupError, ValueError) as error:
            if isinstance(error, BadFeed):
                raise
            problem = problem or str(error)
    raise BadFeed(f"no readable XML: {problem}"[:300])


def fragment(element: Element) -> bytes:
    """One entry as bytes that stand alone."""
    element.tail = None
    return bytes(ElementTree.tostring(element, encoding="utf-8"))


def _readings(raw: bytes) -> Iterator[bytes]:
    """As it says it is; and where that fails, mended: letters decoded by what they are, entities of HTML as letters."""
    yield raw
    bare = DECLARED.sub(rb"\1", raw.removeprefix(b"\xef\xbb\xbf"), count=1)
    for name in ("utf-8", "cp1254"):
        try:
            text = bare.decode(name)
        except UnicodeDecodeError:
            continue
        yield FORBIDDEN.sub("", NAMED.sub(_letter, text)).encode()
        return
    yield FORBIDDEN.sub("", NAMED.sub(_letter, bare.decode("cp1254", "replace"))).encode()


def _letter(found: re.Match[str]) -> str:
    """An entity of HTML as its letter; those of XML stay, unknown ones are text."""
    if found[1] in NOT_OURS:
        return found[0]
    letter = html.unescape(found[0])
    return letter if letter != found[0] else f"&amp;{found[1]};"


def _built(raw: bytes) -> Element:
    builder, depth = ElementTree.TreeBuilder(), 0
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise BadFeed("nested too deeply")
        builder.start(_named(name), {_named(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_named(name))

    def refuse(*_args: object) -> int:
        raise BadFeed("it declares entities, which no feed needs")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.Parse(raw, True)
    return builder.close()


def _named(name: str) -> str:
    return "{" + name if "}" in name else name


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]
