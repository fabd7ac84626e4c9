"""Files and pictures of messages: only for those who see the conversation, never executed."""

from django.core.signing import BadSignature, loads
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from muhatap.conversations.models import Attachment, Message
from muhatap.shared import clock, files, outgoing
from muhatap.web.common.doors import needs, visitor
from muhatap.web.inbox import bodies, entries
from muhatap.web.inbox.pages import find

LOCKED = "default-src 'none'; sandbox"
A_DAY = "private, max-age=86400"


@needs("conversations.read")
def file(request: HttpRequest, number: int) -> HttpResponse | FileResponse:
    """An attachment: pictures may be shown, everything else is only saved."""
    attachment = get_object_or_404(Attachment.objects.select_related("message"), pk=number)
    find(request, attachment.message.conversation_id)
    try:
        content = files.opened(attachment.sha256)
    except FileNotFoundError as error:
        raise Http404 from error
    shows = attachment.type in bodies.SAFE_TO_SHOW and "download" not in request.GET
    kind = attachment.type if shows else "application/octet-stream"
    answer = FileResponse(content, as_attachment=not shows, filename=attachment.name, content_type=kind)
    answer["Content-Security-Policy"], answer["Cache-Control"] = LOCKED, A_DAY
    return answer


@needs("conversations.read")
def images(request: HttpRequest, message: int) -> HttpResponse:
    """The letter again, with its remote pictures, because somebody asked for them."""
    letters = Message.objects.filter(kind__in=[Message.Kind.INBOUND, Message.Kind.OUTBOUND], inbox__kind="email")
    found = get_object_or_404(
        letters.select_related("inbox", "contact", "by").prefetch_related("attachments"), pk=message
    )
    find(request, found.conversation_id)
    return render(
        request,
        "inbox/_message_letter.html",
        {"message": entries.with_remote_images(found, entries.Reader(visitor(request), clock.now()))},
    )


@needs("conversations.read")
def image(request: HttpRequest, message: int) -> HttpResponse:
    """One remote picture, fetched by us from the public net only; its address was signed when the letter was shown."""
    found = get_object_or_404(Message, pk=message)
    find(request, found.conversation_id)
    try:
        address = loads(request.GET.get("u", ""), salt=bodies.IMAGE_SALT)
        picture = outgoing.picture(address)
    except (BadSignature, outgoing.Refused) as error:
        raise Http404 from error
    answer = HttpResponse(picture.content, content_type=picture.type)
    answer["Content-Security-Policy"], answer["Cache-Control"] = LOCKED, A_DAY
    return answer
