"""The everyday API under /api/v1/: one file a noun, put together and described here."""

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.operation import Operation

from muhatap.api import (
    cases,
    contacts,
    conversations,
    costs,
    directory,
    feedback,
    files,
    follow_ups,
    messages,
    promises,
)
from muhatap.api.problems import MEDIA_TYPE, Problem, answer_with_problems

log = logging.getLogger(__name__)
DESCRIPTION = """
Every request carries a key: `Authorization: Bearer mhtp_…`. A key acts as a member of staff: it does what their role allows,
sees what they see, and no more than its scopes. Lists come in pages: `next` is the `cursor` of the next one. A request that
does something takes an `Idempotency-Key`, so that sending it again is safe. Errors are `application/problem+json` (RFC 9457).
A key has 100 requests at once and 600 a minute; beyond that the answer is 429 with `Retry-After`.
""".strip().replace("\n", " ")


class Everyday(NinjaAPI):
    """Describes problems by their own media type, and operations by short names that stay."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        room = operation.view_func.__module__.rpartition(".")[2]
        return f"{room}_{operation.view_func.__name__}"

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> Any:
        schema = super().get_openapi_schema(*args, **kwargs)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, response in operation["responses"].items():
                    if int(status) >= 400 and "content" in response:
                        response["content"] = {MEDIA_TYPE: next(iter(response["content"].values()))}
        return schema


api = Everyday(
    title="Muhatap",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api-v1",
    docs_url=None,
    openapi_url="/openapi.json",
)
answer_with_problems(api)
api.add_router("/conversations", conversations.router)
api.add_router("", messages.router)
api.add_router("/contacts", contacts.router)
api.add_router("/files", files.router)
api.add_router("/promises", promises.router)
api.add_router("", cases.router)
api.add_router("", costs.router)
api.add_router("", feedback.router)
api.add_router("/follow-ups", follow_ups.router)
api.add_router("", directory.router)


@api.exception_handler(Exception)
def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    log.exception("the API failed at %s %s", request.method, request.path)
    detail = _("This was our fault. Nothing was done; it is safe to send the request again.")
    return Problem(500, "fault", detail).response()


@csrf_exempt
def unknown(request: HttpRequest, rest: str) -> HttpResponse:
    """Whatever else is asked under this address."""
    return Problem(404, "no_such_address", _("The API has no such address.")).response()
