"""The visitors' door: what the chat widget asks. Every error is JSON, in the visitor's language."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import File, NinjaAPI, Status
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.files import UploadedFile
from ninja.security import HttpBearer

from muhatap.api import chat_rating, live_visitors, uploads
from muhatap.api import chat_shapes as shapes
from muhatap.api.visitors import Problem, admit, hold_back, problem
from muhatap.channels.models import Inbox
from muhatap.channels.webchat import hours, lines, sessions, signed
from muhatap.channels.webchat.models import ChatLine, ChatSession
from muhatap.channels.webchat.uploads import KINDS, of_session
from muhatap.channels.webchat.widget import settings_of
from muhatap.flow import chatting, visitors
from muhatap.shared import clock
from muhatap.shared.address import is_plausible
from muhatap.shared.limits import Limit
from muhatap.shared.text import without_nul
from muhatap.triggers import inviting

# By address: many customers may share one (mobile networks, offices). By visitor: one person types.
LOOKS = Limit(burst=300, per_minute=600)
LOOK_HOLDS = 60  # seconds
STARTS = Limit(burst=60, per_minute=60)
MESSAGES_OF_ADDRESS = Limit(burst=300, per_minute=600)
MESSAGES = Limit(burst=20, per_minute=60)
READS = Limit(burst=60, per_minute=240)
SIGNS = Limit(burst=30, per_minute=120)


class VisitorToken(HttpBearer):
    """The browser's own token opens its own session, on the firm's own sites."""

    def authenticate(self, request: HttpRequest, token: str) -> ChatSession | None:
        session = sessions.by_token(token)
        if session:
            admit(request, session.inbox)
            _check_signature(session)
        return session


api = NinjaAPI(
    title="Muhatap web chat",
    version="1",
    description="What the chat widget speaks. Errors carry a code, a sentence for the visitor, and what to mend by field.",
    urls_namespace="chat",
    docs_url=None,
)
TOKEN = VisitorToken()
WRONG: Any = {
    400: shapes.Wrong,
    401: shapes.Wrong,
    403: shapes.Wrong,
    413: shapes.Wrong,
    422: shapes.Wrong,
    429: shapes.Wrong,
}


@api.get("/inboxes/{key}", response={200: shapes.Look, 404: shapes.Wrong} | WRONG, summary="How the widget looks")
def look(request: HttpRequest, response: HttpResponse, key: str, lang: shapes.Language = "") -> dict[str, Any]:
    """Asked by every page the widget is on, before anybody chats: one row read, nothing written; the browser keeps it for a minute."""
    hold_back(request, "looks", LOOKS)
    inbox = _inbox(request, key)
    response.headers["Cache-Control"] = f"public, max-age={LOOK_HOLDS}"
    return _look(inbox, lang or translation.get_language() or "tr")


@api.post(
    "/sessions",
    response={200: shapes.Session, 404: shapes.Wrong} | WRONG,
    summary="Start or resume this browser's session",
)
def start(request: HttpRequest, data: shapes.Start) -> dict[str, Any]:
    hold_back(request, "starts", STARTS)
    inbox = _inbox(request, data.inbox)
    at = clock.now()
    widget = settings_of(inbox.settings)
    try:
        identity = signed.read(data.jwt, secret=widget.identity_secret, at=at) if data.jwt else None
        page = sessions.Page(url=data.page.url, title=data.page.title)
        opened = sessions.open(inbox=inbox, token=data.token, identity=identity, language=data.lang, page=page, at=at)
    except signed.Expired as refusal:
        raise _expired(refusal) from refusal
    except signed.Refused as refusal:
        raise Problem(HTTPStatus.UNAUTHORIZED, "identity_refused", str(refusal)) from refusal
    return _session(request, opened)


@api.post("/visitor", response={204: None, 404: shapes.Wrong} | WRONG, summary="The tracker’s visitor is this customer")
def meet(request: HttpRequest, data: shapes.Meet) -> Status[None]:
    """The signature is looked at here; whose visits they are stands on the customer's page within a minute."""
    hold_back(request, "meets", SIGNS)
    inbox, at = _inbox(request, data.inbox), clock.now()
    try:
        identity = signed.read(data.jwt, secret=settings_of(inbox.settings).identity_secret, at=at)
    except signed.Refused as refusal:
        raise Problem(HTTPStatus.UNAUTHORIZED, "identity_refused", str(refusal)) from refusal
    visitors.vouch(write_key=data.site, origin=_origin(request), visitor=data.visitor, identity=identity, at=at)
    return Status(204, None)


