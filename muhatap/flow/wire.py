"""Conversations, contacts, promises, cases, costs and surveys as other systems read them: one form for what the API answers and webhooks tell."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from muhatap.contacts import national
from muhatap.contacts.likeness import Resemblance
from muhatap.contacts.models import Contact, Identity
from muhatap.conversations.models import Attachment, Conversation, Message, Snooze
from muhatap.feedback.models import FollowUp, Question, Response, Survey
from muhatap.interactions.models import Outgoing
from muhatap.sales.models import Order
from muhatap.service.models import Case, Cause, Compensation, Cost, Promise
from muhatap.understanding.models import FIELDS, Reading

Told = dict[str, Any]
STANDING_SNOOZES = Prefetch("snoozes", Snooze.objects.filter(ended_at=None), to_attr="standing_snoozes")
PRIORITIES = {-1: "low", 0: "normal", 1: "high", 2: "urgent"}


def with_all_of_conversations(rows: "QuerySet[Conversation]") -> "QuerySet[Conversation]":
    """Everything `conversation` needs, in as many queries for a hundred rows as for one."""
    return rows.select_related("contact").prefetch_related("tags", STANDING_SNOOZES)


def conversation(row: Conversation) -> Told:
    snoozes = _snoozes(row)
    return {
        "id": row.pk,
        "url": f"{settings.PUBLIC_URL}/inbox/{row.pk}/",
        "status": row.status,
        "priority": PRIORITIES[row.priority],
        "subject": row.subject,
        "inbox_id": row.inbox_id,
        "contact": {"id": row.contact_id, "name": row.contact.name, "email": row.contact.email},
        "assignee_id": row.assignee_id,
        "team_id": row.team_id,
        "tags": _names(row.tags.all()),
        "created_at": row.created_at,
        "last_message_at": row.last_message_at,
        "waiting_since": row.waiting_since,
        "next_deadline_at": row.next_deadline_at,
        "snoozed_until": snoozes[0].until if snoozes else None,
        "merged_into_id": row.merged_into_id,
    }


def promise(row: Promise) -> Told:
    """Overdue is a date: an open one whose `due_at` is over."""
    ending = row.ending
    return {
        "id": row.pk,
        "url": f"{settings.PUBLIC_URL}/promises/{row.pk}/",
        "contact_id": row.contact_id,
        "conversation_id": row.conversation_id,
        "message_id": row.message_id,
        "what": row.what,
        "words": row.words,
        "kind": row.kind,
        "state": row.state,
        "by_id": row.by_id,
        "team_id": row.team_id,
        "made_at": row.made_at,
        "due_at": row.due_at,
        "first_due_at": row.first_due_at,
        "expected_minutes": row.expected_minutes,
        "expected_cost": _money(row.expected_cost),
        "currency": row.currency,
        "ended_at": row.ended_at,
        "ended_by_id": ending.by_id if ending else None,
        "minutes": ending.actual_minutes if ending else None,
        "cost": _money(ending.actual_cost) if ending else None,
        "why": ending.why if ending else "",
    }


def with_all_of_cases(rows: "QuerySet[Case]") -> "QuerySet[Case]":
    number = Order.objects.filter(pk=OuterRef("order_id")).values("number")
    return rows.annotate(order_number=Subquery(number)).prefetch_related("links", "resolutions", "compensations")


def case(row: Any) -> Told:
    """Of `with_all_of_cases`. Overdue is a date: one that stands and whose `due_at` is over."""
    done = row.resolution
    given = sorted((one for one in row.compensations.all() if one.undone_at is None), key=lambda one: one.pk)
    return {
        "id": row.pk,
        "url": f"{settings.PUBLIC_URL}/cases/{row.pk}/",
        "contact_id": row.contact_id,
        "conversation_ids": sorted(one.conversation_id for one in row.links.all() if one.conversation_id),
        "title": row.title,
        "kind": row.kind,
        "cause_id": row.cause_id,
        "owner_id": row.owner_id,
        "team_id": row.team_id,
        "origin": row.origin,
        "state": row.state,
        "opened_at": row.opened_at,
        "opened_by_id": row.opened_by_id,
        "due_at": row.due_at,
        "ended_at": row.ended_at,
        "former_id": row.former_id,
        "order_number": row.order_number,
        "resolution": {"kind": done.kind, "what": done.what, "by_id": done.by_id, "at": done.at} if done else None,
        "given": [_given(one) for one in given],
    }


def _given(row: Compensation) -> Told:
    return {"id": row.pk, "kind": row.kind, "amount": _money(row.amount), "currency": row.currency, "note": row.note}


def cost(row: Cost, *, may_count: bool) -> Told:
    """To whoever may not read what quality costs time is told without its money: beside it stands an hour's pay."""
    same = (
        "case_id",
        "kind",
        "what",
        "currency",
        "minutes",
        "note",
        "source",
        "reverses_id",
        "by_id",
        "at",
        "recorded_at",
    )
    is_told = may_count or row.minutes is None
    amount = _money(row.amount) if is_told else None
    return {"id": row.pk, "amount": amount, **{name: getattr(row, name) for name in same}}


