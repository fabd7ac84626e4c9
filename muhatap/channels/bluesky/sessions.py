"""Sessions of an account's server. Beginning one is counted by the server (some hundreds a day), so one is kept, sealed, while it holds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from muhatap.channels.listening import asking, told
from muhatap.channels.listening.asking import Answer, NotHeard
from muhatap.channels.listening.trouble import Trouble
from muhatap.shared import secrets
from muhatap.shared.secrets import SecretLost

SERVER = "https://bsky.social"
OLD = ("ExpiredToken", "InvalidToken")  # answered as 400
NOT_TAKEN = (Trouble.LOGIN, Trouble.REFUSED)  # of old tokens: expired, or taken back


@dataclass
class Session:
    """Who we are on which server; it renews its access by itself, and is kept as `sealed` says."""

    server: str
    did: str
    access: str
    refresh: str
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def get(self, method: str, params: Sequence[tuple[str, str]] = ()) -> Any:
        """A query. Raises NotHeard."""
        return self._renewing(lambda: asking.ask(self._url(method), params=params, headers=self._headers)).json()

    def post(self, method: str, body: Mapping[str, Any]) -> Answer:
        """A procedure. Raises NotHeard."""
        return asking.ask(self._url(method), method="POST", headers=self._headers, body=dict(body))

    def renew(self) -> None:
        """Take new tokens for the old ones; where the old ones are worth nothing any more, log in anew. Raises NotHeard."""
        url = self._url("com.atproto.server.refreshSession")
        try:
            given = asking.ask(url, method="POST", headers=asking.bearer(self.refresh)).json()
        except NotHeard as error:
            if error.trouble not in NOT_TAKEN:
                raise
            given = _login(self.server, self.settings)
        self.access, self.refresh = told.text(given, "accessJwt"), told.text(given, "refreshJwt")

    @property
    def sealed(self) -> str:
        return secrets.seal(json.dumps([self.server, self.did, self.access, self.refresh]))

    @property
    def _headers(self) -> dict[str, str]:
        return asking.bearer(self.access)

    def _url(self, method: str) -> str:
        return f"{self.server}/xrpc/{method}"

    def _renewing(self, ask: Any) -> Answer:
        try:
            answer: Answer = ask()
        except NotHeard as error:
            if error.trouble != Trouble.LOGIN and not any(word in error.detail for word in OLD):
                raise
            self.renew()
            answer = ask()
        return answer


def opened(settings: Mapping[str, Any], sealed: str = "") -> Session:
    """The session that was kept, or a new one with the account's app password. Raises NotHeard."""
    server = str(settings.get("server") or SERVER).rstrip("/")
    server = server if "//" in server else f"https://{server}"
    kept = _kept(sealed, server, settings)
    return kept or begun(server, settings)


def begun(server: str, settings: Mapping[str, Any]) -> Session:
    """Log in. Raises NotHeard."""
    given = _login(server, settings)
    return Session(
        server=server,
        did=told.text(given, "did"),
        access=told.text(given, "accessJwt"),
        refresh=told.text(given, "refreshJwt"),
        settings=settings,
    )


def _login(server: str, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    handle, password = str(settings.get("handle") or "").lstrip("@"), told.secret(settings, "password")
    if not handle or not password:
        raise NotHeard(Trouble.INCOMPLETE, "no account")
    url = f"{server}/xrpc/com.atproto.server.createSession"
    given = asking.ask(url, method="POST", body={"identifier": handle, "password": password}).json()
    return given if isinstance(given, dict) else {}


def _kept(sealed: str, server: str, settings: Mapping[str, Any]) -> Session | None:
    try:
        kept = json.loads(secrets.unseal(sealed)) if sealed else None
    except (SecretLost, ValueError):
        return None
    if not kept or kept[0] != server:
        return None
    _server, did, access, refresh = kept
    return Session(server=server, did=did, access=access, refresh=refresh, settings=settings)
