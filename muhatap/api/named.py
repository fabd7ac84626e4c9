"""Whom and what a body names by number. Each raises the problem 422 with its field when there is none of that number."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from muhatap.accounts.models import Team, User
from muhatap.accounts.permissions import may
from muhatap.api.keyed import user_of
from muhatap.api.problems import wrong
from muhatap.contacts.models import Contact
from muhatap.conversations.models import Conversation
from muhatap.conversations.visibility import visible_to
from muhatap.sales.models import Order
from muhatap.service.models import Cause


def conversation(request: HttpRequest, number: int | None) -> Conversation | None:
    """With its contact; None where none is named. Raises the problem 422 for one that the key's user does not see."""
    if number is None:
        return None
    found = visible_to(user_of(request)).select_related("contact").filter(pk=number).first()
    if found is None:
        raise wrong(conversation_id=_("There is no such conversation."))
    return found


def contact(number: int | None, *, missing: str) -> Contact:
    """Whoever it is merged into now. Raises the problem 422 with the words `missing`."""
    found = Contact.objects.filter(pk=number or 0).first()
    if found is None:
        raise wrong(contact_id=missing)
    return found.standing()


def cause(number: int | None) -> Cause | None:
    """One that is still given."""
    found = Cause.objects.filter(pk=number or 0, archived_at=None).first()
    if number and found is None:
        raise wrong(cause_id=_("There is no such cause."))
    return found


def owner(number: int | None) -> User | None:
    """Somebody of the staff who may have cases."""
    found = User.objects.filter(pk=number or 0).first()
    if number and (found is None or not may(found, "cases.edit")):
        raise wrong(owner_id=_("Nobody of the staff who may have cases has this number."))
    return found


def team(number: int | None) -> Team | None:
    found = Team.objects.filter(pk=number or 0).first()
    if number and found is None:
        raise wrong(team_id=_("There is no such team."))
    return found


def order(number: str | None, *, of: Contact) -> Order | None:
    """The newest order of this contact that bears the shop's number."""
    if not number:
        return None
    found = Order.objects.filter(contact=of, number=number).order_by("-placed_at", "-pk").first()
    if found is None:
        raise wrong(order_number=_("This customer has no order of this number."))
    return found
