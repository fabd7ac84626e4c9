"""How far addresses prove who somebody is, and which value of a field stands: the rules, seen before they are kept."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.contacts import graph, ruling
from muhatap.contacts.models import BlockedValue, Identity, SharedValue
from muhatap.contacts.survivorship import DEFAULT, Rule
from muhatap.shared import clock
from muhatap.web.common import identities, times
from muhatap.web.common.doors import needs, visitor
from muhatap.web.contacts import sidebar, toasts, words
from muhatap.web.contacts.rule_forms import BlockForm, LimitsForm, ValueForm

_MOST_SHARED = 50


@needs("contacts.rules")
def recognition(request: HttpRequest) -> HttpResponse:
    """Each kind with its limits, what is nobody's own, what many share; a POST blocks a value."""
    form = BlockForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = graph.block(**form.cleaned_data, by=visitor(request), at=clock.now())
        except graph.BadRule as error:
            form.refuse(error)
        else:
            toasts.later(request, _("From now on “%(value)s” proves nobody.") % {"value": row.value}, icon="ban")
            return redirect("contacts:recognition")
    return render(request, "contacts/recognition.html", _around(request, "recognition") | {"form": form, **_graph()})


@needs("contacts.rules")
def limits(request: HttpRequest, kind: str) -> HttpResponse:
    """The limits of one kind of identity."""
    standing = graph.limits()
    if kind not in standing:
        raise Http404
    form = LimitsForm(request.POST or None, limits=standing[kind])
    if request.method == "POST" and form.is_valid():
        try:
            graph.limit(kind=kind, wanted=form.limits(), by=visitor(request), at=clock.now())
        except graph.BadRule as error:
            form.refuse(error)
        else:
            toasts.later(request, _("The limits are kept; what is shared was counted anew."))
            return redirect("contacts:recognition")
    return render(
        request, "contacts/limits.html", _around(request, "recognition") | {"form": form, "kind": _kind(kind)}
    )


@require_POST
@needs("contacts.rules")
def unblock(request: HttpRequest, number: int) -> HttpResponse:
    row = get_object_or_404(BlockedValue, pk=number)
    graph.unblock(row=row, by=visitor(request), at=clock.now())
    toasts.later(request, _("“%(value)s” may prove somebody again.") % {"value": row.value})
    return redirect("contacts:recognition")


@needs("contacts.rules")
def values(request: HttpRequest) -> HttpResponse:
    """Each field with the rule by which its value is chosen."""
    custom = sidebar.custom_fields()
    lines = [
        {
            "name": words.label(name, custom),
            "said": words.steps(ruling.of(name).steps),
            "is_own": ruling.of(name) != DEFAULT,
            "url": reverse("contacts:value_rule", args=[name]),
        }
        for name in ruling.names()
    ]
    return render(request, "contacts/values.html", _around(request, "values") | {"lines": lines})


@needs("contacts.rules")
def value_rule(request: HttpRequest, name: str) -> HttpResponse:
    """One field's rule: what a changed one would change (the button "look"), and keeping it."""
    if name not in ruling.names():
        raise Http404
    form = ValueForm(request.POST or None, rule=ruling.of(name))
    custom = sidebar.custom_fields()
    context = _around(request, "values") | {"form": form, "label": words.label(name, custom)}
    if request.method == "POST" and form.is_valid():
        try:
            rule = ruling.read(steps=form.steps(), trust=form.trust())
        except ruling.BadRule as error:
            form.add_error(None, str(error))
        else:
            if request.POST.get("do") == "keep":
                ruling.adopt(name=name, rule=rule, by=visitor(request), at=clock.now())
                toasts.later(request, _("The rule is kept. All contacts are brought up to date in the background."))
                return redirect("contacts:values")
            context |= _seen(name, rule)
    return render(request, "contacts/value_rule.html", context)


def _seen(name: str, rule: Rule) -> dict[str, object]:
    custom, seen = sidebar.custom_fields(), ruling.preview(name, rule)
    lines = [
        {
            "name": str(one.contact),
            "url": reverse("contacts:page", args=[one.contact.pk]),
            "before": words.value(name, one.before, custom),
            "after": words.value(name, one.after, custom),
        }
        for one in seen.shown
    ]
    return {
        "seen": True,
        "changes": lines,
        "said": _("Of the %(looked)s contacts of whom this was told last, %(changed)s would get another value.")
        % {"looked": times.count(seen.n_looked_at), "changed": times.count(seen.n_changed)},
    }


def _graph() -> dict[str, object]:
    kinds = [
        {
            "icon": identities.ICONS[kind],
            "name": _kind(kind),
            "said": words.limits(own),
            "url": reverse("contacts:limits", args=[kind]),
        }
        for kind, own in sorted(graph.limits().items(), key=lambda pair: pair[1].priority)
    ]
    shared = [
        {"kind": _kind(row.kind), "value": words.handle(row.kind, row.value), "n": words.people(row.n_people)}
        for row in SharedValue.objects.order_by("-n_people", "id")[:_MOST_SHARED]
    ]
    blocked = [
        {
            "pk": row.pk,
            "kind": _kind(row.kind),
            "how": row.get_how_display(),
            "value": words.handle(row.kind, row.value),
        }
        for row in BlockedValue.objects.order_by("kind", "value")[: graph.MOST]
    ]
    return {"kinds": kinds, "blocked": blocked, "shared": shared}


def _kind(kind: str) -> str:
    return str(Identity.Kind(kind).label)


def _around(request: HttpRequest, here: str) -> dict[str, object]:
    return {"views": sidebar.groups(request, here), "toasts": toasts.waiting(request)}
