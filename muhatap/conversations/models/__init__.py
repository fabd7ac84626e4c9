"""The tables of conversations, in files by their matter."""

from muhatap.conversations.models.attention import ConversationCount, ConversationCountDelta, Follower, SavedView, Seen
from muhatap.conversations.models.composing import Draft, DraftCopy, Scheduled
from muhatap.conversations.models.moving import BulkAct, BulkItem, Rearrangement, SenderBlock
from muhatap.conversations.models.threads import (
    Attachment,
    Conversation,
    ConversationTag,
    FieldValues,
    Mention,
    Message,
    Participant,
)
from muhatap.conversations.models.turns import Closure, Deadline, Snooze

__all__ = [
    "Attachment",
    "BulkAct",
    "BulkItem",
    "Closure",
    "Conversation",
    "ConversationCount",
    "ConversationCountDelta",
    "ConversationTag",
    "Deadline",
    "Draft",
    "DraftCopy",
    "FieldValues",
    "Follower",
    "Mention",
    "Message",
    "Participant",
    "Rearrangement",
    "SavedView",
    "Scheduled",
    "Seen",
    "SenderBlock",
    "Snooze",
]
