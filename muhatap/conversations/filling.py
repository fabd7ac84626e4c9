"""What the firm's own fields hold for a conversation."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import fields
from muhatap.contacts.models import CustomField
from muhatap.conversations import threads
from muhatap.conversations.models import Conversation, FieldValues
from muhatap.conversations.threads import Because


@transaction.atomic
def fill(
    *,
    conversation: Conversation,
    told: Mapping[str, object],
    by: User | None,
    at: datetime,
    because: Because = None,
) -> list[str]:
    """Keep what was told of some fields (empty takes it away); gives the labels that changed. Raises contacts.fields.BadValues."""
    values, errors = fields.read(told, about=CustomField.About.CONVERSATION)
    if errors:
        raise fields.BadValues(errors)
    Conversation.objects.select_for_update().get(pk=conversation.pk)
    kept = of(conversation)
    changed = {key: value for key, value in values.items() if kept.get(key) != value}
    if not changed:
        return []
    held = {key: value for key, value in {**kept, **changed}.items() if value is not None}
    FieldValues.objects.update_or_create(conversation=conversation, defaults={"values": held})
    labels = list(
        CustomField.objects.filter(key__in=changed).order_by("position", "id").values_list("label", flat=True)
    )
    threads.tell(conversation=conversation, event="filled", by=by, at=at, **(because or {}), fields=", ".join(labels))
    audit.record(
        by=by, at=at, act="conversation.fill", kind="conversation", id=conversation.pk, fields=labels, **(because or {})
    )
    threads.announce(conversation, "conversation")
    return labels


def of(conversation: Conversation) -> dict[str, Any]:
    """The values by the fields' keys; also of fields that were put away meanwhile."""
    found = FieldValues.objects.filter(conversation=conversation).values_list("values", flat=True).first()
    return dict(found or {})
