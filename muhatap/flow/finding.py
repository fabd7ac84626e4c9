"""What follows from an entry for those who search: its document."""

from datetime import datetime

from muhatap.conversations.models import Message
from muhatap.search import documents


def follow(*, message: Message, at: datetime) -> None:
    """Make the entry findable; twice is as once."""
    documents.write(message=message, at=at)
