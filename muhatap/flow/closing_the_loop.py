"""What a low score brings: a case of the customer's with a team that hears of it, and somebody who owes them a word. Of
somebody we do not know the team hears all the same, and the answer waits until one of them has looked at it.

An answer that is changed opens no second case. When one of us writes to them afterwards, they have had their word; when the
case is resolved, their matter is solved.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils import translation
from django.utils.translation import gettext as _

from muhatap.accounts.models import Membership, Team, User
from muhatap.accounts.permissions import may
from muhatap.contacts.models import Contact
from muhatap.conversations.models import Conversation, Message
from muhatap.conversations.visibility import visible_to as conversations_of
from muhatap.feedback import following_up, wording
from muhatap.feedback.answering import Answered
from muhatap.feedback.models import FollowUp, Response, Survey
from muhatap.flow import cases as of_cases
from muhatap.notices import telling, things
from muhatap.notices.models import Kind
from muhatap.service import cases, rates
from muhatap.service.models import Case

AT_ONCE = 500


def hear(*, answered: Answered, at: datetime, conversation_id: int | None = None) -> FollowUp | None:
    """Open a case for a low score and owe its customer a word; tell of that of somebody unknown. None for an answer that asks
    for nothing."""
    response = answered.response
    survey = response.survey
    if survey is None or not survey.is_low(response.score) or survey.is_low(answered.score_before):
        return None
    owed = following_up.owe(response=response, at=at)
    if response.contact is None:
        thing = things.of_answer(response, "low_score")
        telling.tell_of(users=_whose_survey(survey), kind=Kind.CASE, thing=thing, at=at)
    if owed.case_number is not None or response.contact is None:
        return owed
    with translation.override(settings.LANGUAGE_CODE):
        title = _title(response)
    case = cases.open_case(
        contact=response.contact,
        interaction=response.interaction,
        title=title,
        by=None,
        at=at,
        origin=Case.Origin.SURVEY,
        conversation_id=conversation_id,
        **_whose(survey, response.contact),
    )
    following_up.tie(follow_up=owed, case_number=case.pk)
    telling.tell_of(users=of_cases.whose(case), kind=Kind.CASE, thing=things.of_case(case, "case_opened"), at=at)
    return owed


def visible_to(user: User) -> QuerySet[FollowUp]:
    """Of conversations the reader may see, with what was merged into them, and of none; all for whoever reads surveys."""
    rows = FollowUp.objects.all()
    if may(user, "surveys.read"):
        return rows
    seen = conversations_of(user).values("pk")
    away = Conversation.objects.filter(merged_into__in=seen).values("pk")
    asked_in = "response__invitation__conversation_id"
    return rows.filter(Q(**{f"{asked_in}__in": seen}) | Q(**{f"{asked_in}__in": away}) | Q(**{asked_in: None}))


def _whose_survey(survey: Survey) -> list[User]:
    """Who hears of an answer that is nobody's: the team the survey names, else the administrators; who may follow it up."""
    active = User.objects.filter(is_active=True).order_by("pk")
    members = Membership.objects.filter(team=survey.team_id or 0).values("user_id")
    for asked in (Q(pk__in=members), Q(role__in=of_cases.ADMINISTRATION)):
        if here := [user for user in active.filter(asked) if may(user, "surveys.follow_up")]:
            return here
    return []


def _whose(survey: Survey, contact: Contact) -> dict[str, Any]:
    """The team the survey names; else that of whoever last had this customer, or they themselves; else nobody's."""
    if survey.team:
        return {"team": survey.team}
    had = Conversation.objects.filter(contact=contact, merged_into=None, assignee__is_active=True)
    last = had.select_related("assignee", "team").order_by("-last_message_at", "-pk").first()
    if last is None or last.assignee is None:
        return {}
    team = last.team or Team.objects.filter(pk=rates.team_of(last.assignee) or 0).first()
    return {"team": team} if team else {"owner": last.assignee}


def follow(*, message: Message, at: datetime) -> None:
    """One of us wrote to somebody who waits for a word: they have had it."""
    if message.kind != Message.Kind.OUTBOUND or message.by is None or message.is_automatic:
        return
    contact = message.conversation.contact_id
    for owed in FollowUp.objects.filter(response__contact_id=contact, called_at=None, owed_at__lt=message.at):
        following_up.called(follow_up=owed, note="", by=message.by, at=message.at)


def watch(*, at: datetime) -> int:
    """What was resolved as a case is solved for whoever waited, once they had a word. Returns how many."""
    ended = Case.objects.filter(pk=OuterRef("case_number")).values("ended_at")
    standing = FollowUp.objects.filter(called_at__isnull=False, solved_at=None).annotate(ended_at=Subquery(ended))
    over_at = Greatest("ended_at", "called_at", "owed_at")  # a case may have ended before anybody spoke to them
    rows = standing.exclude(ended_at=None).annotate(over_at=over_at).order_by("pk")[:AT_ONCE]
    return sum(following_up.solved(follow_up=row, by=None, at=row.over_at) for row in rows)


def _title(response: Response) -> str:
    told = wording.told(response)
    words = " ".join(response.comment.split())
    return _("%(told)s: %(words)s") % {"told": told, "words": words[:120]} if words else told
