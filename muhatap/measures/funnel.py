"""How many went how far: steps one after another, within a time from the first."""

from collections.abc import Sequence
from datetime import timedelta

import ibis
import ibis.expr.types as ir

from muhatap.measures.asked import Step
from muhatap.measures.tables import TRACK


def done(step: Step, page_views: ir.Table, events: ir.Table) -> ir.Table:
    """Who did the step and when: (visitor, at)."""
    if step.kind == "event":
        return events.filter(events.kind == TRACK, events.name == step.value).select("visitor", "at")
    if step.kind == "product":
        is_it = page_views.product == step.value if step.value else page_views.product != ""
    else:
        is_it = page_views.path == step.value
        if step.kind == "below":
            is_it |= page_views.path.startswith(step.value.rstrip("/") + "/")
    return page_views.filter(is_it).select("visitor", "at")


def funnel(moments: Sequence[ir.Table], *, within: timedelta) -> ir.Table:
    """Who did each step and when (visitor, at) → (step from 1, n_visitors, seconds since they entered, summed).

    A visitor enters by their first moment of the first step. They reach a step by its first moment that does not lie before the
    moment they reached the last one by, and at most `within` after they entered. Raises ValueError without steps.
    """
    if not moments:
        raise ValueError("a funnel has at least one step")
    stage = moments[0].group_by("visitor").agg(entered=moments[0].at.min(), at=moments[0].at.min())
    stages = [stage]
    for moment in moments[1:]:
        stage = _reaching(stage, moment, within)
        stages.append(stage)
    return ibis.union(*(_counted(stage, number) for number, stage in enumerate(stages, start=1)), distinct=False)


def _reaching(stage: ir.Table, moment: ir.Table, within: timedelta) -> ir.Table:
    last = stage.select("visitor", "entered", reached="at")
    after = last.join(moment, "visitor")
    in_time = after.filter(
        after.at >= after.reached, after.at <= after.entered + ibis.interval(seconds=int(within.total_seconds()))
    )
    return in_time.group_by("visitor", "entered").agg(at=in_time.at.min())


def _counted(stage: ir.Table, number: int) -> ir.Table:
    passed = stage.at.truncate("s").delta(stage.entered.truncate("s"), unit="second")
    counted = stage.agg(n_visitors=stage.count(), seconds=passed.sum().coalesce(0))
    return counted.select("n_visitors", "seconds", step=ibis.literal(number, "int64"))
