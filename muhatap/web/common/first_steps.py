"""What a firm does first: shown where conversations will stand, until somebody writes."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.channels.models import Inbox
from muhatap.contacts.models import Contact
from muhatap.conversations.models import Conversation


@dataclass(frozen=True, kw_only=True)
class Step:
    name: Promise | str
    text: Promise | str
    icon: str
    url: str
    is_done: bool


def steps(user: User) -> tuple[Step, ...]:
    """The first steps open to this person; none once there was a conversation."""
    if Conversation.objects.exists():
        return ()
    kinds = set(Inbox.objects.values_list("kind", flat=True))
    found: list[Step] = []
    if may(user, "inboxes.edit"):
        found += _channels(kinds)
    if may(user, "contacts.import"):
        found.append(_customers())
    if may(user, "staff.edit"):
        found.append(_colleagues())
    return tuple(found)


def _channels(kinds: set[str]) -> list[Step]:
    return [
        Step(
            name=_("Connect a mailbox"),
            text=_("Mails to it become conversations here, and answers go out from it."),
            icon="mail",
            url=reverse("settings:new_inbox"),
            is_done="email" in kinds,
        ),
        Step(
            name=_("Put the chat on your site"),
            text=_("One line in your pages; visitors write, you answer here."),
            icon="message-circle",
            url=reverse("settings:new_chat"),
            is_done="webchat" in kinds,
        ),
    ]


def _customers() -> Step:
    return Step(
        name=_("Bring your customers"),
        text=_("A CSV, XLSX or vCard file. A dry run comes first, and it can be taken back."),
        icon="upload",
        url=reverse("imports:new"),
        is_done=Contact.objects.exists(),
    )


def _colleagues() -> Step:
    return Step(
        name=_("Invite your colleagues"),
        text=_("Each gets a link and a role."),
        icon="users",
        url=reverse("accounts:invite"),
        is_done=User.objects.count() > 1,
    )
