"""The mail in which somebody is asked: in the customer's thread if that is one of mails, else on its own."""

import uuid
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from muhatap.channels.contract import Address, Outbound
from muhatap.conversations import replying
from muhatap.conversations.models import Conversation
from muhatap.feedback import answering, wording
from muhatap.feedback.models import Invitation, Survey
from muhatap.flow import reply
from muhatap.interactions import ledger, outbox
from muhatap.interactions.models import Interaction
from muhatap.sales.models import Order
from muhatap.shared import richtext

HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def send(
    invitation: Invitation, conversation: Conversation | None, *, order: Order | None, address: Address, at: datetime
) -> Interaction:
    """A mail of its own, in the customer's thread if that is one of mails; its links only open the page, so programs that look
    at links answer nothing."""
    inbox = invitation.survey.writes_from
    if inbox is None:
        raise ValueError(f"survey {invitation.survey_id} has no inbox to write from")
    thread = conversation if conversation and conversation.inbox.kind == "email" else None
    with translation.override(invitation.language):
        html, subject = _letter(invitation), _subject(invitation, conversation, order)
    page = f"{settings.PUBLIC_URL}/rate/{answering.token(invitation)}/"
    unasked = {"List-Unsubscribe": f"<{page}no/>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    if thread:
        outbound = replying.compose(
            conversation=thread,
            html=html,
            text=richtext.to_text(html),
            answer_to=reply.Answer(html=html, to=(address,)),
            message_id=reply.new_message_id(thread),
            by=None,
            at=at,
        )
        outbound = replace(outbound, subject=subject.strip(), quotes=None, headers=HEADERS | unasked)
    else:
        outbound = Outbound(
            message_id=f"<{uuid.uuid4().hex}.{inbox.pk}@{inbox.address.rpartition('@')[2] or 'muhatap.invalid'}>",
            at=at,
            sender=Address(email=inbox.address, name=inbox.setting("sender_name") or settings.FIRM_NAME),
            to=(address,),
            subject=subject.strip(),
            text=richtext.to_text(html),
            html=html,
            headers=HEADERS | unasked,
        )
    interaction = ledger.record_sent(
        inbox=inbox,
        contact=invitation.contact,
        external_id=outbound.message_id,
        title=outbound.subject,
        text="",
        by=None,
        at=at,
        kind="survey",
    )
    outbox.queue(interaction=interaction, inbox=inbox, outbound=outbound, not_before=at, by=None, at=at)
    return interaction


def _subject(invitation: Invitation, conversation: Conversation | None, order: Order | None) -> str:
    if conversation and invitation.survey.kind == Survey.Kind.CSAT:
        return _("How was our help? %(subject)s") % {"subject": conversation.subject}
    if order:
        return _("How was your order #%(number)s?") % {"number": order.number}
    return wording.question(invitation.survey)


def _letter(invitation: Invitation) -> str:
    """The question with a link for each score; of own questions one link. Every link opens a page and answers nothing."""
    survey: Survey = invitation.survey
    page = f"{settings.PUBLIC_URL}/rate/{answering.token(invitation)}/"
    pressed = [(page, f"?score={score}", word) for score, word in wording.choices(survey).items()]
    if not survey.has_score:
        pressed = [(page, "", _("Answer the questions"))]
    links = format_html_join(" · ", '<a href="{}{}">{}</a>', pressed)
    ends = ""
    if survey.has_score and survey.kind != Survey.Kind.CSAT:
        low, high = wording.ends(survey.kind)
        lowest, highest = survey.range
        ends = format_html("<p>{} = {}, {} = {}</p>", lowest, low, highest, high)
    asks = _("You choose on the page that opens; you may add a word there, and change your mind for some days.")
    stop = format_html('<a href="{}no/">{}</a>', page, _("Do not ask me any more"))
    return format_html(
        "<p><b>{}</b></p><p>{}</p>{}<p>{}</p><p>{}</p>", wording.question(survey), links, ends, asks, stop
    )
