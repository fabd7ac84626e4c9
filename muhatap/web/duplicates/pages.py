"""The questions: all of them with the first one open, one of them, and what is answered."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from muhatap.contacts.models import Contact
from muhatap.duplicates import choosing, reviewing
from muhatap.duplicates.models import Answer, Proposal
from muhatap.shared import clock
from muhatap.web.common import asking, reading, times
from muhatap.web.common.doors import needs, visitor
from muhatap.web.duplicates import looks, showing, sidebar, words


@require_GET
@needs("contacts.merge")
def show_all(request: HttpRequest) -> HttpResponse:
    """The list, and the question whose answer is worth most."""
    found = choosing.page(_kind(request))
    return _page(request, found[0] if found else None, found, is_list=True)


@require_GET
@needs("contacts.merge")
def show(request: HttpRequest, number: int) -> HttpResponse:
    proposal = get_object_or_404(Proposal, pk=number)
    if proposal.state not in reviewing.WAITING:
        messages.info(request, _("This is answered. Here is the next question."))
        return redirect(_list(request))
    return _page(request, proposal, choosing.page(_kind(request)))


@require_POST
@needs("contacts.merge")
def answer(request: HttpRequest, number: int) -> HttpResponse:
    """Same, different or later; then the next question."""
    proposal = get_object_or_404(Proposal, pk=number)
    said = request.POST.get("said", "")
    if said not in Answer.Said.values:
        return redirect("duplicates:one", number)
    try:
        reviewing.answer(
            proposal=proposal,
            said=said,
            by=visitor(request),
            at=clock.now(),
            keep=reading.number(request.POST.get("keep")),
            seen=request.POST.get("seen", ""),
        )
    except reviewing.CannotAnswer as error:
        messages.error(request, str(error))
    return redirect(_next(request))


@require_POST
@needs("contacts.merge")
def merge_sure(request: HttpRequest) -> HttpResponse:
    """All nearly sure ones that were shown, as they were shown."""
    told = (text.partition(":") for text in request.POST.getlist("sure")[: reviewing.AT_ONCE])
    asked = {number: seen for text, _colon, seen in told if (number := reading.number(text)) is not None}
    n = reviewing.merge_sure(asked=asked, by=visitor(request), at=clock.now())
    said = ngettext("%(n)s pair merged.", "%(n)s pairs merged.", n) % {"n": times.count(n)}
    left = reviewing.n_left(asked)
    more = ngettext("%(n)s pair is left to you.", "%(n)s pairs are left to you.", left)
    messages.success(request, f"{said} {more % {'n': times.count(left)}}" if left else said)
    return redirect(_list(request))


@require_POST
@needs("contacts.merge")
def undo(request: HttpRequest) -> HttpResponse:
    """Take back one's own last answer, and look at its question again."""
    try:
        given = reviewing.undo(by=visitor(request), at=clock.now())
    except reviewing.CannotAnswer as error:
        messages.error(request, str(error))
        return redirect(_list(request))
    messages.success(request, _("Taken back: it is asked again."))
    return redirect(reverse("duplicates:one", args=[given.proposal_id]) + _query(request))


def _page(
    request: HttpRequest, proposal: Proposal | None, found: list[Proposal], *, is_list: bool = False
) -> HttpResponse:
    user, now, kind = visitor(request), clock.now(), _kind(request)
    keep = reading.number(request.GET.get("keep")) or 0
    context: dict[str, Any] = {}
    while proposal:
        try:
            context = showing.question(proposal, user, now, keep=keep, query=_query(request))
            break
        except Contact.DoesNotExist:  # its contacts or records moved on; the next look takes it away
            if not is_list:
                messages.info(request, _("One of the two was merged meanwhile. Here is the next question."))
            found = [one for one in found if one.pk != proposal.pk]
            proposal = found[0] if found else None
    before, after = _neighbours(found, proposal)
    last = reviewing.last(user)
    context |= {
        "kind": kind,
        "kinds": _kinds(kind),
        "rows": showing.rows(found, here=proposal.pk if proposal else 0, query=_query(request)),
        "n": asking.bounded(choosing.n_waiting()),
        "is_list": is_list,
        "before_url": _one(request, before),
        "after_url": _one(request, after),
        "after": after.pk if after else 0,
        "last": _last(last),
        "query": _query(request),
        "sure": _sure(found) if kind == "merge" else [],
        "views": sidebar.groups(request),
        "look": looks.context(),
    }
    return render(request, "duplicates/review.html", context)


def _kinds(here: str) -> list[tuple[str, str, str, bool]]:
    counts = choosing.counts()
    return [
        (words.kind(name), asking.bounded(counts[name]) or "0", f"?kind={name}" if name else "?", name == here)
        for name in choosing.KINDS
        if counts[name] or name in ("", here)
    ]


def _neighbours(found: list[Proposal], here: Proposal | None) -> tuple[Proposal | None, Proposal | None]:
    place = next((n for n, one in enumerate(found) if here and one.pk == here.pk), -1)
    if place < 0:
        return None, found[0] if found else None
    return (found[place - 1] if place else None, found[place + 1] if place + 1 < len(found) else None)


def _sure(found: list[Proposal]) -> list[str]:
    """Those that may be merged together, each with what is shown of it; one alone is answered where it stands."""
    rows = [f"{one.pk}:{reviewing.shown(one)}" for one in reviewing.mergeable(found)]
    return rows if len(rows) > 1 else []


def _last(given: Answer | None) -> str:
    """What would be taken back, in words."""
    if given is None:
        return ""
    n = len(reviewing.given_with(given))
    if n > 1:
        return ngettext("%(n)s answer given together", "%(n)s answers given together", n) % {"n": times.count(n)}
    contacts = choosing.contacts_of([given.proposal])
    names = " · ".join(str(contact) for contact in contacts.values())
    return f"{names}: {given.get_said_display()}"


def _kind(request: HttpRequest) -> str:
    asked = (request.POST if request.method == "POST" else request.GET).get("kind", "")
    return asked if asked in choosing.KINDS else ""


def _query(request: HttpRequest) -> str:
    kind = _kind(request)
    return f"?kind={kind}" if kind else ""


def _list(request: HttpRequest) -> str:
    return reverse("duplicates:list") + _query(request)


def _one(request: HttpRequest, proposal: Proposal | None) -> str:
    return reverse("duplicates:one", args=[proposal.pk]) + _query(request) if proposal else ""


def _next(request: HttpRequest) -> str:
    """The one that stood after it, unless it is answered with it."""
    number = reading.number(request.POST.get("next"))
    following = Proposal.objects.filter(pk=number, state__in=reviewing.WAITING).first() if number else None
    return _one(request, following) if following else _list(request)
