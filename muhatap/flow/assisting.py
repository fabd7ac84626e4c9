"""What another machine writes for an agent: what of a conversation would go to it, masked; the asking itself; and what comes back,
into the draft when a person takes it. It is text and nothing else: nothing here reads it for anything to do.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from muhatap.accounts.models import User
from muhatap.assistant import asking, endpoint, prompts, setting
from muhatap.assistant.endpoint import NotAnswered, NotWanted
from muhatap.assistant.models import Asking, Task
from muhatap.contacts.models import Contact, Identity
from muhatap.conversations import drafting, recent, variables
from muhatap.conversations.models import Conversation, DraftCopy, Message, Participant
from muhatap.reading import masking
from muhatap.reading.masking import Restored
from muhatap.reading.personal import Known
from muhatap.sales.models import Order
from muhatap.shared import richtext
from muhatap.understanding.models import Reading

MOST = 12_000  # characters of a conversation, the newest first
LONGEST_WISH = 1000
N_ORDERS = 200
EVERY = 1.0  # seconds between two tellings of how far it is
REPLY, NOTE = "reply", "note"
_MARK = "\ue000{}\ue001"  # letters that no answer holds: they were taken out where it came in


class NothingToSay(Exception):
    """There is nothing here that could be written about."""


@dataclass(frozen=True, kw_only=True)
class _Said:
    """What is to go, before it is masked: each text with who said it and when."""

    heads: tuple[str, ...]
    texts: tuple[str, ...]
    is_whole: bool = True


def prepare(
    *,
    conversation: Conversation,
    task: str,
    by: User,
    at: datetime,
    wish: str = "",
    language: str = "",
    draft_html: str = "",
) -> Asking:
    """What would be sent, masked and kept as it will be shown. Raises asking.NotOn, NothingToSay."""
    reader = "tr" if _language(by) == "tr" else "en"
    newest = recent.of(conversation)
    said = _said(conversation, task, newest, reader, wish=wish.strip()[:LONGEST_WISH], draft_html=draft_html)
    masked = masking.mask(said.texts, _known(conversation, newest, by), language=reader)
    parts = [f"{head}\n{text}".strip() for head, text in zip(said.heads, masked.texts, strict=True)]
    language = language if language in prompts.LANGUAGES else language_of(conversation, task, by, newest)
    return asking.prepare(
        task=task,
        conversation_id=conversation.pk,
        instructions=prompts.instructions(task, language=language, reader=reader),
        text="\n\n".join([*([] if said.is_whole else [prompts.LEFT_OUT[reader]]), *parts]),
        given=masked.given,
        language=language,
        by=by,
        at=at,
    )


def carry_out(*, asking_id: int, at: datetime) -> None:
    """Send what a person has seen, once, and keep what comes back."""
    there, begun = setting.current(), time.monotonic()
    row = asking.begin(asking_id=asking_id, at=at, there=there)
    if row is None:
        return
    try:
        text = endpoint.ask(setting.place(there), instructions=row.instructions, text=row.text, hear=_hearing(row))
    except NotWanted:
        return
    except NotAnswered as error:
        asking.fail(asking=row, trouble=error.trouble, detail=error.detail, at=_since(at, begun))
    else:
        asking.answer(asking=row, text=text, at=_since(at, begun))


def _since(at: datetime, begun: float) -> datetime:
    """The moment that is now, where `at` was when `begun` was taken."""
    return at + timedelta(seconds=time.monotonic() - begun)


def restored(row: Asking) -> Restored:
    """The answer with what we had taken out put back into it."""
    return masking.unmask(row.answer, asking.given(row))


@transaction.atomic
def take(
    *,
    row: Asking,
    conversation: Conversation,
    by: User,
    at: datetime,
    typed: str | None = None,
    kind: str = REPLY,
    based_on: int | None = None,
) -> DraftCopy | None:
    """Put the answer into the draft: behind what stands there, a translated draft in its place. Nothing is sent.

    `typed` is what stands in the composer right now, of this `kind`; it is kept first, and what another device saved since the
    version it is `based_on` becomes a copy. What stood in the draft before comes back as a copy. Raises asking.NotNow.
    """
    answer = restored(row)
    asking.settle(asking=row, used=Asking.Used.TAKEN, by=by, at=at)
    if typed is not None and (typed or drafting.drafts(conversation, by, kind).exists()):
        html = richtext.clean(typed)
        drafting.save(conversation=conversation, kind=kind, by=by, at=at, based_on=based_on, html=html)
    into = goes_into(row.task)
    before = drafting.drafts(conversation, by, into).first()
    says = bool(before and richtext.to_text(before.html).strip())
    kept = drafting.keep_copy(draft=before, because=drafting.DISCARDED, at=at) if before and says else None
    begun = before.html if before and says and row.task != Task.OURS else ""
    drafting.save(conversation=conversation, kind=into, by=by, at=at, html=f"{begun}{_html(answer)}")
    return kept


def goes_into(task: str) -> str:
    """A draft and its translation go to the customer; what was written for the reader goes into a note."""
    return REPLY if task in (Task.DRAFT, Task.OURS) else NOTE


def language_of(conversation: Conversation, task: str, by: User, newest: recent.Recent | None = None) -> str:
    """The language an answer is wanted in: the reader's own, or the customer's."""
    if task in (Task.SUMMARY, Task.THEIRS):
        return _language(by)
    last = (newest or recent.of(conversation)).answered
    read = Reading.objects.filter(interaction=last.interaction_id).first() if last and last.interaction_id else None
    is_sure = read is not None and "language" not in read.unsure and read.language in prompts.LANGUAGES
    return read.language if read is not None and is_sure else variables.language(conversation)


def _language(by: User) -> str:
    """The reader's own; of somebody who never chose one, the installation's."""
    return by.language or settings.LANGUAGE_CODE


def _said(
    conversation: Conversation, task: str, newest: recent.Recent, reader: str, *, wish: str, draft_html: str
) -> _Said:
    if task == Task.OURS:
        draft = richtext.to_text(richtext.clean(draft_html)).strip()
        return _Said(heads=("",), texts=(draft[:MOST],)) if draft else _nothing()
    if task == Task.THEIRS:
        theirs = newest.answered
        return _Said(heads=("",), texts=(_words(theirs)[:MOST],)) if theirs and _words(theirs) else _nothing()
    spoken, left = [], MOST
    for message in newest.spoken:
        words = _words(message)
        if len(words) > left:
            break
        spoken.append((_head(message, reader), words))
        left -= len(words)
    if not spoken:
        spoken = [(_head(one, reader), _words(one)[:MOST]) for one in newest.spoken[:1]]
    if not any(words for _head_, words in spoken):
        return _nothing()
    pairs = [(f"{prompts.SUBJECT[reader]}:", conversation.subject)] if conversation.subject else []
    pairs += [pair for pair in reversed(spoken) if pair[1]]
    pairs += [(f"{prompts.WISH[reader]}:", wish)] if wish else []
    is_whole = newest.is_whole and len(spoken) == len(newest.spoken)
    return _Said(
        heads=tuple(head for head, _text in pairs), texts=tuple(text for _head_, text in pairs), is_whole=is_whole
    )


def _nothing() -> _Said:
    raise NothingToSay


def _head(message: Message, reader: str) -> str:
    who = prompts.CUSTOMER if message.kind == Message.Kind.INBOUND else prompts.US
    return f"{who[reader]}, {timezone.localtime(message.at):%d.%m.%Y %H:%M}:"


def _words(message: Message) -> str:
    """What they wrote themselves; of a letter that is nothing but a quote, nothing."""
    own = message.reply_text if message.kind == Message.Kind.INBOUND else message.reply_text or message.text
    return own.strip()


def _known(conversation: Conversation, newest: recent.Recent, by: User) -> Known:
    """Everybody who takes part, by every name we have for them, and their orders."""
    contacts = _contacts(conversation, newest)
    identities = Identity.objects.filter(contact__in=[one.pk for one in contacts]).values_list("value", "written")
    fields = [str(value) for one in contacts for value in one.fields.values() if isinstance(value, str)]
    orders = (
        Order.objects.filter(contact=conversation.contact_id).order_by("-placed_at").values_list("number", flat=True)
    )
    return Known(
        people=tuple(dict.fromkeys(name for name in _names(conversation, newest, contacts, by) if name)),
        firms=tuple(dict.fromkeys(one.company.name for one in contacts if one.company)),
        orders=tuple(number.removeprefix("#") for number in orders[:N_ORDERS]),
        words=tuple(
            dict.fromkeys([*(one for pair in identities for one in pair if one), *filter(_is_telling, fields)])
        ),
    )


def _contacts(conversation: Conversation, newest: recent.Recent) -> list[Contact]:
    numbers = {conversation.contact_id, *(one.contact_id for one in newest.messages if one.contact_id)}
    numbers |= set(Participant.objects.filter(conversation=conversation).values_list("contact", flat=True)) - {None}
    return list(Contact.objects.filter(pk__in=numbers).select_related("company"))


def _names(conversation: Conversation, newest: recent.Recent, contacts: list[Contact], by: User) -> Iterator[str]:
    yield from (one.name for one in contacts)
    yield by.name
    yield from Participant.objects.filter(conversation=conversation).values_list("name", flat=True)
    for message in newest.messages:
        yield message.by.name if message.by else ""
        for address in (message.sender, *message.to, *message.cc):
            yield str(address.get("name") or "")


def _is_telling(value: str) -> bool:
    """Whether a field of the firm's own says something of one person: an address or a number, not a size or a colour."""
    return len(value) >= 10 or (len(value) >= 4 and any(letter.isdecimal() for letter in value))


def _hearing(row: Asking) -> Callable[[int], bool]:
    """Tells how far it is, not with each piece, and hears whether anybody still wants it."""
    told_at = 0.0

    def hear(n: int) -> bool:
        nonlocal told_at
        now = time.monotonic()
        if now - told_at < EVERY:
            return True
        told_at = now
        return asking.went_on(asking_id=row.pk, n=n)

    return hear


def _html(answer: Restored) -> str:
    """As paragraphs; what was left open becomes a gap, which asks before it is sent."""
    text = answer.text
    for number, gap in enumerate(answer.gaps):
        text = text.replace(gap, _MARK.format(number))
    html = richtext.from_text(text)
    for number, gap in enumerate(answer.gaps):
        name = richtext.from_text(gap.strip("[]")).removeprefix("<p>").removesuffix("</p>")
        html = html.replace(_MARK.format(number), f'<mark data-gap="{name}"></mark>')
    return richtext.clean(html)
