"""The first page of a new installation: its owner is made here, once, with the word from the console."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from muhatap.accounts import founding
from muhatap.shared import clock
from muhatap.web.accounts.forms import Founder
from muhatap.web.accounts.limits import enter, limited


@never_cache
@sensitive_post_parameters("password", "word")
@limited("login")
def setup(request: HttpRequest) -> HttpResponse:
    if not founding.is_open():
        return redirect("account_login")
    form = Founder(request.POST or None, initial={"word": request.GET.get("word", "")})
    if request.method == "POST" and form.is_valid():
        try:
            owner = founding.found(**form.cleaned_data, language=get_language() or "tr", at=clock.now())
        except founding.WrongWord:
            form.add_error("word", _("This is not the word on the console of this start."))
        except founding.AlreadyFounded:
            return redirect("account_login")
        else:
            return enter(request, owner)
    return render(request, "accounts/setup.html", {"form": form}, status=422 if form.errors else 200)
