"""The link to the questions who is whom, for the second list of every area where contacts are."""

from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.duplicates import choosing
from muhatap.web.common import times
from muhatap.web.common.display import ViewLink


def links(user: User, *, is_here: bool = False) -> list[ViewLink]:
    """Nothing for those who may not answer."""
    if not may(user, "contacts.merge"):
        return []
    link = ViewLink(
        label=_("Same person?"),
        url=reverse("duplicates:list"),
        icon="merge",
        count=bounded(choosing.n_waiting()),
        is_here=is_here,
    )
    return [link]


def bounded(n: int) -> str:
    """How many wait, as far as they are counted; nothing for none."""
    if n >= choosing.COUNTED:
        return f"{times.count(choosing.COUNTED)}+"
    return times.count(n) if n else ""
