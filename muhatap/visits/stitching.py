"""Who a visitor is, from when until when: tied on proof, parted when somebody else logs in, taken back by people.

A visitor (one browser on one site) is one contact at a time, and the database sees to it. What it did before it was known, since
its last tie ended, becomes the contact's. Two known people are never joined by it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q, QuerySet

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts.models import Contact
from muhatap.shared import locks
from muhatap.visits.models import Visit, VisitNews, VisitorLink, VisitorProof
from muhatap.visits.proving import NAMELESS
from muhatap.visits.segment import EARLIEST

MOST_LINKS = 100  # of one contact that are looked at: browsers come and go
MOST_PAST = 1000  # visits that a tie or its taking back tells the ledger of


class Nameless(ValueError):
    """Visitors who allowed nothing are tied to nobody."""


@transaction.atomic
def link(*, proof: VisitorProof, contact: Contact, at: datetime) -> VisitorLink | None:
    """From the moment of the proof on the visitor is this contact, and was since nobody else. Raises Nameless.

    A proof that comes late, of before somebody else logged in, gets the time until then; one of before a person took such a tie
    back changes nothing.
    """
    if proof.visitor.startswith(NAMELESS):
        raise Nameless(proof.visitor)
    locks.hold("visitor", proof.site_id, proof.visitor)
    standing = VisitorLink.objects.filter(site=proof.site_id, visitor=proof.visitor, taken_back_at=None)
    holds = standing.filter(Q(until_at=None) | Q(until_at__gt=proof.at), from_at__lte=proof.at).first()
    if holds and holds.contact_id == contact.pk:
        return holds
    if holds is None and _was_taken_back(proof):
        return None
    if holds is None:
        return _tie(proof, contact, begin=_last_end(proof), until=_next(proof), at=at)
    if proof.at < holds.proved_at and holds.from_at < holds.proved_at:
        VisitorLink.objects.filter(pk=holds.pk).update(from_at=holds.proved_at)
        return _tie(proof, contact, begin=holds.from_at, until=holds.proved_at, at=at)
    begin = max(proof.at, holds.from_at)
    _end(holds, at=begin)
    return _tie(proof, contact, begin=begin, until=holds.until_at, at=at)


@transaction.atomic
def take_back(*, link: VisitorLink, by: User, at: datetime) -> bool:
    """This visitor was not this contact: its visits are nameless again. False when somebody was faster."""
    locks.hold("visitor", link.site_id, link.visitor)
    taken = VisitorLink.objects.filter(pk=link.pk, taken_back_at=None).update(taken_back_at=at, taken_back_by=by)
    if not taken:
        return False
    link.refresh_from_db()
    tell(visits_in(link))
    audit.record(by=by, at=at, act="visitor.parted", kind="contact", id=link.contact_id, name=str(link.contact))
    return True


def contact_of(visit: Visit) -> Contact | None:
    """Whose visit it is."""
    found = holding(visit.site_id, visit.visitor, visit.began_at)
    return found.contact.standing() if found else None


def holding(site_id: int, visitor: str, at: datetime) -> VisitorLink | None:
    """What ties the visitor to somebody at a moment."""
    links = VisitorLink.objects.filter(site=site_id, visitor=visitor, taken_back_at=None, from_at__lte=at)
    return links.filter(Q(until_at=None) | Q(until_at__gt=at)).select_related("contact__merged_into").first()


def holding_each(site_id: int, moments: Mapping[str, datetime]) -> dict[str, VisitorLink]:
    """What ties many visitors of a site, each at a moment of its own."""
    links = VisitorLink.objects.filter(site=site_id, visitor__in=list(moments), taken_back_at=None)
    return {
        link.visitor: link
        for link in links.select_related("contact__merged_into")
        if link.from_at <= moments[link.visitor] and (link.until_at is None or link.until_at > moments[link.visitor])
    }


def links_of(contact: Contact) -> list[VisitorLink]:
    """The browsers that are or were this contact, the newest first."""
    rows = VisitorLink.objects.filter(contact=contact, taken_back_at=None).select_related("site")
    return list(rows.order_by("-from_at", "-id")[:MOST_LINKS])


def visits_of(contact: Contact) -> "QuerySet[Visit]":
    """What this contact did on our sites, as far as it is known to be theirs."""
    links = links_of(contact)
    if not links:
        return Visit.objects.none()
    return Visit.objects.filter(reduce(or_, (_within(link) for link in links)))


def visits_in(link: VisitorLink) -> "QuerySet[Visit]":
    """The visits of the time of a tie."""
    return Visit.objects.filter(_within(link))


def tell(visits: "QuerySet[Visit]") -> None:
    """The ledger has to hear of these, the newest of them."""
    newest = visits.order_by("-began_at").values_list("pk", flat=True)[:MOST_PAST]
    VisitNews.objects.bulk_create([VisitNews(visit_id=pk) for pk in newest], ignore_conflicts=True)


def tell_known(visits: Iterable[Visit]) -> None:
    """Those of these visits whose visitor is or was somebody."""
    changed = list(visits)
    who = {(visit.site_id, visit.visitor) for visit in changed}
    known = VisitorLink.objects.filter(
        site__in={site for site, _v in who}, visitor__in={visitor for _s, visitor in who}
    )
    ties = set(known.values_list("site_id", "visitor")) if who else set()
    news = [VisitNews(visit_id=visit.pk) for visit in changed if (visit.site_id, visit.visitor) in ties]
    VisitNews.objects.bulk_create(news, ignore_conflicts=True)


def _within(link: VisitorLink) -> Q:
    within = Q(site=link.site_id, visitor=link.visitor, began_at__gte=link.from_at)
    return within & Q(began_at__lt=link.until_at) if link.until_at else within


def _tie(
    proof: VisitorProof, contact: Contact, *, begin: datetime, until: datetime | None, at: datetime
) -> VisitorLink:
    made = VisitorLink.objects.create(
        site_id=proof.site_id,
        visitor=proof.visitor,
        contact=contact,
        how=proof.how,
        subject=proof.subject,
        from_at=begin,
        until_at=until,
        proved_at=proof.at,
        made_at=at,
    )
    tell(visits_in(made))
    return made


def _end(link: VisitorLink, *, at: datetime) -> None:
    """It holds until `at`; one that would hold for no time is given up to the other whole."""
    if at > link.from_at:
        VisitorLink.objects.filter(pk=link.pk).update(until_at=at)
    else:
        VisitorLink.objects.filter(pk=link.pk).update(taken_back_at=at)


def _was_taken_back(proof: VisitorProof) -> bool:
    rows = VisitorLink.objects.filter(site=proof.site_id, visitor=proof.visitor, from_at__lte=proof.at)
    return rows.filter(Q(until_at=None) | Q(until_at__gt=proof.at), taken_back_at__gt=proof.at).exists()


def _last_end(proof: VisitorProof) -> datetime:
    """Since when the visitor was nobody: the end of the last tie, or when it was taken back."""
    ends = [EARLIEST]
    rows = VisitorLink.objects.filter(site=proof.site_id, visitor=proof.visitor)
    for until, taken in rows.values_list("until_at", "taken_back_at"):
        ends += [
            moment for moment in (min(filter(None, (until, taken)), default=None),) if moment and moment <= proof.at
        ]
    return max(ends)


def _next(proof: VisitorProof) -> datetime | None:
    later = VisitorLink.objects.filter(
        site=proof.site_id, visitor=proof.visitor, taken_back_at=None, from_at__gt=proof.at
    )
    return later.order_by("from_at").values_list("from_at", flat=True).first()
