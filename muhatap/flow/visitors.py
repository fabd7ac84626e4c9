"""From visitors to people: what proves somebody is judged, visits of those we know stand on their timelines, and go with their ties.

Each proof and each visit in a transaction of its own: contacts are held until it ends. All of it may run twice.
"""

from datetime import datetime
from functools import partial

from django.db import transaction

from muhatap.channels.contract import Claim
from muhatap.channels.webchat.signed import SignedIdentity
from muhatap.contacts import identity
from muhatap.contacts.models import Contact
from muhatap.flow.sweep import attempt
from muhatap.interactions import ledger
from muhatap.interactions.models import Interaction
from muhatap.sales import shops
from muhatap.sales.models import Shop
from muhatap.visits import interests, proving, sites, stitching
from muhatap.visits.models import How, Site, Visit, VisitNews, VisitorLink, VisitorProof

AT_ONCE = 500  # proofs, and visits, of one run
SOURCES = {"chat": "webchat"}  # of a proof, as contacts name their sources


def follow(*, at: datetime) -> None:
    """After visits were folded: who is it, and what stands in the ledger."""
    for number in VisitorProof.objects.filter(judged_at=None).order_by("id").values_list("pk", flat=True)[:AT_ONCE]:
        attempt(partial(judge, proof_id=number, at=at))
    for number in VisitNews.objects.order_by("visit_id").values_list("visit_id", flat=True)[:AT_ONCE]:
        attempt(partial(tell, visit_id=number, at=at))


@transaction.atomic
def vouch(*, write_key: str, origin: str, visitor: str, identity: SignedIdentity, at: datetime) -> bool:
    """The chat's signed customer is this visitor of the tracker on the same page. False where that proves nothing.

    `origin` is the page's, which the site has to let in; empty for a page of our own.
    """
    site = sites.of_page(write_key=write_key, origin=origin)
    if site is None or site.is_nameless or visitor.startswith(proving.OURS):
        return False
    told = proving.of_signed(identity)
    proof = proving.proof(site_id=site.id, visitor=visitor, said=told, how=How.CHAT, at=at, recorded_at=at)
    return proving.keep(proof)


@transaction.atomic
def judge(*, proof_id: int, at: datetime) -> VisitorLink | None:
    """Who the proof speaks of, and from now on the visitor is theirs; None when somebody judged it before."""
    waiting = VisitorProof.objects.select_for_update(skip_locked=True).filter(pk=proof_id, judged_at=None)
    proof = waiting.first()
    if proof is None:
        return None
    source = SOURCES.get(proof.how, "shop")
    contact = identity.resolve(claims=claims(proof), source=source, at=proof.at)
    proof.judged_at = at
    proof.save(update_fields=["judged_at"])
    return stitching.link(proof=proof, contact=contact, at=at)


def claims(proof: VisitorProof) -> list[Claim]:
    """The shop's own number, which recognises; the address as far as the shop vouches for it."""
    said = [Claim(kind="shop", value=_account(proof), is_verified=True, name=proof.name)]
    if proof.email:
        said.append(Claim(kind="email", value=proof.email, is_verified=proof.is_email_verified, name=proof.name))
    return said


def _account(proof: VisitorProof) -> str:
    """The number as the house knows it: of the shop whose pages these are. Two sites' customer 20871 are two.

    The chat tells plain numbers; so does the firm's first site, unless the shop whose numbers are plain is another site's.
    """
    if proof.how == How.CHAT:
        return proof.subject
    connected = Shop.objects.exclude(kind=Shop.Kind.WEB)
    if shop := connected.filter(web_source=f"site:{proof.site_id}").first():
        return shops.account(shop, proof.subject)
    is_plain = not connected.filter(namespace="", web_source__startswith="site:").exists()
    is_first = not Site.objects.filter(pk__lt=proof.site_id).exists()
    return proof.subject if is_plain and is_first else f"site-{proof.site_id}:{proof.subject}"


@transaction.atomic
def tell(*, visit_id: int, at: datetime) -> None:
    """The ledger shows the visit as it is now, once, with whom it belongs to; of nobody's visit it knows nothing.

    What only the shop's server told, without a page, is no visit to anybody's eyes.
    """
    held = Visit.objects.select_for_update(of=("self",), no_key=True)  # before its news, as the fold does
    visit = held.select_related("site").filter(pk=visit_id).first()
    VisitNews.objects.filter(visit_id=visit_id).delete()  # from here on what changes is news again
    if visit is None:
        return
    contact = stitching.contact_of(visit) if visit.n_pages else None
    if contact is None:
        _forget(visit)
    elif visit.interaction_id is None:
        _record(visit, contact, at=at)
    else:
        Interaction.objects.filter(pk=visit.interaction_id).update(
            contact=contact, at=visit.began_at, excerpt=_looked_at(visit)
        )


def _record(visit: Visit, contact: Contact, *, at: datetime) -> None:
    visit.interaction = ledger.record_seen(
        contact=contact,
        kind=Interaction.Kind.VISIT,
        channel="web",
        title=visit.site.name,
        excerpt=_looked_at(visit),
        happened_at=visit.began_at,
        at=at,
    )
    visit.save(update_fields=["interaction"])


def _forget(visit: Visit) -> None:
    if visit.interaction_id:
        number, visit.interaction = visit.interaction_id, None
        visit.save(update_fields=["interaction"])
        Interaction.objects.filter(pk=number).delete()


def _looked_at(visit: Visit) -> str:
    """The product looked at longest, else the page on which the visit began."""
    closest = interests.of(Visit.objects.filter(pk=visit.pk), since=visit.began_at, most=1)
    found = closest[0].name if closest else visit.entry_path
    return found[:300]
