"""What its author takes back is erased wherever it stood: in its thread, in the names of cases, and so is who wrote it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from muhatap.assistant import asking
from muhatap.channels.contract import Claim, Inbound
from muhatap.contacts import forgetting as forgetting_people
from muhatap.conversations import rereading, threads
from muhatap.conversations.models import Conversation, Message
from muhatap.flow import understanding
from muhatap.interactions import posts
from muhatap.interactions.models import Interaction, Post
from muhatap.service import forgetting
from muhatap.shared import jobs
from muhatap.understanding.models import Reading


@transaction.atomic
def erase(*, post: Post, message: Message | None, at: datetime) -> None:
    """Erase a post and the message that was made of it."""
    words = f"{post.interaction.title}\n{post.text}"
    posts.erase(post=post, at=at)
    Reading.objects.filter(interaction=post.interaction_id).delete()  # its reasons are words of the post
    _forget_in_cases(post, message, words, at=at)
    _forget_author(post, at=at)
    _empty(message, at=at)


def _forget_author(post: Post, *, at: datetime) -> None:
    """Of whom nothing else was ever heard, nothing is kept: neither name nor account, nor an empty contact."""
    contact = post.interaction.contact
    heard = Interaction.objects.filter(contact=contact, direction=Interaction.Direction.IN)
    if contact is None or heard.exclude(Q(post__erased_at__isnull=False) | Q(kind=Interaction.Kind.CASE)).exists():
        return
    if not Conversation.objects.filter(contact=contact).exists():
        heard.filter(post__erased_at__isnull=False).update(contact=None)
    for number in Conversation.objects.filter(contact=contact).values_list("pk", flat=True):
        asking.forget_conversation(conversation_id=number, at=at)
    forgetting_people.forget(contact=contact, sources=[post.inbox.kind], at=at)


def _empty(message: Message | None, *, at: datetime) -> None:
    """What stood in a thread is taken out of it; the thread says so."""
    if message is None:
        return
    said = _gone()
    nothing = Inbound(
        kind="message",
        external_id=message.external_id,
        at=message.at,
        sender=Claim(kind="handle", value="erased", is_verified=False),
        text=said,
        reply_text=said,
    )
    rereading.reread(message=message, inbound=nothing)
    asking.forget_conversation(conversation_id=message.conversation_id, at=at)
    Message.objects.filter(pk=message.pk).update(sender={"name": "", "email": ""})
    conversation = message.conversation
    if not conversation.messages.exclude(pk=message.pk).filter(kind=Message.Kind.INBOUND).exists():
        search_text = threads.search_text("", conversation.contact)
        Conversation.objects.filter(pk=conversation.pk).update(subject="", search_text=search_text)
    threads.retell(conversation=conversation)
    understanding.say_anew(conversation)
    threads.tell(conversation=conversation, event="post_erased", by=None, at=at)
    jobs.queue(threads.FOLLOW, queue="follow", message_id=message.pk)  # whoever searches finds it no more


def _gone() -> str:
    return _("Its author deleted this post.")


def _forget_in_cases(post: Post, message: Message | None, words: str, *, at: datetime) -> None:
    """Cases are named after what was written, and threads tell of cases by their names."""
    thread = message.conversation_id if message else None
    forgotten = forgetting.forget(
        interaction=post.interaction, conversation_id=thread, words=words, title=_gone(), at=at
    )
    for case in forgotten:
        linked = case.links.filter(conversation_id__isnull=False).values("conversation_id")
        told_in = Conversation.objects.filter(Q(contact=case.contact_id) | Q(pk__in=linked)).values("pk")
        told = Message.objects.filter(conversation__in=told_in, kind=Message.Kind.EVENT, event__startswith="case_")
        for entry in told.filter(event_details__case=case.pk):
            entry.event_details = {**entry.event_details, "what": case.title}
            entry.save(update_fields=["event_details"])
