"""Asking for a rating after a resolution: who is asked, how the question travels, and where the answer is told."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from muhatap.channels.contract import Address
from muhatap.channels.webchat import adapter
from muhatap.channels.webchat.models import ChatSession
from muhatap.conversations import cautions, replying, threading, threads
from muhatap.conversations.models import Closure, Conversation, Message
from muhatap.feedback import answering, asking, wording
from muhatap.feedback.models import Invitation, Response, Survey
from muhatap.flow import reply
from muhatap.interactions import ledger, outbox
from muhatap.interactions.models import Interaction
from muhatap.shared import away, live, richtext

log = logging.getLogger(__name__)
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
LANGUAGES = ("tr", "en")
STALE = timedelta(days=1)  # what was resolved longer ago is not asked about any more


def follow(*, message: Message, at: datetime) -> None:
    """After a resolution, have its customer asked: once, by the survey of the inbox, and only whom a person has helped."""
    conversation = message.conversation
    closure = _standing(conversation.pk) if message.event == "resolved" else None
    survey = asking.standing(conversation.inbox_id) if closure else None
    if closure is None or survey is None or at - closure.at > STALE or not _was_helped(conversation):
        return
    if survey.inbox.kind == "email" and _address(conversation) is None:
        return
    language = conversation.contact.language[:2]
    asking.invite(
        survey=survey,
        contact=conversation.contact,
        user=closure.by or conversation.assignee,
        conversation_id=conversation.pk,
        closure_id=closure.pk,
        language=language if language in LANGUAGES else settings.LANGUAGE_CODE[:2],
        at=closure.at,
    )


def ask_due(*, at: datetime) -> int:
    """Send the invitations whose time has come; what was opened again meanwhile is not asked about. Returns how many went.

    Each in a transaction of its own: one that fails comes again in a minute and stops no other.
    """
    return sum(_ask_one(number, at=at) for number in asking.due(at=at))


@transaction.atomic
def rate(*, invitation: Invitation, score: int, comment: str, at: datetime) -> Response:
    """Keep what a customer answered and tell it in the thread. Raises answering.Closed, ValueError."""
    answered = answering.answer(invitation=invitation, score=score, comment=comment, at=at)
    response, conversation = answered.response, _thread(invitation)
    if conversation and (answered.is_new or answered.is_changed):
        told = {"score": response.score, "comment": response.comment, "response": response.pk}
        event = "rated" if answered.is_new else "rating_changed"
        entry = threads.tell(conversation=threading.current(conversation), event=event, by=None, at=at, **told)
        if answered.is_new:
            _stands_for(entry, response.interaction)
    return response


def waiting_in_chat(session: ChatSession, *, at: datetime) -> Invitation | None:
    """The invitation that stands open in a visitor's window: asked after the last thing they wrote."""
    if asking.standing(session.inbox_id) is None:
        return None
    line = session.lines.filter(direction="in").order_by("-pk").first()
    number = adapter.external_id(session.visitor_id, line.key) if line else ""
    written = Message.objects.filter(inbox_id=session.inbox_id, external_id=number).first() if number else None
    if written is None:
        return None
    rows = Invitation.objects.select_related("survey", "response")
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
    conversation = _thread(invitation)
    standing = _standing(invitation.conversation_id)
    if conversation is None or standing is None or standing.pk != invitation.closure_id or not invitation.survey.is_on:
        asking.withdraw(invitation=invitation, at=at)
        return False
    goes_by_mail = invitation.survey.inbox.kind == "email"
    address = _address(conversation) if goes_by_mail else None
    if goes_by_mail and address is None:
        asking.withdraw(invitation=invitation, at=at)
        return False
    asking.mark_sent(invitation=invitation, at=at)
    mailed = _mail(invitation, conversation, address=address, at=at) if address else None
    if mailed is None:
        _show(conversation)
    entry = threads.tell(conversation=conversation, event="rating_asked", by=None, at=at)
    _stands_for(entry, mailed)
    return True


def _stands_for(entry: Message, interaction: Interaction | None) -> None:
    """Whoever sees the thread sees it on the customer's timeline too, and what becomes of the mail is told in the thread."""
    Message.objects.filter(pk=entry.pk).update(interaction=interaction)


def _mail(invitation: Invitation, conversation: Conversation, *, address: Address, at: datetime) -> Interaction:
    """A mail of its own in the customer's thread, whose links only open the page: programs that look at links rate nothing."""
    with translation.override(invitation.language):
        html = _letter(invitation)
        subject = _("How was our help? %(subject)s") % {"subject": conversation.subject}
    outbound = replying.compose(
        conversation=conversation,
        html=html,
        text=richtext.to_text(html),
        answer_to=reply.Answer(html=html, to=(address,)),
        message_id=reply.new_message_id(conversation),
        by=None,
        at=at,
    )
    outbound = replace(outbound, subject=subject.strip(), quotes=None, headers=HEADERS)
    interaction = ledger.record_sent(
        inbox=conversation.inbox,
        contact=conversation.contact,
        external_id=outbound.message_id,
        title=outbound.subject,
        text="",
        by=None,
        at=at,
        kind="survey",
    )
    outbox.queue(interaction=interaction, inbox=conversation.inbox, outbound=outbound, not_before=at, by=None, at=at)
    return interaction


def _letter(invitation: Invitation) -> str:
    survey: Survey = invitation.survey
    page = f"{settings.PUBLIC_URL}/rate/{answering.token(invitation)}/"
    links = format_html_join(
        " · ", '<a href="{}?score={}">{}</a>', ((page, score, word) for score, word in wording.choices(survey).items())
    )
    asks = _("You choose on the page that opens; you may add a word there, and change your mind for some days.")
    return format_html("<p><b>{}</b></p><p>{}</p><p>{}</p>", wording.question(survey), links, asks)


def _show(conversation: Conversation) -> None:
    """Wake the windows of the visitors who wrote in this thread; they fetch the question with the messages."""
    ids = conversation.messages.filter(kind=Message.Kind.INBOUND, external_id__startswith="v_")
    newest = ids.order_by("-pk").values_list("external_id", flat=True)[:30]
    topics = {f"visitor:{external_id.partition(':')[0]}" for external_id in newest}
    if topics:
        live.announce(topics, "message")


def _thread(invitation: Invitation) -> Conversation | None:
    rows = Conversation.objects.select_related("inbox", "contact", "merged_into")
    return rows.filter(pk=invitation.conversation_id).first()


def _standing(conversation_id: int) -> Closure | None:
    """The resolution that stands; none for spam, and none for what was merged into another."""
    rows = Closure.objects.filter(conversation_id=conversation_id, outcome="resolved", ended_at=None)
    return rows.filter(conversation__merged_into=None).select_related("by").first()


def _was_helped(conversation: Conversation) -> bool:
    """Somebody wrote, and a person of ours answered."""
    spoken = conversation.messages.filter(is_automatic=False)
    return all(spoken.filter(kind=kind).exists() for kind in (Message.Kind.INBOUND, Message.Kind.OUTBOUND))


def _address(conversation: Conversation) -> Address | None:
    """Where they wrote from; nowhere when mail to it came back for good."""
    written = conversation.messages.filter(kind=Message.Kind.INBOUND, is_automatic=False, contact=conversation.contact)
    last = written.order_by("-pk").first()
    if last is None or not last.sender.get("email") or cautions.bounced([last.sender["email"]]):
        return None
    return Address(name=last.sender.get("name", ""), email=last.sender["email"])
