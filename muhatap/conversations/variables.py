"""What templates know of a conversation: the values behind {{ contact.first_name }} and the like."""

from typing import Any

from django.conf import settings

from muhatap.accounts.models import User
from muhatap.conversations.models import Conversation

# Shown where templates are written, in this order.
NAMES = (
    "contact.first_name", "contact.name", "contact.email", "contact.phone", "contact.city", "contact.company",
    "conversation.subject", "conversation.number", "agent.first_name", "agent.name", "agent.email", "inbox.name",
    "inbox.address", "firm",
)  # fmt: skip


def of(conversation: Conversation, by: User | None) -> dict[str, Any]:
    """The variables of a conversation and of whoever writes in it; what is not known is empty."""
    contact = conversation.contact
    return {
        "contact": {
            "name": contact.name,
            "first_name": first_name(contact.name),
            "email": contact.email,
            "phone": contact.phone,
            "city": contact.city,
            "company": contact.company.name if contact.company else "",
            "language": contact.language,
            "fields": dict(contact.fields),
        },
        "conversation": {"subject": conversation.subject, "number": conversation.pk, "status": conversation.status},
        "agent": agent(by),
        "inbox": {"name": conversation.inbox.name, "address": conversation.inbox.address},
        "firm": settings.FIRM_NAME,
        "language": language(conversation),
    }


def agent(by: User | None) -> dict[str, str]:
    return {"name": by.name, "first_name": first_name(by.name), "email": by.email} if by else {}


def first_name(name: str) -> str:
    """'Ayşe Nur Yılmaz' → 'Ayşe Nur': all but the last word, which is the family name; a single word is itself."""
    words = name.split()
    return " ".join(words[:-1] or words)


def language(conversation: Conversation) -> str:
    """The language an answer here is written in: the customer's, else the inbox's, else the product's."""
    return conversation.contact.language or str(conversation.inbox.setting("language")) or settings.LANGUAGE_CODE
