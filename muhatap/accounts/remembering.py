"""What is asked of a user again and again while one page is made, and answered once.

A door calls `remember` on the user of its request; whoever answers a question for such a user with `once` keeps the answer on
that object, which ends with the request. Users from anywhere else (jobs, tests, loops over many) are always asked anew.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from muhatap.accounts.models import User

KEPT = "_remembered"
Answer = TypeVar("Answer")


def remember(user: User) -> None:
    """From here on this object keeps what it is asked: nobody's rights change while a page is made for them."""
    user.__dict__.setdefault(KEPT, {})


def once(user: User, name: str, ask: Callable[[User], Answer]) -> Answer:
    """The answer under this name, asked only the first time where the user is remembered."""
    kept: dict[str, Any] | None = user.__dict__.get(KEPT)
    if kept is None:
        return ask(user)
    if name not in kept:
        kept[name] = ask(user)
    found: Answer = kept[name]
    return found
