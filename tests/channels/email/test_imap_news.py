"""Mail that comes while we read other mail is noticed at once, and not when the next one comes."""

import time

import pytest

from muhatap.channels.email import access, imap
from tests.cast import NOW
from tests.servers import ImapServer, settings_for

BOX = "destek@ihlamurev.example"
MAIL = b"From: ayse.yilmaz@ornek.example\r\nMessage-ID: <%d@ornek.example>\r\n\r\nMerhaba\r\n"


def test_news_told_amid_another_answer_is_not_forgotten(imap_server: ImapServer) -> None:
    imap_server.add(BOX)
    imap_server.deliver(BOX, MAIL % 1)
    with imap.connected(access.imap(settings_for(imap_server, None, BOX), at=NOW)) as session:
        [first] = session.uids(1)
        imap_server.deliver(BOX, MAIL % 2)
        session.client.noop()  # a server may tell of news beside any answer; this one does so here
        begun_at = time.monotonic()
        session.wait(8, lambda: False)
        assert time.monotonic() - begun_at < 4
        assert len(session.uids(first + 1)) == 1


def test_news_told_before_the_server_says_that_it_idles_ends_the_waiting(
    imap_server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    imap_server.add(BOX)
    imap_server.deliver(BOX, MAIL % 1)
    with imap.connected(access.imap(settings_for(imap_server, None, BOX), at=NOW)) as session:
        session.uids(1)
        session.wait(0.1, lambda: False)
        ask = session.client._command

        def told_first(name: str, *words: str) -> object:
            if name == "IDLE":
                imap_server.deliver(BOX, MAIL % 2)
                session.client.noop()
            return ask(name, *words)

        monkeypatch.setattr(session.client, "_command", told_first)
        begun_at = time.monotonic()
        session.wait(8, lambda: False)
        assert time.monotonic() - begun_at < 4


def test_without_news_it_waits(imap_server: ImapServer) -> None:
    imap_server.add(BOX)
    imap_server.deliver(BOX, MAIL % 1)
    with imap.connected(access.imap(settings_for(imap_server, None, BOX), at=NOW)) as session:
        session.uids(1)
        session.wait(0.1, lambda: False)
        session.uids(1)
        begun_at = time.monotonic()
        session.wait(1.5, lambda: False)
        assert time.monotonic() - begun_at > 1
