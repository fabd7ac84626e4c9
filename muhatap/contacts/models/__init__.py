"""The tables of contacts, in files by their matter."""

from muhatap.contacts.models.identities import BlockedValue, Consent, Identity, IdentityRule, ProfileFact, SharedValue
from muhatap.contacts.models.merging import Likeness, Merge, MergeMove
from muhatap.contacts.models.people import (
    Company,
    Contact,
    ContactNote,
    ContactTag,
    CustomField,
    SavedView,
    Tag,
    called,
)
from muhatap.contacts.models.records import LearnedWeights, LedgerEntry, MatchKey, SourceRecord, SurvivorshipRule

__all__ = [
    "BlockedValue",
    "Company",
    "Consent",
    "Contact",
    "ContactNote",
    "ContactTag",
    "CustomField",
    "Identity",
    "IdentityRule",
    "LearnedWeights",
    "LedgerEntry",
    "Likeness",
    "MatchKey",
    "Merge",
    "MergeMove",
    "ProfileFact",
    "SavedView",
    "SharedValue",
    "SourceRecord",
    "SurvivorshipRule",
    "Tag",
    "called",
]
