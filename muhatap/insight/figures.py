"""Every figure with its definition in one sentence: what the pages show is what is counted."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Promise | str
COUNT, LENGTH, SHARE, SCORE = "count", "length", "share", "score"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """`kinds` are the moments behind it; `better` says which way is good ("" when neither is)."""

    name: str
    label: Words
    sentence: Words
    kinds: Sequence[str]
    unit: str = COUNT
    better: str = ""
    is_of_people: bool = True  # whether it can be told of one person


FIGURES = {
    figure.name: figure
    for figure in (
        Figure(
            name="arrived",
            label=_("Arrived"),
            sentence=_(
                "Conversations by the day of their customer’s first message; automatic mail and spam do not count."
            ),
            kinds=("arrived",),
            is_of_people=False,
        ),
        Figure(
            name="received",
            label=_("Messages received"),
            sentence=_("What customers wrote, by day and hour; automatic mail and spam do not count."),
            kinds=("received",),
            is_of_people=False,
        ),
        Figure(
            name="answered",
            label=_("Answers"),
            sentence=_("Answers that people on our side wrote; automatic messages and those taken back do not count."),
            kinds=("answered",),
        ),
        Figure(
            name="first_response",
            label=_("First response"),
            sentence=_(
                "From the customer’s first message to the first answer a person wrote; automatic messages do not "
                "count, and what was settled without an answer starts no clock."
            ),
            kinds=("first_response",),
            unit=LENGTH,
            better="less",
        ),
        Figure(
            name="next_response",
            label=_("Next response"),
            sentence=_(
                "From the first message that waits after an answer of ours to the next answer a person wrote; "
                "automatic messages do not count."
            ),
            kinds=("next_response",),
            unit=LENGTH,
            better="less",
        ),
        Figure(
            name="resolution",
            label=_("Time to resolution"),
            sentence=_("From the customer’s first message, or from the last reopening, to the resolution that stands."),
            kinds=("resolution",),
            unit=LENGTH,
            better="less",
        ),
        Figure(
            name="resolved",
            label=_("Resolved"),
            sentence=_(
                "Conversations by the day they were resolved, if that resolution still stands; spam does not count."
            ),
            kinds=("resolution",),
        ),
        Figure(
            name="reopened",
            label=_("Reopened"),
            sentence=_("Resolved conversations that were opened again, told of whoever had resolved them."),
            kinds=("reopened",),
            better="less",
        ),
        Figure(
            name="backlog",
            label=_("Backlog"),
            sentence=_("Conversations that were neither resolved nor spam when the day ended."),
            kinds=("entered",),
            better="less",
            is_of_people=False,
        ),
        Figure(
            name="assigned",
            label=_("Assigned"),
            sentence=_("How often a conversation was given to somebody, by hand or by a rule."),
            kinds=("assigned",),
        ),
        Figure(
            name="automatic",
            label=_("Automatic messages"),
            sentence=_("Messages no person wrote: greetings, rules, away notes. They count nowhere else."),
            kinds=("automatic",),
            is_of_people=False,
        ),
        Figure(
            name="sla",
            label=_("Promises kept"),
            sentence=_("Of all promises of time met or missed on these days, those met before they were due."),
            kinds=("sla_met", "sla_missed"),
            unit=SHARE,
            better="more",
        ),
        Figure(
            name="sla_missed",
            label=_("Promises missed"),
            sentence=_("Promises of time that ran out before they were met, by the day they ran out."),
            kinds=("sla_missed",),
            better="less",
        ),
        Figure(
            name="rating",
            label=_("Rating"),
            sentence=_(
                "The average of the scores from 1 to 5 that customers gave after a resolution, as they stand now."
            ),
            kinds=("rated",),
            unit=SCORE,
            better="more",
        ),
        Figure(
            name="response_rate",
            label=_("Answered surveys"),
            sentence=_("Of all customers asked for a rating on these days, those who have given one."),
            kinds=("asked",),
            unit=SHARE,
            better="more",
        ),
    )
}
WAITING = _("Conversations whose customer waits for our answer right now, as far as you see them.")
