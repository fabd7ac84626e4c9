"""Acts on several conversations: asked from the bar above the rows, followed while they run, stopped, taken back."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from muhatap.contacts import tagging as naming
from muhatap.conversations import bulk as acting
from muhatap.conversations import lists
from muhatap.conversations.models import BulkAct
from muhatap.shared import clock
from muhatap.web.common import reading, times
from muhatap.web.common.display import Toast, Work
from muhatap.web.common.doors import needs, visitor
from muhatap.web.inbox import opened, viewing, words

MOST_CHOSEN = 500
UNDO_SECONDS = 10
TOLD = "bulk-told"  # tells the page to let go of what was chosen and to read its rows again


@require_POST
@needs("conversations.organise")
def ask(request: HttpRequest) -> HttpResponse:
    """do=assign:3 (and the like), chosen=… or all=1 with the list it means; answers with what came of it."""
    kind, _colon, text = request.POST.get("do", "").partition(":")
    try:
        value = _value(request, kind, text)
        done = acting.ask(act=kind, value=value, conversation_ids=_chosen(request), by=visitor(request), at=clock.now())
    except acting.BadAct as error:
        return _said(request, {"toast": Toast(text=_refused(error.code), icon="circle-alert")})
    return _said(request, _shown(done), is_told=True)


@needs("conversations.organise")
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """How far it is, asked again until it is over."""
    return _said(request, _shown(_own(request, number)))


@require_POST
@needs("conversations.organise")
def stop(request: HttpRequest, number: int) -> HttpResponse:
    bulk = _own(request, number)
    acting.stop(bulk=bulk, by=visitor(request), at=clock.now())
    bulk.refresh_from_db()
    return _said(request, _shown(bulk), is_told=True)


@require_POST
@needs("conversations.organise")
def undo(request: HttpRequest, number: int) -> HttpResponse:
    bulk = _own(request, number)
    try:
        bulk = acting.undo(bulk=bulk, by=visitor(request), at=clock.now())
    except acting.NotYours:
        toast = Toast(text=_("This was taken back already."), icon="info")
        return _oob(request, {"toast": toast})
    return _oob(request, _shown(bulk))


def _own(request: HttpRequest, number: int) -> BulkAct:
    return get_object_or_404(BulkAct, pk=number, by=visitor(request))


def _chosen(request: HttpRequest) -> list[int]:
    if request.POST.get("all") != "1":
        asked = request.POST.getlist("chosen")[:MOST_CHOSEN]
        return [pk for text in asked if (pk := reading.number(text)) is not None]
    user = visitor(request)
    address = QueryDict(request.POST.get("query", "")[:4000])
    shown = viewing.open_view(user, request.POST.get("view", ""), address, at=clock.now())
    order = lists.ORDERS[shown.order]
    return lists.numbers(user, shown.view, search=shown.query, limit=acting.MOST, order=order)


def _value(request: HttpRequest, kind: str, text: str) -> dict[str, Any]:
    """What the act needs, from the button pressed. Raises BadAct."""
    if kind in ("assign", "team"):
        return {"user" if kind == "assign" else "team": None if text == "nobody" else reading.number(text) or 0}
    if kind == "untag":
        return {"tag": reading.number(text) or 0}
    if kind == "tag":
        try:
            return {"tag": naming.named(" ".join(reading.words(request.POST.get("tag_name"), 200).split())).pk}
        except naming.BadTag as error:
            raise acting.BadAct("tag") from error
    if kind == "priority":
        return {"priority": int(text) if text.lstrip("-").isdigit() and len(text) < 3 else None}
    if kind == "snooze":
        until = opened.moments(clock.now()).get(text)
        if until is None:
            raise acting.BadAct("unknown")
        return {"until": until.isoformat()}
    return {}


def _shown(bulk: BulkAct) -> dict[str, Any]:
    """A meter while it runs, a toast when it is over."""
    came = acting.outcome(bulk)
    if bulk.state in (BulkAct.State.RUNNING, BulkAct.State.UNDOING):
        done, total = (
            (came.n_done, came.n_total) if bulk.state == BulkAct.State.RUNNING else (came.n_back, came.n_changed)
        )
        work = Work(
            name=_name(bulk),
            done=done,
            total=total,
            figures=f"{times.count(done)} / {times.count(total)}",
            said=_("Being taken back") if bulk.state == BulkAct.State.UNDOING else _left(came),
            stop_url=reverse("inbox:stop_bulk", args=[bulk.pk]) if bulk.state == BulkAct.State.RUNNING else "",
        )
        return {"work": work, "bulk_id": bulk.pk, "progress_url": reverse("inbox:bulk_progress", args=[bulk.pk])}
    if bulk.state == BulkAct.State.UNDONE:
        return {"toast": Toast(text=_taken_back(came), icon="undo-2"), "bulk_id": bulk.pk}
    undo_url = reverse("inbox:undo_bulk", args=[bulk.pk]) if came.n_changed else ""
    toast = Toast(
        text=" ".join(filter(None, [_done(bulk, came), _left(came)])),
        icon="check" if came.n_changed else "info",
        undo_url=undo_url,
        seconds=UNDO_SECONDS if undo_url else 0,
    )
    return {"toast": toast, "bulk_id": bulk.pk}


def _name(bulk: BulkAct) -> str:
    return {
        "assign": _("Assigning conversations"),
        "team": _("Handing conversations to a team"),
        "tag": _("Tagging conversations"),
        "untag": _("Removing a tag from conversations"),
        "resolve": _("Resolving conversations"),
        "reopen": _("Reopening conversations"),
        "snooze": _("Snoozing conversations"),
        "spam": _("Marking conversations as spam"),
        "priority": _("Setting the priority of conversations"),
        "merge": _("Merging conversations"),
    }[bulk.act]


def _done(bulk: BulkAct, came: acting.Outcome) -> str:
    """What happened to how many."""
    n = came.n_changed
    if bulk.act == "merge":
        said = ngettext("%(n)s conversation merged into the newest.", "%(n)s conversations merged into the newest.", n)
    elif bulk.act == "priority":
        said = ngettext("%(n)s conversation: priority %(what)s.", "%(n)s conversations: priority %(what)s.", n)
    elif bulk.act == "resolve":
        said = ngettext("%(n)s conversation resolved.", "%(n)s conversations resolved.", n)
    elif bulk.act == "snooze":
        said = ngettext("%(n)s conversation snoozed.", "%(n)s conversations snoozed.", n)
    elif bulk.act == "spam":
        said = ngettext("%(n)s conversation put away as spam.", "%(n)s conversations put away as spam.", n)
    elif bulk.act == "reopen":
        said = ngettext("%(n)s conversation reopened.", "%(n)s conversations reopened.", n)
    elif bulk.act in ("tag", "untag"):
        said = ngettext("Tag changed on %(n)s conversation.", "Tag changed on %(n)s conversations.", n)
    else:
        said = ngettext("%(n)s conversation handed over.", "%(n)s conversations handed over.", n)
    what = words.priority(bulk.value["priority"]) if bulk.act == "priority" else ""
    told = said % {"n": times.count(n), "what": what}
    stopped = _("Stopped.")  # outside of the f-string, where translations are not found
    return f"{stopped} {told}" if bulk.state == BulkAct.State.CANCELLED else told


def _left(came: acting.Outcome) -> str:
    """How many were left as they were, and why."""
    reasons = {
        "already": _("already so"),
        "not_seen": _("no longer yours to see"),
        "is_spam": _("spam"),
        "is_closed": _("closed"),
        "not_future": _("the moment has passed"),
        "changed_since": _("changed meanwhile"),
        "gone": _("whom you chose is gone"),
    }
    told = [f"{times.count(n)} ({reasons[why]})" for why, n in sorted(came.left.items()) if why in reasons]
    return _("Left as they were: %(told)s.") % {"told": ", ".join(told)} if told else ""


def _taken_back(came: acting.Outcome) -> str:
    n_kept = came.n_changed - came.n_back
    said = ngettext("Taken back on %(n)s conversation.", "Taken back on %(n)s conversations.", came.n_back)
    told = said % {"n": times.count(came.n_back)}
    if not n_kept:
        return told
    kept = ngettext("%(n)s was changed since and stays.", "%(n)s were changed since and stay.", n_kept)
    return f"{told} {kept % {'n': times.count(n_kept)}}"


def _refused(code: str) -> str:
    return {
        "nothing": _("Nothing was done: choose at least one conversation."),
        "gone": _("Nothing was done: whom or what you chose is gone."),
        "tag": _("Not tagged: write a tag of at most 60 characters."),
        "not_one_contact": _(
            "Nothing was merged: only conversations of one customer in one inbox become one. Choose at least two of them."
        ),
        "not_future": _("Nothing was snoozed: the moment has passed."),
    }.get(code, _("Nothing was done: this cannot be done to several."))


def _said(request: HttpRequest, context: dict[str, Any], *, is_told: bool = False) -> HttpResponse:
    answer = render(request, "inbox/_bulk_said.html", context)
    if is_told or "work" not in context:
        answer["HX-Trigger"] = TOLD
    return answer


def _oob(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The answer to a button that swaps nothing by itself."""
    answer = render(request, "inbox/_bulk_oob.html", context)
    answer["HX-Trigger"] = TOLD
    return answer
