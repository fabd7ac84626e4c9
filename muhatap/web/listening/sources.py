"""The sources we listen to: which there are, setting one up with a try before it is saved, and how each is doing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from muhatap.accounts.permissions import may
from muhatap.channels import inboxes, registry
from muhatap.channels.contract import Listens
from muhatap.channels.hook.adapter import new_secret
from muhatap.channels.listening import looking
from muhatap.channels.listening.models import Source
from muhatap.channels.listening.trouble import Trouble
from muhatap.channels.models import Inbox
from muhatap.conversations.visibility import visible_inboxes
from muhatap.flow import listening
from muhatap.shared import clock, secrets
from muhatap.shared.secrets import SecretLost
from muhatap.shared.text import sort_key
from muhatap.web.common import channels, times
from muhatap.web.common.doors import needs, visitor
from muhatap.web.listening.forms import FORMS, SourceForm

KINDS = {
    "rss": gettext_lazy("Forums, blogs and complaint sites that offer a feed"),
    "notice": gettext_lazy("Sites that write you a mail when somebody wrote there"),
    "hook": gettext_lazy("Any program of yours that hears of posts"),
    "manual": gettext_lazy("What your people hear on the phone, in the shop, anywhere"),
    "mastodon": gettext_lazy("Mentions of your account and hashtags; answered from here, in public"),
    "bluesky": gettext_lazy("Mentions, replies and searches; answered from here, in public"),
    "youtube": gettext_lazy("Comments below your videos; answered from here, in public"),
    "google_reviews": gettext_lazy("Reviews of your places on Google Maps; answered from here, in public"),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One source in the list, or one kind that can be added."""

    name: str
    kind: str
    icon: str
    url: str
    said: str
    tone: str = ""


@needs("inboxes.read")
def listing(request: HttpRequest) -> HttpResponse:
    user, now = visitor(request), clock.now()
    mine = Inbox.objects.all() if may(user, "inboxes.edit") else visible_inboxes(user)
    found = mine.filter(kind__in=registry.LISTENING).select_related("source")
    page = {
        "lines": [_line(inbox, now) for inbox in sorted(found, key=lambda one: sort_key(one.name))],
        "kinds": [_kind(kind) for kind in KINDS] if may(user, "inboxes.edit") else [],
    }
    return render(request, "listening/sources.html", page)


@needs("inboxes.edit")
def new(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in FORMS:
        raise Http404
    return _edited(request, Inbox(kind=kind))


@needs("inboxes.edit")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edited(request, get_object_or_404(Inbox, pk=pk, kind__in=registry.LISTENING))


@require_POST
@needs("inboxes.edit")
def look_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever does not want to wait for the next look."""
    inbox = get_object_or_404(Inbox, pk=pk, kind__in=registry.LISTENING)
    looking.look_now(inbox=inbox, by=visitor(request), at=clock.now())
    messages.success(request, _("We look within half a minute."))
    return redirect("listening:source", pk)


@require_POST
@needs("inboxes.edit")
def renew_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret for a webhook; the old one opens nothing any more."""
    inbox = get_object_or_404(Inbox, pk=pk, kind="hook")
    listening.give_secret(inbox=inbox, secret=new_secret(), by=visitor(request), at=clock.now())
    messages.success(request, _("There is a new secret. The old one opens nothing any more."))
    return redirect("listening:source", pk)


def _edited(request: HttpRequest, inbox: Inbox) -> HttpResponse:
    form = FORMS[inbox.kind](request.POST or None, inbox=inbox)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=422 if form.errors else 200)
    if "try" in request.POST:
        tried = listening.attempt(inbox.kind, form.settings(), at=clock.now())
        return _page(request, form, tried=_tried(tried))
    data, was = form.cleaned_data, inbox.pk
    told = {name: data[name] for name in ("name", "team", "agents", "is_enabled")}
    held = listening.introduced(inbox.kind, form.settings())  # asks the service, so before anything is locked
    try:
        saved = listening.save(inbox=inbox, settings=held, by=visitor(request), at=clock.now(), **told)
    except inboxes.NameTaken:
        form.add_error("name", _("Another inbox has this name."))
        inbox.pk = was
        return _page(request, form, status=422)
    messages.success(request, _("Saved."))
    return redirect("listening:source", saved.pk)


