"""The entries of a thread, as ready strings: letters, bubbles, notes, events, and the lines between days."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.conversations import placing_words, privately, recent, visibility
from muhatap.conversations.models import Conversation, Message
from muhatap.conversations.recent import Recent
from muhatap.interactions import outbox
from muhatap.interactions.models import Outgoing, Post
from muhatap.shared.address import comparable
from muhatap.understanding.models import Reading
from muhatap.web.common import readings, times
from muhatap.web.common.display import Act
from muhatap.web.common.links import link
from muhatap.web.common.templatetags.ui import initials
from muhatap.web.inbox import bodies, public, words
from muhatap.web.inbox.display import Bubble, Entry, Event, Letter, Note, Rule, Said, Thread, Trouble

ABOVE, FARTHEST = 5, 500  # entries above one that was searched for, and at most at once on the way to it


@dataclass(frozen=True)
class Reader:
    """Who reads, when, and what they may do with what they read."""

    user: User
    now: datetime

    @property
    def may_answer(self) -> bool:
        return may(self.user, "conversations.reply")

    @property
    def may_organise(self) -> bool:
        return may(self.user, "conversations.organise")


def thread(newest: Recent, reader: Reader, *, seen_id: int) -> Thread:
    """The newest entries, with "new" above the first that the reader has not seen."""
    return _thread(newest.conversation, newest.messages, reader, seen_id=seen_id, is_whole=newest.is_whole)


def earlier(
    conversation: Conversation, reader: Reader, *, seen_id: int, before: tuple[datetime, int], limit: int = recent.LIMIT
) -> Thread:
    """The entries before a moment."""
    found = recent.before(conversation, before, limit=limit + 1)
    return _thread(conversation, found[-limit:], reader, seen_id=seen_id, is_whole=len(found) <= limit)


def _thread(
    conversation: Conversation, shown: Sequence[Message], reader: Reader, *, seen_id: int, is_whole: bool
) -> Thread:
    return Thread(
        conversation_id=conversation.pk,
        entries=tuple(entries(shown, reader, seen_id=seen_id)),
        newest_id=shown[-1].pk if shown else 0,
        reload_url=link("inbox:thread", conversation.pk),
        live=f"conversation:{conversation.pk}",
        earlier_url="" if is_whole else _earlier_url(conversation, shown[0]),
        earlier_label=_("Earlier messages"),
    )


def _earlier_url(conversation: Conversation, first: Message) -> str:
    return f"{link('inbox:earlier', conversation.pk)}?{urlencode({'before': f'{first.at.isoformat()}~{first.pk}'})}"


def reaching(conversation: Conversation, number: int, *, before: tuple[datetime, int]) -> int:
    """How many entries before a moment reach back to this one and a little further; more than FARTHEST take another asking."""
    at = conversation.messages.filter(pk=number).values_list("at", flat=True).first()
    between = conversation.messages.filter(at__gte=at, at__lte=before[0]).count() if at else 0
    return min(max(between + ABOVE, recent.LIMIT), FARTHEST)


def entries(messages: Sequence[Message], reader: Reader, *, seen_id: int) -> Iterable[Entry]:
    """Entries with a line above each day and before what is new."""
    fates, heard, read = _fates(messages), public.posts_of(messages), _readings(messages)
    today = timezone.localtime(reader.now).date()
    last_day: date | None = None
    is_new_shown = False
    spoken = [message.pk for message in messages if message.kind in ("inbound", "outbound")]
    newest = max((message.pk for message in messages if message.kind == "inbound"), default=0)
    for message in messages:
        day = timezone.localtime(message.at).date()
        if day != last_day:
            yield Rule(id=f"day-{day.isoformat()}", text=times.heading(day, today))
            last_day = day
        if not is_new_shown and message.kind == "inbound" and message.pk > seen_id:
            yield Rule(id="new", text=_("New"), is_new=True)
            is_new_shown = True
        is_open = message.pk > seen_id or message.pk in spoken[-2:]
        number = message.interaction_id or 0
        shown = entry(message, fates.get(number), reader, is_open=is_open, post=heard.get(number))
        if isinstance(shown, Said) and (found := read.get(number)):
            shown = replace(
                shown, reading=_chips(message, found, reader, asks=message.pk in spoken[-2:], newest=newest)
            )
        yield shown


def entry(message: Message, fate: Outgoing | None, reader: Reader, *, is_open: bool, post: Post | None = None) -> Entry:
    """One entry of the thread."""
    when = {"time": times.stamp(message.at, reader.now), "time_iso": message.at.isoformat()}
    if message.kind == Message.Kind.EVENT:
        icon = words.EVENT_ICONS.get(message.event, "info")
        acts = _to_other(message.event_details, reader) if message.event == privately.BEGUN else ()
        acts = acts or _way_back(message, reader)
        return Event(id=message.pk, text=words.event(message), icon=icon, acts=acts, **when)
    if message.placed_because == privately.ANSWERED:
        acts, text = _to_other(message.placed_details, reader), words.answered_privately(message)
        return Event(id=message.pk, text=text, icon="mail", acts=acts, **when)
    name = _name(message)
    if message.kind == Message.Kind.NOTE:
        return Note(
            id=message.pk,
            name=name,
            initials=initials(name),
            html=bodies.with_mentions(message),
            files=bodies.files(message),
            **when,
        )
    said = _said(message, fate, reader) | when
    if message.inbox.kind == "email":
        return _letter(message, said, is_open=is_open)
    return Bubble(
        channel=words.channel(message.inbox.kind),
        channel_icon=words.channel_icon(message.inbox.kind),
        **said | (_posted(message, fate, post) if post else {}),
    )


def _posted(message: Message, fate: Outgoing | None, post: Post) -> dict[str, Any]:
    """Where others read it, and what it is called there; of what one of us said there, that it was not sent from here."""
    if message.kind == Message.Kind.INBOUND:
        return {"title": message.subject, "post_url": post.url}
    return {"post_url": post.url} | ({} if fate else {"state": _("Answered there"), "state_icon": "check"})


def _said(message: Message, fate: Outgoing | None, reader: Reader) -> dict[str, Any]:
    """What a letter and a bubble share."""
    name = _name(message)
    is_ours = message.kind == Message.Kind.OUTBOUND
    state, icon, tone = words.state(fate, reader.now)
    why = words.why(message)
    return {
        "id": message.pk,
        "name": _("You") if is_ours and message.by_id == reader.user.pk else name,
        "initials": initials(name),
        "is_ours": is_ours,
        "html": bodies.reply_body(message),
        "language": message.contact.language if message.contact and not is_ours else "",
        "files": bodies.files(message),
        "why": why,
        "why_acts": _why_acts(message) if why and reader.may_organise else (),
        "state": state,
        "state_icon": icon,
        "state_tone": tone,
        "acts": _acts(message) if reader.may_organise else (),
        "trouble": trouble(fate, reader.may_answer, reader.now),
    }


def trouble(fate: Outgoing | None, may_act: bool, now: datetime) -> Trouble | None:
    """What went wrong with a sending, what was kept, and what one can do."""
    if fate is None:
        return None
    again = Act(label=_("Send again"), url=reverse("inbox:settle", args=[fate.pk, "again"]))
    if fate.state == Outgoing.State.UNCERTAIN:
        was_sent = Act(label=_("It did arrive"), url=reverse("inbox:settle", args=[fate.pk, "sent"]))
        text = _("The line broke while we handed it over, so we did not send it a second time by ourselves.")
        return Trouble(
            title=_("We do not know whether it went."),
            text=text,
            acts=(again, was_sent) if may_act else (),
            tone="soon",
        )
    if outbox.takes_long(fate, at=now):
        since = {"time": times.stamp(fate.state_at, now)}
        return Trouble(
            title=_("Being handed over for long."),
            text=_("The mail server has not answered since %(time)s. We do not send it again by ourselves.") % since,
            tone="soon",
        )
    if fate.state == Outgoing.State.FAILED:
        text = _("The server refused it: “%(detail)s”. Your reply is kept, not sent.") % {"detail": fate.detail or "?"}
        return Trouble(title=_("Not sent."), text=text, acts=(again,) if may_act else ())
    if fate.state == Outgoing.State.BOUNCED:
        return Trouble(
            title=_("It came back."),
            text=_("The address did not take it: “%(detail)s”.") % {"detail": fate.detail or "?"},
        )
    missed = [delivery.detail for delivery in fate.deliveries.all() if delivery.outcome == outbox.IN_PART]
    if missed:
        return Trouble(title=_("Not everybody got it."), text=missed[-1], tone="soon")
    return None


def _letter(message: Message, said: dict[str, Any], *, is_open: bool) -> Letter:
    is_cut = not bodies.is_whole(message)
    has_remote = "data-src=" in message.html
    return Letter(
        address=message.sender.get("email", "") if message.kind == Message.Kind.INBOUND else _written(message.to),
        short=" ".join((message.reply_text or message.text)[:300].split()),
        to=_beside(message),
        subject=message.subject,
        quoted_html=bodies.body(message) if is_cut else "",
        images_url=link("inbox:images", message.pk) if has_remote else "",
        defects=_defects(message),
        is_open=is_open,
        **said,
    )


def _defects(message: Message) -> tuple[str, ...]:
    """The parser's own notes stand with the raw source; here one sentence says that something was wrong."""
    warnings = [words.WARNINGS[note]() for note in message.defects if note in words.WARNINGS]
    is_damaged = any(not note.startswith(("charset:", "warning:", "dated ")) for note in message.defects)
    damage = [_("This mail was damaged or oddly written; what could be read stands here.")] if is_damaged else []
    return (*warnings, *damage)


