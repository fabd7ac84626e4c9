"""What the doors share at which other programs deliver: a body that came whole, and refusals in the form all of them know."""

from django.http import HttpRequest, HttpResponse, JsonResponse


class Refused(Exception):
    """A delivery is not taken; told with a status and a word."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status, self.said = status, said

    def response(self) -> HttpResponse:
        return no(self.status, self.said)


def body(request: HttpRequest, *, largest: int, too_large: str) -> bytes:
    """All bytes of it, of which no more are read than are taken. Raises Refused."""
    try:
        if int(request.headers.get("Content-Length") or 0) > largest:
            raise Refused(413, too_large)
        raw: bytes = request.read(largest + 1)
    except (OSError, ValueError) as error:
        raise Refused(400, "the body did not arrive") from error
    if len(raw) > largest:
        raise Refused(413, too_large)
    return raw


def no(status: int, said: str, wait: int = 0) -> HttpResponse:
    """The refusal; `wait` says after how many seconds to come again."""
    answer = JsonResponse({"success": False, "message": said}, status=status)
    if wait:
        answer["Retry-After"] = str(wait)
    return answer
