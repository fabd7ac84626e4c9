"""Saving an inbox from its form, whatever its kind."""

from datetime import datetime

from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.channels import inboxes
from muhatap.channels.models import Inbox
from muhatap.web.common.inbox_forms import Basics


def keep(form: Basics, *, by: User, at: datetime) -> Inbox | None:
    """The inbox as a valid form says; None, with the reason beside the name, when another inbox has that name."""
    inbox, data = form.inbox, form.cleaned_data
    is_new = not inbox.pk
    try:
        return inboxes.save(
            inbox=inbox,
            name=data["name"],
            address=data.get("address", ""),
            settings=form.settings(),
            team=data["team"],
            agents=data["agents"],
            is_enabled=data["is_enabled"],
            by=by,
            at=at,
        )
    except inboxes.NameTaken:
        form.add_error("name", _("Another inbox has this name."))
        inbox.pk = None if is_new else inbox.pk
        return None
