"""Macros: keeping them, and running one from the composer of a conversation."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.accounts.models import Team
from muhatap.accounts.permissions import may
from muhatap.automation import macros, ordering, targets
from muhatap.automation.models import Macro, MacroRun
from muhatap.automation.rules import Problems, Refused
from muhatap.conversations import variables, visibility
from muhatap.conversations.models import Conversation
from muhatap.flow import macros as flow
from muhatap.shared import clock
from muhatap.shared.text import without_nul
from muhatap.web.automation import display, examples, forms, words
from muhatap.web.common import reading
from muhatap.web.common.display import Toast
from muhatap.web.common.doors import needs, visitor

UNDO_SECONDS = 10


@dataclass(frozen=True, kw_only=True)
class Line:
    """A macro in the list."""

    macro: Macro
    sentence: str
    shared: str
    may_change: bool
    needs_attention: bool


@needs("macros.use")
def listing(request: HttpRequest) -> HttpResponse:
    user, present, ever = visitor(request), targets.present(), targets.ever()
    lines = [
        Line(
            macro=macro,
            sentence="; ".join([words.action(one, ever) for one in macro.actions] + _text(macro)),
            shared=_shared(macro),
            may_change=macros.may_change(user, macro),
            needs_attention=bool(macros.problems(macro, present)),
        )
        for macro in ordering.ordered(user)
    ]
    return render(request, "automation/macros.html", {"lines": lines, "here": "macros"})


@needs("macros.use")
def new(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _form(request, forms.Typed(actions=[{"kind": "tag"}]))
    typed = forms.typed(request.POST)
    try:
        macros.create(wording=_wording(typed), by=visitor(request), at=clock.now())
    except Refused as refused:
        return _form(request, typed, refused.problems)
    messages.success(request, _("Saved. It stands under the lightning in the composer."))
    return redirect("automation:macros")


@needs("macros.use")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    macro = _changeable(request, pk)
    if request.method != "POST":
        kept = forms.Typed(
            name=macro.name, actions=list(macro.actions), reply=macro.reply, sharing=macro.sharing,
            team=str(macro.team_id or ""),
        )  # fmt: skip
        return _form(request, kept, macros.problems(macro, targets.present()), macro=macro)
    typed = forms.typed(request.POST)
    try:
        macros.revise(macro=macro, wording=_wording(typed), by=visitor(request), at=clock.now())
    except Refused as refused:
        return _form(request, typed, refused.problems, macro=macro)
    messages.success(request, _("Saved."))
    return redirect("automation:macros")


@require_POST
@needs("macros.use")
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    macro = _changeable(request, pk)
    macros.delete(macro=macro, by=visitor(request), at=clock.now())
    messages.success(request, _("“%(name)s” is deleted.") % {"name": macro.name})
    return redirect("automation:macros")


@require_POST
@needs("macros.use")
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down in the reader's own list."""
    macro = get_object_or_404(macros.open_to(visitor(request)), pk=pk)
    ordering.move(macro=macro, up=request.POST.get("to") == "up", by=visitor(request))
    return redirect("automation:macros")


@require_POST
@needs("macros.use")
def add_example(request: HttpRequest, name: str) -> HttpResponse:
    if name not in examples.MACROS:
        raise Http404
    macros.create(wording=examples.MACROS[name](), by=visitor(request), at=clock.now())
    messages.success(request, _("Added for you. It stands under the lightning in the composer."))
    return redirect("automation:macros")


@needs("macros.use")
def menu(request: HttpRequest, number: int) -> HttpResponse:
    """The menu under the lightning."""
    conversation = _conversation(request, number)
    items = [
        {"name": macro.name, "url": reverse("automation:run_macro", args=[conversation.pk, macro.pk])}
        for macro in ordering.ordered(visitor(request))
    ]
    return render(request, "automation/_menu.html", {"items": items})


@require_POST
@needs("macros.use")
def run(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """With the composer around the button: what stands in it is kept before the macro's text comes behind it."""
    conversation = _conversation(request, number)
    macro = get_object_or_404(macros.open_to(visitor(request)), pk=pk)
    ran = flow.run(
        macro=macro,
        conversation=conversation,
        by=visitor(request),
        at=clock.now(),
        typed=without_nul(request.POST["html"]) if "html" in request.POST else None,
        kind="note" if request.POST.get("kind") == "note" else "reply",
    )
    toast = Toast(
        text=words.said(macro.name, ran.done, targets.ever()),
        icon="zap",
        undo_url=reverse("automation:undo_macro", args=[ran.pk]),
        seconds=UNDO_SECONDS,
    )
    url = _where(request, conversation.pk)
    return render(request, "automation/_ran.html", {"url": url, "toast": toast})


@require_POST
@needs("macros.use")
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """By whoever ran it."""
    ran = get_object_or_404(MacroRun, pk=pk, by=visitor(request))
    kept = macros.undo(run=ran, by=visitor(request), at=clock.now())
    toast = Toast(text=words.taken_back(ran.name, kept or ()), icon="undo-2")
    url = _where(request, ran.conversation_id)
    return render(request, "automation/_undone.html", {"url": url, "toast": toast})


def _conversation(request: HttpRequest, number: int) -> Conversation:
    found: Conversation = get_object_or_404(visibility.visible_to(visitor(request)), pk=number)
    return found


def _where(request: HttpRequest, number: int) -> str:
    """Where its pane is read from; a macro may have given it out of the reader's sight."""
    if visibility.find(visitor(request), number) is None:
        return reverse("inbox:handed_on")
    return reverse("inbox:conversation", args=[number])


def _changeable(request: HttpRequest, pk: int) -> Macro:
    user = visitor(request)
    macro = get_object_or_404(macros.open_to(user), pk=pk)
    if not macros.may_change(user, macro):
        raise Http404
    return macro


def _text(macro: Macro) -> list[str]:
    return [_("Text into the composer")] if macro.reply else []


def _shared(macro: Macro) -> str:
    if macro.sharing == Macro.Sharing.TEAM:
        return str(macro.team)
    return str(macro.get_sharing_display())


def _wording(typed: forms.Typed) -> macros.Wording:
    return macros.Wording(
        name=typed.name,
        actions=typed.actions,
        reply=typed.reply,
        sharing=typed.sharing,
        team=Team.objects.filter(pk=reading.number(typed.team) or 0).first(),
    )


def _form(
    request: HttpRequest, typed: forms.Typed, problems: Problems | None = None, *, macro: Macro | None = None
) -> HttpResponse:
    found, present = problems or Problems(), targets.present()
    is_refused = bool(found) and request.method == "POST"
    page = {
        "typed": typed,
        "macro": macro,
        "actions": display.action_rows(typed.actions, present, found.actions, of_macro=True),
        "problems": {name: words.FIELD_PROBLEMS[name] for name in found.fields},
        "may_share": may(visitor(request), "macros.share"),
        "sharings": [
            {"code": code, "name": name, "is_chosen": code == typed.sharing} for code, name in Macro.Sharing.choices
        ],
        "teams": [
            {"code": code, "name": name, "is_chosen": code == typed.team} for code, name in present.teams.items()
        ],
        "variables": variables.NAMES,
        "is_refused": is_refused,
        "needs_attention": bool(found) and not is_refused,
        "here": "macros",
    }
    return render(request, "automation/macro.html", page, status=422 if is_refused else 200)
