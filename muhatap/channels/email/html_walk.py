"""One pass over well-formed HTML of a mail: what is hidden goes, image sources move aside, and its text is written.

The text carries marks (see `quotes`) where the elements of a mail program say what is quoted and what is a signature.
"""

import html as entities
import re
from dataclasses import dataclass, field

from muhatap.channels.email.client_forms import ATTRIBUTION_ELEMENTS, CUT_ELEMENTS, SIGNATURE_ELEMENTS
from muhatap.channels.email.quotes import ATTRIBUTION, CUT, SIGNATURE, SIGNATURE_END

TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:\s[^\s=">/]+(?:="[^"]*")?)*)\s*/?>|([^<]+)|<')
ATTRIBUTE = re.compile(r'\s([^\s=">/]+)(?:="([^"]*)")?')
HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.I)
VOID = {"br", "hr", "img", "col", "wbr"}
BREAKING = (
    "address blockquote center dd details div dl dt figure figcaption h1 h2 h3 h4 h5 h6 hr li ol p pre summary "
    "table tr ul"
)
BLOCKS = set(BREAKING.split())
SPACED = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre", "table"}
N_QUOTES = 9  # marks before a line
NOT_OURS = dict.fromkeys(map(ord, CUT + ATTRIBUTION + SIGNATURE + SIGNATURE_END))
MARK_LINES = re.compile(f"^(?:> )*[{CUT}{ATTRIBUTION}{SIGNATURE}{SIGNATURE_END}]\n?", re.MULTILINE)
SPACES = re.compile(r"[ \t\r\n\f]+")
RUN_OF_SPACES = re.compile(r"(?<=\S)[ \t]{2,}(?=\S)")
EMPTY_LINES = re.compile(r"\n{3,}")
TIGHT = re.compile(r"(?:^|\s)(?:x_)*MsoNormal(?:\s|$)")  # Outlook's paragraphs are lines


@dataclass
class _Text:
    """Text written line by line: breaks are wished for and only made when words follow."""

    pieces: list[str] = field(default_factory=list)
    n_breaks: int = 0
    quote: int = 0

    def words(self, text: str, *, is_as_typed: bool = False) -> None:
        if self.n_breaks or not self.pieces:
            text = text if is_as_typed else text.lstrip(" ")
            if not text:
                return
            prefix = "> " * min(self.quote, N_QUOTES)
            if self.pieces:
                self.pieces.append("\n" * min(self.n_breaks, 3))
            self.pieces.append(prefix)
            self.n_breaks = 0
        self.pieces.append(text)

    def wish(self, n_breaks: int) -> None:
        self.n_breaks = max(self.n_breaks, n_breaks)

    def force(self) -> None:
        self.n_breaks += 1

    def mark(self, mark: str) -> None:
        self.wish(1)
        self.words(mark)
        self.wish(1)

    def lines(self) -> str:
        """What was written, tidy: spaces folded inside lines, never more than one empty line."""
        text = "".join(self.pieces).replace("\xa0", " ")
        tidy = "\n".join(RUN_OF_SPACES.sub(" ", line).rstrip() for line in text.split("\n"))
        return EMPTY_LINES.sub("\n\n", tidy).strip("\n")

    def since(self, at: int) -> str:
        return "".join(self.pieces[at:]).strip()


@dataclass
class _Open:
    tag: str
    is_hidden: bool = False
    quote: int = 0
    href: str = ""
    is_signature: bool = False
    text_at: int = 0
    n_breaks: int = 1


