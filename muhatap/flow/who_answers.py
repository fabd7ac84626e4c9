"""Who answers a survey on a page of the firm's own: somebody whom the shop's server vouches for, or nobody we know."""

from datetime import datetime

from muhatap.contacts import identity
from muhatap.contacts.models import Contact
from muhatap.flow import visitors
from muhatap.visits import proving, sites
from muhatap.visits.models import How, Site


def proved(*, write_key: str, token: str, at: datetime) -> Contact | None:
    """Who a shop's server says is logged in on its page; None where it says nothing, or nothing that holds."""
    standing = sites.of_page(write_key=write_key, origin="") if write_key and token else None
    site = Site.objects.filter(pk=standing.id).first() if standing else None
    if site is None:
        return None
    try:
        said = proving.read_signed(token, secret=proving.identity_secret(site), at=at)
        proving.Blocked.standing().check(said)
    except proving.Unproved:
        return None
    proof = proving.proof(site_id=site.pk, visitor="", said=said, how=How.SIGNED, at=at, recorded_at=at)
    return identity.resolve(claims=visitors.claims(proof), source="shop", at=at)
