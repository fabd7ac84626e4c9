"""Tries per minute, counted by allauth, for pages of ours where somebody could guess."""

from collections.abc import Callable
from typing import cast

from allauth.account.utils import perform_login
from allauth.decorators import rate_limit
from django.http import HttpRequest, HttpResponse

from muhatap.accounts.models import User
from muhatap.web.common.doors import View


def limited(action: str) -> Callable[[View], View]:
    """The limit of this name in allauth's table."""
    return cast(Callable[[View], View], rate_limit(action=action))


def enter(request: HttpRequest, user: User) -> HttpResponse:
    """Log somebody in who just set their password; a second factor, if they have one, is still asked."""
    return cast(HttpResponse, perform_login(request, user, redirect_url="/"))
