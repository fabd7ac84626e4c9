"""What people wrote on other people's pages, in the words every channel speaks: plain text, moments, names that can be kept."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import nh3

from muhatap.channels.contract import Claim, Inbound, Untranslatable
from muhatap.shared import richtext
from muhatap.shared.text import without_nul

LONGEST = 100_000  # letters of one post that are kept in its entry; the raw item holds all of it
LONGEST_URL = 2000
LONGEST_NAME = 200
CUT = "cut: the post is longer than an entry holds"
TAGS = {"a", "b", "blockquote", "br", "div", "em", "i", "li", "ol", "p", "pre", "strong", "ul"}
SILENT = {"script", "style", "title", "svg", "math", "template", "noscript", "iframe", "object", "select", "textarea"}
UNDER_WAY = timedelta(days=2)  # a clock may be wrong by this much before we trust our own
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Marks that turn the direction of what follows: in a name or a title they would turn our own words, too.
_TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))


def words(html: str, *, with_links: bool = True) -> str:
    """HTML as plain text: nothing hidden, nothing that runs; links with their address unless they are written out."""
    tags = TAGS if with_links else TAGS - {"a"}
    clean = nh3.clean(
        without_nul(html[: 4 * LONGEST]),
        tags=tags,
        attributes={"a": {"href"}} if with_links else {},
        clean_content_tags=SILENT,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    return richtext.to_text(clean)


def line(text: object, *, most: int = 300) -> str:
    """One line that can be kept as a name or a title; anything that is no text is none."""
    if not isinstance(text, str):
        return ""
    return " ".join(without_nul(text[: 4 * most]).translate(_TURNING).split())[:most]


def address(url: object) -> str:
    """A web address that may be offered as a link; others are none."""
    text = line(url, most=LONGEST_URL + 1)
    is_web = text.lower().startswith(("http://", "https://"))
    return text if is_web and len(text) <= LONGEST_URL and not set(text) & set("<>\"' ") else ""


def when(told: object) -> datetime | None:
    """A moment as feeds and services write it (RFC 3339 or RFC 822); without a zone it is UTC. None for what is no date."""
    if not isinstance(told, str) or not told.strip():
        return None
    text = told.strip()
    for read in (_iso, parsedate_to_datetime):
        try:
            moment = read(text)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            moment.astimezone(UTC)
        except (ValueError, TypeError, OverflowError):
            continue
        return moment if moment.year >= 1990 else None
    return None


def received(meta: Mapping[str, Any]) -> datetime:
    """When the raw item came to us."""
    return when(meta.get("received_at")) or EPOCH


def known(service: str, id: str, name: str) -> Claim:
    """An author whom the service itself names by an account: the same account is the same person."""
    return Claim(kind="handle", value=f"{service}:{id}"[:320], is_verified=True, name=line(name, most=LONGEST_NAME))


def only_named(place: str, name: str, post_id: str) -> Claim:
    """An author of whom there is a name, or not even that: two of one name may be two."""
    name = line(name, most=LONGEST_NAME)
    value = f"{place}:{name or post_id}"
    return Claim(kind="handle", value=line(value, most=320) or "?", is_verified=False, name=name)


def post(
    meta: Mapping[str, Any],
    *,
    external_id: str,
    author: Claim,
    text: str,
    at: datetime | None,
    subject: str = "",
    claims: tuple[Claim, ...] = (),
    url: object = "",
    answers: tuple[str, ...] = (),
    edited_at: datetime | None = None,
    rating: int | None = None,
    facts: Mapping[str, str] | None = None,
) -> Inbound:
    """A post as an Inbound, within the limits of what can be kept. `answers`: ids of what it answers, the nearest last."""
    if not external_id:
        raise Untranslatable("It has no id.")
    plain = without_nul(text).replace("\r\n", "\n").strip()
    came_at, defects = received(meta), [CUT] if len(plain) > LONGEST else []
    plain = plain[: LONGEST - 1] + "…" if defects else plain
    if at is None or at > came_at + UNDER_WAY:
        defects.append("no date of its own" if at is None else f"dated {at:%Y-%m-%d %H:%M %z}")
        at = came_at
    learned = {"name": author.name, **(facts or {})}
    return Inbound(
        kind="message",
        external_id=without_nul(external_id)[:900],
        at=at,
        sender=author,
        claims=(author, *claims),
        subject=line(subject),
        text=plain,
        reply_text=plain,
        in_reply_to=answers[-1] if answers else "",
        references=answers,
        defects=tuple(defects),
        facts={name: value for name, value in learned.items() if value},
        public_url=address(url),
        rating=rating if rating in (1, 2, 3, 4, 5) else None,
        edited_at=edited_at if edited_at is None or edited_at <= came_at + UNDER_WAY else came_at,
    )


def erased(meta: Mapping[str, Any], *, external_id: str) -> Inbound:
    """The author took a post back."""
    nobody = Claim(kind="handle", value=f"erased:{external_id}"[:320], is_verified=False)
    return Inbound(
        kind="message",
        external_id=external_id[:900],
        at=received(meta),
        sender=nobody,
        claims=(nobody,),
        is_erased=True,
    )


def _iso(text: str) -> datetime:
    """Nanoseconds, as Google writes them, are more than a datetime holds."""
    head, dot, rest = text.partition(".")
    if dot:
        digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
        text = f"{head}.{digits[:6]}{rest[len(digits) :]}"
    return datetime.fromisoformat(text)
