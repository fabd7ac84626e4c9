"""Asking: after a resolution or a delivery, who is asked and when, and where the answer is told."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from muhatap.channels.contract import Address
from muhatap.channels.webchat import adapter
from muhatap.channels.webchat.models import ChatSession
from muhatap.contacts import identity
from muhatap.contacts.models import Contact
from muhatap.conversations import cautions, threading, threads
from muhatap.conversations.models import Closure, Conversation, Message
from muhatap.feedback import answering, asking
from muhatap.feedback.answering import Answered, Given
from muhatap.feedback.logic import Value
from muhatap.feedback.models import Invitation, Response, Survey
from muhatap.flow import closing_the_loop, survey_letters, telling, understanding
from muhatap.interactions.models import Interaction
from muhatap.sales.models import Order
from muhatap.sales.models import State as OrderState
from muhatap.shared import away, live
from muhatap.shared.address import is_plausible

log = logging.getLogger(__name__)
LANGUAGES = ("tr", "en")
STALE = timedelta(days=1)  # what was resolved longer ago is not asked about any more
OLD_NEWS = timedelta(days=3)  # nor what was delivered longer ago: shops tell of old orders, too
Why = Invitation.Why


def follow(*, message: Message, at: datetime) -> None:
    """After a resolution, have its customer asked: once, by the survey of the inbox, and only whom a person has helped."""
    conversation = message.conversation
    closure = _standing(conversation.pk) if message.event == "resolved" else None
    survey = asking.standing(conversation.inbox_id, at=at) if closure else None
    if closure is None or survey is None or at - closure.at > STALE or not _was_helped(conversation):
        return
    if conversation.inbox.kind != "webchat" and (survey.writes_from is None or _address(conversation) is None):
        return
    asking.invite(
        survey=survey,
        contact=conversation.contact,
        user=closure.by or conversation.assignee,
        conversation_id=conversation.pk,
        closure_id=closure.pk,
        language=_language(conversation.contact),
        at=closure.at,
    )


def order_came(*, order: Order, at: datetime) -> None:
    """After a delivery, have the buyer asked by mail; of an order that was told late, or came nobody knows when, nobody is asked."""
    came_at = order.delivered_at
    if order.contact is None or order.state != OrderState.DELIVERED or came_at is None or at - came_at > OLD_NEWS:
        return
    for survey in asking.after_delivery(at=at):
        asking.invite(
            survey=survey,
            contact=order.contact,
            user=None,
            about=f"order:{order.pk}",
            language=_language(order.contact),
            at=came_at,
        )


def ask_due(*, at: datetime) -> int:
    """Send the invitations whose time has come; what was opened again meanwhile is not asked about. Returns how many went.

    Each in a transaction of its own: one that fails comes again in a minute and stops no other.
    """
    return sum(_ask_one(number, at=at) for number in asking.due(at=at))


@transaction.atomic
def rate(
    *,
    invitation: Invitation,
    score: int | None,
    comment: str | None,
    at: datetime,
    answers: Mapping[int, Value] | None = None,
) -> Response:
    """Keep what a customer answered and tell it in the thread. Raises answering.Closed, ValueError."""
    answered = answering.answer(invitation=invitation, score=score, comment=comment, answers=answers, at=at)
    return _heard(answered, at=at)


@transaction.atomic
def answer_openly(
    *,
    survey: Survey,
    given: Given,
    way: str,
    language: str,
    nonce: str,
    at: datetime,
    contact: Contact | None = None,
) -> Response:
    """Keep the answer of somebody who came by link, code or page. Raises answering.Closed, ValueError."""
    answered = answering.answer_openly(
        survey=survey, given=given, way=way, language=language, nonce=nonce, contact=contact, at=at
    )
    return _heard(answered, at=at)


@transaction.atomic
def go_on(*, response: Response, given: Given, at: datetime) -> Response:
    """More of an answer that was given openly, or a changed mind. Raises answering.Closed, ValueError."""
    answered = answering.change(response=response, given=given, at=at)
    return _heard(answered, at=at)


def waiting_in_chat(session: ChatSession, *, at: datetime) -> Invitation | None:
    """The invitation that stands open in a visitor's window: asked after the last thing they wrote."""
    survey = asking.standing(session.inbox_id)
    if survey is None:
        return None
    line = session.lines.filter(direction="in").order_by("-pk").first()
    number = adapter.external_id(session.visitor_id, line.key) if line else ""
    written = Message.objects.filter(inbox_id=session.inbox_id, external_id=number).first() if number else None
    if written is None:
        return None
    rows = Invitation.objects.filter(survey=survey).select_related("survey__inbox", "response")
    sent = rows.filter(conversation_id=written.conversation_id, sent_at__gte=written.at).order_by("-sent_at").first()
    return sent if sent and asking.is_open(sent, at=at) else None


