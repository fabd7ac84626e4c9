"""Following a conversation, and filling the firm's own fields, from the card."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.contacts import designing
from muhatap.contacts.fields import BadValues
from muhatap.contacts.models import CustomField
from muhatap.conversations import filling, following
from muhatap.conversations.models import Conversation
from muhatap.shared import clock
from muhatap.web.common import reading
from muhatap.web.common.doors import needs, visitor
from muhatap.web.inbox import card, joining_parts
from muhatap.web.inbox.pages import find

LONGEST = 20_000  # more than any field holds: what is too long is refused in words, not cut


@require_POST
@needs("conversations.read")
def follow(request: HttpRequest, number: int) -> HttpResponse:
    """Follow oneself; ?who= has a colleague follow, for those who may organise."""
    conversation, user = find(request, number), visitor(request)
    asked = reading.number(request.GET.get("who"))
    if asked and asked != user.pk and not may(user, "conversations.organise"):
        return render(request, "403.html", status=403)
    who = get_object_or_404(User, pk=asked, is_active=True) if asked else user
    try:
        following.follow(conversation=conversation, user=who, by=user, at=clock.now())
    except following.NotSeen:
        return _card(
            request,
            conversation,
            refused_follow=_("%(name)s does not see this conversation. Call them with @ in a note.") % {"name": who},
        )
    return _card(request, conversation)


@require_POST
@needs("conversations.read")
def unfollow(request: HttpRequest, number: int, person: int) -> HttpResponse:
    conversation, user = find(request, number), visitor(request)
    if person != user.pk and not may(user, "conversations.organise"):
        return render(request, "403.html", status=403)
    who = get_object_or_404(User, pk=person)
    following.unfollow(conversation=conversation, user=who, by=user, at=clock.now())
    return _card(request, conversation)


@require_POST
@needs("conversations.organise")
def fill(request: HttpRequest, number: int) -> HttpResponse:
    """Keep the firm's own fields; what was refused stays as typed, with why."""
    conversation = find(request, number)
    keys = [field.key for field in designing.active(CustomField.About.CONVERSATION)]
    typed = {key: reading.words(request.POST[f"f_{key}"], LONGEST) for key in keys if f"f_{key}" in request.POST}
    # A value that is no longer a choice stays until it is changed, so only what differs is told.
    kept = {field.key: field.value for field in joining_parts.fields(conversation)}
    told = {key: text for key, text in typed.items() if text != kept.get(key, "")}
    try:
        filling.fill(conversation=conversation, told=told, by=visitor(request), at=clock.now())
    except BadValues as error:
        fields = joining_parts.fields(conversation, typed=typed, errors=error.errors)
        return _card(request, conversation, fields=fields)
    return _card(request, conversation)


def _card(request: HttpRequest, conversation: Conversation, **more: object) -> HttpResponse:
    context = {"card": card.card(conversation, visitor(request), clock.now()), **more}
    return render(request, "inbox/_card.html", context)
