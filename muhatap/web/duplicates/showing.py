"""One question in ready strings: the two sides, what would stay, the evidence, the others it hangs together with."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.contacts import designing, fields, identity, merging, profile
from muhatap.contacts import records as source_records
from muhatap.contacts.models import Contact, CustomField, SourceRecord
from muhatap.conversations.models import Conversation
from muhatap.conversations.visibility import visible_to
from muhatap.duplicates import choosing, reviewing, weighing
from muhatap.duplicates.models import Proposal
from muhatap.shared import phone
from muhatap.web.common import identities, of_two, own_fields, times
from muhatap.web.common.templatetags.ui import initials
from muhatap.web.duplicates import waterfall, words

_OPEN = (Conversation.Status.OPEN, Conversation.Status.WAITING, Conversation.Status.SNOOZED)
_About = Proposal.About
_MOST_MEMBERS = 6


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two: a contact, or the part of one that would leave."""

    name: str
    initials: str
    said: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One field: both sides and what stands afterwards. `tone` is "same", "differs" or "" when only one of them has it."""

    label: str
    here: str
    there: str
    after: str
    tone: str
    here_url: str = ""
    there_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One value in the table of a group, and whether it is another one than the first contact's that has any."""

    text: str
    differs: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    """One question in the list."""

    id: int
    url: str
    name: str
    other: str
    sure: str
    why: str
    is_here: bool
    is_later: bool


def rows(proposals: Sequence[Proposal], *, here: int = 0, query: str = "") -> list[Row]:
    contacts = choosing.contacts_of(proposals)
    return [_row(one, contacts, here, query) for one in proposals if one.one in contacts]


def _row(one: Proposal, contacts: dict[int, Contact], here: int, query: str) -> Row:
    is_two = one.about == _About.TWO
    return Row(
        id=one.pk,
        url=reverse("duplicates:one", args=[one.pk]) + query,
        name=str(contacts[one.one]),
        other=_("may be two people") if is_two else str(contacts.get(one.other or 0, "")),
        sure=words.sure(one),
        why=words.briefly(one),
        is_here=one.pk == here,
        is_later=one.state == Proposal.State.LATER,
    )


def question(proposal: Proposal, user: User, now: datetime, *, keep: int = 0, query: str = "") -> dict[str, Any]:
    """Everything a template needs of one question. Raises Contact.DoesNotExist when it is about somebody who is gone."""
    shown = _of_one(proposal, now) if proposal.about == _About.TWO else _of_two(proposal, user, now, keep)
    others = choosing.group(proposal)
    return shown | {
        "proposal": proposal,
        "seen": reviewing.shown(proposal),
        "is_two": proposal.about == _About.TWO,
        "sure": words.sure(proposal),
        "refused": words.refused(proposal),
        "group": rows(others, query=query),
        "n_group": proposal.n_group,
        "members": _members([proposal, *others]) if others else None,
    }


def _members(proposals: Sequence[Proposal]) -> dict[str, Any]:
    """The contacts of a group side by side, what differs from the first one marked."""
    contacts = sorted(choosing.contacts_of(proposals).values(), key=lambda contact: contact.pk)[:_MOST_MEMBERS]
    custom = {one.key: one for one in designing.active()}
    lines = []
    for name in [*fields.BUILT_IN, *custom]:
        texts = [_shown(name, profile.value_of(contact, name), custom) for contact in contacts]
        first = next(filter(None, texts), "")
        if first:
            label = str(fields.BUILT_IN[name]) if name in fields.BUILT_IN else custom[name].label
            lines.append((label, [Cell(text=text, differs=bool(text) and text != first) for text in texts]))
    heads = [(str(contact), reverse("contacts:page", args=[contact.pk])) for contact in contacts]
    return {"heads": heads, "lines": lines}


def _of_two(proposal: Proposal, user: User, now: datetime, keep: int) -> dict[str, Any]:
    numbers = sorted([proposal.one, proposal.other or 0], key=lambda pk: pk != keep)
    found = Contact.objects.select_related("company").in_bulk(numbers)
    if len(found) != 2 or any(contact.merged_into_id for contact in found.values()):
        raise Contact.DoesNotExist
    kept, dropped = (found[pk] for pk in numbers)
    told = merging.preview(keep=kept, drop=dropped)
    custom = {one.key: one for one in designing.active()}
    said = {pk: source_records.current([pk]) for pk in numbers}
    lines = [
        *_values(kept, dropped, told.values, custom),
        _addresses(kept, dropped),
        _sources(said[kept.pk], said[dropped.pk]),
        *_talks(kept, dropped, user),
        *(_line(*one[:4], may_differ=one.is_choice) for one in of_two.beside(kept, dropped, user)),
    ]
    return {
        "sides": [_side(contact, now) for contact in (kept, dropped)],
        "keep": kept.pk,
        "other_keep": dropped.pk,
        "lines": lines,
        "n_rows": times.count(told.n_rows.total()),
        "are_identified": all(any(one.verified_at for one in identity.of(contact)) for contact in (kept, dropped)),
        "waterfall": waterfall.of(proposal, weighing.best(proposal.one, proposal.other or 0)),
    }


