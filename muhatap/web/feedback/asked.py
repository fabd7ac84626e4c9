"""Which answers, or whom of those asked, a page is about: read from the address, and written into the next one."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from muhatap.feedback import following_up, not_asked, silence
from muhatap.feedback.models import Question, Response, Survey
from muhatap.feedback.results import Cut
from muhatap.shared import clock
from muhatap.web.common.reading import number, words

PERIODS = (30, 90, 365)
STANDARD = 90
LONGEST = 5 * 366
PAGES = {"side": "invitations", "age": "invitations", "why": "not_asked"}  # of which each tells something


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A cut and its address; of those asked, also on which side they are and how long they were known (both in `silence`);
    of those not asked, why (in `not_asked`)."""

    cut: Cut
    side: str = ""
    age: str = ""
    why: str = ""

    def but(self, **changes: Any) -> "Asked":
        return replace(self, cut=self.cut.but(**changes))

    def among(self, **changes: str) -> "Asked":
        """Of those asked or not asked, these; what is told of answers narrows nobody who gave none."""
        cut = self.cut.but(score=None, question=None, option="", word="")
        return replace(self, cut=cut, **changes)

    def pairs(self) -> list[tuple[str, str]]:
        cut = self.cut
        named: dict[str, Any] = {"from": cut.start, "to": cut.end, "way": cut.way, "tag": cut.tag, "score": cut.score}
        named |= {"question": cut.question, "option": cut.option, "word": cut.word}
        named |= {"side": self.side, "age": self.age, "why": self.why}
        return [(name, str(value)) for name, value in named.items() if value not in (None, "")]

    def url(self, name: str = "results", **more: str) -> str:
        told: dict[str, Any] = {part: getattr(self, part) if name == page else "" for part, page in PAGES.items()}
        query = urlencode([*replace(self, **told).pairs(), *more.items()])
        return f"{reverse(f'surveys:{name}', args=[self.cut.survey.pk])}?{query}"


def standard() -> tuple[date, date]:
    """The days a page is about when its address names none."""
    today = timezone.localtime(clock.now()).date()
    return today - timedelta(days=STANDARD - 1), today


def read(request: HttpRequest, survey: Survey) -> Asked:
    """What makes no sense in the address is passed over."""
    given = request.GET
    start, end = _day(given.get("from", "")), _day(given.get("to", ""))
    end = end or standard()[1]
    start = start or end - timedelta(days=STANDARD - 1)
    if not timedelta() <= end - start <= timedelta(days=LONGEST):
        start, end = standard()
    way, question = given.get("way", ""), number(given.get("question"))
    known = question is not None and Question.objects.filter(pk=question, survey=survey).exists()
    score = number(given.get("score"))
    cut = Cut(
        survey=survey,
        start=start,
        end=end,
        way=way if way in Response.Way.values else "",
        tag=number(given.get("tag")),
        score=score if score is not None and score <= 10 else None,
        question=question if known else None,
        option=words(given.get("option"), 8) if known else "",
        word=_one_of(given.get("word"), following_up.WORDS),
    )
    return Asked(
        cut=cut,
        side=_one_of(given.get("side"), silence.SIDES),
        age=_one_of(given.get("age"), silence.ages()),
        why=_one_of(given.get("why"), not_asked.REASONS),
    )


def _one_of(text: str | None, known: Collection[str]) -> str:
    return text if text and text in known else ""


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None
