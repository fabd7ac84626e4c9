"""The one place where pages ask who may enter."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django_htmx.http import HttpResponseClientRedirect

from muhatap.accounts.models import User
from muhatap.accounts.permissions import PERMISSIONS, may
from muhatap.accounts.remembering import once, remember
from muhatap.contacts.models import Contact

View = Callable[..., HttpResponseBase]


def needs(permission: str) -> Callable[[View], View]:
    """Only for logged-in staff whose role may do this; others are sent to log in, or told so. Marks the view for the test that walks all pages."""
    if permission not in PERMISSIONS:
        raise KeyError(permission)

    def guard(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_login(request)
            if not may(visitor(request), permission):
                return render(request, "403.html", status=403)
            remember(visitor(request))
            try:
                return view(request, *args, **kwargs)
            except Contact.DoesNotExist as error:  # an undo took the contact along while it was changed
                raise Http404 from error

        entered.permission = permission  # type: ignore[attr-defined]
        return entered

    return guard


def visitor(request: HttpRequest) -> User:
    """The logged-in member of staff behind a guarded request."""
    return cast(User, request.user)


def customer(request: HttpRequest, number: int) -> Contact:
    """The contact of this number, or whom they were merged into; read once for all parts of a page. Raises Http404."""
    return once(visitor(request), f"contact {number}", lambda _user: get_object_or_404(Contact, pk=number).standing())


def _to_login(request: HttpRequest) -> HttpResponse:
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(redirect_to_login("/").url)
    return redirect_to_login(request.get_full_path())