def _ask_one(number: int, *, at: datetime) -> bool:
    try:
        with transaction.atomic():
            invitation = asking.held(number)
            return invitation is not None and _ask(invitation, at=at)
    except Exception as error:
        if away.is_away(error):
            raise
        log.exception("invitation %s was not sent", number)
        return False


def _ask(invitation: Invitation, *, at: datetime) -> bool:
    why = _obstacle(invitation, at=at)
    address = None if why else _where(invitation)
    if not why and invitation.way == Response.Way.MAIL:
        why = _obstacle_of_mail(invitation, address, at=at)
    if why:
        asking.withdraw(invitation=invitation, at=at, why=why)
        return False
    asking.mark_sent(invitation=invitation, at=at)
    conversation = _thread(invitation)
    mailed = None
    if address:
        mailed = survey_letters.send(invitation, conversation, order=_order(invitation), address=address, at=at)
    if conversation is None:
        return True
    if mailed is None:
        _show(conversation)
    event = "rating_asked" if invitation.survey.kind == Survey.Kind.CSAT else "survey_asked"
    entry = threads.tell(conversation=conversation, event=event, by=None, at=at)
    _stands_for(entry, mailed)
    return True


def _obstacle(invitation: Invitation, *, at: datetime) -> str:
    """Why it is not asked after all; "" when nothing stands in the way."""
    survey = invitation.survey
    if not asking.is_running(survey, at=at):
        return Why.OFF
    if asking.refuses(invitation.contact):
        return Why.OPTED_OUT
    if asking.is_full(survey, at=at):
        return Why.FULL
    if invitation.about:
        order = _order(invitation)
        return "" if order and order.state == OrderState.DELIVERED else Why.REOPENED
    standing = _standing(invitation.conversation_id)
    return "" if standing and standing.pk == invitation.closure_id else Why.REOPENED


def _obstacle_of_mail(invitation: Invitation, address: Address | None, *, at: datetime) -> str:
    """An address may stand with several guests of a shop: what its reader said and was asked as one of them holds for all."""
    if address is None:
        return Why.NOWHERE
    if asking.refuses_by(address.email):
        return Why.OPTED_OUT
    return Why.RESTS if asking.was_mailed_lately(invitation, address.email, at=at) else ""


def _where(invitation: Invitation) -> Address | None:
    """The address that is asked; None for a chat, and where mail came back."""
    if invitation.way != Response.Way.MAIL or invitation.survey.writes_from is None:
        return None
    conversation = _thread(invitation)
    if conversation:
        return _address(conversation)
    order = _order(invitation)
    return (_address_of(order) if order else None) or _own_address(invitation.contact)


def _address_of(order: Order) -> Address | None:
    """What it was placed with: given for this order, it is written to about it though nobody proved whose it is."""
    if not is_plausible(order.email) or cautions.bounced([order.email]):
        return None
    return Address(name=order.customer_name, email=order.email)


def _own_address(contact: Contact) -> Address | None:
    """Their newest proved address that takes mail."""
    known = [one for one in identity.of(contact) if one.kind == "email" and one.verified_at and not one.bounced_at]
    newest = max(known, key=lambda one: (one.last_seen_at, one.pk), default=None)
    return Address(name=contact.name, email=newest.value) if newest else None


def _order(invitation: Invitation) -> Order | None:
    kind, _colon, number = invitation.about.partition(":")
    return Order.objects.filter(pk=int(number)).first() if kind == "order" and number.isdigit() else None


