"""The way from a look to an order, each step with how many went on."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from muhatap.visits.models import Step
from muhatap.web.common import times
from muhatap.web.insight.web.conditions import Narrowed

STEPS = ("n_looked", "n_close", "n_carted", "n_checkout", "n_sold")
WORTH = 20  # visits at a step, of fewer no share is worth a sentence
HALF = 0.5


@dataclass(frozen=True, kw_only=True)
class Bar:
    """`width` is the step's share of the first, `rest` that of the step before."""

    label: str
    n: str
    url: str
    width: str
    rest: str
    went_on: str
    is_worst: bool = False
    after: str = ""


def bars(whole: Mapping[str, int], narrowed: Narrowed) -> list[Bar]:
    """A visit counts for each step up to the furthest it reached."""
    counts = [whole[name] for name in STEPS]
    first, worst = counts[0] or 1, worst_step(whole)
    return [
        Bar(
            label=str(Step(nth).label),
            n=times.count(n),
            url=narrowed.visits(reached=nth) if n else "",
            width=f"{100 * n / first:.2f}",
            rest=f"{100 * (counts[nth - 2] if nth > 1 else n) / first:.2f}",
            went_on=_("%(share)s went on") % {"share": times.percent(n / counts[nth - 2])} if nth > 1 and counts[nth - 2] else "",
            is_worst=nth == worst,
        )
        for nth, n in enumerate(counts, start=1)
    ]  # fmt: skip


def worst_step(whole: Mapping[str, int]) -> int:
    """After the cart, the step (of Step) at which most turn back, if half of them do; else 0."""
    counts = [whole[name] for name in STEPS]
    lost = {nth: 1 - counts[nth - 1] / counts[nth - 2] for nth in (4, 5) if counts[nth - 2] >= WORTH}
    worst = max(lost, key=lambda nth: lost[nth], default=0)
    return worst if worst and lost[worst] >= HALF - 0.005 else 0


def sentence(whole: Mapping[str, int]) -> str:
    worst = worst_step(whole)
    if not worst:
        return ""
    n, before = whole[STEPS[worst - 1]], whole[STEPS[worst - 2]]
    share = times.percent(1 - n / before)
    if worst == Step.ORDERED:
        return _("Of those who reach the checkout, %(share)s turn back.") % {"share": share}
    return _("Of those who fill a cart, %(share)s do not reach the checkout.") % {"share": share}