@dataclass
class Walk:
    """One pass over canonical HTML that writes text, marks and the HTML to show."""

    html: list[str] = field(default_factory=list)
    text: _Text = field(default_factory=_Text)
    stack: list[_Open] = field(default_factory=list)
    n_hidden: int = 0
    n_pre: int = 0
    is_cut: bool = False
    is_in_signature: bool = False

    def over(self, canonical: str) -> None:
        for token in TOKEN.finditer(canonical):
            closing, tag, attributes, words = token.groups()
            if words is not None:
                self._words(words)
            elif closing:
                self._close(tag)
            elif tag:
                found = (
                    {name: entities.unescape(value) for name, value in ATTRIBUTE.findall(attributes)}
                    if attributes
                    else {}
                )
                self._start(tag, found, token[0])

    def _words(self, words: str) -> None:
        if self.n_hidden:
            return
        self.html.append(words)
        plain = entities.unescape(words).translate(NOT_OURS)
        if not self.n_pre:
            self.text.words(SPACES.sub(" ", plain))
            return
        for number, line in enumerate(plain.split("\n")):
            if number:
                self.text.force()
            self.text.words(line, is_as_typed=True)

    def _start(self, tag: str, attributes: dict[str, str], written: str) -> None:
        element = _Open(tag, href=attributes.get("href", ""))
        element.is_hidden = "hidden" in attributes or bool(HIDDEN.search(attributes.get("style", "")))
        if tag not in VOID:
            self.stack.append(element)
            self.n_hidden += element.is_hidden
        if self.n_hidden or element.is_hidden:
            return
        self.html.append(_image(attributes) if tag == "img" else written)
        if len(attributes) and not self.text.quote:
            self._mark(element, attributes)
        # A blockquote without a border is only an indent: Gmail and others make lists of them.
        if tag == "blockquote" and "border:none" not in attributes.get("style", "").replace(" ", ""):
            element.quote = 1
        if tag in BLOCKS:
            element.n_breaks = (
                1 if element.quote or TIGHT.search(attributes.get("class", "")) or tag not in SPACED else 2
            )
            self.text.wish(element.n_breaks)
        self.text.quote += element.quote
        self.n_pre += tag == "pre"
        self._write(tag, attributes)
        element.text_at = len(self.text.pieces)

    def _mark(self, element: _Open, attributes: dict[str, str]) -> None:
        if not self.is_cut and _matches(CUT_ELEMENTS, element.tag, attributes):
            self.text.mark(CUT)
            self.is_cut = True
        elif _matches(ATTRIBUTION_ELEMENTS, element.tag, attributes):
            self.text.mark(ATTRIBUTION)
        elif (
            not self.is_in_signature
            and element.tag not in VOID
            and _matches(SIGNATURE_ELEMENTS, element.tag, attributes)
        ):
            self.text.mark(SIGNATURE)
            element.is_signature = self.is_in_signature = True

    def _write(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "br":
            self.text.force()
        elif tag == "hr":
            self.text.words("-" * 30)
            self.text.wish(1)
        elif tag == "li":
            self.text.words("- ")
        elif tag in ("td", "th"):
            self.text.words(" ")
        elif tag == "img" and (alt := SPACES.sub(" ", attributes.get("alt", "")).strip()):
            self.text.words(alt if len(alt) <= 2 else f"[{alt[:100]}]")

    def _close(self, tag: str) -> None:
        if not self.stack or self.stack[-1].tag != tag:
            return
        element = self.stack.pop()
        if self.n_hidden:
            self.n_hidden -= element.is_hidden
            return
        self.html.append(f"</{tag}>")
        if tag == "a" and element.href:
            self._target(element)
        if element.is_signature:
            self.text.mark(SIGNATURE_END)
            self.is_in_signature = False
        self.text.quote -= element.quote
        self.n_pre -= tag == "pre"
        if tag in BLOCKS:
            self.text.wish(element.n_breaks)

    def _target(self, element: _Open) -> None:
        """A link's address after its words, unless the words say it already."""
        href = element.href.strip()
        plain = re.sub(r"^mailto:|\?.*$", "", href, flags=re.I) if href.lower().startswith("mailto:") else href
        bare = re.sub(r"^(?:https?://|tel:)|/$", "", plain)
        words = self.text.since(element.text_at)
        if bare and words and bare not in words.replace(" ", ""):
            self.text.words(f" <{plain[:2000]}>")


def _image(attributes: dict[str, str]) -> str:
    """An image that fetches nothing: where it comes from stands aside until somebody asks for it."""
    source = attributes.get("src", "").strip()
    name = "data-cid" if source.lower().startswith("cid:") else "data-src"
    kept: dict[str, str] = {key: attributes[key] for key in ("alt", "title", "width", "height") if key in attributes}
    if source:
        kept[name] = source[4:] if name == "data-cid" else source
    return "<img" + "".join(f' {key}="{entities.escape(value)}"' for key, value in kept.items()) + ">"


def _matches(forms: tuple[tuple[str, str, re.Pattern[str]], ...], tag: str, attributes: dict[str, str]) -> bool:
    return any(
        on in ("*", tag) and name in attributes and pattern.search(attributes[name]) for on, name, pattern in forms
    )