def _heard(answered: Answered, *, at: datetime) -> Response:
    """What follows from every answer: it is told in its thread, a low score is worked on, and its words are read."""
    invitation = answered.response.invitation
    conversation = _thread(invitation) if invitation else None
    if conversation and (answered.is_new or answered.is_changed):
        _tell(conversation, answered, at=at)
    closing_the_loop.hear(answered=answered, at=at, conversation_id=conversation.pk if conversation else None)
    if answered.is_new or answered.is_changed:
        telling.tell_of_response(response=answered.response, is_new=answered.is_new, at=at)
    _read(answered, at=at)
    return answered.response


def _read(answered: Answered, *, at: datetime) -> None:
    """What was said in own words is read as a message is; what cannot be read is an answer all the same."""
    interaction = answered.response.interaction_id
    if not answered.has_new_words or interaction is None:
        return
    try:
        with transaction.atomic():
            text = answering.words_of(answered.response)
            understanding.read_words(interaction_id=interaction, text=text, at=at)
    except Exception as error:
        if away.is_away(error):
            raise
        log.exception("answer %s was not read", answered.response.pk)


def _tell(conversation: Conversation, answered: Answered, *, at: datetime) -> None:
    response = answered.response
    told = {"score": response.score, "comment": response.comment, "response": response.pk}
    event = "rated" if answered.is_new else "rating_changed"
    survey = response.survey
    if survey and survey.kind != Survey.Kind.CSAT:
        event = "survey_answered" if answered.is_new else "survey_changed"
        told |= {"kind": survey.kind, "survey": survey.name, "highest": survey.range[1]}
        if not answered.is_new and not answered.is_altered:  # gone on with: the entry that stands tells it whole
            Message.objects.filter(interaction=response.interaction).update(event_details=told)
            return
    entry = threads.tell(conversation=threading.current(conversation), event=event, by=None, at=at, **told)
    if answered.is_new:
        _stands_for(entry, response.interaction)


def _stands_for(entry: Message, interaction: Interaction | None) -> None:
    """Whoever sees the thread sees it on the customer's timeline too, and what becomes of the mail is told in the thread."""
    Message.objects.filter(pk=entry.pk).update(interaction=interaction)


def _show(conversation: Conversation) -> None:
    """Wake the windows of the visitors who wrote in this thread; they fetch the question with the messages."""
    ids = conversation.messages.filter(kind=Message.Kind.INBOUND, external_id__startswith="v_")
    newest = ids.order_by("-pk").values_list("external_id", flat=True)[:30]
    topics = {f"visitor:{external_id.partition(':')[0]}" for external_id in newest}
    if topics:
        live.announce(topics, "message")


def _thread(invitation: Invitation) -> Conversation | None:
    if invitation.conversation_id is None:
        return None
    rows = Conversation.objects.select_related("inbox", "contact", "merged_into")
    return rows.filter(pk=invitation.conversation_id).first()


def _language(contact: Contact) -> str:
    language = contact.language[:2]
    return language if language in LANGUAGES else settings.LANGUAGE_CODE[:2]


def _standing(conversation_id: int | None) -> Closure | None:
    """The resolution that stands; none for spam, and none for what was merged into another."""
    if conversation_id is None:
        return None
    rows = Closure.objects.filter(conversation_id=conversation_id, outcome="resolved", ended_at=None)
    return rows.filter(conversation__merged_into=None).select_related("by").first()


def _was_helped(conversation: Conversation) -> bool:
    """Somebody wrote, and a person of ours answered."""
    spoken = conversation.messages.filter(is_automatic=False)
    return all(spoken.filter(kind=kind).exists() for kind in (Message.Kind.INBOUND, Message.Kind.OUTBOUND))


def _address(conversation: Conversation) -> Address | None:
    """Where they wrote from, or what is proved of whoever wrote no mail; nowhere when mail to it came back for good."""
    if conversation.inbox.kind != "email":
        return _own_address(conversation.contact)
    written = conversation.messages.filter(kind=Message.Kind.INBOUND, is_automatic=False, contact=conversation.contact)
    last = written.order_by("-pk").first()
    if last is None or not last.sender.get("email") or cautions.bounced([last.sender["email"]]):
        return None
    return Address(name=last.sender.get("name", ""), email=last.sender["email"])