def cause(row: Cause) -> Told:
    return {
        "id": row.pk,
        "parent_id": row.parent_id,
        "name": row.name,
        "name_en": row.name_en,
        "is_archived": row.archived_at is not None,
        "merged_into_id": row.merged_into_id,
    }


def with_all_of_surveys(rows: "QuerySet[Survey]") -> "QuerySet[Survey]":
    return rows.prefetch_related(Prefetch("questions", Question.objects.order_by("place", "pk")))


def survey(row: Survey) -> Told:
    lowest, highest = row.range if row.has_score else (None, None)
    return {
        "id": row.pk,
        "url": f"{settings.PUBLIC_URL}/surveys/{row.pk}/",
        **{name: getattr(row, name) for name in ("name", "kind", "occasion", "inbox_id", "team_id", "is_on")},
        "is_archived": row.archived_at is not None,
        "lowest": lowest,
        "highest": highest,
        "low_up_to": row.low_up_to,
        "questions": [_question(one) for one in row.questions.all()],
    }


def _question(row: Question) -> Told:
    same = ("kind", "text_tr", "text_en", "is_required", "after_id", "least", "most", "option")
    options = [{name: str(one.get(name, "")) for name in ("key", "tr", "en")} for one in row.options]
    told = {name: getattr(row, name) for name in same}
    return {"id": row.pk, **told, "options": options, "is_archived": row.archived_at is not None}


def with_all_of_responses(rows: "QuerySet[Response]") -> "QuerySet[Response]":
    return rows.select_related("invitation", "follow_up").prefetch_related("answers")


def response(row: Response) -> Told:
    """What somebody answered; nobody stands for who is not known."""
    followed: FollowUp | None = getattr(row, "follow_up", None)
    same = ("survey_id", "contact_id", "way", "language", "score", "comment", "at", "changed_at")
    answers = sorted(row.answers.all(), key=lambda one: one.pk)
    return {
        "id": row.pk,
        **{name: getattr(row, name) for name in same},
        "conversation_id": row.invitation.conversation_id if row.invitation else None,
        "case_id": followed.case_number if followed else None,
        "answers": [
            {name: getattr(one, name) for name in ("question_id", "number", "chosen", "words")} for one in answers
        ],
    }


def follow_up(row: FollowUp) -> Told:
    """Somebody who gave a low score, and what became of it."""
    given = row.response
    same = ("response_id", "owed_at", "called_at", "called_by_id", "note", "solved_at", "solved_by_id")
    return {
        "id": row.pk,
        **{name: getattr(row, name) for name in same},
        **{name: getattr(given, name) for name in ("survey_id", "contact_id", "score", "comment")},
        "case_id": row.case_number,
    }


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def with_all_of_messages(rows: "QuerySet[Message]") -> "QuerySet[Message]":
    together = rows.select_related("interaction__reading__topic")
    return together.prefetch_related("attachments", "interaction__outgoing")


