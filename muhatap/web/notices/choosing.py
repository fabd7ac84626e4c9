"""How one wants to hear of what, and when not."""

import zoneinfo
from dataclasses import dataclass
from datetime import time

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from muhatap.accounts.models import User
from muhatap.notices import pushing, wishes
from muhatap.notices.models import Kind, QuietHours, Way
from muhatap.shared import clock
from muhatap.web.common.doors import needs, visitor

# Heads of narrow columns; the boxes themselves are named in full.
HEADS = {
    Way.PAGE: pgettext_lazy("way of telling", "Page"),
    Way.BROWSER: pgettext_lazy("way of telling", "Browser"),
    Way.PUSH: pgettext_lazy("way of telling", "Phone"),
    Way.MAIL: pgettext_lazy("way of telling", "E-mail"),
}


@dataclass(frozen=True)
class Box:
    name: str
    label: str
    is_checked: bool


@dataclass(frozen=True)
class Line:
    """One kind of thing with a box for each way it can be told by."""

    label: str
    boxes: tuple[Box | None, ...]


class Quiet(forms.ModelForm[QuietHours]):
    """Quiet hours: both ends or none."""

    begins = forms.TimeField(
        label=gettext_lazy("Quiet from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "class": "input"}, format="%H:%M"),
        error_messages={"invalid": gettext_lazy("Write a time like 20:00.")},
    )
    ends = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "class": "input"}, format="%H:%M"),
        error_messages={"invalid": gettext_lazy("Write a time like 08:30.")},
    )
    weekends = forms.BooleanField(label=gettext_lazy("Quiet all Saturday and Sunday"), required=False)
    lets_breaches_pass = forms.BooleanField(
        label=gettext_lazy("A passed deadline may reach me all the same"), required=False
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), required=False)

    class Meta:
        model = QuietHours
        fields = ["begins", "ends", "weekends", "lets_breaches_pass", "time_zone"]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        firm = (_("the firm (%(zone)s)") % {"zone": settings.TIME_ZONE},)
        zones = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/"))
        self.fields["time_zone"].choices = [("", *firm), *((zone, zone) for zone in zones)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        given: dict[str, object] = super().clean() or {}
        begins, ends = given.get("begins"), given.get("ends")
        if not self.errors and isinstance(begins, time) != isinstance(ends, time):
            self.add_error("ends" if begins else "begins", _("Quiet hours have a beginning and an end."))
        return given


@needs("account.own")
def choose(request: HttpRequest) -> HttpResponse:
    """The table of kinds and ways, quiet hours, and this browser."""
    user = visitor(request)
    quiet = QuietHours.objects.filter(user=user).first() or QuietHours(user=user)
    form = Quiet(request.POST or None, instance=quiet)
    wanted = _wanted(request) if request.method == "POST" else wishes.table(user)
    if request.method == "POST" and form.is_valid():
        wishes.wish(user=user, wanted=wanted, quiet=form.save(commit=False))
        messages.success(request, _("Saved."))
        return redirect("notices:preferences")
    return render(request, "notices/preferences.html", _page(user, form, wanted), status=422 if form.errors else 200)


def _wanted(request: HttpRequest) -> dict[str, list[str]]:
    return {kind: [way for way in Way.values if f"{kind}.{way}" in request.POST] for kind in Kind.values}


def _page(user: User, form: Quiet, wanted: dict[str, list[str]]) -> dict[str, object]:
    lines = [
        Line(
            label=str(kind.label),
            boxes=tuple(
                Box(f"{kind}.{way}", f"{kind.label}: {way.label}", way in wanted[kind.value])
                if way in wishes.ONLY_BY.get(kind, Way.values)
                else None
                for way in Way
            ),
        )
        for kind in Kind
    ]
    return {
        "form": form,
        "lines": lines,
        "ways": [HEADS[way] for way in Way],
        "has_mail": settings.HAS_MAIL,
        "push_key": pushing.public_key(at=clock.now()),
        "n_devices": len(pushing.of(user, at=clock.now())),
    }
