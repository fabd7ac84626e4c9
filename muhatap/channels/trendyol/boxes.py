"""A seller's question box: how far it was read, how it goes, and how each question stands there."""

from datetime import datetime

from muhatap.channels.models import Inbox
from muhatap.channels.trendyol.models import STANDING, Question, QuestionBox
from muhatap.channels.trendyol.told import Asked
from muhatap.shared import live

MOST_LOOKED_AT = 30  # one by one in one run: they let us ask fifty times in ten seconds


def of(inbox: Inbox) -> QuestionBox:
    """The row of an inbox, made at first use."""
    return QuestionBox.objects.get_or_create(inbox=inbox)[0]


def keep(*, inbox: Inbox, one: Asked, at: datetime) -> None:
    """Remember a question that waits; one that is known stays as it is."""
    row = Question(inbox=inbox, number=one.number, asked_at=one.at, looked_at=at)
    Question.objects.bulk_create([row], ignore_conflicts=True)


def standing(*, inbox: Inbox, before: datetime) -> list[str]:
    """The numbers of those that wait and were not looked at since then, the longest unseen first."""
    rows = Question.objects.filter(inbox=inbox, status__in=STANDING, looked_at__lt=before)
    return list(rows.order_by("looked_at").values_list("number", flat=True)[:MOST_LOOKED_AT])


def looked_at(*, inbox: Inbox, number: str, at: datetime) -> None:
    Question.objects.filter(inbox=inbox, number=number).update(looked_at=at)


def read(*, box: QuestionBox, until: datetime) -> None:
    """Everything up to then was offered to the intake."""
    QuestionBox.objects.filter(pk=box.pk).update(read_until=until)


def went_well(*, box: QuestionBox, at: datetime) -> None:
    QuestionBox.objects.filter(pk=box.pk).update(asked_at=at, ok_at=at, trouble="", trouble_since=None)
    if box.trouble:
        live.announce([f"inbox:{box.inbox_id}"], "health")


def went_wrong(*, box: QuestionBox, said: str, at: datetime) -> None:
    """Since when is kept while it goes on failing."""
    since = box.trouble_since or at
    QuestionBox.objects.filter(pk=box.pk).update(asked_at=at, trouble=said[:300] or "?", trouble_since=since)
    if not box.trouble:
        live.announce([f"inbox:{box.inbox_id}"], "health")
