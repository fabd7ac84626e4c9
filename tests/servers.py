"""Real mail servers for tests: IMAP (pymap) with mailboxes in memory, and SMTP (aiosmtpd) that delivers into them.

Both listen on free ports of this machine, in threads of the test's own process. `python -m tests.servers` runs the pair
in a process of its own, for tests that kill processes.
"""

import asyncio
import contextlib
import imaplib
import json
import socket
import ssl
import sys
import threading
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as SmtpProtocol
from aiosmtpd.smtp import AuthResult, Envelope, Session
from proxyprotocol.reader import ProxyProtocolReader
from proxyprotocol.version import ProxyProtocolVersion
from pymap.backend.dict import Config, Identity, Login
from pymap.imap import IMAPServer
from pymap.user import UserMetadata
from pysasl import SASLAuth
from pysasl.creds.external import ExternalCredentials
from pysasl.hashing import BuiltinHash

HOST = "127.0.0.1"
PASSWORD = "kuzguncuk-42"


class _Config(Config):
    """pymap without its demonstration, with a quick hash and XOAUTH2 beside the usual logins."""

    is_without_idle = False

    @property
    def tls_auth(self) -> SASLAuth:
        return SASLAuth.named([b"PLAIN", b"LOGIN", b"XOAUTH2"])

    @property
    def backend_capability(self) -> Any:
        given = super().backend_capability
        return tuple(each for each in given if each != b"IDLE") if self.is_without_idle else given


class _Login(Login):
    tokens_of: dict[str, str]

    async def authenticate(self, credentials: Any) -> Identity:
        if isinstance(credentials, ExternalCredentials):
            from pymap.exceptions import InvalidAuth

            if self.tokens_of.get(credentials.authzid) != credentials._token:
                raise InvalidAuth
            return Identity(credentials.authzid, self, None, set())
        return await super().authenticate(credentials)


class ImapServer:
    """An IMAP server with one mailbox per added user; a user's name is their address."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, is_starttls: bool = False, has_idle: bool = True) -> None:
        self._tls, self._is_starttls, self._has_idle = tls, is_starttls, has_idle
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._over: asyncio.Event
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._deliveries: dict[str, imaplib.IMAP4] = {}
        self._lock = threading.Lock()
        self.port = 0
        self.tokens: dict[str, str] = {}

    def start(self) -> "ImapServer":
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def stop(self) -> None:
        for client in self._deliveries.values():
            with contextlib.suppress(Exception):
                client.shutdown()
        self._deliveries.clear()
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join(10)

    def restart(self) -> None:
        """Drop every connection and listen again at the same port, with the mail still there."""
        self.stop()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.start()

    def add(self, address: str, password: str = PASSWORD) -> None:
        """A user with an empty mailbox."""

        async def make() -> None:
            hashed = self._hash.hash(password)
            identity = Identity(address, self._login, None, set())
            await identity.set(UserMetadata(self._config, address, password=hashed))

        self._wait(make())
        self._passwords[address] = password

    def deliver(self, address: str, raw: bytes, folder: str = "INBOX") -> None:
        """Put a mail into somebody's mailbox, by IMAP."""
        with self._lock:
            if address not in self._deliveries:
                self._deliveries[address] = self.client(address)
            status, answer = self._deliveries[address].append(folder, "", imaplib.Time2Internaldate(time.time()), raw)
        assert status == "OK", answer

    def mails(self, address: str, folder: str = "INBOX") -> list[bytes]:
        """Everything in a mailbox, oldest first."""
        client = self.client(address)
        try:
            client.select(folder, readonly=True)
            _, found = client.fetch("1:*", "(BODY.PEEK[])")
            return [item[1] for item in found if isinstance(item, tuple)]
        finally:
            client.shutdown()

    def flags(self, address: str) -> list[bytes]:
        client = self.client(address)
        try:
            client.select("INBOX", readonly=True)
            return [item for item in client.fetch("1:*", "(FLAGS)")[1] if item]  # type: ignore[misc]
        finally:
            client.shutdown()

    def client(self, address: str) -> imaplib.IMAP4:
        """A logged-in client of one's own, for what the helpers above do not cover."""
        if self._tls and not self._is_starttls:
            client: imaplib.IMAP4 = imaplib.IMAP4_SSL(HOST, self.port, ssl_context=_trusting(), timeout=10)
        else:
            client = imaplib.IMAP4(HOST, self.port, timeout=10)
            if self._is_starttls:
                client.starttls(_trusting())
        client.login(address, self._passwords[address])
        return client

    _passwords: dict[str, str]
    _login: _Login
    _config: _Config

    def _wait(self, coroutine: Any) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._loop.run_until_complete(asyncio.sleep(0.01))
            self._loop.close()

    async def _serve(self) -> None:
        self._over = asyncio.Event()
        if not hasattr(self, "_login"):
            self._make()
        self._config.apply_context()
        reader = ProxyProtocolReader(ProxyProtocolVersion.get(None)).get_callback(IMAPServer(self._login, self._config))
        tls = None if self._is_starttls else self._tls
        async with AsyncExitStack() as stack:
            server = await asyncio.start_server(reader, HOST, self.port, ssl=tls, limit=2**26)
            stack.push_async_callback(self._close, server)
            self.port = server.sockets[0].getsockname()[1]
            self._ready.set()
            await self._over.wait()

    async def _close(self, server: asyncio.AbstractServer) -> None:
        server.close()

    def _make(self) -> None:
        self._hash = BuiltinHash(hash_name="sha256", salt_len=4, rounds=1)
        tls = {"ssl_context": self._tls} if self._tls else {}
        self._config = _Config(
            Namespace(passlib_cfg=None, proxy_protocol=None),
            demo_data=False,
            demo_user="nobody",
            demo_password="",
            host=HOST,
            port=0,
            tls_enabled=self._is_starttls,
            reject_dnsbl=False,
            invalid_user_sleep=0.0,
            hash_context=self._hash,
            **tls,
        )
        self._config.is_without_idle = not self._has_idle
        self._login = _Login(self._config)
        self._login.tokens_of = self.tokens
        self._passwords = {}


