"""The customer at the right of a conversation, as ready strings."""

from datetime import datetime

from django.urls import NoReverseMatch
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.contacts import identity
from muhatap.contacts.models import Contact, ContactNote
from muhatap.conversations import having, lists
from muhatap.conversations.having import Has
from muhatap.conversations.listed import Line
from muhatap.conversations.models import Conversation
from muhatap.conversations.visibility import readable_interactions
from muhatap.flow.cases import visible_to as visible_cases
from muhatap.interactions import timeline
from muhatap.interactions.models import Interaction
from muhatap.shared import phone
from muhatap.understanding import mood
from muhatap.web.common import identities, times
from muhatap.web.common.display import NoteLine, ProfileLine, TagChip, TimelineRow
from muhatap.web.common.links import link
from muhatap.web.common.templatetags.ui import initials
from muhatap.web.inbox import joining_parts, words
from muhatap.web.inbox.display import Card, OtherConversation


def card(conversation: Conversation, user: User, now: datetime, *, has: Has | None = None) -> Card:
    """The card of the conversation's contact, with what this user may see."""
    contact = conversation.contact
    has = has or having.of(conversation, user)
    known = identity.of(contact)
    sureness, icon = identities.sureness(known)
    happened, sounded = timeline.page(contact, limit=8).rows, mood.lines(contact.pk, at=now)
    readable = readable_interactions(user, {*(row.pk for row in happened), *(number for number, _sentiment in sounded)})
    return Card(
        contact_id=contact.pk,
        name=str(contact),
        initials=initials(str(contact)),
        url=_page(contact),
        where=", ".join(filter(None, [contact.city, contact.company.name if contact.company else ""])),
        sureness=sureness,
        sureness_icon=icon,
        identities=tuple(identities.line(one, now) for one in known),
        profile=(*_profile(contact), *_mood(mood.of(sounded, readable=readable))),
        tags=tuple(TagChip(name=tag.name) for tag in contact.tags.order_by("folded")) if has.contact_tags else (),
        others=tuple(_other(other, now) for other in lists.of_contact(user, contact.pk) if other.pk != conversation.pk),
        **joining_parts.parts(conversation, user, has),
        notes=tuple(_note(note, now) for note in contact.notes.select_related("by").order_by("-at")[:3])
        if has.notes
        else (),
        note_url=link("inbox:contact_note", conversation.pk) if may(user, "contacts.edit") else "",
        promises_url=link("promises:of_contact", contact.pk),
        orders_url=link("sales:of_contact", contact.pk),
        cases_url=f"{link('cases:of_contact', contact.pk)}?conversation={conversation.pk}",
        timeline=_timeline(happened, readable, user, now),
        live=f"conversation:{conversation.pk}",
        reload_url=link("inbox:card", conversation.pk),
    )


MOOD_WIDTH, MOOD_HEIGHT = 64, 16  # as in common/_profile.html
OF_CONTACTS = {Interaction.Kind.VISIT, Interaction.Kind.ORDER}  # no conversation: whoever reads the contact reads these


def _profile(contact: Contact) -> tuple[ProfileLine, ...]:
    languages = {"tr": _("Turkish"), "en": _("English")}
    lines = [
        (_("E-mail"), contact.email),
        (_("Phone"), phone.readable(contact.phone) if contact.phone else ""),
        (_("Language"), languages.get(contact.language, contact.language)),
    ]
    return tuple(ProfileLine(label=label, value=value) for label, value in lines if value)


def _mood(found: mood.Mood | None) -> tuple[ProfileLine, ...]:
    """How they sound, and how that moved: a line of a few letters' height."""
    if found is None:
        return ()
    tense, pleased, calm = pgettext("mood", "Tense"), pgettext("mood", "Pleased"), pgettext("mood", "Calm")
    word = tense if found.is_tense else pleased if found.is_pleased else calm
    wide, high = len(found.points) - 1, MOOD_HEIGHT / 2
    points = " ".join(
        f"{1 + n * (MOOD_WIDTH - 2) / wide:.1f},{high - value * (high - 1):.1f}" for n, value in enumerate(found.points)
    ) if wide > 1 else ""  # fmt: skip
    line = ProfileLine(
        label=_("Mood"), value=word, source=_("30 days"), points=points, tone="soon" if found.is_tense else ""
    )
    return (line,)


def _other(line: Line, now: datetime) -> OtherConversation:
    return OtherConversation(
        url=link("inbox:conversation", line.pk),
        subject=line.subject or line.preview or words.channel(line.channel),
        time=times.short(line.last_message_at, now),
        channel_icon=words.channel_icon(line.channel),
        status=str(Conversation.Status(line.status).label) if line.is_closed else "",
    )


def _note(note: ContactNote, now: datetime) -> NoteLine:
    return NoteLine(
        id=note.pk, text=note.text, by=str(note.by or ""), time=times.short(note.at, now), time_iso=note.at.isoformat()
    )


def _timeline(rows: list[Interaction], readable: set[int], user: User, now: datetime) -> tuple[TimelineRow, ...]:
    readable = readable | {row.pk for row in rows if row.kind in OF_CONTACTS}
    entries = [row.pk for row in rows if row.kind == Interaction.Kind.CASE]
    seen = visible_cases(user).filter(entry__in=entries).values_list("entry_id", flat=True) if entries else ()
    readable = (readable - {*entries}) | {pk for pk in seen if pk}
    return tuple(_happened(row, row.pk in readable, now) for row in rows)


def _happened(row: Interaction, is_readable: bool, now: datetime) -> TimelineRow:
    what = row.excerpt or row.title or row.get_kind_display()
    if row.kind in (Interaction.Kind.ORDER, Interaction.Kind.CASE):
        what = f"{row.title} {row.excerpt}".strip()
    return TimelineRow(
        id=f"interaction-{row.pk}",
        icon="reply"
        if row.direction == "out"
        else "briefcase"
        if row.kind == Interaction.Kind.CASE
        else words.channel_icon(row.channel),
        what=what if is_readable else _("A message you do not see"),
        time=times.short(row.at, now),
        time_iso=row.at.isoformat(),
    )


def _page(contact: Contact) -> str:
    try:
        return link("contacts:page", contact.pk)
    except NoReverseMatch:
        return ""
