"""A Mastodon server as the rest of the house knows it: https://docs.joinmastodon.org/methods/ (notifications, timelines, statuses)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from muhatap.channels.contract import Adapter, Heard, Inbound, Limits, Look, Outbound, Receipt
from muhatap.channels.listening import asking, said, told
from muhatap.channels.listening.asking import Answer, NotHeard
from muhatap.channels.listening.told import safely
from muhatap.channels.listening.trouble import Trouble

LENGTH = 500  # of a post, where the server says nothing else
LONGEST_NAME = 32  # "@", thirty letters and a space; a server's name is not counted
PAGE = 40
MOST_PAGES = 5
PUBLIC = ("public", "unlisted")
VISIBILITIES = (*PUBLIC, "private", "direct")


class Mastodon:
    """Mentions come as notifications, hashtags as timelines; both are read upwards from the newest id that was seen."""

    kind = "mastodon"
    every = timedelta(minutes=2)

    @safely
    def translate(self, raw: bytes, meta: Mapping[str, Any]) -> Inbound:
        """One status. Raises Untranslatable."""
        status = told.opened(raw)
        number = told.text(status, "id")
        if status.get("erased") is True:
            return said.erased(meta, external_id=number)
        account, is_public = status["account"], status.get("visibility") in PUBLIC
        name = told.text(account, "display_name") or told.text(account, "username")
        warning = told.text(status, "spoiler_text")
        text = "\n\n".join(filter(None, (warning, said.words(told.text(status, "content"), with_links=False))))
        answered = told.text(status, "in_reply_to_id")
        return said.post(
            meta,
            external_id=number,
            author=said.known("mastodon", _full_handle(account, meta), name),
            text=text or "—",
            at=said.when(status["created_at"]),
            edited_at=said.when(status.get("edited_at")),
            url=status.get("url") if is_public else "",
            answers=(answered,) if answered else (),
            facts={"language": told.text(status, "language")[:8]},
        )

    def look(self, settings: Mapping[str, Any], mark: Mapping[str, Any]) -> Look:
        """Raises NotHeard."""
        seen, statuses = {name: str(value) for name, value in mark.items()}, []
        for place in _places(settings):
            found = _news(settings, place, seen.get(place, ""))
            seen[place] = max([seen.get(place, ""), *(told.text(each, "id") for each in found)], key=_order)
            statuses += [each["status"] if place == "mentions" else each for each in found if _is_status(each, place)]
        wanted = {told.text(each, "id"): each for each in statuses if not _is_older(each, settings)}
        ordered = sorted(wanted.values(), key=lambda each: _order(told.text(each, "id")))
        return Look(heard=tuple(_heard(each, settings) for each in ordered), mark=seen)

    def recheck(self, settings: Mapping[str, Any], ids: Sequence[str]) -> tuple[Heard, ...]:
        """These posts as they are now: changed ones anew, erased ones as such. Raises NotHeard."""
        return tuple(_heard(_now(settings, number), settings) for number in ids)

    def limits(self, settings: Mapping[str, Any]) -> Limits:
        """As long as the firm's own server lets posts be, less the name that an answer begins with; files are not sent."""
        length = int(settings.get("max_length") or LENGTH) - LONGEST_NAME
        return Limits(voice="public", max_length=length, max_files=0)

    def send(
        self, outbound: Outbound, settings: Mapping[str, Any], on_handing: Callable[[], None], *, at: datetime
    ) -> Receipt:
        """Answer as the post was written: in public what is public, only to them what was only for us."""
        try:
            answered = _asked(settings, f"/api/v1/statuses/{quote(outbound.in_reply_to, safe='')}").json()
            text = f"@{answered['account']['acct']} {outbound.text}"
            visibility = answered.get("visibility")
            body = {
                "status": text,
                "in_reply_to_id": outbound.in_reply_to,
                "visibility": visibility if visibility in VISIBILITIES else "direct",
            }
            headers = {**_access(settings), "Idempotency-Key": outbound.message_id}
            url = f"{_server(settings)}/api/v1/statuses"
        except NotHeard as error:
            return told.refused(error)
        except (KeyError, TypeError, AttributeError) as error:
            return Receipt(state="failed", detail=f"not as expected: {error}")
        posted = told.handed(
            lambda: asking.ask(url, method="POST", headers=headers, body=body), on_handing, may_repeat=True
        )
        return posted if isinstance(posted, Receipt) else Receipt(state="accepted", provider_id=_id_of(posted))


