from collections.abc import Callable
from datetime import date

import pytest

from muhatap.accounts.models import User
from muhatap.conversations.models import Message
from muhatap.search import documents, finding, language, meaning
from tests import cast
from tests.conversations.conftest import arrival

TODAY = date(2026, 11, 21)
Find = Callable[..., list[str]]


def written(text: str, *, sender: cast.Claim = cast.AYSE, inbox: cast.Inbox | None = None, **more: object) -> Message:
    """A letter that came in and can be found."""
    written.n += 1  # type: ignore[attr-defined]
    mail = cast.mail(sender, id=f"<search-{written.n}@ornek.example>", text=text, **({"subject": ""} | more))  # type: ignore[attr-defined,arg-type]
    message = arrival(mail, inbox)
    documents.write(message=message, at=cast.NOW)
    return message


written.n = 0  # type: ignore[attr-defined]


def ask(query: str, user: User | None = None) -> finding.Found:
    user = user or cast.can()
    meant = meaning.understand(language.parse(query, today=TODAY), user=user)
    return finding.conversations(meant, user=user, at=cast.NOW)


@pytest.fixture
def find(db: None) -> Find:
    """The texts of what is found for a query."""

    def texts(query: str, user: User | None = None) -> list[str]:
        return [hit.message.text for hit in ask(query, user).hits if hit.message]

    return texts