def message(row: Message) -> Told:
    """Notes are among them: `kind` says so, and whoever passes messages on to customers leaves them out."""
    return {
        "id": row.pk,
        "conversation_id": row.conversation_id,
        "kind": row.kind,
        "is_automatic": row.is_automatic,
        "by_id": row.by_id,
        "contact_id": row.contact_id,
        "at": row.at,
        "recorded_at": row.recorded_at,
        "sender": _address(row.sender),
        "to": [_address(one) for one in row.to],
        "cc": [_address(one) for one in row.cc],
        "bcc": [_address(one) for one in row.bcc],
        "subject": row.subject,
        "text": row.text,
        "reply_text": row.reply_text,
        "html": row.html,
        "files": [file(one) for one in sorted(row.attachments.all(), key=lambda one: one.pk)],
        "sending": _sending(row),
        "reading": reading(row),
        "event": row.event,
        "event_details": row.event_details,
    }


def reading(row: Message) -> Told | None:
    """What a message of theirs says, as it stands; None while nobody has read it, and of what is not read."""
    found: Reading | None = getattr(row.interaction, "reading", None) if row.interaction else None
    if found is None:
        return None
    return {
        **{name: getattr(found, name) for name in ("kind", "urgency", "sentiment", "language")},
        "topic": found.topic.slug if found.topic else None,
        "confidences": {name: round(getattr(found, f"{name}_confidence"), 4) for name in FIELDS},
        "unsure": found.unsure,
        "reasons": [{name: one[name] for name in ("about", "words", "sign")} for one in found.reasons],
        "model": found.model_version,
        "corrected_at": found.corrected_at,
    }


def file(row: Attachment) -> Told:
    return {"id": row.pk, "name": row.name, "type": row.type, "size": row.size, "is_inline": row.is_inline}


def with_all_of_contacts(rows: "QuerySet[Contact]") -> "QuerySet[Contact]":
    return rows.select_related("company").prefetch_related("tags")


def contact(row: Contact) -> Told:
    return {
        "id": row.pk,
        "url": f"{settings.PUBLIC_URL}/contacts/{row.pk}/",
        "name": row.name,
        "email": row.email,
        "phone": row.phone,
        "city": row.city,
        "language": row.language,
        "company": row.company.name if row.company else "",
        "fields": row.fields,
        "tags": _names(row.tags.all()),
        "created_at": row.created_at,
        "last_seen_at": row.last_seen_at,
        "merged_into_id": row.merged_into_id,
    }


def likely(one: Resemblance) -> Told:
    """Somebody who may be the same person, and why."""
    return {
        "id": one.contact.pk,
        "url": f"{settings.PUBLIC_URL}/contacts/{one.contact.pk}/",
        "name": str(one.contact),
        "reasons": [
            {"because": why.because, "detail": national.shown(why.detail), "weight": why.weight} for why in one.evidence
        ],
    }


def identity(row: Identity) -> Told:
    return {
        "id": row.pk,
        "kind": row.kind,
        "value": national.shown(row.value),
        "is_verified": row.verified_at is not None,
        "verified_by": row.verified_by,
        "source": row.source,
        "first_seen_at": row.first_seen_at,
        "last_seen_at": row.last_seen_at,
        "bounced_at": row.bounced_at,
    }


def _snoozes(row: Conversation) -> list[Snooze]:
    """What was fetched for many rows at once, else asked for this one."""
    found: list[Snooze] | None = getattr(row, "standing_snoozes", None)
    return list(row.snoozes.filter(ended_at=None)) if found is None else found


def _sending(row: Message) -> str:
    """How far our answer came: queued, handing, uncertain, accepted, delivered, read, failed, bounced; "" for all else."""
    tries = list(row.interaction.outgoing.all()) if row.kind == Message.Kind.OUTBOUND and row.interaction else []
    latest = max(tries, key=lambda one: one.n_try, default=None)
    return Outgoing.State(latest.state).name.lower() if latest else ""


def _names(tags: Any) -> list[str]:
    return sorted(tag.name for tag in tags)


def _address(one: dict[str, Any]) -> Told:
    return {"name": str(one.get("name") or ""), "email": str(one.get("email") or "")}