def _page(request: HttpRequest, form: SourceForm, *, tried: Any = None, status: int = 200) -> HttpResponse:
    inbox, now = form.inbox, clock.now()
    adapter = registry.adapter(inbox.kind)
    page = {
        "form": form,
        "inbox": inbox if inbox.pk else None,
        "kind": channels.name(inbox.kind),
        "text": KINDS[inbox.kind],
        "own": form.own_fields(),
        "rows": [[form["opens"]], [form["words"]], [form["name"], form["team"]]],
        "last": [form["agents"], form["is_enabled"]],
        "asked": [form["since"], form["every_minutes"]] if isinstance(adapter, Listens) else [],
        "listens": isinstance(adapter, Listens),
        "may_try": isinstance(adapter, Listens) or inbox.kind == "notice",
        "state": _state(inbox, now) if inbox.pk and isinstance(adapter, Listens) else None,
        "hook": _hook(inbox) if inbox.pk and inbox.kind == "hook" else None,
        "tried": tried,
        "voice": adapter.limits({}).voice,
    }
    return render(request, "listening/source.html", page, status=status)


def _tried(tried: listening.Tried) -> dict[str, Any]:
    if tried.trouble:
        return {"title": tried.trouble.label, "text": tried.detail, "tone": "late", "icon": "circle-alert", "posts": []}
    now, n = clock.now(), tried.n_found
    title = ngettext(
        "It works: %(n)s post. This is how it would stand here:",
        "It works: %(n)s posts. The newest would stand here like this:",
        n,
    )
    if not n:
        title = _("It works, and there is nothing there yet.")
    posts = [
        {
            "author": post.sender.name or _("Nobody named"),
            "is_account": post.sender.is_verified,
            "time": times.stamp(post.at, now),
            "title": post.subject,
            "text": post.text[:400],
            "url": post.public_url,
        }
        for post in tried.posts
    ]
    return {"title": title % {"n": times.count(n)} if n else title, "tone": "", "icon": "check", "posts": posts}


def _state(inbox: Inbox, now: datetime) -> dict[str, Any]:
    source = Source.objects.filter(inbox=inbox).first()
    if source is None or source.looked_at is None:
        return {"looked": _("Not looked yet"), "next": _next(source, now), "trouble": None, "n_new": ""}
    n = source.n_new
    trouble = None
    if source.trouble:
        since = times.stamp(source.trouble_since or now, now)
        trouble = {
            "title": Trouble(source.trouble).label,
            "text": _("Since %(when)s. We keep trying, each time a little later; nothing that was heard is lost.")
            % {"when": since},
            "detail": source.trouble_detail,
        }
    found = ngettext("%(n)s new post", "%(n)s new posts", n) % {"n": times.count(n)}
    return {
        "looked": times.stamp(source.looked_at, now),
        "next": _next(source, now),
        "n_new": "" if trouble else found,
        "trouble": trouble,
    }


def _next(source: Source | None, now: datetime) -> str:
    if source is None or source.next_look_at is None or not source.inbox.is_enabled:
        return _("None planned")
    return _("Now") if source.next_look_at <= now else times.stamp(source.next_look_at, now)


def _hook(inbox: Inbox) -> dict[str, str]:
    try:
        secret = secrets.unseal(str(inbox.setting("secret_sealed")))
    except SecretLost:
        secret = ""
    return {"url": settings.PUBLIC_URL + reverse("listening-hook", args=[inbox.public_key]), "secret": secret}


def _line(inbox: Inbox, now: datetime) -> Line:
    said, tone = _doing(inbox, now)
    return Line(
        name=inbox.name,
        kind=channels.name(inbox.kind),
        icon=channels.icon(inbox.kind),
        url=reverse("listening:source", args=[inbox.pk]),
        said=said,
        tone=tone,
    )


def _doing(inbox: Inbox, now: datetime) -> tuple[str, str]:
    source: Source | None = getattr(inbox, "source", None)
    if not inbox.is_enabled:
        return _("Not in use"), ""
    if source and source.trouble:
        return str(Trouble(source.trouble).label), "late"
    if not isinstance(registry.adapter(inbox.kind), Listens):
        return _("Waits for what is told"), ""
    if source is None or source.ok_at is None:
        return _("Not looked yet"), ""
    return _("Looked %(when)s") % {"when": times.stamp(source.ok_at, now)}, ""


def _kind(kind: str) -> Line:
    return Line(
        name=channels.name(kind),
        kind=kind,
        icon=channels.icon(kind),
        url=reverse("listening:new", args=[kind]),
        said=str(KINDS[kind]),
    )
