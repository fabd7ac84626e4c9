"""The session with a real IMAP server."""

import ssl
import time
from datetime import date
from pathlib import Path

import pytest

from muhatap.channels.email import imap, trouble
from muhatap.channels.email.access import Access
from muhatap.channels.email.trouble import Trouble
from tests.certificates import server_context
from tests.servers import HOST, PASSWORD, ImapServer

DESTEK = "destek@ihlamurev.example"
MAIL = b"From: a@b.example\r\nSubject: 1\r\n\r\nMerhaba\r\n"


def reach(server: ImapServer, **more: object) -> Access:
    given = {
        "host": HOST,
        "port": server.port,
        "security": "plain",
        "user": DESTEK,
        "password": PASSWORD,
        "timeout": 5.0,
    }
    return Access(**(given | more))  # type: ignore[arg-type]


@pytest.fixture
def server(imap_server: ImapServer) -> ImapServer:
    imap_server.add(DESTEK)
    return imap_server


def test_a_mail_arrives_byte_for_byte_with_its_time_and_size(server: ImapServer) -> None:
    raw = b"Subject: \xfe\xff bozuk\r\n\r\n" + bytes(byte for byte in range(1, 256) if byte not in b"\r\n") + b"\r\n"
    server.deliver(DESTEK, raw)
    with imap.connected(reach(server)) as session:
        (uid,) = session.uids(1)
        assert session.sizes([uid]) == {uid: len(raw)}
        (fetched,) = session.fetch([uid])
    assert fetched.raw == raw
    assert fetched.received_at
    assert fetched.uid == uid


def test_beyond_the_newest_there_is_nothing(server: ImapServer) -> None:
    server.deliver(DESTEK, MAIL)
    with imap.connected(reach(server)) as session:
        (uid,) = session.uids(1)
        assert session.uids(uid + 1) == []
        assert session.uids(uid, uid) == [uid]
        assert session.first_uid_since(date(2020, 1, 1)) == uid
        assert session.first_uid_since(date(2099, 1, 1)) is None
        assert session.sizes([]) == {}


def test_headers_alone_can_be_fetched(server: ImapServer) -> None:
    server.deliver(DESTEK, MAIL)
    with imap.connected(reach(server)) as session:
        (head,) = session.fetch(session.uids(1), is_head_only=True)
    assert b"Subject: 1" in head.raw
    assert b"Merhaba" not in head.raw


def test_idle_ends_when_mail_arrives_or_somebody_calls(server: ImapServer) -> None:
    with imap.connected(reach(server)) as session:
        assert session.has_idle
        begun = time.monotonic()
        session.wait(30, lambda: True)
        session.wait(0.2, lambda: False)
        server.deliver(DESTEK, MAIL)
        session.wait(30, lambda: False)
        assert time.monotonic() - begun < 10
        assert len(session.uids(1)) == 1


@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_a_secured_line_works_and_idles(tmp_path: Path, security: str) -> None:
    context: ssl.SSLContext = server_context(tmp_path)
    server = ImapServer(tls=context, is_starttls=security == "starttls").start()
    try:
        server.add(DESTEK)
        with imap.connected(reach(server, security=security, verifies=False)) as session:
            server.deliver(DESTEK, MAIL)
            session.wait(10, lambda: False)
            assert len(session.uids(1)) == 1
        with pytest.raises(ssl.SSLCertVerificationError) as refused, imap.connected(reach(server, security=security)):
            pass
        assert trouble.of(refused.value)[0] == Trouble.CERTIFICATE
    finally:
        server.stop()


def test_passwords_with_turkish_letters_open(imap_server: ImapServer) -> None:
    imap_server.add(DESTEK, "ığüş-parola")
    with imap.connected(reach(imap_server, password="ığüş-parola")) as session:
        assert session.uids(1) == []


def test_a_token_opens_by_xoauth2(server: ImapServer) -> None:
    server.tokens[DESTEK] = "ya29.token"
    with imap.connected(reach(server, token="ya29.token")) as session:
        assert session.uids(1) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"password": "yanlış"}, Trouble.LOGIN),
        ({"password": "wrong"}, Trouble.LOGIN),
        ({"token": "ya29.old"}, Trouble.LOGIN),
        ({"port": 1}, Trouble.REFUSED),
        ({"host": "yok.invalid"}, Trouble.UNKNOWN_HOST),
        ({"security": "ssl"}, Trouble.SECURITY),
        ({"security": "starttls"}, Trouble.SECURITY),
    ],
)
def test_what_is_wrong_is_told_in_words(server: ImapServer, change: dict[str, object], told: Trouble) -> None:
    with pytest.raises(Exception) as failed, imap.connected(reach(server, **change)):
        pass
    assert trouble.of(failed.value)[0] == told


def test_a_folder_that_is_not_there_is_told(server: ImapServer) -> None:
    with pytest.raises(Exception) as failed, imap.connected(reach(server), "Yok"):
        pass
    assert trouble.of(failed.value)[0] == Trouble.FOLDER


@pytest.mark.parametrize(("uids", "written"), [([5], "5"), ([1, 2, 3, 7, 9, 10], "1:3,7,9:10"), ([3, 1], "1,3")])
def test_neighbouring_uids_are_asked_for_as_ranges(uids: list[int], written: str) -> None:
    assert imap._ranges(uids) == written
