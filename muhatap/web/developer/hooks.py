"""Making and changing webhooks."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.flow import telling
from muhatap.shared import clock
from muhatap.web.common.doors import needs, visitor
from muhatap.web.developer.forms import HookForm
from muhatap.webhooks import endpoints
from muhatap.webhooks.models import WebhookEndpoint


@needs("developer.edit")
def new(request: HttpRequest) -> HttpResponse:
    form = HookForm(request.POST or None, initial={"events": ["message.created", "conversation.resolved"]})
    if request.method == "POST" and form.is_valid():
        try:
            made = endpoints.create(**form.cleaned_data, by=visitor(request), at=clock.now())
        except endpoints.BadAddress as error:
            form.add_error("url", str(error))
        else:
            messages.success(request, _("Saved. Copy the secret to the other system, then send a test."))
            return redirect("developer:webhook", made.pk)
    return render(request, "developer/hook.html", {"form": form}, status=422 if form.errors else 200)


@needs("developer.edit")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    hook = get_object_or_404(WebhookEndpoint, pk=pk)
    form = HookForm(request.POST or None, initial={"name": hook.name, "url": hook.url, "events": hook.events})
    if request.method == "POST" and form.is_valid():
        try:
            endpoints.revise(endpoint=hook, **form.cleaned_data, by=visitor(request), at=clock.now())
        except endpoints.BadAddress as error:
            form.add_error("url", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("developer:webhook", pk)
    return render(request, "developer/hook.html", {"form": form, "hook": hook}, status=422 if form.errors else 200)


@require_POST
@needs("developer.edit")
def rotate(request: HttpRequest, pk: int) -> HttpResponse:
    endpoints.rotate(endpoint=get_object_or_404(WebhookEndpoint, pk=pk), by=visitor(request), at=clock.now())
    messages.success(request, _("There is a new secret. For 24 hours everything is signed with both."))
    return redirect("developer:webhook", pk)


@require_POST
@needs("developer.edit")
def test(request: HttpRequest, pk: int) -> HttpResponse:
    hook = get_object_or_404(WebhookEndpoint, pk=pk)
    if hook.is_on:
        telling.tell_test(endpoint=hook, at=clock.now())
        messages.success(request, _("A test event is on its way. What was answered stands below in a moment."))
    else:
        messages.error(request, _("Nothing was sent: this webhook is off. Turn it on first."))
    return redirect("developer:webhook", pk)


@require_POST
@needs("developer.edit")
def turn_on(request: HttpRequest, pk: int) -> HttpResponse:
    endpoints.turn_on(endpoint=get_object_or_404(WebhookEndpoint, pk=pk), by=visitor(request), at=clock.now())
    messages.success(request, _("On. What had failed can be sent again below."))
    return redirect("developer:webhook", pk)


@require_POST
@needs("developer.edit")
def turn_off(request: HttpRequest, pk: int) -> HttpResponse:
    hook, because = get_object_or_404(WebhookEndpoint, pk=pk), endpoints.Off.PERSON
    if hook.is_on:
        endpoints.turn_off(endpoint=hook, because=because, by=visitor(request), at=clock.now())
    messages.success(request, _("Off. Nothing is sent there any more."))
    return redirect("developer:webhook", pk)


@require_POST
@needs("developer.edit")
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    hook = get_object_or_404(WebhookEndpoint, pk=pk)
    endpoints.delete(endpoint=hook, by=visitor(request), at=clock.now())
    messages.success(request, _("%(name)s was deleted with its log.") % {"name": hook.name})
    return redirect("developer:index")
