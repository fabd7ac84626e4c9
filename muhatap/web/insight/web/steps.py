"""The funnel: steps that people choose, how many visitors came to each, and how long it took them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from muhatap.insight import web
from muhatap.insight.engine import Unanswered
from muhatap.insight.web import Reached
from muhatap.measures.asked import NO_STEPS, Step
from muhatap.visits.models import Dim
from muhatap.visits.reports import names_of
from muhatap.web.common import reading, times
from muhatap.web.common.doors import needs
from muhatap.web.insight.web import conditions, words
from muhatap.web.insight.web.around import around
from muhatap.web.insight.web.funnel import Bar

KINDS = ("page", "below", "product", "event")
USUAL = (("product", ""), ("event", "Product Added"), ("event", "Checkout Started"), ("event", "Order Completed"))
REFUSED = {("event", name) for name in NO_STEPS}
MOST = 6
WITHIN = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}


@dataclass(frozen=True, kw_only=True)
class Asking:
    """One line of the form."""

    kind: str
    value: str
    kinds: tuple[tuple[str, str, bool], ...]


@needs("visits.read")
def show(request: HttpRequest) -> HttpResponse:
    narrowed, wanted = conditions.read(request), read_steps(request)
    within = request.GET.get("within", "") if request.GET.get("within", "") in WITHIN else "day"
    kept: dict[str, Any] = {
        "within": within,
        **{f"step{nth}": f"{kind}:{value}" for nth, (kind, value) in enumerate(wanted)},
    }
    page = around(request, narrowed.asked, "funnel", **kept, **narrowed.kept)
    page["bar"] = conditions.bar(narrowed, "funnel", **kept)
    page |= {
        "lines": [_asking(kind, value) for kind, value in (*wanted, *[("event", "")] * (MOST - len(wanted)))],
        "withins": [(name, said, name == within) for name, said in _withins().items()],
        "hidden": [*narrowed.asked.pairs(), *narrowed.kept.items()],
        "is_refused": any(one in REFUSED for one in _told(request)),
        "csv_url": narrowed.asked.url("export", table="funnel", **kept, **narrowed.kept),
    }
    try:
        found = reached(request)
    except Unanswered as error:
        page |= {"unanswered": words.unanswered(error), "sentence": ""}
        return render(request, "insight/web/funnel.html", page)
    return render(request, "insight/web/funnel.html", page | {"steps": bars(found), "sentence": sentence(found)})


def reached(request: HttpRequest) -> Sequence[Reached]:
    """What is asked, answered. Raises Unanswered."""
    narrowed = conditions.read(request)
    within = WITHIN.get(request.GET.get("within", ""), WITHIN["day"])
    steps = [Step(kind, value) for kind, value in read_steps(request)]
    return web.funnel(period=narrowed.period, steps=steps, within=within, conditions=narrowed.conditions).steps


def read_steps(request: HttpRequest) -> list[tuple[str, str]]:
    """Those of the address, or the way from a product to an order. From a form each comes in two fields."""
    return [one for one in _told(request) if one not in REFUSED] or list(USUAL)


def _told(request: HttpRequest) -> list[tuple[str, str]]:
    found = []
    for nth in range(MOST):
        kind, _colon, value = request.GET.get(f"step{nth}", "").partition(":")
        kind, value = request.GET.get(f"kind{nth}", kind), request.GET.get(f"value{nth}", value)
        value = reading.words(value, 300)
        if kind in KINDS and (value or kind == "product"):
            found.append((kind, value))
    return found


def bars(found: Sequence[Reached]) -> list[Bar]:
    first = found[0].n_visitors or 1
    shares = [each.n_visitors / (found[nth - 1].n_visitors or 1) for nth, each in enumerate(found)]
    worst = min(range(1, len(found)), key=lambda nth: shares[nth], default=0)
    return [
        Bar(
            label=called(each.step),
            n=times.count(each.n_visitors),
            url="",
            width=f"{100 * each.n_visitors / first:.2f}",
            rest=f"{100 * (found[nth - 1].n_visitors if nth else each.n_visitors) / first:.2f}",
            went_on=_("%(share)s went on") % {"share": times.percent(shares[nth])} if nth and found[nth - 1].n_visitors else "",
            is_worst=nth == worst and bool(found[nth - 1].n_visitors) and bool(nth),
            after=_("after %(time)s") % {"time": words.lasted(each.seconds)} if each.seconds is not None else "",
        )
        for nth, each in enumerate(found)
    ]  # fmt: skip


def sentence(found: Sequence[Reached]) -> str:
    if not found[0].n_visitors:
        return _("Nobody took the first step on these days.")
    share = times.percent(found[-1].n_visitors / found[0].n_visitors)
    return _("%(n)s visitors took the first step, %(share)s of them the last.") % {
        "n": times.count(found[0].n_visitors), "share": share,
    }  # fmt: skip


def called(step: Step) -> str:
    """A step in words."""
    if step.kind == "event":
        return _events().get(step.value, step.value)
    if step.kind == "product":
        name = names_of(Dim.PRODUCT, [step.value], site_id=None).get(step.value, step.value)
        return name if step.value else _("A product")
    name = names_of(Dim.PAGE, [step.value], site_id=None).get(step.value, words.path(step.value))
    return name if step.kind == "page" else _("Below %(path)s") % {"path": words.path(step.value)}


def _events() -> dict[str, str]:
    return {
        "Product Viewed": _("Looked at a product"),
        "Product Added": _("Added to the cart"),
        "Checkout Started": _("Went to the checkout"),
        "Order Completed": _("Ordered"),
    }


def _asking(kind: str, value: str) -> Asking:
    labels = {"event": _("Event"), "page": _("Page"), "below": _("Pages below"), "product": _("Product")}
    return Asking(kind=kind, value=value, kinds=tuple((name, said, name == kind) for name, said in labels.items()))


def _withins() -> dict[str, str]:
    return {
        "hour": _("within an hour"),
        "day": _("within a day"),
        "week": _("within a week"),
        "month": _("within 30 days"),
    }
