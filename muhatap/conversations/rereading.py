"""A message read again from its raw bytes, after the reader learned something: its words are refreshed, its place stays."""

from django.db import transaction

from muhatap.channels.contract import Inbound
from muhatap.conversations import threads
from muhatap.conversations.models import Message


@transaction.atomic
def reread(*, message: Message, inbound: Inbound) -> None:
    """Put what the reader now understands into the entry, its files too. Running it twice changes nothing more."""
    message.subject = inbound.subject[:998]
    message.text, message.reply_text, message.html = inbound.text, inbound.reply_text, inbound.html
    message.references, message.defects = [*inbound.references], [*inbound.defects]
    message.save(update_fields=["subject", "text", "reply_text", "html", "references", "defects"])
    message.attachments.all().delete()
    threads.attach(message, inbound.files)
    threads.announce(message.conversation, "message", message=message.pk)
