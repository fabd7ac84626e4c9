"""Who is asked, about what, and when: one invitation about one thing, and nobody too often or against their word."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.channels.models import Inbox
from muhatap.contacts import consent, families
from muhatap.contacts.models import Consent, Contact, Identity
from muhatap.feedback.models import Invitation, Response, Survey
from muhatap.shared.address import canonical, comparable

REFUSED = {"channel": "email", "purpose": Consent.Purpose.RESEARCH}  # said once, it holds for every way of asking


@transaction.atomic
def set_up(*, inbox: Inbox, fields: Mapping[str, Any], by: User, at: datetime) -> Survey:
    """Say whether and how customers of an inbox are asked after a resolution."""
    survey, _is_new = Survey.objects.update_or_create(
        inbox=inbox, occasion=Survey.Occasion.RESOLVED, archived_at=None, defaults={**fields, "changed_at": at}
    )
    audit.record(by=by, at=at, act="survey.change", kind="inbox", id=inbox.pk, name=inbox.name, is_on=survey.is_on)
    return survey


def standing(inbox_id: int, *, at: datetime | None = None) -> Survey | None:
    """The survey after resolutions of an inbox, if its customers are asked."""
    rows = Survey.objects.filter(inbox_id=inbox_id, occasion=Survey.Occasion.RESOLVED, is_on=True, archived_at=None)
    survey = rows.select_related("inbox", "mailbox").first()
    return survey if survey and (at is None or takes_answers(survey, at=at)) else None


def after_delivery(*, at: datetime) -> list[Survey]:
    """The surveys that are asked after an order came."""
    rows = Survey.objects.filter(occasion=Survey.Occasion.DELIVERED, is_on=True, archived_at=None)
    return [one for one in rows.select_related("inbox") if takes_answers(one, at=at)]


@transaction.atomic
def invite(
    *,
    survey: Survey,
    contact: Contact,
    user: User | None,
    language: str,
    at: datetime,
    conversation_id: int | None = None,
    closure_id: int | None = None,
    about: str = "",
) -> Invitation | None:
    """Ask a customer after the survey's delay; None when they were asked about this, lately about something else, or said no."""
    Contact.objects.select_for_update().filter(pk=contact.pk).first()  # two things at once ask once
    asked = Invitation.objects.filter(closure_id=closure_id) if closure_id else survey.invitations.filter(about=about)
    if asked.exists() or refuses(contact) or was_asked_lately(survey, contact, at=at):
        return None
    return Invitation.objects.create(
        survey=survey,
        contact=contact,
        user=user,
        conversation_id=conversation_id,
        closure_id=closure_id,
        about=about,
        language=language,
        way=Response.Way.CHAT if survey.inbox and survey.inbox.kind == "webchat" else Response.Way.MAIL,
        due_at=at + timedelta(minutes=survey.delay_minutes),
    )


def was_asked_lately(survey: Survey, contact: Contact, *, at: datetime) -> bool:
    """Whether an invitation of any survey waits for this contact, or went to them within this survey's quiet days; or they answered."""
    since = at - timedelta(days=survey.quiet_days)
    asked = Invitation.objects.filter(contact=contact, withdrawn_at=None)
    if asked.filter(Q(sent_at=None) | Q(sent_at__gt=since)).exists():
        return True
    return Response.objects.filter(contact=contact, invitation=None, at__gt=since).exists()


def was_mailed_lately(invitation: Invitation, email: str, *, at: datetime) -> bool:
    """Whether somebody else with this address was asked within the quiet days: one reader may be several guests of a shop."""
    since = at - timedelta(days=invitation.survey.quiet_days)
    others = Invitation.objects.filter(contact__in=_holders(email), sent_at__gt=since)
    return others.exclude(contact=invitation.contact_id).exists()


def refuses_by(email: str) -> bool:
    """Whether anybody with this address said that we shall not ask them."""
    said_no = Consent.objects.filter(withdrawn_at__isnull=False, **REFUSED).values("contact")
    return any(refuses(one) for one in _holders(email).filter(pk__in=said_no))


