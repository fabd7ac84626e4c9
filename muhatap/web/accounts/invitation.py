"""Behind an invitation's link somebody sets their own password."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from muhatap.accounts import inviting
from muhatap.shared import clock
from muhatap.web.accounts.forms import FirstPassword
from muhatap.web.accounts.limits import enter, limited


@never_cache
@sensitive_post_parameters("password")
@limited("reset_password_from_key")
def accept(request: HttpRequest, token: str) -> HttpResponse:
    invitation = inviting.living(token, at=clock.now())
    if invitation is None:
        return _dead(request)
    form = FirstPassword(request.POST or None, user=invitation.user)
    if request.method == "POST" and form.is_valid():
        try:
            user = inviting.accept(token=token, password=form.cleaned_data["password"], at=clock.now())
        except inviting.LinkDead:
            return _dead(request)
        return enter(request, user)
    page = {"form": form, "invited": invitation.user}
    return render(request, "accounts/invitation.html", page, status=422 if form.errors else 200)


def _dead(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/invitation_dead.html", status=410)
