"""Raw mails as they lie in demo/mail, made to have been sent at the moment the story gives them."""

import re
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path

from demo import days

FOLDER = Path(__file__).parent / "mail"
DATE = re.compile(r"^Date: .*(?:\r\n[ \t].*)*", re.MULTILINE)
OUR_ID = re.compile(r"<answer\.([a-z0-9-]+)@[a-z.]+>")
OUR_ADDRESS = re.compile(r"\+answer\.([a-z0-9-]+)@")


def read(
    name: str, *, at: datetime, now: datetime, message_id: Callable[[str], str], token: Callable[[str], str]
) -> bytes:
    """One mail: sent at `at`, and answering what we really wrote, where it says <answer.NAME@…> or +answer.NAME@."""
    text = (FOLDER / f"{name}.eml").read_bytes().decode("utf-8", "surrogateescape")
    text = days.moved(text, now.astimezone(days.HERE).date())
    text = DATE.sub(f"Date: {format_datetime(at.astimezone(days.HERE))}", text, count=1)
    text = OUR_ID.sub(lambda found: message_id(found[1]), text)
    text = OUR_ADDRESS.sub(lambda found: f"+{token(found[1])}@", text)
    return text.encode("utf-8", "surrogateescape")
