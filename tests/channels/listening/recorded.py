"""A payload of each service as its public documents describe it, written by us, and what is said in it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from muhatap.channels.rss import feeds

FOLDER = Path(__file__).parent / "payloads"
FIELDS = {"youtube": "textOriginal", "mastodon": "content", "google_reviews": "comment"}  # where the words stand
RECEIVED = "2026-11-21T14:00:00+03:00"


@dataclass(frozen=True, kw_only=True)
class Recorded:
    kind: str
    raw: bytes
    id: str
    words: str
    author: str
    handle: str = ""
    is_answerable: bool = False
    meta: Mapping[str, Any] = field(default_factory=dict)

    def with_text(self, text: str) -> bytes:
        """The same post with other words."""
        if self.kind == "rss":
            escaped = text.replace("&", "&amp;").replace("<", "&lt;")
            element = feeds.tree(self.raw)
            body = element.find(f"{feeds.ATOM}content")
            assert body is not None
            body.text = escaped
            return feeds.fragment(element)
        told = json.loads(self.raw)
        where = {"bluesky": told.get("record"), "youtube": told.get("snippet")}.get(self.kind) or told
        if self.kind == "notice":
            text = f"Şikayet No: 445566\nŞikayet: {text}"
        where[FIELDS.get(self.kind, "text")] = text
        return json.dumps(told).encode()


def entries(name: str) -> list[bytes]:
    return [feeds.fragment(element) for element in feeds.read((FOLDER / name).read_bytes()).entries]


def _of(kind: str, **told: Any) -> Recorded:
    return Recorded(kind=kind, raw=(FOLDER / f"{kind}.json").read_bytes(), **told)


ALL = (
    Recorded(
        kind="rss",
        raw=entries("forum.atom")[0],
        id="tag:forum.ornek.example,2026:post-4812",
        words="Nevresim takımını 7 Kasım’da aldım",
        author="ayse_izmir",
        handle="forum.ornek.example:https://forum.ornek.example/uye/ayse_izmir",
        meta={"feed_url": "https://forum.ornek.example/alisveris.atom"},
    ),
    _of("manual", id="note-1", words="faturam yanlış adrese", author="Oğuz Çelik"),
    _of("hook", id="sikayet-99812", words="paketten çıkmadı", author="Elif Ş.", handle="dukkan-yorumlari:uye-771"),
    _of("notice", id="sikayet.ornek.example:445566", words="Param hâlâ yatmadı.", author="Fatih Ö."),
    _of(
        "mastodon",
        id="113500000000000001",
        words="nevresimim yırtık geldi, ne yapmalıyım?\n#10482",
        author="Ayşe Yılmaz",
        handle="mastodon:@ayse@sosyal.ornek.example",
        is_answerable=True,
        meta={"server": "sosyal.ornek.example"},
    ),
    _of(
        "bluesky",
        id="at://did:plc:ayse4u7example/app.bsky.feed.post/3lbexample2k2s",
        words="kargom nerede? 🚚",
        author="Ayşe Yılmaz",
        handle="bluesky:did:plc:ayse4u7example",
        is_answerable=True,
    ),
    _of(
        "youtube",
        id="UgxExampleAyse0001",
        words="Bu perde kaç cm?",
        author="@ayseyilmaz",
        handle="youtube:UCayse",
        is_answerable=True,
    ),
    _of(
        "google_reviews",
        id="accounts/101/locations/202/reviews/AbFvExample",
        words="Vazo kırık geldi.",
        author="Hakan Demir",
        is_answerable=True,
    ),
)
