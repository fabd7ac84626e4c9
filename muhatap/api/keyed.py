"""Who asks: the key of a program, the member of staff it acts as, what both may, and how often."""

from datetime import datetime
from http import HTTPStatus
from typing import Any, cast

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from muhatap.accounts import api_keys
from muhatap.accounts.models import ApiKey, User
from muhatap.accounts.permissions import PERMISSIONS, may
from muhatap.api import shapes
from muhatap.api.problems import Problem
from muhatap.shared import clock
from muhatap.shared.limits import BUCKETS, Limit

REQUESTS = Limit(burst=100, per_minute=600)  # of one key, in each web process
STRANGERS = Limit(burst=30, per_minute=60)  # of one address without a valid key: guessing is slow
LARGEST_JSON = 1024 * 1024
PROBLEMS: Any = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 429), shapes.Problem)


class ApiKeyAuth(HttpBearer):
    """Lets a key in that has the scope, of somebody whose role has the permission. Raises Problem."""

    openapi_description = "A key made under Settings → Developers: `Authorization: Bearer mhtp_…`"

    def __init__(self, scope: str, permission: str) -> None:
        if permission not in PERMISSIONS or (scope and scope not in api_keys.SCOPES):
            raise KeyError(scope, permission)
        self.scope, self.permission = scope, permission
        super().__init__()

    def __call__(self, request: HttpRequest) -> Any:
        found = super().__call__(request)
        if found is None:
            _slow_down("api stranger", str(request.META.get("REMOTE_ADDR", "")), STRANGERS)
        return found

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        at = clock.now()
        key = api_keys.by_token(token, at=at)
        if key is None:
            return None
        if key.user.language in ("tr", "en"):
            translation.activate(key.user.language)  # the middleware around every request puts the language back
        _slow_down("api key", str(key.pk), REQUESTS)
        _check_size(request)
        self._check(key)
        api_keys.note_use(key, at=at)
        return key

    def _check(self, key: ApiKey) -> None:
        if self.scope and self.scope not in key.scopes:
            detail = _("This key was not given the scope %(scope)s.") % {"scope": self.scope}
            raise Problem(HTTPStatus.FORBIDDEN, "no_scope", detail)
        check_permission(key.user, self.permission)


def needs(scope: str, permission: str) -> dict[str, Any]:
    """What every endpoint says of itself: the scope a key needs, and the permission of the user it acts as."""
    told = {"x-scope": scope, "x-permission": permission}
    return {"auth": ApiKeyAuth(scope, permission), "openapi_extra": told}


def check_permission(user: User, permission: str) -> None:
    """Raises Problem."""
    if not may(user, permission):
        raise Problem(
            HTTPStatus.FORBIDDEN, "no_permission", _("The role of %(name)s does not allow this.") % {"name": user}
        )


def check_scope(request: HttpRequest, scope: str) -> None:
    """Raises Problem."""
    if scope not in key_of(request).scopes:
        detail = _("This key was not given the scope %(scope)s.") % {"scope": scope}
        raise Problem(HTTPStatus.FORBIDDEN, "no_scope", detail)


def key_of(request: HttpRequest) -> ApiKey:
    return cast(ApiKey, request.auth)  # type: ignore[attr-defined]


def user_of(request: HttpRequest) -> User:
    """The member of staff this request acts as."""
    return key_of(request).user


def asked(request: HttpRequest) -> tuple[User, datetime]:
    """Who acts, and when."""
    return user_of(request), clock.now()


def _slow_down(kind: str, key: str, limit: Limit) -> None:
    wait = BUCKETS.take(kind, key, limit)
    if wait:
        detail = _("Too many requests. Come again after the seconds that Retry-After names.")
        raise Problem(HTTPStatus.TOO_MANY_REQUESTS, "too_many", detail, wait=wait)


def _check_size(request: HttpRequest) -> None:
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    is_form = (request.content_type or "").startswith("multipart/")
    if not length.isdigit() or (int(length) > LARGEST_JSON and not is_form):
        detail = _("A body holds at most %(n)s KB.") % {"n": LARGEST_JSON // 1024}
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", detail)