def _chips(message: Message, found: Reading, reader: Reader, *, asks: bool, newest: int) -> SafeString:
    return readings.chips(found, may_correct=reader.may_organise, asks=asks, is_newest=message.pk == newest)


def _readings(messages: Iterable[Message]) -> dict[int, Reading]:
    """What was read in the messages of customers."""
    inbound = [message.interaction_id for message in messages if message.kind == Message.Kind.INBOUND]
    return readings.of_interactions([number for number in inbound if number])


def _fates(messages: Iterable[Message]) -> dict[int, Outgoing]:
    numbers = [
        message.interaction_id
        for message in messages
        if message.kind == Message.Kind.OUTBOUND and message.interaction_id
    ]
    tries = (
        Outgoing.objects.filter(interaction_id__in=numbers)
        .order_by("n_try")
        .defer("outbound")
        .prefetch_related("deliveries")
    )
    return {outgoing.interaction_id: outgoing for outgoing in tries}


def _name(message: Message) -> str:
    if message.kind == Message.Kind.INBOUND:
        return str(message.sender.get("name") or message.contact or message.sender.get("email", ""))
    rule = message.event_details.get("rule_name")
    return str(message.by or (_("Rule: %(name)s") % {"name": rule} if rule else _("Automatic answer")))


def _written(addresses: Iterable[dict[str, str]]) -> str:
    return ", ".join(address["email"] for address in addresses)


