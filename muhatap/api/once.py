"""Acts that may be asked for twice and are done once: the Idempotency-Key header, and If-Match for changes."""

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Status
from ninja.responses import NinjaJSONEncoder

from muhatap.accounts import api_requests
from muhatap.api.keyed import key_of, needs
from muhatap.api.problems import Problem
from muhatap.shared import clock

HEADER, LONGEST = "Idempotency-Key", 255
View = TypeVar("View", bound=Callable[..., Any])
PARAMETER = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[!-~]+$"},
    "description": "A name of your own for this request. Sent again within 24 hours, it gets the same answer and nothing is done twice.",
}


def acts(scope: str, permission: str) -> dict[str, Any]:
    """What an endpoint says of itself that does something once."""
    told = needs(scope, permission)
    return told | {"openapi_extra": told["openapi_extra"] | {"parameters": [PARAMETER]}}


def once(view: View) -> View:
    """An act and the memory of its answer in one transaction. What was refused is not remembered: mend it and send it again.

    Raises Problem when the header names another request.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **values: Any) -> Any:
        name = request.headers.get(HEADER)
        with transaction.atomic():
            if name is None:
                return view(request, *args, **values)
            claim = _claim(request, name)
            if not claim.is_first:
                return Status(claim.request.status, claim.request.answer)
            answer = view(request, *args, **values)
            status, told = (answer.status_code, answer.value) if isinstance(answer, Status) else (200, answer)
            api_requests.keep(claim.request, status=status, answer=_plain(told))
            return answer

    return answered  # type: ignore[return-value]


def etag(told: Mapping[str, Any]) -> str:
    """The same for the same content, whoever reads it."""
    return f'"{hashlib.sha256(json.dumps(_plain(told), sort_keys=True).encode()).hexdigest()[:32]}"'


def check_unchanged(request: HttpRequest, told: Mapping[str, Any]) -> None:
    """Raises Problem when If-Match names another state than this one."""
    wanted = request.headers.get("If-Match", "")
    if wanted and wanted != "*" and etag(told) not in [one.strip() for one in wanted.split(",")]:
        detail = _("It was changed after you read it. Nothing was done; read it again.")
        raise Problem(HTTPStatus.PRECONDITION_FAILED, "changed_meanwhile", detail)


def _claim(request: HttpRequest, name: str) -> api_requests.Claim:
    if not (0 < len(name) <= LONGEST and name.isascii() and name.isprintable()):
        detail = _("A key has 1 to %(n)s printable ASCII characters.") % {"n": LONGEST}
        raise Problem(422, "wrong_values", detail, errors={f"header/{HEADER}": detail})
    try:
        return api_requests.claim(key=key_of(request), name=name, fingerprint=_fingerprint(request), at=clock.now())
    except api_requests.OtherRequest as error:
        detail = _("This key was used for another request. Nothing was done.")
        raise Problem(422, "key_used_otherwise", detail, errors={f"header/{HEADER}": detail}) from error


def _fingerprint(request: HttpRequest) -> str:
    asked = f"{request.method} {request.get_full_path()}\n".encode("utf-8", "replace") + request.body
    return hashlib.sha256(asked).hexdigest()


def _plain(told: Any) -> Any:
    return json.loads(json.dumps(told, cls=NinjaJSONEncoder))
