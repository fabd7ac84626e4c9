"""SLA policies: in the order they are asked, made, changed, moved and archived."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.accounts.models import Team
from muhatap.channels.models import Inbox
from muhatap.contacts.models import Tag
from muhatap.conversations.models import Conversation
from muhatap.flow import deadlines
from muhatap.service import policies
from muhatap.service.models import SlaPolicy
from muhatap.shared import clock
from muhatap.web.common.doors import needs, visitor
from muhatap.web.service.forms import PolicyForm, length


@needs("service.edit")
def listing(request: HttpRequest) -> HttpResponse:
    found = policies.standing()
    names = _names(found)
    lines = [
        {"policy": one, "fits": _fits(one, names), "promises": _promises(one), "is_last": one is found[-1]}
        for one in found
    ]
    return render(request, "service/policies.html", {"lines": lines})


@needs("service.edit")
def new(request: HttpRequest) -> HttpResponse:
    return _edited(request, SlaPolicy(first_response_minutes=60, next_response_minutes=120, warn_minutes=20))


@needs("service.edit")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edited(request, _standing(pk))


@require_POST
@needs("service.edit")
def move(request: HttpRequest, pk: int) -> HttpResponse:
    policies.move(policy=_standing(pk), up=request.POST.get("to") == "up", by=visitor(request), at=clock.now())
    deadlines.terms_changed()
    return redirect("service:policies")


@require_POST
@needs("service.edit")
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    found = _standing(pk)
    policies.archive(policy=found, by=visitor(request), at=clock.now())
    deadlines.terms_changed()
    messages.success(
        request, _("“%(name)s” promises nothing more. What it promised stays written down.") % {"name": found.name}
    )
    return redirect("service:policies")


def _edited(request: HttpRequest, policy: SlaPolicy) -> HttpResponse:
    form = PolicyForm(request.POST or None, policy=policy)
    if request.method == "POST" and form.is_valid():
        name, fields = form.cleaned_data["name"], form.promises()
        try:
            policies.save(policy=policy, name=name, fields=fields, by=visitor(request), at=clock.now())
        except policies.NameTaken:
            form.add_error("name", _("Another policy has this name."))
        else:
            deadlines.terms_changed()
            messages.success(request, _("Saved. Open deadlines are being counted again."))
            return redirect("service:policies")
    page = {"form": form, "policy": policy if policy.pk else None, "sections": _sections(form)}
    return render(request, "service/policy.html", page, status=422 if form.errors else 200)


def _sections(form: PolicyForm) -> list[dict[str, Any]]:
    rows = [
        ("", "", ["name"]),
        (
            _("Which conversations"),
            _("A conversation must fit every line in which something is ticked. With nothing ticked, all fit."),
            ["inbox_ids", "team_ids", "tag_ids", "priorities"],
        ),
        (
            _("What is promised"),
            _("Leave empty what is not promised."),
            ["first_response_minutes next_response_minutes", "resolution_minutes warn_minutes"],
        ),
        (_("In which time"), "", ["hours", "pauses_waiting", "pauses_snoozed"]),
    ]
    return [
        {"title": title, "text": text, "rows": [[form[name] for name in row.split()] for row in names]}
        for title, text, names in rows
    ]


def _standing(pk: int) -> SlaPolicy:
    return get_object_or_404(SlaPolicy, pk=pk, archived_at=None)


def _names(found: list[SlaPolicy]) -> dict[str, dict[int, str]]:
    """What the conditions of these policies are called: three questions for the whole list."""

    def named(model: Any, field: str) -> dict[int, str]:
        return dict(
            model.objects.filter(pk__in={pk for one in found for pk in getattr(one, field)}).values_list("pk", "name")
        )

    return {
        "inbox_ids": named(Inbox, "inbox_ids"),
        "team_ids": named(Team, "team_ids"),
        "tag_ids": named(Tag, "tag_ids"),
        "priorities": {value: str(label) for value, label in Conversation.Priority.choices},
    }


def _fits(policy: SlaPolicy, names: dict[str, dict[int, str]]) -> str:
    gone = _("(no longer there)")
    parts = [", ".join(names[field].get(pk, gone) for pk in getattr(policy, field)) for field in policies.CONDITIONS]
    return " · ".join(part for part in parts if part) or _("All conversations")


def _promises(policy: SlaPolicy) -> str:
    labels = {"first_response": _("first response"), "next_response": _("next response"), "resolution": _("resolution")}
    told = [
        f"{label} {length(minutes)}"
        for kind, label in labels.items()
        if (minutes := getattr(policy, f"{kind}_minutes"))
    ]
    return " · ".join([*told, policy.hours.name if policy.hours else _("round the clock")])
