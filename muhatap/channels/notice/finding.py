"""The post inside a notice: who wrote it, what, and where it stands. Sites word their notices in their own way; an inbox may say how."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from muhatap.shared.text import fold

LABELS = {
    "author": "yazan, kullanıcı, kullanıcı adı, üye, müşteri, şikayet eden, gönderen, author, user, from, posted by, written by",
    "title": "başlık, konu, şikayet başlığı, title, subject, topic",
    "text": "mesaj, şikayet, şikayet metni, yorum, ileti, içerik, message, comment, complaint, post, text",
    "url": "bağlantı, adres, link, url",
    "id": "şikayet no, şikayet numarası, ileti no, no, id, reference, complaint no",
}
OURS = {fold(word): name for name, words in LABELS.items() for word in words.split(", ")}
LONGEST_LABEL = 40
LINK = re.compile(r"https?://[^\s<>\"'\])]+")
NOT_POSTS = re.compile(
    r"unsubscribe|abonelik|ayarlar|settings|preferences|privacy|gizlilik|login|giris|\.(?:png|jpe?g|gif|svg)(?:\?|$)"
)
# Where the site's own words begin again below the post.
END = re.compile(
    r"^\s*(?:-{3,}|_{3,}|={3,}|bu (?:bildirim|e-?posta)|bildirimleri|bildirim ayar|görüntülemek için|yanıtlamak için|cevaplamak için|"
    r"you (?:are )?receiv|to (?:reply|view|unsubscribe)|view (?:it|this)|manage (?:your )?notif|reply to this)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found; an empty text means that the whole notice is the post."""

    author: str = ""
    title: str = ""
    text: str = ""
    url: str = ""
    id: str = ""


def find(text: str, links: list[str], settings: Mapping[str, Any]) -> Found:
    """Read the labelled lines, then the address of the post among the links. `settings` may hold `labels`: {"author": ["Yazar"], …}.

    Where the post begins its author speaks: lines of theirs that look like labels are none, and its number stands before it.
    Only a line that gives an address and nothing else is the site's again.
    """
    own = _own(settings)
    values: dict[str, list[str]] = {}
    is_inside = False
    for line in text.split("\n"):
        name, rest = _labelled(line, own)
        if is_inside and name == "url" and _gives_address(line, rest, own):
            is_inside = False
        if is_inside and not END.match(line):
            values["text"].append(line)
        elif is_inside:
            is_inside = False
        elif name and name not in values and not (name == "id" and ("text" in values or " " in rest)):
            values[name], is_inside = [rest], name == "text"
    told = {name: "\n".join(lines).strip() for name, lines in values.items()}
    given = LINK.search(told.get("url", ""))
    url = given[0] if given else _address(links or LINK.findall(text), str(settings.get("site") or ""))
    return Found(**{**told, "url": url})


def folded(words: str) -> str:
    """A label as labels are compared."""
    return fold(words.strip(" :*-•\t"))


def _own(settings: Mapping[str, Any]) -> dict[str, str]:
    """The site's own labels: they go before ours."""
    labels = settings.get("labels")
    mine = labels if isinstance(labels, dict) else {}
    return {folded(str(word)): name for name in LABELS for word in mine.get(name) or []}


def _labelled(line: str, own: Mapping[str, str]) -> tuple[str, str]:
    """What a line says, and the rest of it. A site's own labels need no colon: in a table none stands between two cells."""
    head, colon, rest = line.partition(":")
    is_label = bool(colon) and len(head) <= LONGEST_LABEL and not rest.startswith("//")
    if is_label and (name := own.get(folded(head)) or OURS.get(folded(head))):
        return name, rest.strip()
    words = line.split()
    for n in range(len(words), 0, -1):
        if name := own.get(folded(" ".join(words[:n]))):
            return name, " ".join(words[n:])
    return "", ""


def _gives_address(line: str, rest: str, own: Mapping[str, str]) -> bool:
    """A label of ours and an address, or one of the site's own and an address behind whatever words."""
    if LINK.fullmatch(rest):
        return True
    is_ours = folded(line.partition(":")[0]) in OURS
    return not is_ours and bool(own) and LINK.search(rest) is not None


def _address(links: list[str], site: str) -> str:
    """The first link to the site itself that is no business of the notice's; its first page is nobody's post."""
    kept = [link.rstrip(".,;") for link in links if not NOT_POSTS.search(link.lower()) and _leads_inside(link)]
    host = (urlsplit(site if "//" in site else f"//{site}").hostname or "").removeprefix("www.")
    own = [link for link in kept if host and (urlsplit(link).hostname or "").removeprefix("www.").endswith(host)]
    return next(iter(own), "" if host else next(iter(kept), ""))


def _leads_inside(link: str) -> bool:
    parts = urlsplit(link)
    return bool(parts.path.strip("/") or parts.query)
