"""One's own account."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from muhatap.accounts import preferences, sessions
from muhatap.accounts.models import User
from muhatap.shared import clock
from muhatap.web.accounts import devices, language
from muhatap.web.accounts.forms import Me
from muhatap.web.common.doors import needs, visitor


@needs("account.own")
def show(request: HttpRequest) -> HttpResponse:
    user = visitor(request)
    form = Me(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        preferences.change(user=user, **form.cleaned_data, at=clock.now())
        with override(user.language):
            messages.success(request, _("Saved."))
        return _with_choices(redirect("accounts:me"), user)
    return render(request, "accounts/me.html", _page(request, form), status=422 if form.errors else 200)


@needs("account.own")
def security(request: HttpRequest) -> HttpResponse:
    """Where allauth sends people after a change of their factors."""
    return redirect("accounts:me")


@require_POST
@needs("account.own")
def end_sessions(request: HttpRequest) -> HttpResponse:
    user = visitor(request)
    sessions.end_others(user=user, keep=request.session.session_key, at=clock.now())
    messages.success(request, _("You are logged out everywhere else."))
    return redirect("accounts:me")


def _page(request: HttpRequest, form: Me) -> dict[str, Any]:
    user = visitor(request)
    factors = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return {
        "form": form,
        "has_totp": Authenticator.Type.TOTP in factors,
        "has_codes": Authenticator.Type.RECOVERY_CODES in factors,
        "n_passkeys": factors.count(Authenticator.Type.WEBAUTHN),
        "sessions": devices.of(sessions.of(user), request.session.session_key),
    }


def _with_choices(response: HttpResponse, user: User) -> HttpResponse:
    """The cookies of this browser follow, or they would win over what was just chosen."""
    language.keep(response, user.language)
    if user.theme:
        response.set_cookie("theme", user.theme, max_age=language.YEAR, samesite="Lax")
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response