@api.post(
    "/invitation",
    response={200: shapes.Invitation, 204: None, 404: shapes.Wrong} | WRONG,
    summary="An invitation to talk, for a visitor we know",
)
def invite(request: HttpRequest, data: shapes.Ask) -> Any:
    """Asked by pages with tracker and chat where the visitor agreed; each invitation is given once."""
    hold_back(request, "invitations", LOOKS)
    _inbox(request, data.inbox)
    found = inviting.take(write_key=data.site, origin=_origin(request), visitor=data.visitor, at=clock.now())
    return {"text": found.text} if found else Status(204, None)


@api.post(
    "/messages", auth=TOKEN, response={200: shapes.Message} | WRONG, summary="Say something; repeat until confirmed"
)
def say(request: HttpRequest, data: shapes.Say) -> dict[str, Any]:
    session = _visitor(request)
    hold_back(request, "messages", MESSAGES, session.visitor_id)
    hold_back(request, "messages of address", MESSAGES_OF_ADDRESS)
    files = of_session(session, data.files)
    if len(files) < len(set(data.files)):
        raise _mend(files=_("A file is not here any more. Remove it and choose it again."))
    if not data.text and not files:
        raise _mend(text=_("Write something or choose a file."))
    _check_introduced(session)
    line = chatting.take(session=session, key=data.id, text=data.text, files=files, at=clock.now())
    return _message(line, session)


@api.get(
    "/messages",
    auth=TOKEN,
    response={200: shapes.Messages} | WRONG,
    summary="What was said after (or before) a message",
)
def read(
    request: HttpRequest, after: shapes.Cursor | None = None, before: shapes.Cursor | None = None
) -> dict[str, Any]:
    session = _visitor(request)
    hold_back(request, "reads", READS, session.visitor_id)
    sessions.seen([session.pk], at=clock.now())
    found = lines.after(session, after) if after is not None else lines.before(session, before)
    return _messages(session, found)


@api.post("/details", auth=TOKEN, response={200: shapes.Visitor} | WRONG, summary="Who the visitor says they are")
def introduce(request: HttpRequest, data: shapes.Introduce) -> dict[str, Any]:
    session = _visitor(request)
    hold_back(request, "details", SIGNS, session.visitor_id)
    if data.email and not is_plausible(data.email):
        raise _mend(email=_("This does not look like an e-mail address."))
    chatting.introduce(session=session, name=data.name, email=data.email, at=clock.now())
    return _person(session)


@api.post("/typing", auth=TOKEN, response={204: None} | WRONG, summary="The visitor is writing")
def typing(request: HttpRequest) -> Status[None]:
    session = _visitor(request)
    hold_back(request, "typing", SIGNS, session.visitor_id)
    chatting.visitor_types(session=session)
    return Status(204, None)


@api.post("/read", auth=TOKEN, response={204: None} | WRONG, summary="Up to which message it arrived and was read")
def mark(request: HttpRequest, data: shapes.Mark) -> Status[None]:
    session = _visitor(request)
    hold_back(request, "marks", READS, session.visitor_id)
    chatting.mark(session=session, delivered=data.delivered, read=data.read, at=clock.now())
    return Status(204, None)


@api.post(
    "/files", auth=TOKEN, response={200: shapes.KeptFile} | WRONG, summary="Put up a file, to be said with a message"
)
def keep_file(request: HttpRequest, file: File[UploadedFile]) -> dict[str, Any]:
    kept = uploads.keep(request, _visitor(request), file)
    return {"id": kept.public_id, "name": kept.name, "type": kept.type, "size": kept.size}


@api.exception_handler(Problem)
def _told(request: HttpRequest, wrong: Problem) -> HttpResponse:
    return wrong.response()


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, wrong: AuthenticationError) -> HttpResponse:
    return problem(
        HTTPStatus.UNAUTHORIZED, "no_session", _("This chat is not open in this browser any more. Start it again.")
    )


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, wrong: ValidationError) -> HttpResponse:
    fields = {str(error["loc"][-1]): _in_words(error) for error in wrong.errors}
    return _mend(**fields).response()


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, wrong: HttpError) -> HttpResponse:
    return problem(wrong.status_code, "unreadable", _("This request could not be read."))


