"""Feeds as they are written by the thousands of programs out there, and by those who mean harm."""

from typing import Any

import pytest

from muhatap.channels.listening import asking
from muhatap.channels.listening.asking import NotHeard
from muhatap.channels.listening.trouble import Trouble
from muhatap.channels.rss import feeds
from muhatap.channels.rss.adapter import ADAPTER
from muhatap.channels.rss.feeds import BadFeed
from tests.channels.listening.recorded import FOLDER, RECEIVED, entries
from tests.channels.listening.site import Said, Site, site

__all__ = ["site"]
META = {"feed_url": "https://forum.ornek.example/alisveris.atom", "received_at": RECEIVED}
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
<rss version="2.0"><channel><title>&lol2;</title></channel></rss>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<rss version="2.0"><channel><title>x</title><item><title>&x;</title></item></channel></rss>"""
SPLIT = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd"> %p;]>
<rss version="2.0"><channel><title>x</title></channel></rss>"""
OLD = b"""<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.example/rss.dtd">
<rss version="0.91"><channel><title>Eski</title><item><title>Ba\xc5\x9fl\xc4\xb1k</title><link>http://a.example/1</link></item></channel></rss>"""


def rss(item: str, *, head: str = '<?xml version="1.0"?>', encoding: str = "utf-8") -> bytes:
    return f'{head}<rss version="2.0"><channel><title>F</title>{item}</channel></rss>'.encode(encoding)


def words_of(raw: bytes) -> str:
    return ADAPTER.translate(feeds.fragment(feeds.read(raw).entries[0]), META).text


@pytest.mark.parametrize(
    "raw",
    [
        LAUGHS,
        OUTSIDE,
        SPLIT,
        b"",
        b"<rss",
        b"<html/>",
        b"{}",
        b"<a>" * 100 + b"</a>" * 100,
        b"<rss>" + b" " * feeds.LARGEST,
    ],
    ids=["laughs", "outside", "parameter", "empty", "half", "html", "json", "deep", "large"],
)
def test_a_feed_that_is_none_or_means_harm_is_refused(raw: bytes) -> None:
    with pytest.raises(BadFeed):
        feeds.read(raw)


def test_an_old_feed_that_names_its_grammar_is_read_without_fetching_it() -> None:
    assert feeds.read(OLD).title == "Eski"


@pytest.mark.parametrize(
    "raw",
    [
        rss("<item><title>Çığ</title></item>"),
        rss(
            "<item><title>Çığ</title></item>", head='<?xml version="1.0" encoding="iso-8859-9"?>', encoding="iso-8859-9"
        ),
        rss("<item><title>Çığ</title></item>", head='<?xml version="1.0" encoding="windows-1254"?>', encoding="cp1254"),
        rss("<item><title>Çığ</title></item>", head='<?xml version="1.0" encoding="utf-8"?>', encoding="cp1254"),
        rss("<item><title>Çığ</title></item>", head='<?xml version="1.0" encoding="x-unknown"?>'),
        rss("<item><title>Çığ</title></item>", head='<?xml version="1.0" encoding="utf-16"?>', encoding="utf-16"),
        rss("<item><title>&Ccedil;ığ</title></item>"),
        rss("<item><title>Ç\x0bığ</title></item>"),
        b"\xef\xbb\xbf" + rss("<item><title>Çığ</title></item>"),
    ],
    ids=["utf-8", "latin-5", "windows", "says utf-8 and is not", "unknown", "utf-16", "entity", "control", "bom"],
)
def test_a_feed_in_whatever_letters_is_read(raw: bytes) -> None:
    assert words_of(raw) == "Çığ"


def test_html_in_a_feed_becomes_its_words() -> None:
    first, second = (ADAPTER.translate(raw, META) for raw in entries("forum.atom"))

    assert (
        first.text
        == "Nevresim takımını 7 Kasım’da aldım, kargo hâlâ çıkmadı.\n\nTakip <https://kargo.ornek.example/t/1>"
    )
    assert "alert" not in first.text
    assert (second.text, second.in_reply_to) == ("Benimki de gecikti.", first.external_id)
    assert second.public_url == "https://forum.ornek.example/konu/312#post-4813"


def test_the_whole_of_an_entry_is_taken_and_not_its_summary() -> None:
    entry = ADAPTER.translate(entries("forum.rss")[0], META)

    assert entry.text == "Şile bezi havlu & perde çok güzel, teşekkürler."
    assert (entry.sender.name, entry.sender.is_verified) == ("Gülşen", False)


def test_a_name_is_an_account_only_where_somebody_says_so() -> None:
    entry = ADAPTER.translate(entries("forum.rss")[0], {**META, "names_are_accounts": True})

    assert (entry.sender.value, entry.sender.is_verified) == ("forum.ornek.example:Gülşen", True)


def test_an_authors_page_on_another_site_proves_nothing() -> None:
    raw = entries("forum.atom")[0].replace(b"https://forum.ornek.example/uye", b"https://baska.example/uye")

    assert not ADAPTER.translate(raw, META).sender.is_verified


