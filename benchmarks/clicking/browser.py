"""A browser without a screen: one login, times from the first byte sent to the last byte read."""

import http.client
import time
from collections.abc import Mapping
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from muhatap.accounts.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"
TOKEN = "b" * 32  # of CSRF: the cookie and the form only have to agree


class Wrong(Exception):
    """The product did not answer as it should; the bench would measure an error page."""


class Browser:
    """Somebody logged in at a product on this machine."""

    def __init__(self, port: int, user: User) -> None:
        self.user, self.port = user, port
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {
            "Cookie": f"{login(user)}; csrftoken={TOKEN}",
            "Referer": f"http://127.0.0.1:{port}/",
            "Origin": f"http://127.0.0.1:{port}",
            "Accept-Encoding": "gzip",
        }

    def click(self, path: str, data: Mapping[str, str] | None = None, *, is_part: bool = False) -> float:
        """Milliseconds until all of the answer was here. `is_part`: asked by htmx, for a part of a page. Raises Wrong."""
        headers = self._headers | ({"HX-Request": "true"} if is_part or data is not None else {})
        body = None
        if data is not None:
            body = urlencode({"csrfmiddlewaretoken": TOKEN, **data})
            headers = headers | {"Content-Type": "application/x-www-form-urlencoded"}
        self._connection.close()  # the server ends connections that rest; connecting is no part of the click
        self._connection.connect()
        begun = time.perf_counter()
        self._connection.request("POST" if data is not None else "GET", path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        took = (time.perf_counter() - begun) * 1000
        if answer.status not in (200, 204):
            raise Wrong(f"{path} answers {answer.status}: {content[:300]!r}")
        return took


def login(user: User) -> str:
    """The cookie of somebody who is logged in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