def _inbox(request: HttpRequest, key: str) -> Inbox:
    inbox = Inbox.objects.filter(kind="webchat", is_enabled=True, public_key=without_nul(key)).first()
    if inbox is None:
        raise Problem(HTTPStatus.NOT_FOUND, "no_inbox", _("There is no chat under this key."))
    admit(request, inbox)
    return inbox


def _origin(request: HttpRequest) -> str:
    """Of whose page the call comes; empty for a page of our own."""
    origin, own = request.headers.get("Origin", ""), f"{request.scheme}://{request.get_host()}"
    return "" if origin == own else origin


def _visitor(request: HttpRequest) -> ChatSession:
    session: ChatSession = request.auth  # type: ignore[attr-defined]
    return session


def _mend(**fields: str) -> Problem:
    first = next(iter(fields.values()), "")
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "mend", first, fields=fields)


def _in_words(error: dict[str, Any]) -> str:
    limits = error.get("ctx") or {}
    match error.get("type"):
        case "missing":
            return _("This is missing.")
        case "string_too_long" | "too_long":
            return _("This is too long: at most %(n)s.") % {"n": limits.get("max_length", "")}
        case _:
            return _("This is not in the expected form.")


def _check_signature(session: ChatSession) -> None:
    try:
        sessions.check_signature(session, at=clock.now())
    except signed.Expired as refusal:
        raise _expired(refusal) from refusal


def _expired(refusal: signed.Expired) -> Problem:
    return Problem(HTTPStatus.UNAUTHORIZED, "identity_expired", str(refusal))


def _check_introduced(session: ChatSession) -> None:
    """What the firm requires before the first message; asked again here, for a widget may be rewritten by anybody."""
    widget = settings_of(session.inbox.settings)
    missing = {}
    if widget.ask_name == "required" and not session.name:
        missing["name"] = _("Your name is needed before the first message.")
    if widget.ask_email == "required" and not session.email:
        missing["email"] = _("Your e-mail address is needed before the first message.")
    if missing and not session.lines.exists():
        raise _mend(**missing)


def _session(request: HttpRequest, opened: sessions.Opened) -> dict[str, Any]:
    session = opened.session
    ticket = live_visitors.ticket(session.pk, session.visitor_id, request.headers.get("Origin", ""))
    return {
        **_messages(session, lines.before(session)),
        "token": opened.new_token,
        "live": f"/chat/v1/live?ticket={ticket}",
        "lang": session.language,
        "look": _look(session.inbox, session.language),
        "visitor": _person(session),
    }


def _look(inbox: Inbox, language: str) -> dict[str, Any]:
    at, widget = clock.now(), settings_of(inbox.settings)
    return {
        "firm": settings.FIRM_NAME,
        "greeting": widget.greets(language),
        "accent": widget.accent,
        "theme": widget.theme,
        "position": widget.position,
        "privacy_url": widget.privacy_url,
        "ask": {"name": widget.ask_name, "email": widget.ask_email},
        "is_open": hours.is_open(widget, at),
        "opens_at": hours.opens_at(widget, at),
        "usual_minutes": lines.usual_minutes(inbox.pk, at=at),
        "can_mail": bool(widget.email_inbox_id),
        "invites": inviting.is_any_on(),
        "largest_file": uploads.largest(widget),
        "file_types": [f".{ending}" for ending in KINDS],
    }


def _person(session: ChatSession) -> dict[str, Any]:
    return {"name": session.name, "email": session.email, "is_signed": bool(session.subject)}


def _messages(session: ChatSession, found: list[ChatLine]) -> dict[str, Any]:
    seen = chatting.seen_by_us(session)
    return {
        "messages": [_message(line, session) for line in found],
        "has_more": len(found) == lines.PAGE,
        "seen": {"id": seen.line_id, "name": seen.name} if seen else None,
        "rating": chat_rating.shown(session, at=clock.now()),
    }


def _message(line: ChatLine, session: ChatSession) -> dict[str, Any]:
    return {
        "id": line.pk,
        "key": "" if line.is_out else line.key,
        "is_ours": line.is_out,
        "author": line.author,
        "text": line.text,
        "files": [
            {"name": f["name"], "type": f["type"], "size": f["size"], "url": uploads.link(session, f)}
            for f in line.files
        ],
        "at": line.at,
    }


api.add_router("", uploads.router)
api.add_router("", chat_rating.router, auth=TOKEN)
