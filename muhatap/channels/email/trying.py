"""Trying an inbox's connections before saving them, and telling in words what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from muhatap.channels.email import access, imap, smtp, trouble
from muhatap.channels.email.trouble import Trouble

PATIENCE = 12.0  # seconds: somebody sits before the page


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one of the two connections; no trouble means that it works."""

    n_messages: int = 0
    trouble: Trouble | None = None
    detail: str = ""


def fetching(settings: Mapping[str, Any], *, at: datetime) -> Outcome:
    """Log in to the IMAP server and open the folder."""
    try:
        server = replace(access.imap(settings, at=at), timeout=PATIENCE)
        with imap.connected(server, str(settings.get("folder") or "INBOX")) as session:
            return Outcome(n_messages=session.n_messages)
    except Exception as error:
        return _went_wrong(error)


def sending(settings: Mapping[str, Any], *, at: datetime) -> Outcome:
    """Log in to the SMTP server; nothing is sent."""
    try:
        with smtp.connected(replace(access.smtp(settings, at=at), timeout=PATIENCE)):
            return Outcome()
    except Exception as error:
        return _went_wrong(error)


def _went_wrong(error: Exception) -> Outcome:
    kind, words = trouble.of(error)
    return Outcome(trouble=kind, detail=words)
