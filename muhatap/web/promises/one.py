"""One promise: what was said, how it ended; keeping it at one press, breaking, withdrawing, putting off, giving away, opening again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.conversations import visibility
from muhatap.flow import promises
from muhatap.notices import telling
from muhatap.service import promising
from muhatap.service.models import Promise
from muhatap.shared import clock
from muhatap.web.common import times
from muhatap.web.common.display import Toast
from muhatap.web.common.doors import needs, visitor
from muhatap.web.promises import lines, pages, words
from muhatap.web.promises.forms import EndForm, GiveForm, PutOffForm, local

CHANGED = "promises"  # the event with which parts of a page that show promises are read again


@needs("promises.read")
def show(request: HttpRequest, number: int) -> HttpResponse:
    promise = find(request, number)
    telling.see_thing(user=visitor(request), thing=promise, at=clock.now())
    return _page(request, promise)


@require_POST
@needs("promises.make")
def keep(request: HttpRequest, number: int) -> HttpResponse:
    """Kept now, at one press; that it was kept before, and what it took, is said on its page instead."""
    promise, now = find(request, number), clock.now()
    try:
        promises.end(promise=promise, outcome="kept", by=visitor(request), at=now)
    except promising.HasEnded:
        return done(request, Toast(text=_("Somebody said before how it ended."), icon="info"))
    return done(request, _kept(promise, is_late=promise.is_overdue(now)))


@require_POST
@needs("promises.make")
def end(request: HttpRequest, number: int) -> HttpResponse:
    """Kept, broken or withdrawn, with what it took and why."""
    promise, form = find(request, number), EndForm(request.POST)
    if form.is_valid():
        try:
            outcome = form.cleaned_data["outcome"]
            promises.end(promise=promise, outcome=outcome, by=visitor(request), at=clock.now(), **form.how())
        except promising.NoReason:
            form.add_error("why", _("Say why: whoever reads this later will ask."))
        except promising.NotThenEnded:
            form.add_error("ended_at", words.ended_between(promise))
        except promising.HasEnded:
            form.add_error(None, _("Somebody said before how it ended."))
        else:
            messages.success(request, _("Written down: %(outcome)s.") % {"outcome": words.state_label(outcome)})
            return redirect("promises:one", promise.pk)
    return _page(request, promise, end_form=form, status=422)


@require_POST
@needs("promises.make")
def put_off(request: HttpRequest, number: int) -> HttpResponse:
    promise, form = find(request, number), PutOffForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            promises.put_off(
                promise=promise, due_at=told["due_at"], why=told["why"], by=visitor(request), at=clock.now()
            )
        except promising.NotThen:
            form.add_error("due_at", _("This moment is over, or too far away."))
        except promising.NoReason:
            form.add_error("why", _("Say why: whoever reads this later will ask."))
        except promising.HasEnded:
            form.add_error(None, _("Somebody said before how it ended."))
        else:
            messages.success(request, _("Put off. Tell the customer, too."))
            return redirect("promises:one", promise.pk)
    return _page(request, promise, later_form=form, status=422)


@require_POST
@needs("promises.make")
def give(request: HttpRequest, number: int) -> HttpResponse:
    """Another one owes it from now on; whoever gave it away may see it no more."""
    user, promise = visitor(request), find(request, number)
    form = GiveForm(request.POST, promise=promise)
    if form.is_valid():
        try:
            promises.hand_over(promise=promise, to=form.person(), by=user, at=clock.now())
        except promising.NotForThem:
            form.add_error("to", _("They are not here any more, or may have no promises."))
        except promising.HasEnded:
            form.add_error(None, _("Somebody said before how it ended."))
        else:
            messages.success(request, _("%(name)s owes this promise now.") % {"name": form.person()})
            is_seen = promises.visible_to(user).filter(pk=promise.pk).exists()
            return redirect("promises:one", promise.pk) if is_seen else redirect("promises:list")
    return _page(request, promise, give_form=form, status=422)


@require_POST
@needs("promises.make")
def reopen(request: HttpRequest, number: int) -> HttpResponse:
    """Take back how it ended."""
    promise = find(request, number)
    promises.reopen(promise=promise, by=visitor(request), at=clock.now())
    return done(request, Toast(text=_("Open again: %(what)s") % {"what": promise.what}, icon="rotate-ccw"))


@require_POST
@needs("promises.make")
def forget(request: HttpRequest, number: int) -> HttpResponse:
    """Take one's own promise out of a draft: nobody has heard it."""
    promise = get_object_or_404(Promise, pk=number, by=visitor(request), state=Promise.State.DRAFTED)
    promising.forget_draft(promise=promise)
    messages.success(request, _("Taken out of the draft."))
    return redirect("promises:list")


