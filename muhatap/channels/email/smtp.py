"""Handing a mail to an SMTP server, so that we always know on which side of the handing-over we are.

Up to the server's go-ahead nothing has been said that it could deliver: any trouble there may be tried again. `on_handing` is
called right before the first byte of the mail leaves. After that only the server's own answer counts; without one, nobody
can know.
"""

import contextlib
import re
import smtplib
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from django.conf import settings as installation
from django.utils.translation import gettext as _

from muhatap.channels.contract import Receipt, Uncertain
from muhatap.channels.email import oauth, trouble
from muhatap.channels.email.access import Access
from muhatap.channels.email.compose import FileLost, Mail

PATIENCE = timedelta(hours=4)  # so long a recipient refused for now may hold up the others
GONE = {550, 551, 553}  # no such mailbox, moved, no such name
QUEUED_AS = re.compile(rb"queued as ([!-~]{1,80})", re.IGNORECASE)
NOT_THEIR_FAULT = re.compile(rb"\b5\.(?:2\.2|7\.\d+)\b")  # a full mailbox, or a policy against us: the address exists
LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


class _Refused(Exception):
    """The server said no before anything was handed over; the receipt says what follows."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__(receipt.detail)
        self.receipt = receipt


def send(mail: Mail, access: Access, on_handing: Callable[[], None], *, written_at: datetime, at: datetime) -> Receipt:
    """Hand one mail over. Raises Uncertain when the line broke while the mail was under way."""
    try:
        with connected(access) as server:
            unreached = _offer(server, mail, is_patient=at - written_at < PATIENCE)
            return _hand_over(server, mail, on_handing, unreached)
    except _Refused as refused:
        return refused.receipt
    except FileLost as error:
        return Receipt(
            state="retry", detail=str(error)
        )  # the mail broke off without its end mark: no server delivers that
    except (OSError, smtplib.SMTPException) as error:
        kind, words = trouble.of(error)
        return Receipt(state="retry", detail=f"{kind.label} {words}")


@contextlib.contextmanager
def connected(access: Access) -> Iterator[smtplib.SMTP]:
    """A session with the server, logged in. Raises what `trouble.of` can word."""
    server = _open(access)
    try:
        server.ehlo_or_helo_if_needed()
        if access.security == "starttls":
            server.starttls(context=access.tls)
            server.ehlo()
        _log_in(server, access)
        yield server
    except _Refused:
        _part(server)
        raise
    except BaseException:
        server.close()  # in the middle of a mail even a farewell would be read as its text
        raise
    _part(server)


def _part(server: smtplib.SMTP) -> None:
    with contextlib.suppress(OSError, smtplib.SMTPException):
        server.quit()
    server.close()


def _open(access: Access) -> smtplib.SMTP:
    host = urlsplit(installation.PUBLIC_URL).hostname or ""
    name = host if "." in host else "[127.0.0.1]"
    if access.security == "ssl":
        return smtplib.SMTP_SSL(access.host, access.port, name, timeout=access.timeout, context=access.tls)
    return smtplib.SMTP(access.host, access.port, name, timeout=access.timeout)


def _log_in(server: smtplib.SMTP, access: Access) -> None:
    if access.token:
        answers = iter([oauth.sasl(access.user, access.token)])
        # A second question is the server's reason for refusing; it wants an empty answer before it says no.
        server.auth("XOAUTH2", lambda challenge=None: next(answers, ""), initial_response_ok=True)
    elif access.user:
        _with_password(server, access)


def _with_password(server: smtplib.SMTP, access: Access) -> None:
    """PLAIN or LOGIN in UTF-8, because smtplib's own accept no password with ş or ğ."""
    offered = server.esmtp_features.get("auth", "").upper().split()
    if "PLAIN" in offered:
        code, words = server.docmd("AUTH", f"PLAIN {_base64(f'{chr(0)}{access.user}{chr(0)}{access.password}')}")
    elif "LOGIN" in offered:
        code, words = server.docmd("AUTH", "LOGIN")
        for secret in (access.user, access.password):
            if code == 334:
                code, words = server.docmd(_base64(secret))
    else:
        server.login(access.user, access.password)
        return
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, words)


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()


@dataclass(frozen=True)
class _Unreached:
    """Recipients the server did not take, those of them that do not exist, and what it said."""

    refused: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    told: str = ""


def _offer(server: smtplib.SMTP, mail: Mail, *, is_patient: bool) -> _Unreached:
    """Sender and recipients; gives the recipients that were refused while others were not. Raises _Refused."""
    _check(server, mail)
    options = [f"SIZE={mail.n_bytes}"] if server.has_extn("size") else []
    if mail.needs_utf8:
        options.append("SMTPUTF8")
        server.command_encoding = "utf-8"
    code, words = server.mail(mail.sender, options)
    if code >= 400:
        raise _Refused(_no(code, words))
    answers = {each: server.rcpt(each) for each in mail.recipients}
    refused = {each: answer for each, answer in answers.items() if answer[0] >= 400}
    for_now = [each for each, (code, _words) in refused.items() if code < 500]
    if not refused:
        return _Unreached()
    told = "; ".join(f"{each}: {_said(*answer)}" for each, answer in refused.items())
    gone = tuple(each for each, (code, words) in refused.items() if code in GONE and not NOT_THEIR_FAULT.search(words))
    if len(refused) == len(answers):
        state: Literal["retry", "failed"] = "retry" if for_now else "failed"
        raise _Refused(Receipt(state=state, detail=told, refused=tuple(refused), gone=gone))
    if for_now and is_patient:
        # Nothing was handed over yet, so waiting for all costs nobody a second copy.
        raise _Refused(Receipt(state="retry", detail=told))
    return _Unreached(tuple(refused), gone, told)


def _check(server: smtplib.SMTP, mail: Mail) -> None:
    limit = server.esmtp_features.get("size", "")
    if limit.isdigit() and 0 < int(limit) < mail.n_bytes:
        detail = _("The mail server takes no mail larger than %(limit)s MB.") % {"limit": int(limit) // 2**20}
        raise _Refused(Receipt(state="failed", detail=detail))
    if mail.needs_utf8 and not server.has_extn("smtputf8"):
        detail = _("The mail server takes no addresses with letters outside the Latin alphabet.")
        raise _Refused(Receipt(state="failed", detail=detail))


def _hand_over(server: smtplib.SMTP, mail: Mail, on_handing: Callable[[], None], unreached: _Unreached) -> Receipt:
    code, words = server.docmd("DATA")
    if code != 354:
        raise _Refused(_no(code, words))
    on_handing()
    try:
        for piece in mail.content:
            server.send(LEADING_DOT.sub(b"..", piece))
        server.send(b".\r\n")
        code, words = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise Uncertain(trouble.of(error)[1]) from error
    if not 200 <= code < 600 or 300 <= code < 400:
        raise Uncertain(_said(code, words))
    if code >= 400:
        return _no(code, words)
    queued = QUEUED_AS.search(words)
    detail = _("Not taken for: %(who)s") % {"who": unreached.told} if unreached.refused else _said(code, words)
    provider_id = queued[1].decode("ascii") if queued else ""
    return Receipt(
        state="accepted", detail=detail, provider_id=provider_id, refused=unreached.refused, gone=unreached.gone
    )


def _no(code: int, words: bytes) -> Receipt:
    return Receipt(state="retry" if code < 500 else "failed", detail=_said(code, words))


def _said(code: int, words: bytes) -> str:
    return f"{code} {words.decode('utf-8', 'replace')}".replace("\n", " ")[:300]
