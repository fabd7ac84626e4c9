"""Settings: of which inboxes customers are asked for a rating, and how."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from muhatap.channels.models import Inbox
from muhatap.feedback import asking
from muhatap.feedback.models import Survey
from muhatap.shared import clock
from muhatap.shared.text import sort_key
from muhatap.web.common.doors import needs, visitor


class SurveyForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    class Meta:
        model = Survey
        fields = ["is_on", "question_tr", "question_en", "scale", "delay_minutes", "quiet_days", "open_days"]
        labels = {
            "is_on": gettext_lazy("Ask after a resolution"),
            "question_tr": gettext_lazy("Question in Turkish"),
            "question_en": gettext_lazy("Question in English"),
            "scale": gettext_lazy("What one chooses from"),
            "delay_minutes": gettext_lazy("Minutes after the resolution"),
            "quiet_days": gettext_lazy("Not asked again for so many days"),
            "open_days": gettext_lazy("Days in which the answer may be given and changed"),
        }
        help_texts = {
            "question_tr": gettext_lazy("Left empty, we ask how our help was."),
            "question_en": gettext_lazy("Left empty, we ask how our help was."),
            "delay_minutes": gettext_lazy("Opened again before, nobody is asked."),
            "quiet_days": gettext_lazy("Counted over all inboxes."),
        }

    delay_minutes = forms.IntegerField(min_value=0, max_value=60 * 24 * 7)
    quiet_days = forms.IntegerField(min_value=0, max_value=365)
    open_days = forms.IntegerField(min_value=1, max_value=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("delay_minutes", "quiet_days", "open_days"):
            self.fields[name].label = self.Meta.labels[name]
            self.fields[name].help_text = self.Meta.help_texts.get(name, "")


@needs("surveys.edit")
def listing(request: HttpRequest) -> HttpResponse:
    """Every inbox, and whether its customers are asked."""
    inboxes = sorted(
        Inbox.objects.filter(is_enabled=True).select_related("survey"), key=lambda inbox: sort_key(inbox.name)
    )
    return render(request, "feedback/surveys.html", {"lines": [_line(inbox) for inbox in inboxes]})


@needs("surveys.edit")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    inbox = get_object_or_404(Inbox.objects.select_related("survey"), pk=pk)
    form = SurveyForm(request.POST or None, instance=getattr(inbox, "survey", Survey()))
    if request.method == "POST" and form.is_valid():
        asking.set_up(inbox=inbox, fields=form.cleaned_data, by=visitor(request), at=clock.now())
        messages.success(request, _("Saved."))
        return redirect("surveys:list")
    return render(request, "feedback/survey.html", {"form": form, "inbox": inbox}, status=422 if form.errors else 200)


def _line(inbox: Inbox) -> dict[str, Any]:
    survey: Survey | None = getattr(inbox, "survey", None)
    if survey is None or not survey.is_on:
        return {"inbox": inbox, "said": _("Not asked")}
    n = survey.delay_minutes
    said = ngettext("Asked %(n)s minute after the resolution", "Asked %(n)s minutes after the resolution", n) % {"n": n}
    return {"inbox": inbox, "said": said}
