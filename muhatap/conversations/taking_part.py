"""Who takes part in a conversation: the contact by any of their proven addresses, whoever wrote in it, and whom it was sent to."""

from collections.abc import Iterable

from django.db.models import prefetch_related_objects

from muhatap.accounts.models import User
from muhatap.contacts.models import Contact, Identity
from muhatap.conversations.models import Conversation, Participant
from muhatap.conversations.recent import with_contacts
from muhatap.shared.address import canonical

N_MESSAGES = 200  # of the newest; a longer thread has its people among its participants anyway
N_BLIND = 20  # a mail to more people in blind copy was a mailing: its readers do not know of each other


def people(conversation: Conversation) -> Iterable[Participant]:
    """Everybody who takes part by an address; read once for this object, with the contacts behind the addresses."""
    if "participants" not in conversation.__dict__.get("_prefetched_objects_cache", {}):
        prefetch_related_objects([conversation], "participants")
        with_contacts(conversation, list(conversation.participants.all()))
    return conversation.participants.all()


def is_known(conversation: Conversation, address: str, contact: Contact) -> bool:
    """Whether somebody who writes from `address`, recognised as `contact`, takes part."""
    if contact.pk is not None and contact.pk == conversation.contact_id:
        return True
    wanted = canonical(address)
    if not wanted:
        return False
    return (
        conversation.participants.filter(address=wanted).exists()
        or _is_proven(conversation, wanted)
        or User.objects.filter(email__iexact=wanted, is_active=True).exists()
        or _is_named(conversation, wanted)
    )


def _is_proven(conversation: Conversation, address: str) -> bool:
    owned = Identity.objects.filter(contact_id=conversation.contact_id, kind=Identity.Kind.EMAIL, value=address)
    return owned.filter(verified_at__isnull=False).exists()


def _is_named(conversation: Conversation, address: str) -> bool:
    """Somebody in To, CC or a small BCC of a message knows of the conversation because it was sent to them."""
    messages = (
        conversation.messages.filter(kind__in=["inbound", "outbound"]).order_by("-at").values_list("to", "cc", "bcc")
    )
    for to, cc, bcc in messages[:N_MESSAGES]:
        people = [*to, *cc, *(bcc if len(bcc) <= N_BLIND else ())]
        if any(canonical(str(one.get("email", ""))) == address for one in people):
            return True
    return False
