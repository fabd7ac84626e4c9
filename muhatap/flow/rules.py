"""What the house does by itself after an entry, and each minute: rules fire, conversations find somebody, time is looked through."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from muhatap.accounts.models import User
from muhatap.automation import available, giving, passing, rehearsing, running
from muhatap.automation.acting import CannotDo
from muhatap.automation.case import Case
from muhatap.automation.models import AutomationRule, DryRun
from muhatap.conversations import recipients
from muhatap.conversations.models import Conversation, Message
from muhatap.flow import reply
from muhatap.shared import away, jobs, locks

log = logging.getLogger(__name__)
DRY_RUN = "dry_run"  # the job that looks what a rule would have touched
N_PAGES = 10  # of what crossed a rule's line in one minute; the rest waits for the next
GIVEN_AFTER = {"handed_to_team", "reopened", "woken"}
MAKES_ROOM = {"resolved", "spam", "snoozed", "assigned", "unassigned"}


def follow(*, message: Message, at: datetime) -> None:
    """The rules that wait for this entry, one conversation at a time; then somebody takes what nobody has."""
    locks.hold("rules", message.conversation_id)
    if not (running.is_by_a_rule(message) or message.is_unwanted):
        case = Case(message=message, conversation=_anew(message.conversation_id), at=at)
        running.run(_waiting_for(message), case, at=at, answer=answer)
    _find_somebody(message, at=at)


def pass_time(*, at: datetime) -> None:
    """Each minute: rules that wait for time to pass, and conversations that wait for somebody to be free."""
    for rule in AutomationRule.objects.filter(is_on=True, hours__isnull=False).order_by("place", "id"):
        _look_through(rule, at=at)
    giving.give_unplaced(at=at)


@transaction.atomic
def look_back(*, rule: AutomationRule, by: User, at: datetime) -> DryRun:
    """Begin a dry run of a rule; a job goes on with it."""
    run = rehearsing.begin(rule=rule, by=by, at=at)
    jobs.queue(DRY_RUN, queue="care", dry_run_id=run.pk)
    return run


def rehearse(*, dry_run_id: int, at: datetime) -> None:
    """The job of a dry run: a part at a time, so that it shows how far it is and can be stopped."""
    while rehearsing.go_on(dry_run_id=dry_run_id, at=at):
        pass


def answer(conversation: Conversation, html: str, at: datetime, because: Mapping[str, Any]) -> Message:
    """An answer of a rule's own to whoever wrote last, at once."""
    letter = conversation.messages.filter(kind=Message.Kind.INBOUND).order_by("-at", "-id").first()
    is_mail = letter is not None and conversation.inbox.kind == "email"
    to = recipients.answer_sender(letter, conversation.inbox) if letter is not None and is_mail else ()
    written = reply.Answer(html=html, to=to)
    try:
        return reply.send(conversation=conversation, answer=written, by=None, at=at, undo=timedelta(0), because=because)
    except (reply.Empty, reply.NoRecipient, reply.OverLimit) as error:
        raise CannotDo("not_sent", type(error).__name__) from error


def _waiting_for(message: Message) -> list[AutomationRule]:
    """With a letter that came late, also those whose line it had crossed before they could see it."""
    late = AutomationRule.objects.filter(is_on=True, event="unanswered").order_by("place", "id")
    missed = [rule for rule in late if passing.missed(rule, message)] if message.kind == "inbound" else []
    return running.waiting_for(message) + missed


def _find_somebody(message: Message, *, at: datetime) -> None:
    is_letter = message.kind == Message.Kind.INBOUND and not message.is_automatic
    if is_letter or message.event in GIVEN_AFTER:
        giving.give(conversation=message.conversation, at=at)
    elif message.event in MAKES_ROOM and giving.somebody_waits():
        jobs.queue(available.GIVE, queue="follow")  # somebody has room now; others' rows are not for this transaction


def _look_through(rule: AutomationRule, *, at: datetime) -> None:
    for _page in range(N_PAGES):
        page = passing.crossed(rule, at=at)
        for began, _key, number in page:
            _fire(rule, number, began, at=at)
        if not passing.looked(rule, page, at=at):
            return


def _fire(rule: AutomationRule, number: int, began: datetime, *, at: datetime) -> None:
    """One conversation in a transaction of its own; one that fails stops no other."""
    try:
        with transaction.atomic():
            locks.hold("rules", number)
            conversation = _anew(number)
            entry = passing.entry(rule, conversation, began)
            if entry is not None:
                case = Case(message=entry, conversation=conversation, at=at)
                running.run([rule], case, at=at, answer=answer)
    except Exception as error:
        if away.is_away(error):
            raise
        log.exception("rule %s failed on conversation %s", rule.pk, number)


def _anew(number: int) -> Conversation:
    return Conversation.objects.select_related("inbox", "contact__company", "team").get(pk=number)
