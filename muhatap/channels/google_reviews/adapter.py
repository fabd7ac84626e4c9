"""Google's reviews as the rest of the house knows them: accounts.locations.reviews list, get and updateReply."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from muhatap.channels.contract import Adapter, Heard, Inbound, Limits, Look, Outbound, Receipt
from muhatap.channels.listening import asking, google, paging, said, told
from muhatap.channels.listening.asking import NotHeard
from muhatap.channels.listening.told import safely
from muhatap.channels.listening.trouble import Trouble

API = "https://mybusiness.googleapis.com/v4"
MANAGED_AT = "https://business.google.com/reviews"  # the API gives reviews no address of their own
LENGTH = 4096  # bytes of a reply
PAGE, MOST_PAGES = 50, 4
REVIEWS = "reviews"  # the place that a mark's cursor is of
STARS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}
PLACE = re.compile(r"accounts/[A-Za-z0-9_-]+/locations/[A-Za-z0-9_-]+")
TRANSLATED = re.compile(r"\(Translated by Google\).*?\(Original\)\s*", re.DOTALL)
TRANSLATION_BELOW = re.compile(r"\n*\(Translated by Google\).*", re.DOTALL)


class GoogleReviews:
    """A review has one reply; writing it again changes it, so that trying twice says it once."""

    kind = "google_reviews"
    every = timedelta(minutes=30)

    @safely
    def translate(self, raw: bytes, meta: Mapping[str, Any]) -> Inbound:
        """One review. Raises Untranslatable."""
        review = told.opened(raw)
        number = told.text(review, "name") or told.text(review, "reviewId")
        if review.get("erased") is True:
            return said.erased(meta, external_id=number)
        reviewer = told.part(review, "reviewer")
        name = "" if reviewer.get("isAnonymous") is True else told.text(reviewer, "displayName")
        stars = STARS.get(told.text(review, "starRating"))
        shown = "★" * stars + "☆" * (5 - stars) if stars else ""
        created, updated = said.when(review.get("createTime")), said.when(review.get("updateTime"))
        return said.post(
            meta,
            external_id=number,
            author=said.only_named("google", name, number),
            subject=shown,
            text=_own_words(told.text(review, "comment")) or shown or "—",
            at=created,
            edited_at=updated if updated != created else None,
            url=MANAGED_AT,
            rating=stars,
        )

    def look(self, settings: Mapping[str, Any], mark: Mapping[str, Any]) -> Look:
        """Raises NotHeard."""
        since, cursor = paging.since(settings, mark), paging.cursors(mark).get(REVIEWS, "")
        ask = partial(_page, settings, _reading(settings))
        reviews, left = paging.back(ask, cursor=cursor, since=since, moment=_updated, most=MOST_PAGES)
        ordered = sorted((each for each in reviews if _updated(each) >= since[:10]), key=_updated)
        seen = paging.mark(mark, since=since, moments=map(_updated, ordered), left={REVIEWS: left})
        return Look(heard=tuple(_heard(each) for each in ordered), mark=seen)

    def recheck(self, settings: Mapping[str, Any], ids: Sequence[str]) -> tuple[Heard, ...]:
        """These reviews as they are now; those that are no longer there as erased. Raises NotHeard."""
        headers = google.access(settings)
        return tuple(_heard(_now(settings, headers, number)) for number in ids)

    def limits(self, settings: Mapping[str, Any]) -> Limits:
        return Limits(voice="public", max_length=LENGTH, unit="bytes", max_files=0)

    def send(
        self, outbound: Outbound, settings: Mapping[str, Any], on_handing: Callable[[], None], *, at: datetime
    ) -> Receipt:
        """Put the reply below the review."""
        try:
            headers = google.access(settings)
        except NotHeard as error:
            return told.refused(error)
        url = f"{_api(settings)}/{outbound.in_reply_to}/reply"
        body = {"comment": outbound.text}
        put = told.handed(
            lambda: asking.ask(url, method="PUT", headers=headers, body=body), on_handing, may_repeat=True
        )
        return put if isinstance(put, Receipt) else Receipt(state="accepted", provider_id=outbound.in_reply_to)


ADAPTER: Adapter = GoogleReviews()


def _reading(settings: Mapping[str, Any]) -> dict[str, str]:
    """The header that opens the account of the place. Raises NotHeard."""
    if not PLACE.fullmatch(str(settings.get("location") or "")):
        raise NotHeard(Trouble.INCOMPLETE, "accounts/…/locations/…")
    return google.access(settings)


def _page(settings: Mapping[str, Any], headers: Mapping[str, str], cursor: str) -> tuple[list[dict[str, Any]], str]:
    """A page of reviews by when they changed, newest first, and where the next one is."""
    params = [("pageSize", str(PAGE)), ("orderBy", "updateTime desc"), *([("pageToken", cursor)] if cursor else [])]
    url = f"{_api(settings)}/{settings['location']}/reviews"
    answer = asking.ask(url, params=params, headers=headers).json()
    return told.some(answer, "reviews"), told.text(answer, "nextPageToken")


def _updated(review: Mapping[str, Any]) -> str:
    return told.text(review, "updateTime")


def _now(settings: Mapping[str, Any], headers: Mapping[str, str], number: str) -> dict[str, Any]:
    try:
        return dict(asking.ask(f"{_api(settings)}/{number}", headers=headers).json())
    except NotHeard as error:
        if error.trouble != Trouble.GONE:
            raise
        return {"name": number, "erased": True}


def _heard(review: Mapping[str, Any]) -> Heard:
    """Our own reply is no news of the review's."""
    number = told.text(review, "name") or told.text(review, "reviewId")
    version = "erased" if review.get("erased") else told.text(review, "updateTime")
    kept = {name: value for name, value in review.items() if name != "reviewReply"}
    return Heard(key=f"{number}:{version}"[-200:], raw=told.packed(kept))


def _own_words(comment: str) -> str:
    """Google puts its translation before or below what was written; we keep what was written."""
    if "(Original)" in comment:
        return TRANSLATED.sub("", comment).strip()
    return TRANSLATION_BELOW.sub("", comment).strip()


def _api(settings: Mapping[str, Any]) -> str:
    return str(settings.get("api_url") or API)
