"""The little HTML that people write in our own editor: cleaned by allow-list, and as plain text."""

from html.parser import HTMLParser

import nh3

TAGS = {
    "a", "b", "blockquote", "br", "code", "div", "em", "i", "img", "li", "mark", "ol", "p", "pre", "s", "strong", "u", "ul"
}  # fmt: skip
# A mark with data-gap is a place in a template that somebody still has to fill; sending takes it out.
ATTRIBUTES = {"a": {"href"}, "img": {"alt", "data-cid", "width", "height"}, "mark": {"data-gap"}}
BLOCKS = {"blockquote", "div", "li", "ol", "p", "pre", "ul"}
# What people write is cleaned of attributes, so nobody but us can have written this.
SIGNATURE, END = "<div data-signature>", "</div>"


def clean(html: str) -> str:
    """Only what the editor can make; links open safely."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
    ).strip()


def signed(html: str, signature: str) -> str:
    """A text with a signature (cleaned HTML) under it, once."""
    return f"{unsigned(html)}{SIGNATURE}{signature}{END}" if signature else html


def unsigned(html: str) -> str:
    """What was written, without the signature that was put under it."""
    return html.partition(SIGNATURE)[0]


def to_text(html: str) -> str:
    """The same as plain text: paragraphs apart, list items with a dash, links with their address."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    lines = [" ".join(line.split()) for line in "".join(writer.parts).split("\n")]
    return _without_gaps(lines)


def from_text(text: str) -> str:
    """Plain text as HTML paragraphs, escaped."""
    lines = text.strip().replace("\r\n", "\n")  # a browser's form ends them with two letters
    escaped = nh3.clean_text(lines).replace("&#10;", "\n").replace("&#32;", " ").replace("&#47;", "/")
    return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in escaped.split("\n\n") if part.strip())


class _Writer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.links: list[str] = []
        self.start_of_link = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS or tag == "br":
            self.parts.append("\n" if tag in ("br", "li", "div") else "\n\n")
        if tag == "li":
            self.parts.append("- ")
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")
            self.start_of_link = len(self.parts)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.links:
            address = self.links.pop()
            if address and address not in "".join(self.parts[self.start_of_link :]):
                self.parts.append(f" <{address}>")
        elif tag in BLOCKS:
            self.parts.append("\n" if tag in ("li", "div") else "\n\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data.replace("\n", " "))


def _without_gaps(lines: list[str]) -> str:
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip()
