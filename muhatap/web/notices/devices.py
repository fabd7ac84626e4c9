"""Browsers that may be reached while no page is open, and trying whether one hears of anything."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from muhatap.notices import pushing, webpush
from muhatap.shared import clock
from muhatap.web.common.doors import needs, visitor


@require_POST
@needs("account.own")
def subscribe(request: HttpRequest) -> HttpResponse:
    """This browser may be reached; it says so again after every login."""
    try:
        pushing.subscribe(
            user=visitor(request),
            session_key=request.session.session_key or "",
            endpoint=request.POST.get("endpoint", ""),
            public_key=request.POST.get("key", ""),
            secret=request.POST.get("secret", ""),
            at=clock.now(),
        )
    except (pushing.NoAddress, webpush.BadKey):
        return JsonResponse({"said": _("This browser gave us no address we can push to.")}, status=422)
    return JsonResponse({"said": _("This device will be told, also when no page is open.")})


@require_POST
@needs("account.own")
def unsubscribe(request: HttpRequest) -> HttpResponse:
    pushing.unsubscribe(user=visitor(request), endpoint=request.POST.get("endpoint", ""))
    return JsonResponse({"said": _("This device is no longer told.")})


@require_POST
@needs("account.own")
def try_it(request: HttpRequest) -> HttpResponse:
    """A push to every device of the reader; the page itself shows what the browser shows."""
    content = {
        "title": _("A trial"),
        "text": _("This is what a notification looks like."),
        "url": reverse("notices:preferences"),
        "tag": "trial",
    }
    n = pushing.send(user=visitor(request), content=content, at=clock.now())
    said = (
        ngettext("Sent to %(n)s device.", "Sent to %(n)s devices.", n) % {"n": n}
        if n
        else _("No device is set up for pushes yet.")
    )
    return JsonResponse({"said": said, **content})
