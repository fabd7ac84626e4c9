"""The very first login of a new installation, guarded by a word that only its console shows."""

import os
import secrets
from datetime import datetime
from hmac import compare_digest
from pathlib import Path

from django.conf import settings
from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import Role, User, Visibility
from muhatap.shared import locks


class AlreadyFounded(Exception):
    """Somebody can log in already; more people come by invitation."""


class WrongWord(Exception):
    """Not the word on the console."""


def is_open() -> bool:
    """Whether nobody is here yet."""
    return not User.objects.exists()


def word() -> str:
    """The word to print on the console; made once and kept in the data folder until the owner exists."""
    path = _file()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(24))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()


def is_word(given: str) -> bool:
    kept = _file().read_text(encoding="ascii").strip() if _file().exists() else ""
    return bool(kept) and compare_digest(kept.encode(), given.encode("utf-8", "replace"))


@transaction.atomic
def found(*, name: str, email: str, password: str, language: str, word: str, at: datetime) -> User:
    """The first owner. The password was validated before. Raises AlreadyFounded, WrongWord."""
    locks.hold("founding")
    if not is_open():
        raise AlreadyFounded
    if not is_word(word):
        raise WrongWord
    user = User.objects.create_user(
        email, password, name=name, role=Role.OWNER, visibility=Visibility.ALL, language=language
    )
    audit.record(by=user, at=at, act="staff.found", kind="user", id=user.pk, name=str(user))
    transaction.on_commit(lambda: _file().unlink(missing_ok=True))
    return user


def _file() -> Path:
    return Path(settings.DATA_DIR) / "setup-word"
