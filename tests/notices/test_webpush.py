"""A push that only one browser can read, received by a push service of our own that opens it as a browser would."""

import json
import struct
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.contrib.sessions.models import Session

from muhatap.accounts.models import User, Visibility
from muhatap.conversations.models import Message
from muhatap.notices import presence, pushing, telling, webpush, wishes
from muhatap.notices.models import Notice, PushKey, PushSubscription, QuietHours
from muhatap.shared import outgoing, secrets
from tests import cast

pytestmark = pytest.mark.django_db
SECRET = b"0123456789abcdef"
CONTENT = {"title": "Ayşe Yılmaz", "text": "Kargom nerede?", "url": "/inbox/1/", "tag": "conversation-1"}


class Browser:
    """The keys a browser makes when it subscribes, and how it reads what comes (RFC 8291 from the other end)."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def reads(self, body: bytes) -> bytes:
        salt, (_record, length), rest = body[:16], struct.unpack("!IB", body[16:21]), body[21:]
        theirs, sealed = rest[:length], rest[length:]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        material = derived(shared, SECRET, b"WebPush: info\0" + self.point + theirs, 32)
        key = derived(material, salt, b"Content-Encoding: aes128gcm\0", 16)
        plain = AESGCM(key).decrypt(derived(material, salt, b"Content-Encoding: nonce\0", 12), sealed, None)
        assert plain.endswith(b"\x02")
        return plain[:-1]


def derived(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(material)


class Service(HTTPServer):
    """A push service that keeps what it gets and answers as it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiver)
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 201


class Receiver(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as service:
        thread = threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield service
        service.shutdown()


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def reachable(service: Service, browser: Browser) -> PushSubscription:
    """Can's browser, subscribed in a login that stands."""
    pushing.public_key(at=cast.NOW)
    Session.objects.create(session_key="can-login", expire_date=cast.NOW + timedelta(days=1))
    return PushSubscription.objects.create(
        user=cast.can(),
        session_key="can-login",
        endpoint=f"http://127.0.0.1:{service.server_port}/push/can",
        public_key=webpush.encode(browser.point),
        secret=webpush.encode(SECRET),
        since_at=cast.NOW,
    )


def send() -> int:
    return pushing.send(user=cast.can(), content=CONTENT, at=cast.NOW, may_be_private=True)


def test_the_browser_reads_what_we_wrote_and_knows_who_signed(
    service: Service, browser: Browser, reachable: PushSubscription
) -> None:
    assert send() == 1

    [(headers, body)] = service.got
    assert json.loads(browser.reads(body)) == CONTENT
    assert b"Kargom" not in body
    token, key = (part.partition("=")[2] for part in headers["Authorization"].removeprefix("vapid ").split(", "))
    assert key == pushing.public_key(at=cast.NOW)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), webpush.decode(key))
    origin = f"http://127.0.0.1:{service.server_port}"
    claims = jwt.decode(token, public, ["ES256"], audience=origin, options={"verify_exp": False})  # the cast's clock
    assert claims["sub"].startswith("mailto:")
    assert (headers["Content-Encoding"], headers["Urgency"]) == ("aes128gcm", "high")


def test_the_key_is_made_once_and_lies_sealed() -> None:
    assert pushing.public_key(at=cast.NOW) == pushing.public_key(at=cast.NOW)

    kept = PushKey.objects.get()
    assert "PRIVATE" not in kept.private_sealed and "PRIVATE" in secrets.unseal(kept.private_sealed)


@pytest.mark.parametrize(("status", "n_left"), [(404, 0), (410, 0), (201, 1), (429, 1), (500, 1)])
def test_a_browser_that_is_gone_is_forgotten(
    service: Service, reachable: PushSubscription, status: int, n_left: int
) -> None:
    service.status = status

    assert send() == (1 if status < 300 else 0)
    assert PushSubscription.objects.count() == n_left


def test_a_login_that_ended_takes_its_browser_with_it(service: Service, reachable: PushSubscription) -> None:
    Session.objects.all().delete()

    assert send() == 0 and service.got == []
    assert not PushSubscription.objects.exists()


def test_a_push_never_goes_to_our_own_neighbours(service: Service, reachable: PushSubscription) -> None:
    assert pushing.send(user=cast.can(), content=CONTENT, at=cast.NOW) == 0
    assert service.got == []
    with pytest.raises(outgoing.Refused):
        outgoing.public_address("127.0.0.1", 443)


GOOD = {"endpoint": "https://push.example/abc", "public_key": "", "secret": webpush.encode(SECRET)}


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://push.example/abc"},
        {"endpoint": "https://"},
        {"endpoint": "https://push.example/" + "a" * 1000},
        {"public_key": "kısa"},
        {"public_key": webpush.encode(b"\x04" + b"1" * 64)},
        {"secret": webpush.encode(b"short")},
    ],
)
def test_what_is_no_subscription_is_refused(browser: Browser, wrong: dict[str, str]) -> None:
    given: dict[str, Any] = GOOD | {"public_key": webpush.encode(browser.point)} | wrong

    with pytest.raises((pushing.NoAddress, webpush.BadKey)):
        pushing.subscribe(user=cast.can(), session_key="x", at=cast.NOW, **given)
    assert not PushSubscription.objects.exists()


def test_a_browser_that_another_logs_in_with_belongs_to_them(browser: Browser) -> None:
    for user in (cast.can(), cast.zeynep()):
        given = GOOD | {"public_key": webpush.encode(browser.point)}
        pushing.subscribe(user=user, session_key=user.name, at=cast.NOW, **given)

    assert PushSubscription.objects.get().user == cast.zeynep()


@pytest.fixture
def pushed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(pushing, "_pushed", lambda row, content, **_more: bool(found.append(content["title"])) or True)
    return found


@pytest.fixture
def notice(reachable: PushSubscription, ayses_letter: Message) -> Notice:
    return telling.tell(users=[cast.can()], kind="mine", message=ayses_letter, at=cast.NOW)[0]


def test_who_is_not_here_is_reached(pushed: list[str], notice: Notice) -> None:
    pushing.push_notice(notice_id=notice.pk, at=cast.NOW)

    assert pushed == ["Ayşe Yılmaz"]


def test_who_may_see_it_no_more_is_not_reached(pushed: list[str], notice: Notice) -> None:
    User.objects.filter(pk=cast.can().pk).update(visibility=Visibility.TEAM)  # and in no team

    pushing.push_notice(notice_id=notice.pk, at=cast.NOW)

    assert pushed == []


def test_who_looks_at_a_page_has_seen_it_or_wants_quiet_is_not_reached(pushed: list[str], notice: Notice) -> None:
    presence.beat(user=cast.can(), tab="a", conversation=None, at=cast.NOW)
    pushing.push_notice(notice_id=notice.pk, at=cast.NOW)
    presence.leave(user=cast.can(), tab="a", at=cast.NOW)

    wishes.wish(user=cast.can(), wanted={"mine": ["page", "push"]}, quiet=QuietHours(weekends=True))  # a Saturday
    pushing.push_notice(notice_id=notice.pk, at=cast.NOW)
    QuietHours.objects.all().delete()

    telling.see_all(user=cast.can(), at=cast.NOW)
    pushing.push_notice(notice_id=notice.pk, at=cast.NOW)

    assert pushed == []
