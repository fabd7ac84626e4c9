"""HTML of a mail: cleaned for the screen, and turned into readable text with its quotes marked.

Cleaning happens by allow-list twice. The first pass gives well-formed HTML that a short tokenizer can walk safely;
the walk takes out what was hidden and moves image sources aside; the second pass keeps only what the screen may show.
"""

import re
from dataclasses import dataclass

import nh3

from muhatap.channels.email import html_source, html_walk

SHOWN = (
    "a abbr acronym address b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn "
    "div dl dt em figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span "
    "strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr"
)
TAGS = set(SHOWN.split())
LAYOUT = {
    "a": {"href", "title"},
    "img": {"alt", "title", "width", "height", "data-src", "data-cid"},
    "table": {"align", "width", "height", "border", "cellpadding", "cellspacing", "bgcolor"},
    "td": {"align", "valign", "width", "height", "colspan", "rowspan", "bgcolor"},
    "th": {"align", "valign", "width", "height", "colspan", "rowspan", "bgcolor", "scope"},
    "tr": {"align", "valign", "bgcolor"},
    "col": {"width", "span"},
    "colgroup": {"width", "span"},
    "font": {"color", "size"},
    "div": {"align"},
    "p": {"align"},
    "h1": {"align"},
    "h2": {"align"},
    "h3": {"align"},
    "ol": {"start", "type"},
    "li": {"value"},
    "time": {"datetime"},
    "bdo": {"dir"},
    "*": {"dir", "lang"},
}
FORM_OF_ORIGIN = {"class", "id", "type", "style", "name", "hidden", "cite"}
ORIGIN = {tag: set(LAYOUT.get(tag, ())) | FORM_OF_ORIGIN for tag in TAGS | {"*"}}
ORIGIN["*"] |= LAYOUT["*"]
ORIGIN["img"] |= {"src"}
ORIGIN["ol"] |= {"type"}
KNOWN = set().union(*ORIGIN.values())
SILENT = {
    "script",
    "style",
    "title",
    "svg",
    "math",
    "template",
    "noscript",
    "iframe",
    "object",
    "select",
    "textarea",
    "xml",
}
SCHEMES = {"http", "https", "mailto", "tel"}

ABSOLUTE = re.compile(r"(?:https?|mailto|tel):", re.I)
N_HARMLESS = 20_000  # characters in which no trick can cost more than a moment
N_CANONICAL = 4 * 2**20  # characters; a few tags may unfold into many when they are made well-formed


@dataclass(frozen=True)
class Cleaned:
    """HTML safe to show, its text, and the same text with marks for `quotes.reply`."""

    html: str
    text: str
    marked: str


def clean(source: str) -> Cleaned:
    """Clean HTML for the screen and read its text. Never raises; empty HTML gives empty texts."""
    if not source.strip():
        return Cleaned("", "", "")
    canonical = nh3.clean(
        html_source.tamed(source, TAGS, KNOWN) if len(source) > N_HARMLESS else source,
        tags=TAGS,
        attributes=ORIGIN,
        clean_content_tags=SILENT,
        url_schemes=SCHEMES | {"cid"},
        attribute_filter=_keep_absolute,
        link_rel=None,
    )
    walk = html_walk.Walk()
    walk.over(canonical[:N_CANONICAL])
    shown = nh3.clean(
        "".join(walk.html),
        tags=TAGS,
        attributes=LAYOUT,
        url_schemes=SCHEMES,
        attribute_filter=_keep_absolute,
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel="noopener noreferrer nofollow",
    )
    marked = walk.text.lines()
    return Cleaned(shown.strip(), html_walk.MARK_LINES.sub("", marked).strip(), marked)


def _keep_absolute(tag: str, name: str, value: str) -> str | None:
    # A relative link would lead into our own application, a form's action or an image to us as well.
    if name == "href":
        return value if ABSOLUTE.match(value.strip()) else None
    if name == "src":
        return value if re.match(r"\s*(?:https?|cid):", value, re.I) else None
    if name == "data-src":
        return value if re.match(r"https?:", value, re.I) else None
    return value
