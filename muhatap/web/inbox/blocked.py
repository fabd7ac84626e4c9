"""Senders whose mail goes straight to spam: the list, a new one, and letting one through again."""

from datetime import datetime, time, timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from muhatap.conversations import blocking
from muhatap.conversations.models import SenderBlock
from muhatap.shared import clock
from muhatap.web.common import times
from muhatap.web.common.doors import needs, visitor

MOST = 500


class BlockForm(forms.Form):
    """What to block, why, and until which day (that day included)."""

    value = forms.CharField(
        label=gettext_lazy("Address or domain"),
        max_length=320,
        help_text=gettext_lazy("Example: bulten@firma.example, or firma.example for all who write from there."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=blocking.LONGEST_REASON, required=False)
    until = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def moment(self) -> datetime | None:
        """The end of the chosen day."""
        on = self.cleaned_data["until"]
        return timezone.make_aware(datetime.combine(on + timedelta(days=1), time())) if on else None


@needs("senders.block")
def listing(request: HttpRequest) -> HttpResponse:
    """The blocks in force; a POST adds one."""
    form = BlockForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            row = blocking.block(
                value=told["value"], reason=told["reason"], until=form.moment(), by=visitor(request), at=clock.now()
            )
        except blocking.BadBlock as error:
            form.add_error("until" if error.code == "past" else "value", refusal(error.code))
        else:
            messages.success(request, _("%(address)s is blocked.") % {"address": row.value})
            return redirect("inbox:blocked")
    now = clock.now()
    rows = [_row(block, now) for block in blocking.standing(at=now)[:MOST]]
    return render(request, "inbox/blocked.html", {"form": form, "rows": rows})


@require_POST
@needs("senders.block")
def lift(request: HttpRequest, number: int) -> HttpResponse:
    block = get_object_or_404(SenderBlock, pk=number)
    blocking.lift(block=block, by=visitor(request), at=clock.now())
    said = _("Mail from %(address)s comes in again. What went to spam stays there.") % {"address": block.value}
    messages.success(request, said)
    return redirect("inbox:blocked")


def refusal(code: str) -> str:
    """Why something is not blocked."""
    return {
        "not_an_address": _("Not blocked: this is neither a whole address nor a domain. Example: firma.example"),
        "too_wide": _("Not blocked: this would block everybody under it. Give a whole domain, such as firma.com.tr"),
        "public": _("Not blocked: many customers write from this mail service. Block the single address."),
        "own": _("Not blocked: this is one of our own addresses or domains."),
        "past": _("Not blocked: this day has passed."),
        "already": _("It is blocked already."),
    }[code]


def _row(block: SenderBlock, now: datetime) -> dict[str, object]:
    who = _("%(by)s, %(when)s") % {"by": block.by or _("The system"), "when": times.short(block.at, now)}
    until = _("until %(when)s") % {"when": times.short(block.until - timedelta(minutes=1), now)} if block.until else ""
    return {"id": block.pk, "value": block.value, "said": " · ".join(filter(None, [who, until, block.reason]))}