ADAPTER: Adapter = Mastodon()


def introduce(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What the server says of itself and of the account: its handle, and how long posts may be. Raises NotHeard."""
    account = _asked(settings, "/api/v1/accounts/verify_credentials").json()
    try:
        server = _asked(settings, "/api/v2/instance").json()
        length = int(server["configuration"]["statuses"]["max_characters"])
    except (NotHeard, KeyError, TypeError, ValueError):
        length = LENGTH
    return {"account": told.text(account, "acct"), "account_id": told.text(account, "id"), "max_length": length}


def _places(settings: Mapping[str, Any]) -> list[str]:
    tags = settings.get("tags")
    named = [str(tag).strip().lstrip("#") for tag in tags] if isinstance(tags, list) else []
    return ["mentions", *(f"#{tag}" for tag in named if tag)]


def _news(settings: Mapping[str, Any], place: str, seen: str) -> list[dict[str, Any]]:
    """What is newer than the id seen: pages upwards with min_id, so that none is left out between two looks; first the newest page."""
    found: list[dict[str, Any]] = []
    for _page in range(MOST_PAGES):
        page = _page_of(settings, place, seen)
        found += page
        if not seen or len(page) < PAGE:
            break
        seen = max((told.text(each, "id") for each in page), key=_order)
    return found


def _page_of(settings: Mapping[str, Any], place: str, seen: str) -> list[dict[str, Any]]:
    params = [("limit", str(PAGE)), *([("min_id", seen)] if seen else [])]
    if place == "mentions":
        answer = _asked(settings, "/api/v1/notifications", [("types[]", "mention"), *params])
    else:
        answer = _asked(settings, f"/api/v1/timelines/tag/{quote(place[1:], safe='')}", params)
    return told.some({"page": answer.json()}, "page")


def _is_status(found: Mapping[str, Any], place: str) -> bool:
    return place != "mentions" or (found.get("type") == "mention" and isinstance(found.get("status"), dict))


def _is_older(status: Mapping[str, Any], settings: Mapping[str, Any]) -> bool:
    """Before the day we are to listen from; or our own."""
    if told.text(told.part(status, "account"), "id") == settings.get("account_id"):
        return True
    at, since = said.when(status.get("created_at")), said.when(settings.get("since"))
    return at is not None and since is not None and at < since


def _now(settings: Mapping[str, Any], number: str) -> dict[str, Any]:
    try:
        status = _asked(settings, f"/api/v1/statuses/{quote(number, safe='')}").json()
    except NotHeard as error:
        if error.trouble != Trouble.GONE:
            raise
        return {"id": number, "erased": True}
    return dict(status)


def _heard(status: Mapping[str, Any], settings: Mapping[str, Any]) -> Heard:
    version = "erased" if status.get("erased") else told.text(status, "edited_at")
    host = urlsplit(_server(settings)).hostname or ""
    return Heard(key=f"{told.text(status, 'id')}:{version}"[:200], raw=told.packed(status), meta={"server": host})


def _full_handle(account: Mapping[str, Any], meta: Mapping[str, Any]) -> str:
    """@name@server, also for accounts of our own server, which it names without."""
    acct = told.text(account, "acct").lower()
    if not acct:
        raise ValueError("an account without a name")
    host = str(meta.get("server") or urlsplit(told.text(account, "url")).hostname or "")
    return f"@{acct}" if "@" in acct else f"@{acct}@{host}"


def _asked(settings: Mapping[str, Any], path: str, params: Sequence[tuple[str, str]] = ()) -> Answer:
    return asking.ask(f"{_server(settings)}{path}", params=params, headers=_access(settings))


def _server(settings: Mapping[str, Any]) -> str:
    server = str(settings.get("server") or "").rstrip("/")
    if not server:
        raise NotHeard(Trouble.INCOMPLETE, "no server")
    return server if "//" in server else f"https://{server}"


def _access(settings: Mapping[str, Any]) -> dict[str, str]:
    return asking.bearer(told.secret(settings, "token"))


def _order(id: str) -> tuple[int, str]:
    """Ids are numbers written as text, on some servers other text that sorts as it stands."""
    return len(id), id


def _id_of(answer: Answer) -> str:
    try:
        return told.text(answer.json(), "id")
    except (NotHeard, AttributeError):
        return ""
