"""Why a message stands where it stands, in one sentence."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _


def sentence(because: str, details: Mapping[str, Any]) -> str:
    """The sentence for a code of `threading` or `rearranging`; nothing for a code that needs none."""
    words = {
        "token": _("Joined here because it was sent to this conversation's own reply address."),
        "reference": _("Joined here because it answers a message of this conversation."),
        "subject": _("Joined here because the same person wrote under the same subject."),
        "auto_reply": _("Joined here because it automatically answers what we sent last."),
        "bounce": _("Joined here because it reports on a mail of this conversation."),
        "session": _("Joined here because the same visitor went on writing."),
        "follows": _("Begins anew because the conversation before it was resolved long ago."),
        "follows_chat": _("Begins a conversation by mail because it goes on from a chat."),
        "forward": _("Begins anew because it was forwarded, not answered."),
        "stranger": _("Begins anew because the sender does not take part in the conversation it answers."),
        "own_address": _("Begins anew because it came from our own address."),
        "other_inbox": _("Begins anew because it answers a message of another inbox."),
        "bounce_unknown": _("Begins anew because the mail it reports on is not one of ours."),
        "moved": _("Moved here by hand."),
        "split": _("Split off by hand."),
        "new": _("Begins a conversation."),
    }
    said = words.get(because, "")
    if details.get("new_subject"):
        renewed = _("It has a new subject.")
        said = f"{said} {renewed}".strip()
    return said


def related_id(details: Mapping[str, Any]) -> int | None:
    """The conversation it may belong to, or that it follows: worth a link and a button to join them."""
    found = details.get("suspected") or details.get("follows")
    return int(found) if found else None
