"""The views of the inbox with their kept counts."""

from functools import cache

from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.channels import registry
from muhatap.conversations.visibility import scope
from muhatap.web.common import times
from muhatap.web.common.display import ViewGroup, ViewLink
from muhatap.web.inbox import words

ALWAYS = ("mine", "unassigned", "waiting", "all", "mentions", "snoozed", "drafts", "scheduled", "resolved", "spam")
UNCOUNTED = ("resolved",)
ICONS = {
    "mine": "user",
    "unassigned": "circle-dot",
    "waiting": "clock",
    "all": "inbox",
    "mentions": "at-sign",
    "snoozed": "moon-star",
    "drafts": "pencil",
    "scheduled": "send",
    "resolved": "check",
    "spam": "ban",
}


def titles(user: User) -> dict[str, str]:
    """What each view of this user is called."""
    named = {
        "mine": _("Assigned to me"),
        "unassigned": _("Unassigned"),
        "waiting": _("Waiting for us"),
        "all": _("All open"),
        "mentions": _("Mentions"),
        "snoozed": _("Snoozed"),
        "drafts": _("Drafts"),
        "scheduled": _("Scheduled"),
        "resolved": _("Resolved"),
        "spam": _("Spam"),
    }
    within = scope(user)
    teams = {f"team:{team.id}": _("Team: %(name)s") % {"name": team.name} for team in within.teams}
    inboxes = {f"inbox:{inbox.id}": inbox.name for inbox in within.inboxes}
    return named | teams | inboxes


def groups(user: User, here: str, counts: dict[str, int], saved: tuple[ViewLink, ...] = ()) -> tuple[ViewGroup, ...]:
    """The second list of the navigation: standing views and teams, those people saved, then inboxes."""
    named = titles(user)
    order = ["mine", *(view for view in named if view.startswith("team:")), *ALWAYS[1:]]
    inboxes = {f"inbox:{inbox.id}": words.channel_icon(inbox.kind) for inbox in scope(user).inboxes}
    return (
        ViewGroup(
            title=_("Views"),
            links=tuple(_link(view, named[view], ICONS.get(view, "users"), here, counts) for view in order),
        ),
        *([ViewGroup(title=_("Saved views"), links=saved)] if saved else []),
        *_heard(user),
        ViewGroup(
            title=_("Inboxes"),
            links=tuple(
                _link(view, named[view], inboxes.get(view, "inbox"), here, counts)
                for view in named
                if view.startswith("inbox:")
            ),
        ),
    )


def _heard(user: User) -> tuple[ViewGroup, ...]:
    """What was said elsewhere and is no conversation, for whoever works where we listen."""
    if not any(inbox.kind in registry.LISTENING for inbox in scope(user).inboxes):
        return ()
    link = ViewLink(label=_("Posts heard"), url=reverse("posts:heard"), icon="ear")
    return (ViewGroup(title=_("Listening"), links=(link,)),)


@cache
def _views() -> str:
    """The address before a view's name: asked once, not for each of fifty."""
    return reverse("inbox:view", args=["all"]).removesuffix("all/")


def _link(view: str, label: str, icon: str, here: str, counts: dict[str, int]) -> ViewLink:
    n = 0 if view in UNCOUNTED else counts.get(view, 0)
    return ViewLink(
        label=label,
        url=f"{_views()}{view}/",
        icon=icon,
        count=times.count(n) if n else "",
        is_here=view == here,
    )
