"""The triggers: what each waits for, what then happens, whom it would have reached, and whom it did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.shared import clock
from muhatap.triggers import firing, setting
from muhatap.triggers.models import Firing, Trigger
from muhatap.web.common.doors import needs, visitor
from muhatap.web.triggers import words

MOST = 50


@dataclass(frozen=True, kw_only=True)
class Line:
    """One occasion; `why_not` is empty where something was done."""

    name: str
    url: str
    reason: str
    when: str
    why_not: str
    state: str


class TriggerForm(forms.Form):
    is_on = forms.BooleanField(label=gettext_lazy("In use"), required=False)
    way = forms.ChoiceField(label=gettext_lazy("What happens"), choices=Trigger.Way.choices)
    text = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        max_length=setting.LONGEST,
        widget=forms.Textarea(attrs={"rows": 4, "data-grows": ""}),
        help_text=gettext_lazy(
            "Of the invitation or the draft. {name}, {product} and {order} are filled in with what is known. A task needs none."
        ),
    )
    rest_days = forms.IntegerField(
        label=gettext_lazy("Days of rest"),
        min_value=1,
        max_value=365,
        help_text=gettext_lazy("So long the same person is not met again for this reason."),
    )

    def clean(self) -> dict[str, object]:
        told = super().clean() or {}
        if told.get("way") != Trigger.Way.TASK and not str(told.get("text") or "").strip():
            self.add_error("text", _("Write what the invitation or the draft says."))
        return told


@require_GET
@needs("automation.read")
def listing(request: HttpRequest) -> HttpResponse:
    counts = Firing.objects.values("trigger").annotate(n=Count("id"), done=Count("id", filter=Q(why_not="")))
    n_of = {row["trigger"]: (row["done"], row["n"]) for row in counts}
    lines = [
        {
            "trigger": one,
            "url": reverse("triggers:edit", args=[one.kind]),
            "said": words.explained(one.kind),
            "n": n_of.get(one.pk, (0, 0))[0],
        }
        for one in setting.all_kinds()
    ]
    return render(request, "triggers/list.html", {"lines": lines})


@needs("automation.read")
def edit(request: HttpRequest, kind: str) -> HttpResponse:
    one, user = _known(kind), visitor(request)
    may_edit = may(user, "automation.edit")
    if request.method == "POST" and not may_edit:
        return _page(request, one, TriggerForm(initial=_kept(one)), may_edit=False, status=403)
    form = TriggerForm(request.POST or None, initial=_kept(one))
    if request.method == "POST" and form.is_valid():
        setting.change(kind=kind, **form.cleaned_data, by=user, at=clock.now())
        messages.success(
            request, _("Saved. It looks at what happens from now on.") if form.cleaned_data["is_on"] else _("Saved.")
        )
        return redirect("triggers:edit", kind)
    return _page(request, one, form, may_edit=may_edit, status=422 if form.errors else 200)


@require_GET
@needs("automation.read")
def look_back(request: HttpRequest, kind: str) -> HttpResponse:
    """Whom it would have reached in seven days, as it is set now."""
    now = clock.now()
    found = firing.look_back(_known(kind), at=now)
    lines = _lines(list(reversed(found))[:MOST], kind, visitor(request), now)
    n = sum(1 for one in found if not one.why_not)
    return render(request, "triggers/_look_back.html", {"lines": lines, "n": n, "n_all": len(found)})


def _page(request: HttpRequest, one: Trigger, form: TriggerForm, *, may_edit: bool, status: int) -> HttpResponse:
    now = clock.now()
    rows = (
        Firing.objects.filter(trigger=one).select_related("contact", "settled_by") if one.pk else Firing.objects.none()
    )
    page = {
        "trigger": one,
        "form": form,
        "said": words.explained(one.kind),
        "may_edit": may_edit,
        "lines": _lines(list(rows.order_by("-at", "-id")[:MOST]), one.kind, visitor(request), now),
        "look_back_url": reverse("triggers:look_back", args=[one.kind]),
    }
    return render(request, "triggers/edit.html", page, status=status)


def _lines(rows: Sequence[Firing], kind: str, user: User, now: datetime) -> list[Line]:
    readable = words.readable([one.reasons for one in rows], user)
    return [_line(one, kind, now, readable) for one in rows]


def _line(one: Firing, kind: str, now: datetime, readable: set[int]) -> Line:
    settled = _("settled by %(who)s") % {"who": one.settled_by} if one.settled_by else ""
    shown = _("shown") if one.shown_at else ""
    return Line(
        name=str(one.contact),
        url=reverse("contacts:page", args=[one.contact_id]),
        reason=words.reason(kind, one.reasons, readable),
        when=words.when(one.at, now),
        why_not=str(one.get_why_not_display()) if one.why_not else "",
        state=settled or shown,
    )


def _kept(one: Trigger) -> dict[str, object]:
    return {"is_on": one.is_on, "way": one.way, "text": one.text, "rest_days": one.rest_days}


def _known(kind: str) -> Trigger:
    if kind not in Trigger.Kind.values:
        raise Http404
    return setting.of(kind)
