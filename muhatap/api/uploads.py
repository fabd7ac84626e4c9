"""Files in the chat: visitors put them up after a check, and fetch them by a signed, short-lived link."""

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Router
from ninja.files import UploadedFile

from muhatap.api import chat_shapes as shapes
from muhatap.api.visitors import Problem, hold_back
from muhatap.channels.webchat import uploads
from muhatap.channels.webchat.models import ChatFile, ChatSession
from muhatap.channels.webchat.widget import WidgetSettings, settings_of
from muhatap.shared import clock, files
from muhatap.shared.limits import Limit

router = Router()
FILES = Limit(burst=10, per_minute=20)
LINK = "chat.file"
LINK_HOLDS = timedelta(days=1)


def largest(widget: WidgetSettings) -> int:
    """Bytes: what the inbox allows, never more than the installation does."""
    return min(widget.max_file_mb * 1024 * 1024, int(settings.MAX_UPLOAD_BYTES))


def link(session: ChatSession, file: Mapping[str, Any]) -> str:
    """An address that opens this one file for a day; whoever reads the visitor's lines gets a fresh one."""
    told = {"s": session.pk, "h": file["sha256"], "n": file["name"], "t": file["type"]}
    return f"/chat/v1/files/{signing.dumps(told, salt=LINK, compress=True)}"


def keep(request: HttpRequest, session: ChatSession, file: UploadedFile) -> ChatFile:
    """Check and keep one file. Raises Problem."""
    hold_back(request, "files", FILES, session.visitor_id)
    most = largest(settings_of(session.inbox.settings))
    try:
        return uploads.keep(session=session, name=file.name or "", chunks=file.chunks(), largest=most, at=clock.now())
    except uploads.TooLarge as error:
        message = _("This file is larger than %(n)s MB. Choose a smaller one.") % {"n": most // 1024 // 1024}
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", message, fields={"file": message}) from error
    except uploads.WrongType as error:
        message = _("This kind of file is not taken. Pictures, PDF, Word, Excel and text are.")
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "wrong_type", message, fields={"file": message}) from error


@router.get("/files/{ticket}", response={200: None, 404: shapes.Wrong}, summary="Fetch one file by its signed link")
def fetch(request: HttpRequest, ticket: str) -> HttpResponseBase:
    try:
        told = signing.loads(ticket, salt=LINK, max_age=LINK_HOLDS)
        content = files.opened(told["h"])
    except (signing.BadSignature, FileNotFoundError) as error:
        message = _("This link has run out. Open the chat again to get a new one.")
        raise Problem(HTTPStatus.NOT_FOUND, "no_file", message) from error
    is_shown = told["t"] in uploads.SHOWN_INLINE
    response = FileResponse(
        content,
        as_attachment=not is_shown,
        filename=told["n"],
        content_type=told["t"] if is_shown else "application/octet-stream",
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response
