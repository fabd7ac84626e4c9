"""What the inbox shows, as ready strings: views fill these, templates only place them.

Times come twice: as written ("14:32") and as ISO 8601 for machines. Addresses named `…_url` receive a POST unless told otherwise.
`html` fields hold HTML that was cleaned at intake; everything else is plain text.
"""

from muhatap.web.inbox.display.card import Card, Colleague, OtherConversation, OwnField, Participant
from muhatap.web.inbox.display.composer import (
    Asked,
    CannedLine,
    Check,
    Composer,
    DraftFile,
    Held,
    OtherVersion,
    Promised,
    Signing,
)
from muhatap.web.inbox.display.entries import (
    Bubble,
    Entry,
    Event,
    File,
    Letter,
    Note,
    Rule,
    Said,
    Thread,
    Trouble,
    Waiting,
)
from muhatap.web.inbox.display.listing import BulkBar, Choice, ListPane, Row, RowGroup
from muhatap.web.inbox.display.panes import Conversation, Head, Page

__all__ = [
    "Asked",
    "Bubble",
    "BulkBar",
    "CannedLine",
    "Card",
    "Check",
    "Choice",
    "Colleague",
    "Composer",
    "Conversation",
    "DraftFile",
    "Entry",
    "Event",
    "File",
    "Head",
    "Held",
    "Letter",
    "ListPane",
    "Note",
    "OtherConversation",
    "OtherVersion",
    "OwnField",
    "Page",
    "Participant",
    "Promised",
    "Row",
    "RowGroup",
    "Rule",
    "Said",
    "Signing",
    "Thread",
    "Trouble",
    "Waiting",
]
