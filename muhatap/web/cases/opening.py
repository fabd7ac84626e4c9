"""Opening a case over a conversation or a customer, and the parts that show cases beside them."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from muhatap.accounts.permissions import may
from muhatap.automation import opening
from muhatap.contacts.models import Contact
from muhatap.conversations.models import Conversation
from muhatap.conversations.visibility import find as find_conversation
from muhatap.conversations.visibility import visible_to
from muhatap.flow import beside
from muhatap.flow import cases as flow
from muhatap.service import cases
from muhatap.service.models import Case
from muhatap.service.promising import NotThen
from muhatap.shared import clock
from muhatap.web.cases import lines
from muhatap.web.cases.forms import CaseForm
from muhatap.web.cases.one import CHANGED
from muhatap.web.common.display import Toast
from muhatap.web.common.doors import customer, needs, visitor
from muhatap.web.common.reading import number

SHOWN = 5


@needs("cases.edit")
def new(request: HttpRequest, contact: int) -> HttpResponse:
    """The form, and what was typed into it; over a conversation it begins with its subject and its owner."""
    found = get_object_or_404(Contact, pk=contact).standing()
    thread, now = _thread(request, found), clock.now()
    form = CaseForm(request.POST or None, initial=_initial(request, thread), contact=found)
    if request.method == "POST" and form.is_valid():
        try:
            made = _open(request, found, thread, form, at=now)
        except NotThen:
            form.add_error("due_at", _("This moment is over, or too far away."))
        else:
            return _opened(request, found, thread, made)
    page = {"form": form, "contact": found, "thread": thread, "post_url": _url(found, thread)}
    page["standing"] = _links(request, flow.of_conversation(thread).filter(ended_at=None), now) if thread else []
    page["conversation"] = thread
    template = "cases/_dialog_body.html" if getattr(request, "htmx", False) else "cases/new.html"
    return render(request, template, page)


@require_POST
@needs("cases.edit")
def tie(request: HttpRequest, number: int, conversation: int) -> HttpResponse:
    """This conversation is about that case, too."""
    case = get_object_or_404(flow.visible_to(visitor(request)), pk=number)
    thread = get_object_or_404(visible_to(visitor(request)), pk=conversation, contact=case.contact_id)
    flow.link(case=case, conversation=thread, by=visitor(request), at=clock.now())
    return redirect("cases:one", case.pk)


@require_GET
@needs("cases.read")
def of_contact(request: HttpRequest, contact: int) -> HttpResponse:
    """The cases of this customer: those that stand, and how many there were."""
    found, user, now = customer(request, contact), visitor(request), clock.now()
    if not beside.of(found, user).cases:
        return render(request, "cases/_of_contact.html", {"contact": found, "here": request.get_full_path()})
    rows = flow.visible_to(user).filter(contact=found).select_related("contact", "cause", "owner", "team")
    standing = list(rows.filter(state__in=cases.STANDING).order_by("due_at", "-opened_at")[: SHOWN + 1])
    ended = list(rows.exclude(state__in=cases.STANDING).order_by("-ended_at")[: SHOWN - len(standing[:SHOWN])])
    tie_urls = _tie_urls(request, standing, number_of_thread(request))
    shown = lines.lines([*standing[:SHOWN], *ended], now)
    page = {
        "contact": found,
        "lines": [replace(line, tie_url=tie_urls.get(line.id, "")) for line in shown],
        "n_more": max(len(standing) - SHOWN, 0),
        "here": request.get_full_path(),
    }
    return render(request, "cases/_of_contact.html", page)


def number_of_thread(request: HttpRequest) -> int | None:
    return number(request.GET.get("conversation"))


def _tie_urls(request: HttpRequest, rows: list[Case], thread: int | None) -> dict[int, str]:
    """For a conversation beside which this stands: where to say that it is about a case, too."""
    user = visitor(request)
    conversation = find_conversation(user, thread) if thread and may(user, "cases.edit") else None
    if conversation is None:
        return {}
    known = set(flow.of_conversation(conversation).values_list("pk", flat=True))
    return {row.pk: reverse("cases:tie", args=[row.pk, conversation.pk]) for row in rows if row.pk not in known}


def _links(request: HttpRequest, rows: Any, now: datetime) -> list[lines.Line]:
    readable = rows.filter(pk__in=flow.visible_to(visitor(request)).values("pk"))
    return lines.lines(readable.select_related("contact", "cause", "owner", "team")[:3], now)


def _initial(request: HttpRequest, thread: Conversation | None) -> dict[str, Any]:
    user = visitor(request)
    if thread is None:
        return {"owner": user.pk}
    return {"title": opening.subject(thread)[:200], "owner": thread.assignee_id or user.pk, "team": thread.team_id}


def _open(request: HttpRequest, contact: Contact, thread: Conversation | None, form: CaseForm, *, at: datetime) -> Case:
    told, by = opening.Told(team=form.team_told(), **form.told()), visitor(request)
    if thread:
        return flow.open_from(conversation=thread, told=told, by=by, at=at)
    return flow.open_of(contact=contact, told=told, by=by, at=at)


def _thread(request: HttpRequest, contact: Contact) -> Conversation | None:
    given = number_of_thread(request)
    return visible_to(visitor(request)).filter(pk=given or 0, contact=contact).first() if given else None


def _url(contact: Contact, thread: Conversation | None) -> str:
    url = reverse("cases:new", args=[contact.pk])
    return f"{url}?conversation={thread.pk}" if thread else url


def _opened(request: HttpRequest, contact: Contact, thread: Conversation | None, made: Case) -> HttpResponse:
    if not getattr(request, "htmx", False):
        return redirect("cases:one", made.pk)
    toast = Toast(text=_("Case #%(n)s: %(title)s") % {"n": made.pk, "title": made.title}, icon="briefcase")
    answer = render(request, "cases/_made.html", {"toast": toast, "url": _url(contact, thread)})
    answer["HX-Trigger"], answer["HX-Reswap"] = CHANGED, "outerHTML"  # the dialog itself, anew and closed
    return answer
