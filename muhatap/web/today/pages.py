"""Today: one sentence, the ruler of the day, what comes first, what changed since yesterday."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.conversations import counting, lists
from muhatap.conversations.models import Conversation
from muhatap.conversations.visibility import topics
from muhatap.shared import clock
from muhatap.web.common import first_steps, times
from muhatap.web.common.doors import needs, visitor
from muhatap.web.today import promised, ruler, since, standing, waiting

MINE, ALL = "mine", "all"
Status = Conversation.Status


@needs("conversations.read")
def show(request: HttpRequest) -> HttpResponse:
    """What waits for me; for the whole team when asked, or when nothing is mine."""
    user, now = visitor(request), clock.now()
    n = {view: _standing(user, view) for view in (MINE, ALL)}
    asked = request.GET.get("whose", "")
    view = asked if asked in (MINE, ALL) else MINE if sum(n[MINE].values()) else ALL
    listed = lists.page(user, view, order=lists.ORDERS["deadline"], limit=waiting.LOOKED_AT)
    lines = waiting.lines(listed.rows, user, view=view, now=now)
    owed = promised.lines(user, is_mine=view == MINE, now=now)
    n_open, n_theirs = n[view][Status.OPEN], n[view][Status.WAITING]
    page = {
        "day": times.day(timezone.localtime(now).date()),
        "sentence": _sentence(n_open, lines, view=view),
        "ruler": ruler.draw({_("Answers"): lines, _("Promises"): owed.lines}, now),
        "lines": lines[: waiting.SHOWN],
        "has_tasks": may(user, "conversations.reply"),
        "steps": () if lines else first_steps.steps(user),
        "rest": _rest(max(n_open - waiting.SHOWN, 0), n_theirs),
        "rest_url": reverse("inbox:view", args=[view]),
        "promises": owed,
        "cases": standing.lines(user, is_mine=view == MINE, now=now),
        "changes": since.changes(user, view == MINE, now),
        "is_mine": view == MINE,
        "live": " ".join(sorted(topics(user))),
        "here": f"{reverse('today:show')}?whose={view}",
    }
    return render(request, "today/page.html", page)


def _standing(user: User, view: str) -> dict[str, int]:
    """How many of a view are open and how many wait for them, from the kept cells."""
    found = {Status.OPEN.value: 0, Status.WAITING.value: 0}
    for (_inbox, _team, assignee_id, status), n in counting.cells(user).items():
        if status in found and (view == ALL or assignee_id == user.pk):
            found[status] += n
    return found


def _sentence(n_open: int, lines: list[waiting.Line], *, view: str) -> str:
    """What matters now, before any number."""
    n_late = sum(line.state == "late" for line in lines)
    if not n_open and not n_late:
        return _("Nobody is waiting for you.") if view == MINE else _("Nobody is waiting for an answer.")
    wait = (
        ngettext("%(n)s person is waiting for you", "%(n)s people are waiting for you", n_open)
        if view == MINE
        else ngettext("%(n)s person is waiting for an answer", "%(n)s people are waiting for an answer", n_open)
    ) % {"n": times.count(n_open)}
    if not n_late:
        return _("%(wait)s, none too long.") % {"wait": wait}
    told = {"wait": wait, "n": times.count(n_late)}
    return ngettext("%(wait)s, %(n)s is overdue.", "%(wait)s, %(n)s are overdue.", n_late) % told


def _rest(n_more: int, n_theirs: int) -> str:
    """What is not shown here, in one line that leads to it."""
    more = ngettext("%(n)s more waits for an answer", "%(n)s more wait for an answer", n_more) % {"n": n_more}
    theirs = ngettext("in %(n)s conversation it is their turn", "in %(n)s conversations it is their turn", n_theirs) % {
        "n": n_theirs
    }
    parts = [text for n, text in ((n_more, more), (n_theirs, theirs)) if n]
    told = ", ".join(parts)
    return told[:1].upper() + told[1:] if parts else ""
