"""A promise by hand: a short form in a dialog, over a conversation or a customer's page; and the customer card's part."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from muhatap.accounts.permissions import may
from muhatap.contacts.models import Contact
from muhatap.conversations.models import Conversation
from muhatap.conversations.visibility import visible_to
from muhatap.flow import beside, promises
from muhatap.service import promising
from muhatap.service.models import Promise
from muhatap.service.promises import states
from muhatap.shared import clock
from muhatap.web.common import times
from muhatap.web.common.display import Toast
from muhatap.web.common.doors import customer, needs, visitor
from muhatap.web.common.reading import number
from muhatap.web.promises import lines, words
from muhatap.web.promises.forms import PromiseForm, local
from muhatap.web.promises.one import CHANGED

SHOWN = 5
HOUR = timedelta(hours=1)


@needs("promises.make")
def new(request: HttpRequest, contact: int) -> HttpResponse:
    """The form, and what was typed into it."""
    found = get_object_or_404(Contact, pk=contact).standing()
    thread, now = _thread(request, found), clock.now()
    form = PromiseForm(
        request.POST or None, initial={"due_at": local((now + 3 * HOUR).replace(minute=0)), "kind": "other"}
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = promises.make(contact=found, terms=form.terms(), by=visitor(request), at=now, conversation=thread)
        except promising.NotThen:
            form.add_error("due_at", _("This moment is over, or too far away."))
        else:
            return _made(request, found, thread, made)
    page = {"form": form, "contact": found, "thread": thread, "post_url": _url(found, thread)}
    template = "promises/_dialog_body.html" if getattr(request, "htmx", False) else "promises/new.html"
    return render(request, template, page)


@require_GET
@needs("promises.read")
def of_contact(request: HttpRequest, contact: int) -> HttpResponse:
    """What we owe this customer, what stands in a draft, and how many we kept and broke."""
    found, user, now = customer(request, contact), visitor(request), clock.now()
    if not beside.of(found, user).promises:
        return render(
            request, "promises/_of_contact.html", {"contact": found, "may_promise": may(user, "promises.make")}
        )
    rows = promises.visible_to(user).filter(contact=found)
    owed = list(
        rows.filter(state__in=["open", "drafted"]).select_related("contact", "by").order_by("due_at", "pk")[: SHOWN + 1]
    )
    page = {
        "contact": found,
        "lines": lines.lines(owed[:SHOWN], user, now),
        "more_url": f"{reverse('promises:list')}?whose=all" if len(owed) > SHOWN else "",
        "told": _told(rows.filter(states(now)["kept"]).count(), rows.filter(states(now)["broken"]).count()),
        "may_promise": may(user, "promises.make"),
    }
    return render(request, "promises/_of_contact.html", page)


def _told(n_kept: int, n_broken: int) -> str:
    kept = ngettext("%(n)s kept", "%(n)s kept", n_kept) % {"n": times.count(n_kept)}
    broken = ngettext("%(n)s broken", "%(n)s broken", n_broken) % {"n": times.count(n_broken)}
    return ", ".join(text for n, text in ((n_kept, kept), (n_broken, broken)) if n)


def _thread(request: HttpRequest, contact: Contact) -> Conversation | None:
    given = number(request.GET.get("conversation"))
    return visible_to(visitor(request)).filter(pk=given or 0, contact=contact).first() if given else None


def _url(contact: Contact, thread: Conversation | None) -> str:
    url = reverse("promises:new", args=[contact.pk])
    return f"{url}?conversation={thread.pk}" if thread else url


def _made(request: HttpRequest, contact: Contact, thread: Conversation | None, made: Promise) -> HttpResponse:
    if not getattr(request, "htmx", False):
        return redirect("promises:one", made.pk)
    toast = Toast(
        text=_("Promised: %(what)s, %(due)s") % {"what": made.what, "due": words.due(made, clock.now())},
        icon="handshake",
    )
    answer = render(request, "promises/_made.html", {"toast": toast, "url": _url(contact, thread)})
    answer["HX-Trigger"], answer["HX-Reswap"] = CHANGED, "outerHTML"  # the dialog itself, anew and closed
    return answer
