"""What rules look at: one entry with its conversation and its customer. Read when a condition first asks."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from muhatap.automation import events
from muhatap.conversations.models import Conversation, Message
from muhatap.interactions.models import Interaction
from muhatap.shared.address import canonical
from muhatap.shared.text import fold
from muhatap.understanding.models import Reading

AUTOMATIC = {Interaction.Kind.AUTO_REPLY, Interaction.Kind.BOUNCE, Interaction.Kind.LIST}


@dataclass(kw_only=True)
class Case:
    message: Message
    conversation: Conversation
    at: datetime

    @cached_property
    def letter(self) -> Message | None:
        """What the customer wrote last, up to the entry."""
        if self.message.kind == Message.Kind.INBOUND:
            return self.message
        inbound = self.conversation.messages.filter(kind=Message.Kind.INBOUND, pk__lte=self.message.pk)
        return inbound.order_by("-at", "-id").first()

    @cached_property
    def reading(self) -> Reading | None:
        """What the customer's last words say, where they were read."""
        number = self.letter.interaction_id if self.letter else None
        return Reading.objects.filter(interaction=number).first() if number else None

    @cached_property
    def subject(self) -> str:
        return fold((self.letter.subject if self.letter else "") or self.conversation.subject)

    @cached_property
    def text(self) -> str:
        """Subject and words, without what was quoted."""
        letter = self.letter
        return f"{self.subject}\n{fold(letter.reply_text or letter.text) if letter else ''}"

    @cached_property
    def sender(self) -> str:
        return canonical(str(self.letter.sender.get("email") or "")) if self.letter else ""

    @cached_property
    def tags(self) -> set[str]:
        return set(self.conversation.tags.values_list("folded", flat=True))

    @cached_property
    def contact_tags(self) -> set[str]:
        return set(self.conversation.contact.tags.values_list("folded", flat=True))

    @cached_property
    def company(self) -> str:
        company = self.conversation.contact.company
        return fold(company.name) if company else ""

    @cached_property
    def is_first(self) -> bool:
        return self.letter is not None and events.is_first(self.letter)

    @cached_property
    def has_files(self) -> bool:
        return self.letter is not None and self.letter.attachments.filter(is_inline=False).exists()

    @cached_property
    def is_automatic(self) -> bool:
        """Whether a machine wrote it: an absence note, a returned mail, a mailing list."""
        letter = self.letter
        if letter is None:
            return False
        kind = letter.interaction.kind if letter.interaction else ""
        return letter.is_automatic or kind in AUTOMATIC


def holds_word(text: str, word: str) -> bool:
    """Whether a folded text has a word (or several in a row) that begins so: "iade" finds "iadesi", not "ifade"."""
    return re.search(rf"(?<!\w){re.escape(fold(word))}", text) is not None
