"""Where the assistant is and what it may do: one row, changed by an administrator, every change in the audit."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.accounts.remembering import once
from muhatap.assistant import endpoint
from muhatap.assistant.endpoint import NotAnswered, Place
from muhatap.assistant.models import Assistant, Task
from muhatap.assistant.trouble import Trouble
from muhatap.shared import secrets
from muhatap.shared.secrets import SecretLost

SHORTEST, LONGEST = 5, 300  # seconds


class Incomplete(ValueError):
    """Something is to be on without an address or a model."""


class KeyStays(ValueError):
    """The stored key belongs to another host; for this one it has to be entered."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What an administrator entered. `key` None: the stored one stays; empty: there is none."""

    url: str
    model: str
    key: str | None
    seconds: int
    does_draft: bool
    does_summarise: bool
    does_translate: bool

    @property
    def is_on(self) -> bool:
        return self.does_draft or self.does_summarise or self.does_translate


def current() -> Assistant:
    """The row, or one with everything off where there is none yet."""
    return Assistant.objects.filter(pk=Assistant.ONLY).first() or Assistant(pk=Assistant.ONLY)


def tasks(user: User) -> frozenset[str]:
    """What is on, asked once while a page is made."""
    return once(user, "assistant", lambda _user: _on(current()))


def is_on(task: str, row: Assistant) -> bool:
    return task in _on(row)


def may_be_private() -> bool:
    """Whether this installation lets the assistant be a neighbour: whoever owns the machine decides (ADR 50)."""
    return bool(settings.ASSISTANT_MAY_BE_PRIVATE)


@transaction.atomic
def change(*, wanted: Wanted, by: User, at: datetime) -> Assistant:
    """Keep what was entered. Raises NotAnswered (the address), Incomplete, KeyStays; then nothing is changed."""
    row = Assistant.objects.select_for_update().filter(pk=Assistant.ONLY).first() or Assistant(pk=Assistant.ONLY)
    before = _told(row)
    check(wanted, row)
    if wanted.key is not None:
        row.key_sealed = secrets.seal(wanted.key)
    for name in ("url", "model", "seconds", "does_draft", "does_summarise", "does_translate"):
        setattr(row, name, getattr(wanted, name))
    row.changed_at = at
    row.save()
    after = _told(row)
    changed = {name: value for name, value in after.items() if before[name] != value}
    if wanted.key is not None:
        changed["key"] = "entered" if wanted.key else "removed"
    if changed:
        audit.record(by=by, at=at, act="assistant.change", kind="assistant", id=row.pk, name=row.model, **changed)
    return row


def check(wanted: Wanted, row: Assistant) -> None:
    """Raises NotAnswered, Incomplete, KeyStays."""
    if wanted.is_on and not (wanted.url and wanted.model):
        raise Incomplete
    if wanted.url:
        endpoint.whole(wanted.url)
    if row.key_sealed and wanted.key is None and wanted.url and endpoint.host(wanted.url) != endpoint.host(row.url):
        raise KeyStays


def place(row: Assistant, *, key: str | None = None) -> Place:
    """Where to ask. Raises NotAnswered when the stored key cannot be read."""
    try:
        plain = secrets.unseal(row.key_sealed) if key is None else key
    except SecretLost as error:
        raise NotAnswered(Trouble.KEY_LOST) from error
    return Place(url=row.url, model=row.model, key=plain, seconds=row.seconds, may_be_private=may_be_private())


def attempt(wanted: Wanted, *, instructions: str, text: str, most_seconds: float) -> str:
    """What the server answers to a sentence of nobody's. Raises NotAnswered, Incomplete, KeyStays; nothing is kept."""
    row = current()
    check(wanted, row)
    if not (wanted.url and wanted.model):
        raise Incomplete
    trial = Assistant(url=wanted.url, model=wanted.model, key_sealed=row.key_sealed, seconds=wanted.seconds)
    there = place(trial, key=wanted.key)
    seconds = min(there.seconds, most_seconds)
    there = Place(url=there.url, model=there.model, key=there.key, seconds=seconds, may_be_private=there.may_be_private)
    return endpoint.ask(there, instructions=instructions, text=text)


def _on(row: Assistant) -> frozenset[str]:
    found = {Task.DRAFT: row.does_draft, Task.SUMMARY: row.does_summarise}
    found |= {Task.THEIRS: row.does_translate, Task.OURS: row.does_translate}
    return frozenset(str(task.value) for task, is_on in found.items() if is_on)


def _told(row: Assistant) -> dict[str, object]:
    """What the audit tells; of the address the host, since paths may carry secrets."""
    return {
        "host": endpoint.host(row.url) if row.url else "",
        "model": row.model,
        "seconds": row.seconds,
        "draft": row.does_draft,
        "summarise": row.does_summarise,
        "translate": row.does_translate,
    }
