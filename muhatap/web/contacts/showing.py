"""The customer page in ready strings, for what this reader may see and do."""

from collections.abc import Callable
from datetime import datetime

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.contacts import consent, designing, fields, identity, likeness, merging, profile
from muhatap.contacts.models import Contact, ContactNote, CustomField, Merge
from muhatap.contacts.survivorship import Golden
from muhatap.sales import consent as buyers
from muhatap.sales.consent import OFFERS
from muhatap.web.common import identities, times
from muhatap.web.common.display import Act, NoteLine, ProfileLine, TagChip, ViewGroup
from muhatap.web.common.templatetags.ui import initials
from muhatap.web.contacts import timelines, words
from muhatap.web.contacts.display import Likely, MergedFrom, Offers, Person

_MOST_NOTES = 50


def person(contact: Contact, user: User, now: datetime, views: tuple[ViewGroup, ...] = (), kind: str = "") -> Person:
    """The whole page of one contact."""
    url = _addresses(contact)
    may_edit, may_merge = may(user, "contacts.edit"), may(user, "contacts.merge")
    known = identity.of(contact)
    sureness, icon = identities.sureness(known)
    return Person(
        id=contact.pk,
        name=str(contact),
        initials=initials(str(contact)),
        views=views,
        where=contact.city,
        since=_("In touch since %(when)s") % {"when": times.short(contact.created_at, now)},
        sureness=sureness,
        sureness_icon=icon,
        company=contact.company.name if contact.company else "",
        company_url=reverse("contacts:company", args=[contact.company_id]) if contact.company_id else "",
        write_url=_elsewhere("inbox:new", contact) if may(user, "conversations.reply") else "",
        edit_url=url("contacts:edit") if may_edit else "",
        acts=_acts(url, may_merge=may_merge, may_edit=may_edit),
        identities=tuple(identities.line(one, now) for one in known),
        identity_add_url=url("contacts:add_identity") if may_edit else "",
        profile=profile_lines(contact, now),
        history_url=url("contacts:history"),
        tags=tags(contact, may_edit=may_edit),
        tag_url=url("contacts:tag") if may_edit else "",
        notes=notes(contact, user, now),
        note_url=url("contacts:note") if may_edit else "",
        offers=offers(contact),
        offers_url=url("contacts:consent") if may_edit else "",
        merged=tuple(_merged(merge, now, may_merge) for merge in merging.standing_merges(contact)),
        likely=likely(contact, may_merge=may_merge),
        orders_url=_elsewhere("sales:of_contact", contact),
        promises_url=_elsewhere("promises:of_contact", contact),
        promise_url=_elsewhere("promises:new", contact) if may(user, "promises.make") else "",
        cases_url=_elsewhere("cases:of_contact", contact),
        case_url=_elsewhere("cases:new", contact) if may(user, "cases.edit") else "",
        visits_url=_elsewhere("visits:of_contact", contact),
        conversations_url=_elsewhere("inbox:of_contact", contact) if may(user, "conversations.read") else "",
        timeline=timelines.page(contact, user, now, kind=kind),
    )


def profile_lines(contact: Contact, now: datetime) -> tuple[ProfileLine, ...]:
    """The fields that hold something, each with its source and time."""
    custom = {field.key: field for field in designing.active()}
    facts = profile.current(contact)
    shown = [name for name in [*fields.BUILT_IN, *custom] if profile.value_of(contact, name)]
    return tuple(_profile_line(contact, name, facts.get(name), custom, now) for name in shown)


def tags(contact: Contact, *, may_edit: bool) -> tuple[TagChip, ...]:
    rows = contact.tags.order_by("folded")
    return tuple(
        TagChip(name=tag.name, remove_url=reverse("contacts:untag", args=[contact.pk, tag.pk]) if may_edit else "")
        for tag in rows
    )


def notes(contact: Contact, user: User, now: datetime) -> tuple[NoteLine, ...]:
    rows = contact.notes.select_related("by").order_by("-at", "-id")[:_MOST_NOTES]
    return tuple(_note(note, user, now) for note in rows)


def offers(contact: Contact) -> Offers:
    """Their last word to us, unless a shop knows better than a file; else what they said to a shop when they bought."""
    word = consent.last_word(contact=contact, **OFFERS)
    if word is not None:
        word = word and contact.pk in buyers.agreed([contact])
        return Offers(said=_("Agreed") if word else _("Does not want them"), word=word)
    has_agreed = contact.pk in buyers.given([contact.pk])
    return Offers(said=_("Agreed when buying") if has_agreed else _("Said nothing about them, so gets none"))


def likely(contact: Contact, *, may_merge: bool) -> tuple[Likely, ...]:
    """Who may be the same person; without the right to merge the line leads to that person."""
    return tuple(
        Likely(
            name=str(other.contact),
            why=identities.first_upper(", ".join(words.evidence(one) for one in other.evidence)),
            url=f"{reverse('contacts:merge')}?keep={contact.pk}&drop={other.contact.pk}"
            if may_merge
            else reverse("contacts:page", args=[other.contact.pk]),
        )
        for other in likeness.of(contact)
    )


def _acts(url: Callable[[str], str], *, may_merge: bool, may_edit: bool) -> tuple[Act, ...]:
    found = []
    if may_edit:
        found.append(
            Act(label=_("Addresses and numbers"), url=url("contacts:identities"), icon="at-sign", is_link=True)
        )
    if may_merge:
        found.append(Act(label=_("Merge with somebody"), url=url("contacts:choose_twin"), icon="merge", is_link=True))
    return (*found, Act(label=_("History of the profile"), url=url("contacts:history"), icon="history", is_link=True))


def _profile_line(
    contact: Contact, name: str, fact: Golden | None, custom: dict[str, CustomField], now: datetime
) -> ProfileLine:
    told = words.value(name, profile.value_of(contact, name), custom)
    if fact is None:
        return ProfileLine(label=words.label(name, custom), value=told)
    source = identities.source(fact.source, str(fact.by) if fact.by else "")
    return ProfileLine(label=words.label(name, custom), value=told, source=f"{source}, {_day(fact.at, now)}")


def _note(note: ContactNote, user: User, now: datetime) -> NoteLine:
    is_own = note.by_id == user.pk and may(user, "contacts.edit")
    return NoteLine(
        id=note.pk,
        text=note.text,
        by=str(note.by) if note.by else _("The system"),
        time=times.short(note.at, now),
        time_iso=note.at.isoformat(),
        remove_url=reverse("contacts:remove_note", args=[note.contact_id, note.pk]) if is_own else "",
    )


def _merged(merge: Merge, now: datetime, may_merge: bool) -> MergedFrom:
    by = merge.by or _("The system")
    return MergedFrom(
        name=str(merge.drop),
        said=f"{by}, {_day(merge.at, now)}, {words.rows(merging.n_moved(merge))}",
        split_url=reverse("contacts:unmerge", args=[merge.pk]) if may_merge else "",
    )


def _addresses(contact: Contact) -> Callable[[str], str]:
    return lambda name: reverse(name, args=[contact.pk])


def _elsewhere(name: str, contact: Contact) -> str:
    """An address of another area; '' while that area has none."""
    try:
        return reverse(name, args=[contact.pk])
    except NoReverseMatch:
        return ""


def _day(at: datetime, now: datetime) -> str:
    return times.short(at, now) if timezone.localtime(at).date() != timezone.localtime(now).date() else _("today")
