"""Files: put up to be sent with a message, and fetched by those who see the conversation."""

from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import File, Router, Status
from ninja.files import UploadedFile

from muhatap.api import conversation_shapes, shapes
from muhatap.api.keyed import PROBLEMS, needs, user_of
from muhatap.api.problems import Problem, not_found, wrong
from muhatap.channels.contract import FileRef
from muhatap.channels.email import content
from muhatap.conversations.models import Attachment
from muhatap.conversations.visibility import visible_to
from muhatap.shared import files
from muhatap.shared.text import without_nul

router = Router(tags=["files"])
UPLOAD = "api.file"
UPLOAD_HOLDS = timedelta(days=1)
LONGEST_NAME = 200
BINARY = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


def _described() -> dict[str, Any]:
    told = needs("conversations:read", "conversations.read")
    return told | {"openapi_extra": told["openapi_extra"] | {"responses": {200: {"content": BINARY}}}}


@router.post(
    "", **needs("conversations:write", "conversations.note"), response={201: conversation_shapes.Upload} | PROBLEMS
)
def upload(request: HttpRequest, file: File[UploadedFile]) -> Status[Any]:
    """Put up a file of at most the installation's largest size (25 MB, if nobody changed it). Its `id` holds for a day."""
    if (file.size or 0) > settings.MAX_UPLOAD_BYTES:
        detail = _("This file is larger than %(n)s MB.") % {"n": settings.MAX_UPLOAD_BYTES // 1024**2}
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", detail, errors={"#/file": detail})
    sha256, size = files.store(file.chunks())
    with files.opened(sha256) as stored:
        kind = content.kind(stored.read(4096)) or "application/octet-stream"
    told = {"n": without_nul(file.name or "file")[-LONGEST_NAME:], "t": kind, "s": size, "h": sha256}
    told |= {"u": user_of(request).pk}
    return Status(201, {"id": signing.dumps(told, salt=UPLOAD), "name": told["n"], "type": kind, "size": size})


@router.get("/{number}", **_described(), response={200: None} | PROBLEMS)
def download(request: HttpRequest, number: shapes.Number) -> HttpResponseBase:
    """The bytes of a message's file. Always to be saved, never to be shown by a browser."""
    found = Attachment.objects.filter(message__conversation__in=visible_to(user_of(request)), pk=number).first()
    if found is None:
        raise not_found()
    try:
        opened = files.opened(found.sha256)
    except FileNotFoundError as error:
        raise not_found() from error
    answer = FileResponse(opened, as_attachment=True, filename=found.name, content_type="application/octet-stream")
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def put_up(request: HttpRequest, ids: Sequence[str]) -> list[FileRef]:
    """The files of these ids, put up by the same user. Raises Problem."""
    return [_put_up(request, id, place) for place, id in enumerate(ids)]


def _put_up(request: HttpRequest, id: str, place: int) -> FileRef:
    try:
        told = signing.loads(id, salt=UPLOAD, max_age=UPLOAD_HOLDS)
    except signing.BadSignature as error:
        raise wrong(**{f"files/{place}": _lost()}) from error
    if told["u"] != user_of(request).pk:
        raise wrong(**{f"files/{place}": _lost()})
    return FileRef(name=told["n"], type=told["t"], size=told["s"], sha256=told["h"])


def _lost() -> str:
    return _("There is no such file, or it was put up more than a day ago. Put it up again.")
