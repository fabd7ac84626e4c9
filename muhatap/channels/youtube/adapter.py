"""YouTube's comments as the rest of the house knows them: commentThreads.list, comments.list, comments.insert (Data API v3)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

from muhatap.channels.contract import Adapter, Heard, Inbound, Limits, Look, Outbound, Receipt
from muhatap.channels.listening import asking, google, paging, said, told
from muhatap.channels.listening.asking import NotHeard
from muhatap.channels.listening.told import safely
from muhatap.channels.listening.trouble import Trouble

API = "https://www.googleapis.com/youtube/v3"
LENGTH = 10_000
PAGE, MOST_PAGES = 100, 5
AT_ONCE = 50
THREADS = "threads"  # the place that a mark's cursor is of


class YouTube:
    """Reading takes an API key; answering takes the leave of the channel's owner."""

    kind = "youtube"
    every = timedelta(minutes=10)  # each page costs one of 10,000 units a day

    @safely
    def translate(self, raw: bytes, meta: Mapping[str, Any]) -> Inbound:
        """One comment. Raises Untranslatable."""
        comment = told.opened(raw)
        number = told.text(comment, "id")
        if comment.get("erased") is True:
            return said.erased(meta, external_id=number)
        snippet = comment["snippet"]
        name, channel = (
            told.text(snippet, "authorDisplayName"),
            told.text(told.part(snippet, "authorChannelId"), "value"),
        )
        author = said.known("youtube", channel, name) if channel else said.only_named("youtube", name, number)
        above = told.text(snippet, "parentId")
        video = told.text(snippet, "videoId")
        published, updated = said.when(snippet.get("publishedAt")), said.when(snippet.get("updatedAt"))
        return said.post(
            meta,
            external_id=number,
            author=author,
            text=told.text(snippet, "textOriginal") or said.words(told.text(snippet, "textDisplay")) or "—",
            at=published,
            edited_at=updated if updated != published else None,
            url=f"https://www.youtube.com/watch?v={quote(video)}&lc={quote(number)}" if video else "",
            answers=(above,) if above else (),
        )

    def look(self, settings: Mapping[str, Any], mark: Mapping[str, Any]) -> Look:
        """Raises NotHeard."""
        since, cursor = paging.since(settings, mark), paging.cursors(mark).get(THREADS, "")
        threads, left = paging.back(
            partial(_page, settings), cursor=cursor, since=since, moment=_began, most=MOST_PAGES
        )
        comments = [each for thread in threads for each in _comments(thread)]
        others = [each for each in comments if not _is_ours(each, settings) and _published(each) >= since[:10]]
        ordered = sorted(others, key=_published)
        seen = paging.mark(mark, since=since, moments=map(_published, comments), left={THREADS: left})
        return Look(heard=tuple(_heard(each) for each in ordered), mark=seen)

    def recheck(self, settings: Mapping[str, Any], ids: Sequence[str]) -> tuple[Heard, ...]:
        """These comments as they are now; those that are no longer there as erased. Raises NotHeard."""
        heard: list[Heard] = []
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            params = [("part", "snippet"), ("textFormat", "plainText"), ("id", ",".join(some))]
            found = {told.text(each, "id"): each for each in told.some(_asked(settings, "comments", params), "items")}
            heard += [_heard(found.get(number) or {"id": number, "erased": True}) for number in some]
        return tuple(heard)

    def limits(self, settings: Mapping[str, Any]) -> Limits:
        return Limits(voice="public", max_length=LENGTH, max_files=0)

    def send(
        self, outbound: Outbound, settings: Mapping[str, Any], on_handing: Callable[[], None], *, at: datetime
    ) -> Receipt:
        """Answer in the comment's thread. Raises Uncertain."""
        try:
            headers = google.access(settings)
        except NotHeard as error:
            return told.refused(error)
        above = outbound.in_reply_to.partition(".")[0]  # answers to answers hang below the first comment, too
        body = {"snippet": {"parentId": above, "textOriginal": outbound.text}}
        url = f"{_api(settings)}/comments?part=snippet"
        posted = told.handed(
            lambda: asking.ask(url, method="POST", headers=headers, body=body), on_handing, may_repeat=False
        )
        if isinstance(posted, Receipt):
            return posted
        return Receipt(state="accepted", provider_id=_id_of(posted.body))


ADAPTER: Adapter = YouTube()


def _page(settings: Mapping[str, Any], cursor: str) -> tuple[list[dict[str, Any]], str]:
    """A page of threads, the newest first, and where the next one is."""
    channel = str(settings.get("channel_id") or "")
    if not channel:
        raise NotHeard(Trouble.INCOMPLETE, "no channel")
    params = [
        *[("part", "snippet,replies"), ("allThreadsRelatedToChannelId", channel), ("order", "time")],
        *[("textFormat", "plainText"), ("maxResults", str(PAGE)), *([("pageToken", cursor)] if cursor else [])],
    ]
    answer = _asked(settings, "commentThreads", params)
    return told.some(answer, "items"), told.text(answer, "nextPageToken")


def _comments(thread: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The first comment and the replies that came with it; these do not name their video themselves."""
    snippet = told.part(thread, "snippet")
    top = dict(told.part(snippet, "topLevelComment"))
    video = told.text(snippet, "videoId") or told.text(told.part(top, "snippet"), "videoId")
    replies = told.some(told.part(thread, "replies"), "comments")
    found = [each for each in (top, *replies) if told.text(each, "id")]
    return [{**each, "snippet": {**told.part(each, "snippet"), "videoId": video}} for each in found]


def _is_ours(comment: Mapping[str, Any], settings: Mapping[str, Any]) -> bool:
    author = told.part(told.part(comment, "snippet"), "authorChannelId")
    return told.text(author, "value") == settings.get("channel_id")


def _began(thread: Mapping[str, Any]) -> str:
    return _published(told.part(told.part(thread, "snippet"), "topLevelComment"))


def _published(comment: Mapping[str, Any]) -> str:
    return told.text(told.part(comment, "snippet"), "publishedAt")


def _heard(comment: Mapping[str, Any]) -> Heard:
    version = "erased" if comment.get("erased") else told.text(told.part(comment, "snippet"), "updatedAt")
    kept = {name: comment[name] for name in ("id", "snippet", "erased") if name in comment}
    if "snippet" in kept:  # counters change without anybody having written
        kept["snippet"] = {
            name: value for name, value in kept["snippet"].items() if name not in ("likeCount", "viewerRating")
        }
    return Heard(key=f"{told.text(comment, 'id')}:{version}"[:200], raw=told.packed(kept))


def _asked(settings: Mapping[str, Any], what: str, params: list[tuple[str, str]]) -> Any:
    headers = google.access(settings) if google.is_connected(settings) else {}
    key = told.secret(settings, "api_key")
    if not headers and not key:
        raise NotHeard(Trouble.INCOMPLETE, "no API key")
    given = [] if headers else [("key", key)]
    return asking.ask(f"{_api(settings)}/{what}", params=[*params, *given], headers=headers).json()


def _api(settings: Mapping[str, Any]) -> str:
    return str(settings.get("api_url") or API)


def _id_of(body: bytes) -> str:
    try:
        return told.text(told.opened(body), "id")
    except ValueError:
        return ""