def _holders(email: str) -> QuerySet[Contact]:
    """Of whom this address is known, proved or not."""
    same = Identity.objects.filter(comparable=comparable(email))  # of which there is an index
    known = list(same.filter(kind="email", value=canonical(email)).values_list("contact", flat=True))
    return Contact.objects.filter(pk__in=set(families.standing(known).values()))


def refuses(contact: Contact) -> bool:
    """Whether they said that we shall not ask them."""
    return consent.last_word(contact=contact, **REFUSED) is False


@transaction.atomic
def refuse(*, contact: Contact, by: User | None, at: datetime) -> bool:
    """They do not want to be asked any more, by no survey; what waits for them is not sent. False when they had said so."""
    is_new = consent.withdraw(contact=contact, by=by, at=at, source="survey", **REFUSED)
    waiting = Invitation.objects.filter(contact=contact, sent_at=None, withdrawn_at=None)
    waiting.update(withdrawn_at=at, why=Invitation.Why.OPTED_OUT)
    return is_new


@transaction.atomic
def let_rest(*, contact: Contact, at: datetime) -> None:
    """They have answered unasked: what would be sent to them within its survey's quiet days is not."""
    waiting = Invitation.objects.filter(contact=contact, sent_at=None, withdrawn_at=None)
    for one in waiting.select_related("survey"):
        if one.due_at < at + timedelta(days=one.survey.quiet_days):
            waiting.filter(pk=one.pk).update(withdrawn_at=at, why=Invitation.Why.RESTS)


def takes_answers(survey: Survey, *, at: datetime) -> bool:
    """Whether it is on, not closed, and not full."""
    return is_running(survey, at=at) and not is_full(survey, at=at)


def is_running(survey: Survey, *, at: datetime) -> bool:
    """Whether it is on and not closed: who has answered may then still change it, though it be full."""
    return survey.is_on and not is_closed(survey, at=at)


def is_closed(survey: Survey, *, at: datetime) -> bool:
    return survey.archived_at is not None or (survey.closes_at is not None and survey.closes_at <= at)


def is_full(survey: Survey, *, at: datetime) -> bool:
    """Whether as many have answered as were wanted, in all or in this day, week or month."""
    rows = Response.objects.filter(survey=survey)
    if survey.most_answers is not None and rows.count() >= survey.most_answers:
        return True
    if survey.most_in_period is None:
        return False
    return rows.filter(at__gte=period_start(survey.period, at=at)).count() >= survey.most_in_period


def period_start(period: str, *, at: datetime) -> datetime:
    """The beginning of the day, week (Monday) or month that `at` is in, where the firm is."""
    day = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    if period == Survey.Period.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if period == Survey.Period.MONTH else day


def due(*, at: datetime, limit: int = 200) -> list[int]:
    """The numbers of the invitations whose time has come."""
    rows = Invitation.objects.filter(sent_at=None, withdrawn_at=None, due_at__lte=at)
    return list(rows.order_by("due_at").values_list("pk", flat=True)[:limit])


def held(number: int) -> Invitation | None:
    """The invitation, held by this transaction; None when it was sent or withdrawn, or another one has it in hand."""
    rows = Invitation.objects.select_for_update(skip_locked=True, of=("self",))
    waiting = rows.filter(pk=number, sent_at=None, withdrawn_at=None)
    return waiting.select_related("survey__inbox", "survey__mailbox", "contact", "user").first()


def mark_sent(*, invitation: Invitation, at: datetime) -> None:
    invitation.sent_at = at
    invitation.save(update_fields=["sent_at"])


def withdraw(*, invitation: Invitation, at: datetime, why: str = "") -> None:
    """It is not asked after all."""
    invitation.withdrawn_at, invitation.why = at, why
    invitation.save(update_fields=["withdrawn_at", "why"])


def is_open(invitation: Invitation, *, at: datetime) -> bool:
    """Whether an answer may still be given or changed."""
    if invitation.sent_at is None or not is_running(invitation.survey, at=at):
        return False
    return at < invitation.sent_at + timedelta(days=invitation.survey.open_days)
