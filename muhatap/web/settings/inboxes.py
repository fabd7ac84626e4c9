"""Inboxes: which there are, and making, changing and trying one for e-mail."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muhatap.accounts.permissions import may
from muhatap.channels import registry
from muhatap.channels.email import trying
from muhatap.channels.email.models import Mailbox
from muhatap.channels.email.trouble import Trouble
from muhatap.channels.email.trying import Outcome
from muhatap.channels.models import Inbox
from muhatap.interactions.models import Quarantine
from muhatap.shared import clock
from muhatap.shared.text import sort_key
from muhatap.web.common import channels
from muhatap.web.common.doors import needs, visitor
from muhatap.web.settings import keeping, reach
from muhatap.web.settings.inbox_forms import InboxForm


@dataclass(frozen=True, kw_only=True)
class Line:
    """One inbox in the list, and how it does in a few words."""

    inbox: Inbox
    icon: str
    kind: str
    said: str
    tone: str
    url: str


@needs("inboxes.read")
def listing(request: HttpRequest) -> HttpResponse:
    looked_after = reach.looked_after(visitor(request)).select_related("mailbox", "team")
    found = sorted(looked_after, key=lambda inbox: sort_key(inbox.name))
    waiting = set(Quarantine.objects.filter(released_at=None).values_list("item__inbox_id", flat=True).distinct())
    page = {
        "lines": [_line(inbox, inbox.pk in waiting) for inbox in found],
        "may_edit": may(visitor(request), "inboxes.edit"),
    }
    return render(request, "settings/inboxes.html", page)


@needs("inboxes.edit")
def new(request: HttpRequest) -> HttpResponse:
    return _edited(request, Inbox(kind="email"))


@needs("inboxes.edit")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edited(request, get_object_or_404(Inbox, pk=pk, kind="email"))


def _edited(request: HttpRequest, inbox: Inbox) -> HttpResponse:
    form = InboxForm(request.POST or None, inbox=inbox)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=422 if form.errors else 200)
    if "try" in request.POST:
        settings, at = {**form.settings(), "inbox_id": inbox.pk or 0}, clock.now()
        fetched, sent = trying.fetching(settings, at=at), trying.sending(settings, at=at)
        return _page(request, form, tried=[_tried_fetching(fetched), _tried_sending(sent)])
    saved = keeping.keep(form, by=visitor(request), at=clock.now())
    if saved is None:
        return _page(request, form, status=422)
    messages.success(request, _("Saved."))
    if form.cleaned_data["auth"] in ("google", "microsoft") and not hasattr(saved, "grant"):
        return redirect("settings:connect", saved.pk)
    return redirect("settings:health", saved.pk)


def _page(request: HttpRequest, form: InboxForm, *, tried: list[Any] | None = None, status: int = 200) -> HttpResponse:
    sections = [(title, [[form[name] for name in row.split()] for row in rows]) for title, rows in _layout()]
    page = {"form": form, "inbox": form.inbox if form.inbox.pk else None, "sections": sections, "tried": tried}
    return render(request, "settings/inbox.html", page, status=status)


def _layout() -> list[tuple[str, list[str]]]:
    """The form's sections; names on one line stand side by side where there is room."""
    return [
        ("", ["name address", "sender_name team", "language", "agents", "is_enabled"]),
        (_("Provider and login"), ["preset auth", "imap_user imap_password"]),
        (_("Fetching mail"), ["imap_host", "imap_port imap_security", "folder max_mb", "fetch_since", "authserv_id"]),
        (
            _("Sending mail"),
            [
                "smtp_host",
                "smtp_port smtp_security",
                "smtp_login",
                "smtp_user smtp_password",
                "verify_certificate max_send_mb",
            ],
        ),
        (
            _("Answers and conversations"),
            ["plus_addressing", "quote_original", "thread_by_subject", "thread_forwards", "reopen_days"],
        ),
    ]


def _tried_fetching(outcome: Outcome) -> dict[str, Any]:
    n = outcome.n_messages
    works = ngettext("Fetching works: %(n)d mail in the folder.", "Fetching works: %(n)d mails in the folder.", n) % {
        "n": n
    }
    return _tried(outcome, works, _("Fetching does not work."))


def _tried_sending(outcome: Outcome) -> dict[str, Any]:
    return _tried(outcome, _("Sending works: the server let us in. Nothing was sent."), _("Sending does not work."))


def _tried(outcome: Outcome, works: str, fails: str) -> dict[str, Any]:
    if outcome.trouble is None:
        return {"title": works, "tone": "", "icon": "check"}
    return {"title": f"{fails} {outcome.trouble.label}", "text": outcome.detail, "tone": "late", "icon": "circle-alert"}


def _line(inbox: Inbox, has_quarantined: bool) -> Line:
    said, tone = _doing(inbox, has_quarantined)
    icon, kind = channels.icon(inbox.kind), channels.name(inbox.kind)
    page = "listening:source" if inbox.kind in registry.LISTENING else "settings:health"
    return Line(inbox=inbox, icon=icon, kind=kind, said=said, tone=tone, url=reverse(page, args=[inbox.pk]))


def _doing(inbox: Inbox, has_quarantined: bool) -> tuple[str, str]:
    mailbox: Mailbox | None = getattr(inbox, "mailbox", None)
    if not inbox.is_enabled:
        return _("Not in use"), ""
    if mailbox and mailbox.trouble:
        return str(Trouble(mailbox.trouble).label), "late"
    if has_quarantined:
        return _("Something waits in quarantine"), "soon"
    if mailbox and mailbox.missing:
        return _("Mails are missing here"), "soon"
    if inbox.kind == "email" and (mailbox is None or mailbox.last_ok_at is None):
        return _("Not fetched yet"), ""
    return _("All is well"), ""
