"""Whom and what a body names by number, for what belongs to a contact or to a conversation."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from muhatap.api.keyed import user_of
from muhatap.api.problems import wrong
from muhatap.contacts.models import Contact
from muhatap.conversations.models import Conversation
from muhatap.conversations.visibility import visible_to


def conversation(request: HttpRequest, number: int | None) -> Conversation | None:
    """With its contact; None where none is named. Raises the problem 422 for one that the key's user does not see."""
    if number is None:
        return None
    found = visible_to(user_of(request)).select_related("contact").filter(pk=number).first()
    if found is None:
        raise wrong(conversation_id=_("There is no such conversation."))
    return found


def contact(number: int | None, *, missing: str) -> Contact:
    """Whoever it is merged into now. Raises the problem 422 with the words `missing`."""
    found = Contact.objects.filter(pk=number or 0).first()
    if found is None:
        raise wrong(contact_id=missing)
    return found.standing()
