"""One entry of a feed: its id, words, author, moment and address, whichever of the formats it is written in."""

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element, tostring

from muhatap.channels.rss.feeds import ATOM

CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
DC_DATE = "{http://purl.org/dc/elements/1.1/}date"
IN_REPLY_TO = "{http://purl.org/syndication/thread/1.0}in-reply-to"
ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
XHTML = "{http://www.w3.org/1999/xhtml}"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """As it is written: `body` is HTML, dates are text, `author_url` the author's own page where the feed names one."""

    id: str
    title: str
    body: str
    author: str
    author_url: str
    link: str
    published: str
    updated: str
    answers: str


def read(element: Element, feed_url: str) -> Entry:
    """An <item> or an <entry>."""
    return _atom(element, feed_url) if element.tag == f"{ATOM}entry" else _rss(element, feed_url)


def _atom(element: Element, feed_url: str) -> Entry:
    link = _atom_link(element, feed_url)
    author = element.find(f"{ATOM}author")
    uri = _text(author, f"{ATOM}uri") if author is not None else ""
    content = element.find(f"{ATOM}content")
    body = content if content is not None else element.find(f"{ATOM}summary")
    answered = element.find(IN_REPLY_TO)
    return Entry(
        id=_text(element, f"{ATOM}id") or link,
        title=_plain(element.find(f"{ATOM}title")),
        body=_marked_up(body),
        author=_text(author, f"{ATOM}name") if author is not None else "",
        author_url=urljoin(feed_url, uri) if uri else "",
        link=link,
        published=_text(element, f"{ATOM}published"),
        updated=_text(element, f"{ATOM}updated"),
        answers=answered.get("ref", "") if answered is not None else "",
    )


def _rss(element: Element, feed_url: str) -> Entry:
    """RSS 2.0 and, with its own namespace, RSS 1.0."""
    space = element.tag.rpartition("item")[0]
    link = _text(element, f"{space}link")
    written = _text(element, f"{space}author")
    return Entry(
        id=_text(element, "guid") or element.get(ABOUT, "") or link,
        title=_plain(element.find(f"{space}title")),
        body=_text(element, CONTENT) or _text(element, f"{space}description"),
        author=_text(element, CREATOR) or _name_of(written),
        author_url="",
        link=urljoin(feed_url, link) if link else _permalink(element),
        published=_text(element, "pubDate") or _text(element, DC_DATE),
        updated=_text(element, f"{ATOM}updated"),
        answers="",
    )


def is_same_host(url: str, other: str) -> bool:
    """Whether a page stands where the feed stands; another's page proves nothing about who wrote here."""
    return bool(url) and urlsplit(url).hostname == urlsplit(other).hostname


def _atom_link(element: Element, feed_url: str) -> str:
    links = [found for found in element.findall(f"{ATOM}link") if found.get("rel", "alternate") == "alternate"]
    return urljoin(feed_url, links[0].get("href", "")) if links else ""


def _permalink(element: Element) -> str:
    guid = element.find("guid")
    is_link = guid is not None and guid.get("isPermaLink", "true") != "false"
    return (guid.text or "").strip() if guid is not None and is_link else ""


def _name_of(written: str) -> str:
    """RSS asks for an address with the name in brackets; many write the name alone. The address is none of our business."""
    head, bracket, rest = written.partition("(")
    if bracket:
        return rest.rpartition(")")[0].strip()
    return "" if "@" in head else head


def _text(element: Element, name: str) -> str:
    found = element.find(name)
    return "".join(found.itertext()).strip() if found is not None else ""


def _plain(element: Element | None) -> str:
    return "".join(element.itertext()) if element is not None else ""


def _marked_up(element: Element | None) -> str:
    """Atom carries HTML as text, or XHTML as elements."""
    if element is None:
        return ""
    if element.get("type") == "xhtml":
        return "".join(tostring(child, encoding="unicode").replace("html:", "") for child in element)
    text = "".join(element.itertext())
    return text.replace("&", "&amp;").replace("<", "&lt;") if element.get("type", "text") == "text" else text
