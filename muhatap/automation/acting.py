"""What an action is done with: the conversation, in whose name, and what only flow can lend."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from muhatap.accounts.models import User
from muhatap.automation.case import Case
from muhatap.conversations import variables
from muhatap.conversations.models import Conversation, Message
from muhatap.shared import richtext
from muhatap.writing import rendering

Answer = Callable[[Conversation, str, datetime, Mapping[str, Any]], Message]  # conversation, html, at, because


class CannotDo(Exception):
    """An action was not done; the first argument is the code of why, a second one tells more."""

    @property
    def code(self) -> str:
        return str(self.args[0])

    @property
    def detail(self) -> str:
        return str(self.args[1]) if len(self.args) > 1 else ""


@dataclass(frozen=True, kw_only=True)
class Doing:
    """`because` names the rule in the thread (None when a person acts, with a macro); `answer` sends, lent by flow."""

    conversation: Conversation
    by: User | None
    at: datetime
    because: Mapping[str, Any] | None = None
    case: Case | None = None
    answer: Answer | None = None


def filled(template: str, doing: Doing) -> str:
    """Plain text with variables as HTML. Raises CannotDo when the template cannot be read or nothing comes of it."""
    values = variables.of(doing.conversation, doing.by)
    try:
        rendered = rendering.render(richtext.from_text(template), values)
    except rendering.Invalid as error:
        raise CannotDo("template", error.reason) from error
    if not rendered.text.strip():
        raise CannotDo("empty")
    return rendered.html