def _of_one(proposal: Proposal, now: datetime) -> dict[str, Any]:
    contact = Contact.objects.select_related("company").get(pk=proposal.one, merged_into=None)
    rows = source_records.current([contact.pk])
    leaving = [row for row in rows if row.pk in proposal.records]
    staying = [row for row in rows if row.pk not in proposal.records]
    if not leaving or not staying:
        raise Contact.DoesNotExist
    return {
        "whole": str(contact),
        "sides": [_part(contact, staying, now, is_new=False), _part(contact, leaving, now, is_new=True)],
        "lines": [*_told(staying, leaving), _sources(staying, leaving)],
        "waterfall": waterfall.of(
            proposal, weighing.heaviest(staying[-weighing.MOST_RECORDS :], leaving[-weighing.MOST_RECORDS :])
        ),
    }


def _side(contact: Contact, now: datetime) -> Side:
    return Side(
        name=str(contact),
        initials=initials(str(contact)),
        said=_("In touch since %(when)s") % {"when": times.short(contact.created_at, now)},
        url=reverse("contacts:page", args=[contact.pk]),
    )


def _part(contact: Contact, rows: Sequence[SourceRecord], now: datetime, *, is_new: bool) -> Side:
    raw = _raw(rows)
    name = " ".join(filter(None, (raw.get("first_name"), raw.get("last_name")))) or str(contact)
    url = "" if is_new else reverse("contacts:page", args=[contact.pk])
    return Side(name=name, initials=initials(name), said=words.records(len(rows)), url=url)


def _values(kept: Contact, dropped: Contact, after: dict[str, Any], custom: dict[str, CustomField]) -> list[Line]:
    found = []
    for name in [*fields.BUILT_IN, *custom]:
        here, there = (_shown(name, profile.value_of(one, name), custom) for one in (kept, dropped))
        if here or there:
            label = str(fields.BUILT_IN[name]) if name in fields.BUILT_IN else custom[name].label
            found.append(_line(label, here, there, _shown(name, after.get(name), custom)))
    return found


def _shown(name: str, told: Any, custom: dict[str, CustomField]) -> str:
    if told in (None, ""):
        return ""
    if name == "phone":
        return phone.readable(str(told))
    return own_fields.shown(custom[name].kind, told) if name in custom else own_fields.plain(told)


def _addresses(kept: Contact, dropped: Contact) -> Line:
    here, there = ([identities.text(one) for one in identity.of(contact)] for contact in (kept, dropped))
    both = dict.fromkeys([*here, *there])
    return _line(_("Addresses and numbers"), ", ".join(here), ", ".join(there), ", ".join(both), may_differ=False)


def _sources(here: Sequence[SourceRecord], there: Sequence[SourceRecord]) -> Line:
    after = words.records(len(here) + len(there))
    return _line(_("Told by"), words.sources(here), words.sources(there), after, may_differ=False)


def _talks(kept: Contact, dropped: Contact, user: User) -> list[Line]:
    """Conversations this reader may see, with the way there."""
    if not may(user, "conversations.read"):
        return []
    n = _conversations([kept.pk, dropped.pk], user)
    (here, here_open), (there, there_open) = (n.get(contact.pk, (0, 0)) for contact in (kept, dropped))
    line = Line(
        label=_("Conversations"),
        here=words.talks(here, here_open),
        there=words.talks(there, there_open),
        after=words.talks(here + there, here_open + there_open),
        tone="",
        here_url=reverse("contacts:page", args=[kept.pk]) if here else "",
        there_url=reverse("contacts:page", args=[dropped.pk]) if there else "",
    )
    return [line]


def _conversations(contacts: Collection[int], user: User) -> dict[int, tuple[int, int]]:
    counted = visible_to(user).filter(contact__in=contacts).order_by().values("contact_id")
    found = counted.annotate(
        n=Count("id", distinct=True), n_open=Count("id", distinct=True, filter=Q(status__in=_OPEN))
    )
    return {row["contact_id"]: (row["n"], row["n_open"]) for row in found}


def _told(here: Sequence[SourceRecord], there: Sequence[SourceRecord]) -> list[Line]:
    """What the records of both parts say, in the order in which they are compared."""
    names = {
        "first_name": _("First name"),
        "last_name": _("Last name"),
        "birth_date": _("Birth date"),
        "email": _("E-mail"),
        "phone": _("Phone"),
        "address": _("Address"),
        "district": _("District"),
        "city": _("City"),
        "company": _("Company"),
    }
    one, other = _raw(here), _raw(there)
    return [
        _line(label, one.get(name, ""), other.get(name, ""), "")
        for name, label in names.items()
        if one.get(name) or other.get(name)
    ]


def _raw(rows: Sequence[SourceRecord]) -> dict[str, str]:
    """All that was said under each name, once."""
    found: dict[str, list[str]] = {}
    for row in rows:
        for name, value in waterfall.raw(row.told).items():
            if value:
                found.setdefault(name, []).append(value)
    return {name: ", ".join(dict.fromkeys(values)) for name, values in found.items()}


def _line(label: str, here: str, there: str, after: str, *, may_differ: bool = True) -> Line:
    tone = "same" if here == there else "differs" if here and there and may_differ else ""
    return Line(label=label, here=here, there=there, after=after, tone=tone)
