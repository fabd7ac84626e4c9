"""One conversation with Ayşe, and colleagues around it."""

import pytest
from django.db import transaction

from muhatap.conversations.models import Conversation, Message
from tests import cast
from tests.conversations.conftest import arrival


@pytest.fixture
def ayses_letter(db: None) -> Message:
    with transaction.atomic():
        return arrival(cast.mail(id="<ayse-1@ornek.example>"))


@pytest.fixture
def conversation(ayses_letter: Message) -> Conversation:
    return ayses_letter.conversation
