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
    """
    labels = _labels(settings)
    values: dict[str, list[str]] = {}
    is_inside = False
    for line in text.split("\n"):
        name, rest = ("", "") if is_inside else _labelled(line, labels)
        if is_inside and not END.match(line):
            values["text"].append(line)
        elif is_inside:
            is_inside = False
        elif name and name not in values and not (name == "id" and ("text" in values or " " in rest)):
            values[name], is_inside = [rest], name == "text"
    told = {name: "\n".join(lines).strip() for name, lines in values.items()}
    url = told.get("url", "") or _address(links or LINK.findall(text), str(settings.get("site") or ""))
    return Found(**{**told, "url": url})


def _labels(settings: Mapping[str, Any]) -> dict[str, str]:
    own = settings.get("labels")
    mine = own if isinstance(own, dict) else {}
    lists = {name: [*mine.get(name, []), *words.split(", ")] for name, words in LABELS.items()}
    return {fold(str(word)): name for name, words in lists.items() for word in words}


def _labelled(line: str, labels: Mapping[str, str]) -> tuple[str, str]:
    head, colon, rest = line.partition(":")
    if not colon or len(head) > 40 or rest.startswith("//"):
        return "", ""
    return labels.get(fold(head.strip(" *-•\t")), ""), rest.strip()


def _address(links: list[str], site: str) -> str:
    """The first link to the site itself that is no business of the notice's."""
    kept = [link.rstrip(".,;") for link in links if not NOT_POSTS.search(link.lower())]
    host = (urlsplit(site if "//" in site else f"//{site}").hostname or "").removeprefix("www.")
    own = [link for link in kept if host and (urlsplit(link).hostname or "").removeprefix("www.").endswith(host)]
    return next(iter(own), "" if host else next(iter(kept), ""))
