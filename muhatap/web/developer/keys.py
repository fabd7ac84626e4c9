"""Making and revoking API keys."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from muhatap.accounts import api_keys, staffing
from muhatap.accounts.models import ApiKey
from muhatap.shared import clock
from muhatap.web.common.doors import needs, visitor
from muhatap.web.developer.forms import KeyForm


@never_cache
@needs("developer.edit")
def new(request: HttpRequest) -> HttpResponse:
    """The key is on the answer itself, once: kept for a redirect it would be a key kept."""
    by, at = visitor(request), clock.now()
    form = KeyForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        told, lifetime = form.cleaned_data, form.lifetime()
        made = api_keys.create(
            name=told["name"],
            user=told["user"],
            scopes=told["scopes"],
            expires_at=at + lifetime if lifetime else None,
            by=by,
            at=at,
        )
        example = f'curl -H "Authorization: Bearer {made.token}" {request.build_absolute_uri("/api/v1/me")}'
        return render(request, "developer/key_made.html", {"made": made, "example": example})
    return render(request, "developer/key.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@needs("developer.edit")
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    key = get_object_or_404(ApiKey.objects.select_related("user"), pk=pk)
    try:
        api_keys.revoke(key=key, by=visitor(request), at=clock.now())
    except staffing.OwnersOnly:
        messages.error(request, _("Only an owner can revoke a key that acts as one."))
    else:
        messages.success(request, _("Revoked. The key opens nothing from now on."))
    return redirect("developer:index")
