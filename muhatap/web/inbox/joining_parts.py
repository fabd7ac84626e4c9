"""Who takes part in a conversation and what the firm's own fields hold for it, as ready strings for the card."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.contacts import designing
from muhatap.contacts.models import CustomField
from muhatap.conversations import filling, ourselves, taking_part
from muhatap.conversations.having import Has
from muhatap.conversations.models import Conversation, Follower
from muhatap.shared.address import canonical
from muhatap.web.common import own_fields
from muhatap.web.common.links import link
from muhatap.web.common.templatetags.ui import initials
from muhatap.web.inbox.display import OwnField, Participant

MOST = 50

EXAMPLES = {
    "tr": {"number": "1.249,90", "money": "1.249,90 ₺", "date": "21.11.2026"},
    "en": {"number": "1,249.90", "money": "₺1,249.90", "date": "2026-11-21"},
}


def parts(conversation: Conversation, user: User, has: Has) -> dict[str, Any]:
    """The card's sections of this conversation."""
    may_organise = may(user, "conversations.organise")
    followers = list(conversation.followers.select_related("user").order_by("at", "id")) if has.followers else []
    following = any(one.user_id == user.pk for one in followers)
    url = link("inbox:follow", conversation.pk)
    return {
        "participants": (*_people(conversation, user), *_followers(conversation, followers, may_organise)),
        "is_following": following,
        "follow_url": link("inbox:unfollow", conversation.pk, user.pk) if following else url,
        "follow_label": _("Unfollow") if following else _("Follow"),
        "followers_url": link("inbox:followers", conversation.pk) if may_organise else "",
        "fields": fields(conversation, kept=None if has.values else {}),
        "fields_url": link("inbox:fill", conversation.pk) if may_organise else "",
    }


def fields(
    conversation: Conversation,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    kept: Mapping[str, Any] | None = None,
) -> tuple[OwnField, ...]:
    """The fields in use with their values; what was typed and refused stays, with why."""
    kept = filling.of(conversation) if kept is None else kept
    examples = EXAMPLES.get(get_language() or "", EXAMPLES["en"])
    return tuple(
        OwnField(
            key=field.key,
            label=field.label,
            kind=field.kind,
            value=(typed or {}).get(field.key, own_fields.typed(field.kind, kept.get(field.key))),
            shown=own_fields.shown(field.kind, kept.get(field.key)),
            choices=tuple(dict.fromkeys([*map(str, field.choices), *_gone(field, kept.get(field.key))])),
            example=examples.get(field.kind, ""),
            error=(errors or {}).get(field.key, ""),
        )
        for field in designing.active(CustomField.About.CONVERSATION)
    )


def _gone(field: CustomField, value: Any) -> list[str]:
    """A value that is no longer a choice stays until somebody changes it."""
    return [str(value)] if value and field.kind == CustomField.Kind.CHOICE else []


def _people(conversation: Conversation, user: User) -> tuple[Participant, ...]:
    rows = sorted(taking_part.people(conversation), key=lambda one: (one.since_at, one.pk))[:MOST]
    staff = ourselves.as_seen_by(user).staff
    return tuple(
        Participant(
            name=staff.get(one.address) or str(one.contact or one.name or one.address),
            role=_role(one.contact_id == conversation.contact_id, one.address in staff),
            detail=one.address if "@" in one.address else "",
            initials=initials(staff.get(one.address) or str(one.contact or one.name or one.address)),
            is_staff=one.address in staff,
        )
        for one in rows
        if one.address != canonical(conversation.inbox.address)
    )


def _role(is_contact: bool, is_staff: bool) -> str:
    return _("colleague") if is_staff else _("customer") if is_contact else _("copied in")


def _followers(conversation: Conversation, followers: list[Follower], may_organise: bool) -> tuple[Participant, ...]:
    return tuple(
        Participant(
            name=str(one.user),
            role=_("follows"),
            initials=initials(str(one.user)),
            is_staff=True,
            remove_url=link("inbox:unfollow", conversation.pk, one.user_id) if may_organise else "",
        )
        for one in followers
    )
