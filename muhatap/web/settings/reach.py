"""Which inboxes the pages of the settings show to whom: running the machine is not reading the mail."""

from django.db.models import QuerySet

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.channels.models import Inbox
from muhatap.conversations.visibility import visible_inboxes


def looked_after(user: User) -> QuerySet[Inbox]:
    """Inboxes whose set-up and numbers this user sees: all for whoever may set them up, else those whose mail they read."""
    return Inbox.objects.all() if may(user, "inboxes.edit") else visible_inboxes(user)


def readable(user: User) -> QuerySet[Inbox]:
    """Inboxes of which this user sees what came in, what went out and what waits in quarantine."""
    return visible_inboxes(user)
