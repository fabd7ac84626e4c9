"""The rules: their list, the builder, switching and ordering them."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.accounts.permissions import may
from muhatap.automation import rules, targets
from muhatap.automation.events import EVENTS
from muhatap.automation.models import AutomationRule
from muhatap.automation.targets import Targets
from muhatap.shared import clock
from muhatap.web.automation import display, examples, forms, words
from muhatap.web.common import times
from muhatap.web.common.doors import needs, visitor

LATELY = timedelta(days=30)
COUNTED = 1_000  # more are told as so many and more


@dataclass(frozen=True, kw_only=True)
class Line:
    """A rule in the list."""

    rule: AutomationRule
    sentence: str
    fired: str
    needs_attention: bool


@needs("automation.read")
def listing(request: HttpRequest) -> HttpResponse:
    now, present, ever = clock.now(), targets.present(), targets.ever()
    lines = [_line(rule, present, ever) for rule in AutomationRule.objects.order_by("place", "id")]
    page = {"lines": lines, "now": now, "may_edit": may(visitor(request), "automation.edit"), "here": "rules"}
    return render(request, "automation/rules.html", page)


@needs("automation.edit")
def new(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _form(request, forms.Typed(actions=[{"kind": "tag"}], conditions=[{"kind": "text", "how": "has"}]))
    typed = forms.typed(request.POST)
    try:
        made = rules.create(wording=typed.wording(), by=visitor(request), at=clock.now())
    except rules.Refused as refused:
        return _form(request, typed, refused.problems)
    messages.success(request, _("Saved. The rule is off until you switch it on."))
    return redirect("automation:rule", made.pk)


@needs("automation.edit")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    rule = get_object_or_404(AutomationRule, pk=pk)
    if request.method != "POST":
        return _form(request, forms.of_rule(rule), rules.problems(rule, targets.present()), rule=rule)
    typed = forms.typed(request.POST)
    try:
        rules.revise(rule=rule, wording=typed.wording(), by=visitor(request), at=clock.now())
    except rules.Refused as refused:
        return _form(request, typed, refused.problems, rule=rule)
    messages.success(request, _("Saved."))
    return redirect("automation:rules")


@require_POST
@needs("automation.edit")
def add_example(request: HttpRequest, name: str) -> HttpResponse:
    if name not in examples.RULES:
        raise Http404
    made = rules.create(wording=examples.RULES[name](), by=visitor(request), at=clock.now())
    messages.success(request, _("Added, and off until you switch it on."))
    return redirect("automation:rule", made.pk)


@require_POST
@needs("automation.edit")
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """on=yes or no."""
    rule = get_object_or_404(AutomationRule, pk=pk)
    rules.switch(rule=rule, on=request.POST.get("on") == "yes", by=visitor(request), at=clock.now())
    told = _("“%(name)s” is on.") if rule.is_on else _("“%(name)s” is off.")
    messages.success(request, told % {"name": rule.name})
    return redirect("automation:rules")


@require_POST
@needs("automation.edit")
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """to=up or down."""
    rule = get_object_or_404(AutomationRule, pk=pk)
    rules.move(rule=rule, up=request.POST.get("to") == "up", by=visitor(request), at=clock.now())
    return redirect("automation:rules")


@require_POST
@needs("automation.edit")
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    rule = get_object_or_404(AutomationRule, pk=pk)
    rules.delete(rule=rule, by=visitor(request), at=clock.now())
    messages.success(request, _("“%(name)s” is deleted. What it did stays.") % {"name": rule.name})
    return redirect("automation:rules")


@needs("automation.edit")
def condition_row(request: HttpRequest) -> HttpResponse:
    """A new line, or the same with the fields of another kind: ?c= its key."""
    key = _key(request, "c")
    data = forms.condition(request.GET, key) if key else {"kind": request.GET.get("kind", "text")}
    row = display.condition_row(data, targets.present(), key=key)
    return render(request, "automation/_condition.html", {"row": row})


@needs("macros.use")
def action_row(request: HttpRequest) -> HttpResponse:
    """The same for an action: ?a= its key; ?macro=yes without what macros do not do."""
    key, of_macro = _key(request, "a"), request.GET.get("macro") == "yes"
    data = forms.action(request.GET, key) if key else {"kind": request.GET.get("kind", "tag")}
    row = display.action_row(data, targets.present(), key=key, of_macro=of_macro)
    return render(request, "automation/_action.html", {"row": row, "of_macro": of_macro})


def _key(request: HttpRequest, name: str) -> str:
    key = request.GET.get(name, "")
    return key if key.isascii() and key.isalnum() and len(key) <= 16 else ""


def _line(rule: AutomationRule, present: Targets, ever: Targets) -> Line:
    return Line(
        rule=rule,
        sentence=words.sentence(rule, ever),
        fired=_fired(rule),
        needs_attention=bool(rules.problems(rule, present)),
    )


def _fired(rule: AutomationRule) -> str:
    now = clock.now()
    last = rule.firings.order_by("-at", "-id").values_list("at", flat=True).first()
    if last is None:
        return _("Has not run yet")
    n = rule.firings.filter(at__gt=now - LATELY)[:COUNTED].count()
    told = {"n": times.count(n), "when": times.stamp(last, now)}
    if n >= COUNTED:
        return _("Last %(when)s · more than %(n)s times in 30 days") % told
    return _("Last %(when)s · %(n)s times in 30 days") % told


def _form(
    request: HttpRequest,
    typed: forms.Typed,
    problems: rules.Problems | None = None,
    *,
    rule: AutomationRule | None = None,
) -> HttpResponse:
    present = targets.present()
    found = problems or rules.Problems()
    page = {
        "typed": typed,
        "rule": rule,
        "events": [
            {"code": code, "name": words.EVENT_WORDS[code], "is_chosen": code == typed.event, "is_time": event.is_time}
            for code, event in EVENTS.items()
        ],
        "needs_hours": typed.event in EVENTS and EVENTS[typed.event].is_time,
        "conditions": display.condition_rows(typed.conditions, present, found.conditions),
        "actions": display.action_rows(typed.actions, present, found.actions),
        "problems": {name: words.FIELD_PROBLEMS[name] for name in found.fields},
        "is_refused": bool(found) and request.method == "POST",
        "needs_attention": bool(found) and request.method != "POST",
        "here": "rules",
    }
    return render(request, "automation/rule.html", page, status=422 if page["is_refused"] else 200)