class SmtpServer:
    """An SMTP server that delivers into the IMAP server's mailboxes, and can be told to misbehave.

    `answers` maps a stage (connect, ehlo, auth, mail, rcpt, data, end) to the line it answers with, or to "drop", which
    cuts the line there. A recipient's own answer stands under "rcpt:address".
    """

    def __init__(
        self,
        imap: ImapServer | None = None,
        *,
        users: dict[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        is_starttls: bool = False,
        limit: int = 2**26,
        is_utf8: bool = True,
    ) -> None:
        self.imap, self.users, self.tokens = imap, users, {}
        self.answers: dict[str, str] = {}
        self.accepted: list[Envelope] = []
        self.senders: list[str] = []
        handler = _Handler(self)
        needs = {"authenticator": handler.check, "auth_require_tls": False} if users is not None else {}
        if is_starttls:
            needs["tls_context"] = tls
        self._controller = _Controller(
            handler,
            hostname=HOST,
            port=0,
            ssl_context=None if is_starttls else tls,
            data_size_limit=limit,
            enable_SMTPUTF8=is_utf8,
            **needs,
        )
        self._controller.owner = self

    tokens: dict[str, str]

    def start(self) -> "SmtpServer":
        self._controller.start()
        self.port = self._controller.server.sockets[0].getsockname()[1]
        return self

    def stop(self) -> None:
        self._controller.stop()

    @property
    def contents(self) -> list[bytes]:
        return [bytes(envelope.original_content or b"") for envelope in self.accepted]


class _Controller(Controller):
    owner: SmtpServer

    def factory(self) -> SmtpProtocol:
        protocol = _Protocol(self.handler, **self.SMTP_kwargs)
        protocol.owner = self.owner
        return protocol

    def _trigger_server(self) -> None:
        """Knock at the port the system chose; the parent would knock at port 0."""
        assert self.server is not None
        socket.create_connection(self.server.sockets[0].getsockname(), timeout=5).close()


class _Protocol(SmtpProtocol):
    owner: SmtpServer

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if self.owner.answers.get("connect") == "drop":
            transport.abort()

    async def push(self, status: Any) -> None:
        answer = self.owner.answers.get("connect")
        if (
            answer
            and isinstance(status, str)
            and status.startswith("220 ")
            and self.session
            and not self.session.host_name
        ):
            status = answer
        await super().push(status)

    async def smtp_DATA(self, arg: str) -> None:
        answer = self.owner.answers.get("data")
        if answer == "drop":
            self.transport.abort()
            return
        if answer:
            await self.push(answer)
            return
        if self.owner.answers.get("content") == "drop":
            await self.push("354 go on")
            await self._reader.readline()
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class _Handler:
    def __init__(self, owner: SmtpServer) -> None:
        self.owner = owner

    def check(self, server: Any, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        login, password = data.login.decode(), data.password.decode()
        is_right = self.owner.users is not None and self.owner.users.get(login) == password
        return AuthResult(success=is_right, handled=is_right)

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:
        import base64

        answer = base64.b64decode(args[1]).decode()
        user, bearer = answer.strip("\x01").split("\x01")
        login = user.removeprefix("user=")
        if self.owner.tokens.get(login) == bearer.removeprefix("auth=Bearer "):
            return AuthResult(success=True, auth_data=login)
        await server.push("334 " + base64.b64encode(b'{"status":"401"}').decode())
        await server._reader.readline()
        return AuthResult(success=False, handled=False)

    async def handle_EHLO(
        self, server: Any, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self._perhaps_drop(server, "ehlo")
        session.host_name = hostname
        return [self.owner.answers["ehlo"]] if "ehlo" in self.owner.answers else responses

    async def handle_MAIL(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._perhaps_drop(server, "mail")
        if self.owner.users is not None and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.owner.answers.get("mail", "250 OK")

    async def handle_RCPT(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._perhaps_drop(server, "rcpt")
        answer = self.owner.answers.get(f"rcpt:{address}") or self.owner.answers.get("rcpt", "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        answer = self.owner.answers.get("end", "250 2.0.0 Ok: queued as 4Fz1")
        if answer.startswith("2") or answer == "accept and drop":
            self.owner.accepted.append(envelope)
            await asyncio.get_running_loop().run_in_executor(None, self._deliver, envelope)
        if answer in ("drop", "accept and drop"):
            server.transport.abort()
        return answer

    def _deliver(self, envelope: Envelope) -> None:
        for address in envelope.rcpt_tos if self.owner.imap else ():
            local, _, domain = address.rpartition("@")
            box = f"{local.split('+')[0]}@{domain}".lower()
            if box in self.owner.imap._passwords:  # type: ignore[union-attr]
                self.owner.imap.deliver(box, bytes(envelope.original_content or b""))  # type: ignore[union-attr]

    def _perhaps_drop(self, server: Any, stage: str) -> None:
        if self.owner.answers.get(stage) == "drop":
            server.transport.abort()


def settings_for(imap: ImapServer | None, smtp: SmtpServer | None, address: str, **more: object) -> dict[str, object]:
    """The settings of an e-mail inbox that uses these servers."""
    from muhatap.shared import secrets

    sealed = secrets.seal(PASSWORD)
    found: dict[str, object] = {"auth": "password"}
    if imap:
        found |= {
            "imap_host": HOST,
            "imap_port": imap.port,
            "imap_security": "plain",
            "imap_user": address,
            "imap_password_sealed": sealed,
        }
    if smtp:
        found |= {"smtp_host": HOST, "smtp_port": smtp.port, "smtp_security": "plain"}
    return found | more


@pytest.fixture
def imap_server() -> Iterator[ImapServer]:
    server = ImapServer().start()
    yield server
    server.stop()


@pytest.fixture
def smtp_server(imap_server: ImapServer) -> Iterator[SmtpServer]:
    server = SmtpServer(imap_server).start()
    yield server
    server.stop()


@pytest.fixture
def lone_smtp() -> Iterator[SmtpServer]:
    """An SMTP server that keeps what it accepts and delivers nowhere."""
    server = SmtpServer().start()
    yield server
    server.stop()


def _trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def main(addresses: list[str]) -> None:
    """Serve until the input closes; the first line printed says at which ports."""
    imap = ImapServer().start()
    for address in addresses:
        imap.add(address)
    smtp = SmtpServer(imap).start()
    print(json.dumps({"imap": imap.port, "smtp": smtp.port}), flush=True)
    sys.stdin.read()
    smtp.stop()
    imap.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