def _beside(message: Message) -> str:
    """Who else it went to, besides this inbox or the one we answered; our own reply address is nobody."""
    is_ours = message.kind == Message.Kind.OUTBOUND
    people = [*message.cc, *message.bcc] if is_ours else [*message.to, *message.cc]
    inbox = comparable(message.inbox.address)
    others = _written(one for one in people if comparable(one["email"]) != inbox)
    return _("Also to %(people)s") % {"people": others} if others else ""


def _why_acts(message: Message) -> tuple[Act, ...]:
    """The way back: split off what was joined, or go to the conversation it may belong to."""
    related = placing_words.related_id(message.placed_details)
    if related:
        return (Act(label=_("Open it"), url=link("inbox:conversation", related), is_link=True),)
    return (Act(label=_("Split"), url=link("inbox:split", message.pk)),)


def _acts(message: Message) -> tuple[Act, ...]:
    return (
        Act(
            label=_("Split off into a conversation of its own"),
            url=link("inbox:split", message.pk),
            icon="split",
        ),
        Act(
            label=_("Move to another conversation"),
            url=link("inbox:move", message.pk),
            icon="folder-input",
            is_link=True,
        ),
    )


def _to_other(details: Mapping[str, Any], reader: Reader) -> tuple[Act, ...]:
    """The way to the thread that belongs to this one, for those who see it."""
    other = visibility.find(reader.user, int(details["other"]))
    return (Act(label=_("Open it"), url=link("inbox:conversation", other.pk), is_link=True),) if other else ()


def _way_back(message: Message, reader: Reader) -> tuple[Act, ...]:
    number = message.event_details.get("rearrangement")
    if not (number and reader.may_organise):
        return _rule(message, reader)
    return (Act(label=_("Undo"), url=link("inbox:put_back", number)),)


def _rule(message: Message, reader: Reader) -> tuple[Act, ...]:
    """The rule that did this, with the way to why it fired; or how it found whoever has it now."""
    firing, name = message.event_details.get("firing"), message.event_details.get("rule_name", "")
    if firing and reader.may_organise:
        label = _("Rule: %(name)s") % {"name": name}
        return (Act(label=label, url=link("automation:firing", firing), is_link=True),)
    return ()


def with_remote_images(message: Message, reader: Reader) -> Letter:
    """The letter with its remote pictures, because somebody asked for them."""
    letter = cast(Letter, entry(message, None, reader, is_open=True))
    return replace(letter, html=bodies.with_remote_pictures(message), quoted_html="", images_url="")
