"""Web chat: making and changing a widget, the tag to put on the site, and the secret of signed identities."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.channels import inboxes
from muhatap.channels.models import Inbox
from muhatap.channels.webchat.widget import new_public_key, new_secret, settings_of
from muhatap.shared import clock, secrets
from muhatap.web.common.doors import needs, visitor
from muhatap.web.settings import keeping
from muhatap.web.settings.chat_forms import DAYS, ChatForm


@needs("inboxes.edit")
def new(request: HttpRequest) -> HttpResponse:
    return _edited(request, Inbox(kind="webchat", public_key=new_public_key()))


@needs("inboxes.edit")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edited(request, get_object_or_404(Inbox, pk=pk, kind="webchat"))


@require_POST
@needs("inboxes.edit")
def renew_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a new secret and show it this once. What was signed with the old one holds no more."""
    inbox = get_object_or_404(Inbox.objects.select_related("team"), pk=pk, kind="webchat")
    secret = new_secret()
    inboxes.save(
        inbox=inbox,
        name=inbox.name,
        address=inbox.address,
        settings={**inbox.settings, "identity_secret_sealed": secrets.seal(secret)},
        team=inbox.team,
        agents=inbox.agents.all(),
        is_enabled=inbox.is_enabled,
        by=visitor(request),
        at=clock.now(),
    )
    return _page(request, ChatForm(inbox=inbox), secret=secret)


def _edited(request: HttpRequest, inbox: Inbox) -> HttpResponse:
    form = ChatForm(request.POST or None, inbox=inbox)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=422 if form.errors else 200)
    is_new = not inbox.pk
    saved = keeping.keep(form, by=visitor(request), at=clock.now())
    if saved is None:
        return _page(request, form, status=422)
    messages.success(request, _("Saved. Copy the tag below into your pages.") if is_new else _("Saved."))
    return redirect("settings:chat", saved.pk)


def _page(request: HttpRequest, form: ChatForm, *, secret: str = "", status: int = 200) -> HttpResponse:
    sections = [
        ("", ("name", "team", "agents", "is_enabled")),
        (_("Where it opens"), ("origins",)),
        (
            _("Appearance and texts"),
            ("accent", "theme", "position", "language", "greeting_tr", "greeting_en", "privacy_url"),
        ),
        (_("What is asked"), ("ask_name", "ask_email", "max_file_mb")),
        (_("Hours"), ("has_hours", *DAYS)),
        (_("When the visitor has left"), ("email_inbox", "away_minutes")),
    ]
    inbox = form.inbox
    page = {
        "form": form,
        "inbox": inbox if inbox.pk else None,
        "sections": [(title, [form[name] for name in names]) for title, names in sections],
        "tag": _tag(inbox),
        "policy": f"script-src {settings.PUBLIC_URL}; connect-src {settings.PUBLIC_URL}",
        "has_secret": bool(settings_of(inbox.settings).identity_secret),
        "secret": secret,
    }
    return render(request, "settings/chat.html", page, status=status)


def _tag(inbox: Inbox) -> str:
    """What the firm copies into its pages."""
    language = settings_of(inbox.settings).language
    told = f' data-lang="{language}"' if language else ""
    return f'<script src="{settings.PUBLIC_URL}/embed/chat.js" data-inbox="{inbox.public_key}"{told} async></script>'
