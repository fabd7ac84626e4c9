"""What went wrong with a mail server, as a code that every screen words the same, and the server's own words beside it."""

import imaplib
import smtplib
import socket
import ssl

from django.db import models
from django.utils.translation import gettext_lazy as _
from imap_tools.errors import MailboxFolderSelectError, MailboxLoginError, MailboxStarttlsError

from muhatap.channels.email.access import Incomplete
from muhatap.channels.email.oauth import Refused
from muhatap.shared.secrets import SecretLost


class Trouble(models.TextChoices):
    """Kinds of trouble, in the words an administrator can act on."""

    UNKNOWN_HOST = "unknown_host", _("There is no server of this name.")
    REFUSED = "refused", _("Nothing answers at this port. Check the port and the kind of connection.")
    TIMEOUT = "timeout", _("The server did not answer in time.")
    CERTIFICATE = "certificate", _("The server's certificate is not trusted.")
    SECURITY = "security", _("The server does not speak the chosen kind of connection. Try SSL/TLS or STARTTLS.")
    LOGIN = "login", _("The server refused the user name or the password.")
    GRANT = "grant", _("The provider no longer accepts our access. Connect the account again.")
    SECRET = "secret", _("The stored password cannot be read any more. Enter it again.")
    FOLDER = "folder", _("There is no such folder in the mailbox.")
    INCOMPLETE = "incomplete", _("No server is set.")
    DROPPED = "dropped", _("The server cut the line.")
    OTHER = "other", _("The server answered with an error.")


def of(error: BaseException) -> tuple[Trouble, str]:
    """The kind of trouble an exception stands for, and the server's words."""
    return _kind(error), _words(error)


def _kind(error: BaseException) -> Trouble:
    for kinds, trouble in _KINDS:
        if isinstance(error, kinds):
            return trouble
    if isinstance(error, imaplib.IMAP4.error) and any(
        word in str(error).upper() for word in ("AUTH", "LOGIN", "CREDENTIALS")
    ):
        return Trouble.LOGIN
    if isinstance(error, imaplib.IMAP4.error) and "TLS" in str(error):
        return Trouble.SECURITY
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Trouble.SECURITY if "STARTTLS" in str(error) else Trouble.LOGIN
    if isinstance(error, imaplib.IMAP4.abort | ConnectionError | EOFError):
        return Trouble.DROPPED
    return Trouble.OTHER


_KINDS: tuple[tuple[tuple[type[BaseException], ...], Trouble], ...] = (
    ((Incomplete,), Trouble.INCOMPLETE),
    ((SecretLost,), Trouble.SECRET),
    ((Refused,), Trouble.GRANT),
    ((socket.gaierror, UnicodeError), Trouble.UNKNOWN_HOST),
    ((ConnectionRefusedError,), Trouble.REFUSED),
    ((TimeoutError,), Trouble.TIMEOUT),
    ((ssl.SSLCertVerificationError,), Trouble.CERTIFICATE),
    ((ssl.SSLError, MailboxStarttlsError), Trouble.SECURITY),
    ((MailboxLoginError, smtplib.SMTPAuthenticationError), Trouble.LOGIN),
    ((MailboxFolderSelectError,), Trouble.FOLDER),
    ((smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError), Trouble.DROPPED),
)


def _words(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = (
            error.smtp_error.decode("utf-8", "replace")
            if isinstance(error.smtp_error, bytes)
            else str(error.smtp_error)
        )
        return f"{error.smtp_code} {said}"[:400]
    return f"{type(error).__name__}: {error}".replace("\x00", "")[:400]
