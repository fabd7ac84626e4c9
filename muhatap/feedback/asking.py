"""Who is asked, about what, and when: one invitation for one resolution, and nobody too often."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.channels.models import Inbox
from muhatap.contacts.models import Contact
from muhatap.feedback.models import Invitation, Survey


@transaction.atomic
def set_up(*, inbox: Inbox, fields: Mapping[str, Any], by: User, at: datetime) -> Survey:
    """Say whether and how customers of an inbox are asked."""
    survey, _is_new = Survey.objects.update_or_create(inbox=inbox, defaults={**fields, "changed_at": at})
    audit.record(by=by, at=at, act="survey.change", kind="inbox", id=inbox.pk, name=inbox.name, is_on=survey.is_on)
    return survey


def standing(inbox_id: int) -> Survey | None:
    """The survey of an inbox, if its customers are asked."""
    return Survey.objects.filter(inbox_id=inbox_id, is_on=True).first()


@transaction.atomic
def invite(
    *,
    survey: Survey,
    contact: Contact,
    user: User | None,
    conversation_id: int,
    closure_id: int,
    language: str,
    at: datetime,
) -> Invitation | None:
    """Ask a customer after the survey's delay; None when they were asked about this, or lately about something else."""
    Contact.objects.select_for_update().filter(pk=contact.pk).first()  # two resolutions at once ask once
    if Invitation.objects.filter(closure_id=closure_id).exists() or was_asked_lately(survey, contact, at=at):
        return None
    return Invitation.objects.create(
        survey=survey,
        contact=contact,
        user=user,
        conversation_id=conversation_id,
        closure_id=closure_id,
        language=language,
        due_at=at + timedelta(minutes=survey.delay_minutes),
    )


def was_asked_lately(survey: Survey, contact: Contact, *, at: datetime) -> bool:
    """Whether an invitation waits for this contact, or went to them within the survey's quiet days."""
    since = at - timedelta(days=survey.quiet_days)
    asked = Invitation.objects.filter(contact=contact, withdrawn_at=None)
    return asked.filter(Q(sent_at=None) | Q(sent_at__gt=since)).exists()


def due(*, at: datetime, limit: int = 200) -> list[int]:
    """The numbers of the invitations whose time has come."""
    rows = Invitation.objects.filter(sent_at=None, withdrawn_at=None, due_at__lte=at)
    return list(rows.order_by("due_at").values_list("pk", flat=True)[:limit])


def held(number: int) -> Invitation | None:
    """The invitation, held by this transaction; None when it was sent or withdrawn, or another one has it in hand."""
    rows = Invitation.objects.select_for_update(skip_locked=True, of=("self",))
    waiting = rows.filter(pk=number, sent_at=None, withdrawn_at=None)
    return waiting.select_related("survey__inbox", "contact", "user").first()


def mark_sent(*, invitation: Invitation, at: datetime) -> None:
    invitation.sent_at = at
    invitation.save(update_fields=["sent_at"])


def withdraw(*, invitation: Invitation, at: datetime) -> None:
    """It is not asked after all."""
    invitation.withdrawn_at = at
    invitation.save(update_fields=["withdrawn_at"])


def is_open(invitation: Invitation, *, at: datetime) -> bool:
    """Whether an answer may still be given or changed."""
    return invitation.sent_at is not None and at < invitation.sent_at + timedelta(days=invitation.survey.open_days)
