import pytest

from muhatap.conversations import routing, threads
from muhatap.conversations.models import Conversation, Message
from muhatap.interactions import intake, ledger
from muhatap.interactions.models import RawItem
from tests import cast


@pytest.fixture
def ayses_letter(db: None) -> Message:
    """Ayşe has written to support; Zeynep's inbox has a new conversation."""
    return arrival(cast.mail(id="<ayse-1@ornek.example>"))


def arrival(inbound: cast.Inbound, inbox: cast.Inbox | None = None) -> Message:
    """An inbound thing as the staircase brings it to its thread."""
    from muhatap.contacts import identity

    inbox = inbox or cast.support_inbox()
    accepted = intake.accept(inbox=inbox, dedupe_key=inbound.external_id, raw=b"raw", meta={}, at=cast.NOW)
    item = RawItem.objects.select_related("inbox").get(pk=accepted.item_id)
    interaction = ledger.record(item=item, inbound=inbound, at=cast.NOW)
    contact = identity.resolve(claims=inbound.claims, source="email", at=inbound.at)
    ledger.attribute(interaction=interaction, contact=contact)
    message = routing.route(inbox=inbox, inbound=inbound, interaction=interaction, contact=contact, at=cast.NOW)
    intake.close(item=item, at=cast.NOW)
    return message


def conversation_of(name: str, inbox: cast.Inbox | None = None) -> Conversation:
    """An empty conversation with somebody of this name."""
    from muhatap.contacts.models import Contact

    contact = Contact.objects.create(
        name=name, created_at=cast.NOW, last_seen_at=cast.NOW, sort_key=name, search_text=name
    )
    return threads.start(inbox=inbox or cast.support_inbox(), contact=contact, subject=f"{name} yazdı", at=cast.NOW)
