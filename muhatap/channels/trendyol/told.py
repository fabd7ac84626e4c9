"""What the marketplace tells of a question, written after its public documentation ("Getting Customer Questions"). Pure.

Questions come as objects of a page's `content`, or alone by their number: id, text, status, creationDate (milliseconds),
customerId, userName, showUserName, productName, webUrl, and `answer` and `rejectedAnswer` with id, text and reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from muhatap.shared.text import without_nul

YEARS = range(2010, 2100)


class Unreadable(ValueError):
    """It is no question as the documentation has them; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question as it stands there. `refused_answer` is the number of the newest answer they turned down, `reason` why."""

    number: str
    text: str
    status: str
    at: datetime
    customer: str = ""
    name: str = ""
    product: str = ""
    url: str = ""
    answer: str = ""
    refused_answer: str = ""
    reason: str = ""


def asked(said: Mapping[str, Any]) -> Asked:
    """Raises Unreadable."""
    number, words, at = line(said.get("id"), 40), prose(said.get("text")), moment(said.get("creationDate"))
    if not number:
        raise Unreadable("a question has an id")
    if not words:
        raise Unreadable("a question has a text")
    if at is None:
        raise Unreadable("a question says when it was asked (creationDate)")
    answer, refused = _mapping(said.get("answer")), _mapping(said.get("rejectedAnswer"))
    return Asked(
        number=number,
        text=words,
        status=line(said.get("status"), 20).upper(),
        at=at,
        customer=line(said.get("customerId"), 60).lstrip("0"),
        name=line(said.get("userName"), 120) if said.get("showUserName") is True else "",
        product=line(said.get("productName"), 300),
        url=_web_address(said.get("webUrl")),
        answer=prose(answer.get("text")),
        refused_answer=line(refused.get("id"), 40) if prose(refused.get("text")) else "",
        reason=line(refused.get("reason") or said.get("reason"), 300),
    )


def line(said: object, most: int) -> str:
    """Words or a number on one line; "" for anything else."""
    if isinstance(said, bool) or not isinstance(said, str | int | float):
        return ""
    return " ".join(without_nul(str(said)).split())[:most]


def prose(said: object) -> str:
    """Words as they were written, lines and all."""
    return without_nul(said).strip() if isinstance(said, str) else ""


def moment(said: object) -> datetime | None:
    """Milliseconds of the epoch. None when it is none."""
    if isinstance(said, bool) or not isinstance(said, int | float) or said <= 0:
        return None
    try:
        found = datetime.fromtimestamp(said / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return found if found.year in YEARS else None


def _mapping(said: object) -> Mapping[str, Any]:
    return said if isinstance(said, dict) else {}


def _web_address(said: object) -> str:
    found = line(said, 2000)
    return found if found.startswith(("https://", "http://")) else ""
