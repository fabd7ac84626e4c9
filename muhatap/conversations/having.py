"""What of the many small things a conversation has: one question, so that a page asks only for those that are there."""

from dataclasses import dataclass

from muhatap.accounts.models import User
from muhatap.conversations.models import Conversation
from muhatap.shared import prepared

HAS = """select
coalesce((select message_id from conversations_seen where conversation_id = %(row)s and user_id = %(user)s), 0),
exists (select from conversations_scheduled where conversation_id = %(row)s),
exists (select from conversations_draft where conversation_id = %(row)s and by_id = %(user)s),
exists (select from conversations_draftcopy where conversation_id = %(row)s and by_id = %(user)s),
exists (select from conversations_conversationtag where conversation_id = %(row)s),
exists (select from conversations_follower where conversation_id = %(row)s),
exists (select from conversations_fieldvalues where conversation_id = %(row)s),
exists (select from contacts_contacttag where contact_id = %(contact)s),
exists (select from contacts_contactnote where contact_id = %(contact)s)"""


@dataclass(frozen=True)
class Has:
    """`seen_id` is how far this reader has read; the others say whether there is any."""

    seen_id: int
    scheduled: bool
    drafts: bool
    copies: bool
    tags: bool
    followers: bool
    values: bool
    contact_tags: bool
    notes: bool


def of(conversation: Conversation, user: User) -> Has:
    """What stands there now, for this reader."""
    given = {"row": conversation.pk, "user": user.pk, "contact": conversation.contact_id}
    return Has(*prepared.rows(HAS, given)[0])
