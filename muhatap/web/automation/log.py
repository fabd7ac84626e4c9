"""Why a rule fired: its log, and one firing on its own, as the thread links to it."""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.automation import targets
from muhatap.automation.models import AutomationRule, RuleFiring
from muhatap.automation.targets import Targets
from muhatap.conversations import visibility
from muhatap.shared import clock
from muhatap.web.automation import words
from muhatap.web.common import reading, times
from muhatap.web.common.doors import needs, visitor

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Line:
    """One firing: where, when, what held, what was done."""

    title: str
    url: str
    time: str
    time_iso: str
    held: tuple[str, ...]
    done: tuple[tuple[str, str, str], ...]


@needs("automation.read")
def of_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """?before= the number of the last one seen."""
    rule = get_object_or_404(AutomationRule, pk=pk)
    rows = rule.firings.select_related("conversation__contact")
    last = rows.filter(pk=reading.number(request.GET.get("before")) or 0).first()
    if last:
        rows = rows.filter(at__lte=last.at).exclude(at=last.at, pk__gte=last.pk)
    page = list(rows.order_by("-at", "-id")[: PAGE + 1])
    shown = _lines(request, page[:PAGE])
    more = f"?before={page[PAGE - 1].pk}" if len(page) > PAGE else ""
    return render(request, "automation/log.html", _page(rule, shown) | {"more_url": more})


@needs("automation.read")
def firing(request: HttpRequest, pk: int) -> HttpResponse:
    """For those who see the conversation. Threads keep the link also when the rule was deleted, and its log with it."""
    found = RuleFiring.objects.select_related("rule", "conversation__contact").filter(pk=pk).first()
    if found is None:
        return render(request, "automation/gone.html", {"here": "rules"}, status=410)
    shown = _lines(request, [found])
    if not shown[0].url:
        raise Http404
    return render(request, "automation/log.html", _page(found.rule, shown) | {"is_one": True})


def _page(rule: AutomationRule, lines: list[Line]) -> dict[str, object]:
    return {"rule": rule, "lines": lines, "sentence": words.sentence(rule, targets.ever()), "here": "rules"}


def _lines(request: HttpRequest, firings: list[RuleFiring]) -> list[Line]:
    numbers = {firing.conversation_id for firing in firings}
    seen = set(visibility.visible_to(visitor(request)).filter(pk__in=numbers).values_list("pk", flat=True))
    now, ever = clock.now(), targets.ever()
    return [_line(firing, firing.conversation_id in seen, ever, now) for firing in firings]


def _line(firing: RuleFiring, is_seen: bool, ever: Targets, now: datetime) -> Line:
    row = firing.conversation
    url = f"{reverse('inbox:conversation', args=[row.pk])}#message-{firing.message_id}"
    return Line(
        title=f"{row.contact}: {row.subject}" if is_seen else _("A conversation you do not see"),
        url=url if is_seen else "",
        time=times.stamp(firing.at, now),
        time_iso=firing.at.isoformat(),
        held=tuple(words.condition(one, ever) for one in firing.held),
        done=tuple(words.outcome(one, ever) for one in firing.done),
    )
