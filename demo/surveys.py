"""What customers answered when they were asked (answers.toml): two surveys over half a year, and a subject nobody wrote of before."""

import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from demo import days
from demo.acts import leave
from demo.shop import Shop
from muhatap.feedback import asking, designing
from muhatap.feedback.answering import Given
from muhatap.feedback.logic import Value
from muhatap.feedback.models import Invitation, Question, Survey
from muhatap.flow import surveying, themes
from muhatap.insight import voices
from muhatap.interactions.models import Outgoing
from muhatap.sales.models import Order, State

ANSWERS = Path(__file__).parent / "answers.toml"
OPTIONS = [{"tr": "Kargo", "en": "Delivery"}, {"tr": "Ürün", "en": "The product"}, {"tr": "Paket", "en": "The parcel"}]
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
Row = dict[str, Any]


def ask(shop: Shop, *, at: datetime) -> None:
    """Make both surveys, ask the buyers, keep what everybody answered, and look for themes."""
    made = _made(shop, at=days.moment("-90d 09:00", at))
    why = _why(made["csat"], shop, at=days.moment("-90d 09:00", at))
    told = tomllib.loads(ANSWERS.read_text(encoding="utf-8"))
    for nth, (moment, row) in enumerate(sorted(_rows(told, at), key=lambda one: one[0])):
        if "by" in row:
            _by_mail(made["nps"], row, at=moment)
        else:
            _by_link(made, why, row, nth, at=moment)
    # The past was told last: until here nobody rested, or the story's own questions would have come before these.
    designing.change(survey=made["nps"], fields={"quiet_days": 30}, by=shop.staff["deniz"], at=at)
    voices.fold()
    themes.look(at=at)


def _made(shop: Shop, *, at: datetime) -> dict[str, Survey]:
    destek, by = shop.inboxes["destek"], shop.staff["deniz"]
    nps = {
        "name": "Siparişten sonra",
        "kind": "nps",
        "occasion": "delivered",
        "inbox": destek,
        "delay_minutes": 1440,
        "quiet_days": 0,
    }
    csat = {"name": "Paketteki kart", "kind": "csat", "occasion": "none", "inbox": None}
    more: Row = {"is_on": True, "is_linked": True, "team": destek.team}
    found = {}
    for told in (nps, csat):
        survey = designing.create(fields=told, by=by, at=at)
        found[survey.kind] = designing.change(survey=survey, fields=more, by=by, at=at)
    return found


def _why(csat: Survey, shop: Shop, *, at: datetime) -> Question:
    fields = {"kind": "choice", "text_tr": "En çok ne üzdü?", "text_en": "What let you down most?", "options": OPTIONS}
    return designing.ask(survey=csat, fields=fields | {"most": 3}, by=shop.staff["deniz"], at=at)


def _rows(told: dict[str, Any], now: datetime) -> Iterator[tuple[datetime, Row]]:
    for row in told["answer"]:
        yield days.moment(row["at"], now), row
    for kind, weeks in told["silent"].items():
        for n, scores in enumerate(weeks):
            first = now - (len(weeks) - n) * WEEK
            for nth, score in enumerate(scores):
                yield first + nth * 2 * DAY + len(kind) * HOUR, {kind: score}


def _by_link(made: dict[str, Survey], why: Question, row: Row, nth: int, *, at: datetime) -> None:
    kind = "nps" if "nps" in row else "csat"
    key = next((one["key"] for one in why.options if one["tr"] == row.get("chosen")), "")
    surveying.answer_openly(
        survey=made[kind],
        given=Given(score=row[kind], comment=row.get("words"), answers={why.pk: Value(chosen=(key,))} if key else {}),
        way="link" if kind == "nps" else "qr",
        language=row.get("language", "tr"),
        nonce=f"demo-{nth}",
        at=at,
    )


def _by_mail(nps: Survey, row: Row, *, at: datetime) -> None:
    """Their last order before that came, they are asked a day later, and answer; others who are asked then do not."""
    for order in Order.objects.filter(state=State.DELIVERED, delivered_at__range=(at - 3 * DAY, at - DAY)):
        surveying.order_came(order=order, at=at - DAY)
    surveying.ask_due(at=at - HOUR / 2)
    for outgoing in Outgoing.objects.filter(interaction__kind="survey", state=Outgoing.State.QUEUED):
        leave(outgoing)
    asked = Invitation.objects.filter(survey=nps, contact__name=row["by"], sent_at__isnull=False, response=None).first()
    if asked and asking.is_open(asked, at=at):
        surveying.rate(invitation=asked, score=row["nps"], comment=row["words"], at=at)
