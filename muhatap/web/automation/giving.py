"""Who takes the next conversation: the way of each team, what each of its people takes and knows, who is here."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from muhatap.accounts.models import Team, User
from muhatap.accounts.permissions import may
from muhatap.automation import available, giving
from muhatap.automation.models import Availability, Unplaced, WayOfGiving
from muhatap.contacts import tagging as naming
from muhatap.contacts.models import Tag
from muhatap.shared import clock
from muhatap.shared.text import sort_key
from muhatap.web.automation import words
from muhatap.web.common import times
from muhatap.web.common.doors import needs, visitor

STATE_ICONS = {"available": "circle-dot", "break": "coffee", "away": "moon"}
MOST = 1_000


class WayForm(forms.Form):
    way = forms.ChoiceField(label=gettext_lazy("Conversations find somebody"), widget=forms.RadioSelect)
    n_at_most = forms.IntegerField(
        label=gettext_lazy("Open conversations at most, each"),
        required=False,
        min_value=0,
        max_value=MOST,
        help_text=gettext_lazy("Empty for no limit. Somebody’s own limit goes before this one."),
    )

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.fields["way"].choices = [  # type: ignore[attr-defined]
            (code, f"{name}: {told}") for code, (name, told) in words.WAYS.items()
        ]


class PersonForm(forms.Form):
    n_at_most = forms.IntegerField(
        label=gettext_lazy("Open conversations at most"),
        required=False,
        min_value=0,
        max_value=MOST,
        help_text=gettext_lazy("Empty for the limit of the team. 0 gives none."),
    )
    skills = forms.CharField(
        label=gettext_lazy("Knows these tags"),
        required=False,
        max_length=1_000,
        help_text=gettext_lazy("With commas between them. They are the tags of conversations."),
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Writes these languages besides Turkish"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(code, name) for code, name in words.LANGUAGES.items() if code not in ("tr", "0")],
    )

    def clean_skills(self) -> list[Tag]:
        names = [name for name in self.cleaned_data["skills"].split(",") if name.strip()]
        try:
            return [naming.named(name) for name in names]
        except naming.BadTag as error:
            raise forms.ValidationError(_("A tag has at least one letter and at most 60.")) from error


@needs("automation.read")
def listing(request: HttpRequest) -> HttpResponse:
    lines = [_line(team) for team in sorted(Team.objects.all(), key=lambda team: sort_key(team.name))]
    page = {"lines": lines, "may_edit": may(visitor(request), "automation.edit"), "here": "giving"}
    return render(request, "automation/giving.html", page)


@needs("automation.edit")
def team(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Team, pk=pk)
    kept = WayOfGiving.objects.filter(team=found).first()
    initial = {"way": kept.way if kept else "hand", "n_at_most": kept.n_at_most if kept else None}
    form = WayForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        available.arrange(team=found, **form.cleaned_data, by=visitor(request), at=clock.now())
        messages.success(request, _("Saved."))
        return redirect("automation:giving")
    page = {"form": form, "team": found, "here": "giving"}
    return render(request, "automation/team.html", page, status=422 if form.errors else 200)


@needs("automation.edit")
def person(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk, is_active=True)
    kept = Availability.objects.filter(user=user).first()
    skills = sorted(kept.skills.values_list("name", flat=True)) if kept else []
    initial = {
        "n_at_most": kept.n_at_most if kept else None,
        "skills": ", ".join(skills),
        "languages": kept.languages if kept else [],
    }
    form = PersonForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        available.equip(user=user, **form.cleaned_data, by=visitor(request), at=clock.now())
        messages.success(request, _("Saved."))
        return redirect("automation:giving")
    page = {"form": form, "person": user, "here": "giving"}
    return render(request, "automation/person.html", page, status=422 if form.errors else 200)


@needs("account.own")
def availability(request: HttpRequest) -> HttpResponse:
    """The part of one's own menu."""
    return _states(request)


@require_POST
@needs("account.own")
def become(request: HttpRequest, state: str) -> HttpResponse:
    try:
        available.become(user=visitor(request), state=state, at=clock.now())
    except ValueError as error:
        raise Http404 from error
    return _states(request)


def _states(request: HttpRequest) -> HttpResponse:
    now = available.state_of(visitor(request))
    states = [
        {"code": code, "name": name, "icon": STATE_ICONS[code], "is_here": code == now}
        for code, name in Availability.State.choices
    ]
    return render(request, "automation/_availability.html", {"states": states})


def _line(team: Team) -> dict[str, object]:
    kept = WayOfGiving.objects.filter(team=team).first()
    people = giving.candidates(team, n_at_most=kept.n_at_most if kept else None)
    states = dict(Availability.objects.filter(user__teams=team).values_list("user_id", "state"))
    n_waiting = Unplaced.objects.filter(team=team)[:MOST].count()
    waiting = ngettext("%(n)s waits for somebody", "%(n)s wait for somebody", n_waiting)
    return {
        "team": team,
        "way": words.WAYS[kept.way if kept else "hand"][0],
        "waiting": waiting % {"n": times.count(n_waiting)} if n_waiting else "",
        "people": [
            {
                "user": one.user,
                "load": _load(one),
                "state": Availability.State(states.get(one.user.pk, "available")).label,
                "icon": STATE_ICONS[states.get(one.user.pk, "available")],
            }
            for one in sorted(people, key=lambda one: one.user.sort_key)
        ],
    }


def _load(one: giving.Candidate) -> str:
    told = {"n": times.count(one.load), "limit": times.count(one.limit or 0)}
    return _("%(n)s of %(limit)s open") % told if one.limit is not None else _("%(n)s open") % told