def find(request: HttpRequest, number: int) -> Promise:
    """404 for what this user may not read."""
    rows = promises.visible_to(visitor(request)).select_related("contact", "by", "team")
    return get_object_or_404(rows.prefetch_related("endings__by"), pk=number)


def done(request: HttpRequest, toast: Toast) -> HttpResponse:
    """Say it in place, and have every part that shows promises read again; a page without scripts goes to the list."""
    if not getattr(request, "htmx", False):
        messages.success(request, toast.text)
        return redirect("promises:list")
    answer = render(request, "promises/_said.html", {"toast": toast})
    answer["HX-Trigger"] = CHANGED
    return answer


def _kept(promise: Promise, *, is_late: bool) -> Toast:
    undo = reverse("promises:reopen", args=[promise.pk])
    said = _("Kept late: %(what)s. If it was kept in time, undo this and say when on its page.")
    text = said if is_late else _("Kept: %(what)s")
    return Toast(text=text % {"what": promise.what}, undo_url=undo, seconds=10)


def _page(
    request: HttpRequest,
    promise: Promise,
    *,
    end_form: EndForm | None = None,
    later_form: PutOffForm | None = None,
    give_form: GiveForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user, now = visitor(request), clock.now()
    ending = promise.ending
    money = [(promise.currency, ending.actual_cost)] if ending and ending.actual_cost else []
    expected = [(promise.currency, promise.expected_cost)] if promise.expected_cost else []
    may_act = may(user, "promises.make")
    may_end = promise.state == Promise.State.OPEN and may_act
    page = {
        "promise": promise,
        "line": lines.line(promise, now, may_act=may_act),
        "due": times.full(promise.due_at),
        "made": times.full(promise.made_at),
        "first_due": times.full(promise.first_due_at) if promise.first_due_at != promise.due_at else "",
        "expected": words.cost(promise.expected_minutes, expected),
        "took": words.cost(ending.actual_minutes if ending else None, money),
        "ending": ending,
        "ended": times.full(promise.ended_at) if promise.ended_at else "",
        "written": times.full(ending.at) if ending and ending.at != promise.ended_at else "",
        "put_offs": [
            (times.full(one.due_at), one.by, one.why) for one in promise.put_offs.select_related("by").order_by("at")
        ],
        "hand_overs": [
            (one.was, one.became, one.by, times.full(one.at))
            for one in promise.hand_overs.select_related("was", "became", "by").order_by("at", "pk")
        ],
        "conversation_url": _conversation(promise, user),
        "end_form": (end_form or EndForm(initial={"outcome": "kept"})) if may_end else None,
        "later_form": (later_form or PutOffForm(initial={"due_at": local(promise.due_at)})) if may_end else None,
        "give_form": (give_form or GiveForm(promise=promise)) if may_end else None,
        "forget_url": reverse("promises:forget", args=[promise.pk]) if promise.state == "drafted" and may_act else "",
        "reopen_url": reverse("promises:reopen", args=[promise.pk]) if promise.ended_at and may_act else "",
        "views": pages.views("", user),
    }
    return render(request, "promises/one.html", page, status=status)


def _conversation(promise: Promise, user: User) -> str:
    """Empty also for whoever was given the promise and does not see where it was made."""
    if not promise.conversation_id or not visibility.find(user, promise.conversation_id):
        return ""
    at = f"#message-{promise.message_id}" if promise.message_id else ""
    return reverse("inbox:conversation", args=[promise.conversation_id]) + at
