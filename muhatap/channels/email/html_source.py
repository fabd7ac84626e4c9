"""HTML as it comes, made harmless to *read*: a tree builder can be worn out long before anything is dangerous to show.

Reads tokens as the HTML standard does, each character once, and writes them again: only known tags and attributes,
no more inside each other than anybody means. What is allowed on the screen is decided later, in `html`.
"""

import html as entities
import re
from collections import Counter
from collections.abc import Collection

NEXT = re.compile(r"<(?:(/?)([a-zA-Z][^\s/>\0]*)|!--|[!?/])")
ATTRIBUTE = re.compile(
    r"""[\s/]+|>|=?[^\s/>=]*(?:\s*=\s*(?:"[^"]*"?|'[^']*'?|[^\s>"'][^\s>]*|(?=>)|$))?""",
)
PARTS = re.compile(r"""(=?[^\s/>=]*)\s*=?\s*("[^"]*"?|'[^']*'?|[^\s>]*)""")
COMMENT_END = re.compile(r"--!?>|\Z")
RAW = {
    "script",
    "style",
    "title",
    "textarea",
    "xmp",
    "iframe",
    "noembed",
    "noframes",
    "noscript",
    "template",
    "svg",
    "math",
    "select",
}
FOREIGN = {"svg", "math"}
ALONE = {"br", "hr", "img", "col", "wbr"}
# Elements that close their like by themselves, so that leaving them open is common and makes nothing deeper.
SELF_CLOSING = {"p", "li", "dt", "dd", "td", "th", "tr", "tbody", "thead", "tfoot", "colgroup"}
N_DEPTH = 100  # elements inside each other
N_ATTRIBUTES = 60  # of one tag; comparing them costs their square


def tamed(source: str, tags: Collection[str], attributes: Collection[str]) -> str:
    """The same page in tokens everybody reads alike. Linear in the length of the source."""
    written: list[str] = []
    opened: Counter[str] = Counter()
    unclosed: set[str] = set()
    at = depth = 0
    while found := NEXT.search(source, at):
        written.append(source[at : found.start()])
        closing, name = found[1], (found[2] or "").lower()
        if not name:
            at = _after_comment(source, found)
            continue
        pairs, at = _attributes(source, found.end())
        if at == len(source) and not source.endswith(">"):
            break  # a tag cut off by the end of the mail
        if name in RAW and not closing:
            at = at if name in FOREIGN and source[at - 2 : at] == "/>" else _after_raw(source, at, name, unclosed)
        elif name not in tags:
            continue
        elif closing and opened[name]:
            opened[name] -= 1
            depth -= name not in SELF_CLOSING
            written.append(f"</{name}>")
        elif not closing and (name in ALONE or depth < N_DEPTH):
            opened[name] += name not in ALONE
            depth += name not in ALONE and name not in SELF_CLOSING
            written.append(_tag(name, pairs, attributes))
    else:
        written.append(source[at:])
    return "".join(written)


def _after_comment(source: str, found: re.Match[str]) -> int:
    if found[0] != "<!--":
        end = source.find(">", found.end())  # <!doctype>, <?xml?> and whatever else begins like a comment
        return len(source) if end < 0 else end + 1
    if source.startswith(">", found.end()):
        return found.end() + 1
    end_match = COMMENT_END.search(source, found.end())
    return end_match.end() if end_match else len(source)


def _after_raw(source: str, at: int, name: str, unclosed: set[str]) -> int:
    closing = None
    if name not in unclosed:
        closing = re.compile(rf"</{name}(?=[\s/>])[^>]*>?", re.IGNORECASE).search(source, at)
    if closing:
        return closing.end()
    unclosed.add(name)  # looked for once, not once a tag
    return at if name in FOREIGN or name in ("template", "select", "noscript") else len(source)


def _attributes(source: str, at: int) -> tuple[list[str], int]:
    """Names and values up to the end of this tag, as written, and where the tag ends."""
    pairs: list[str] = []
    while at < len(source):
        found = ATTRIBUTE.match(source, at)
        if not found or found.end() == at:
            at += 1
            continue
        at = found.end()
        if found[0] == ">":
            break
        if len(pairs) < N_ATTRIBUTES and not found[0].isspace() and found[0].strip("/ "):
            pairs.append(found[0])
    return pairs, at


def _tag(name: str, pairs: list[str], attributes: Collection[str]) -> str:
    kept = []
    for pair in pairs:
        match = PARTS.match(pair)
        if match and (key := match[1].lower()) in attributes:
            value = match[2].strip("\"'") if match[2][:1] in "\"'" else match[2]
            kept.append(f' {key}="{entities.escape(entities.unescape(value))}"')
    return f"<{name}{''.join(kept)}>"