def look(site: Site, mark: dict[str, Any] | None = None, **settings: Any) -> Any:
    return ADAPTER.look({"feed_url": f"{site.url}/feed", **settings}, mark or {})  # type: ignore[attr-defined]


def test_a_feed_is_asked_only_for_what_changed(site: Site) -> None:
    site.answers["GET /feed"] = Said(
        200, (FOLDER / "forum.atom").read_bytes(), {"ETag": '"7"', "Cache-Control": "max-age=1800"}
    )
    first = look(site)
    site.answers["GET /feed"] = Said(304)
    second = look(site, first.mark)

    assert len(first.heard) == 2 and first.wait.total_seconds() == 1800
    assert second.heard == () and site.asked[-1].headers["if-none-match"] == '"7"'


def test_a_post_is_the_same_post_when_only_a_counter_changed(site: Site) -> None:
    raw = (FOLDER / "forum.rss").read_bytes()
    site.answers["GET /feed"] = Said(200, raw)
    before = look(site)
    site.answers["GET /feed"] = Said(200, raw.replace(b"comments>4<", b"comments>9<"))
    counted = look(site)
    site.answers["GET /feed"] = Said(200, raw.replace(b"perde", b"masa"))
    changed = look(site)

    assert before.heard[0].key == counted.heard[0].key != changed.heard[0].key


def test_what_was_written_before_we_listened_is_left_alone(site: Site) -> None:
    site.answers["GET /feed"] = Said(200, (FOLDER / "forum.atom").read_bytes())

    assert look(site, since="2026-11-22").heard == ()


@pytest.mark.parametrize(
    ("said", "trouble"),
    [
        (Said(404), Trouble.GONE),
        (Said(401), Trouble.LOGIN),
        (Said(429, headers={"Retry-After": "90"}), Trouble.BUSY),
        (Said(500, b"oops"), Trouble.REFUSED),
        (Said(200, LAUGHS), Trouble.UNREADABLE),
        (Said(200, b"x" * (feeds.LARGEST + 10)), Trouble.TOO_LARGE),
        (Said(302, headers={"Location": "/feed"}), Trouble.REFUSED),
        (Said(302, headers={"Location": "file:///etc/passwd"}), Trouble.INCOMPLETE),
        (Said(is_cut=True), Trouble.AWAY),
    ],
    ids=["gone", "login", "busy", "error", "harm", "large", "round", "file", "cut"],
)
def test_a_look_that_fails_says_why(site: Site, said: Said, trouble: Trouble) -> None:
    site.answers["GET /feed"] = said
    with pytest.raises(NotHeard) as failed:
        look(site)

    assert failed.value.trouble == trouble
    assert (failed.value.wait is not None) == (trouble == Trouble.BUSY)


def test_our_own_neighbours_are_never_asked(site: Site, settings: Any) -> None:
    settings.WEBHOOKS_MAY_BE_PRIVATE = False
    with pytest.raises(NotHeard) as failed:
        look(site)

    assert failed.value.trouble == Trouble.PRIVATE and not site.asked


def test_our_access_does_not_follow_to_another_site(site: Site) -> None:
    other = site.url.replace("127.0.0.1", "localhost")
    site.answers["GET /here"] = Said(302, headers={"Location": f"{other}/there"})
    site.answers["GET /there"] = Said(200, b"{}")
    asking.ask(f"{site.url}/here", headers=asking.bearer("geheim"))

    assert site.last("/here").headers["authorization"] == "Bearer geheim"
    assert "authorization" not in site.last("/there").headers


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120),
        ({"retry-after": "Sat, 21 Nov 2026 12:10:00 GMT", "date": "Sat, 21 Nov 2026 12:00:00 GMT"}, 600),
        (
            {
                "x-ratelimit-remaining": "0",
                "x-ratelimit-reset": "2026-11-21T12:05:00Z",
                "date": "Sat, 21 Nov 2026 12:00:00 GMT",
            },
            300,
        ),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "1795262700", "date": "Sat, 21 Nov 2026 12:00:00 GMT"}, 300),
        ({"x-ratelimit-remaining": "12", "x-ratelimit-reset": "2026-11-21T12:05:00Z"}, None),
        ({"retry-after": "999999"}, 86_400),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({}, None),
    ],
)
def test_the_pause_that_a_source_asks_for_is_kept(headers: dict[str, str], seconds: int | None) -> None:
    wait = asking.Answer(status=429, body=b"", headers=headers, url="").wait

    assert (wait.total_seconds() if wait is not None else None) == seconds


@pytest.mark.parametrize(
    ("there", "is_same"),
    [
        ("https://forum.example/b", True),
        ("http://forum.example/b", False),
        ("https://forum.example:444/b", False),
        ("https://baska.example/b", False),
    ],
)
def test_our_access_goes_only_where_it_was_meant_to_go(there: str, is_same: bool) -> None:
    assert asking.is_same_place("https://forum.example/a", there) == is_same


def test_an_address_with_a_password_in_it_is_refused(site: Site) -> None:
    with pytest.raises(NotHeard, match="no user name and password") as failed:
        asking.ask(site.url.replace("http://", "http://ben:gizli@"))

    assert failed.value.trouble == Trouble.INCOMPLETE and not site.asked
