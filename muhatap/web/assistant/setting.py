"""The page where an administrator says which server writes, and tries it with a sentence of nobody's."""

import time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from muhatap.assistant import prompts, setting
from muhatap.assistant.endpoint import NotAnswered
from muhatap.assistant.setting import Incomplete, KeyStays, Wanted
from muhatap.assistant.trouble import Trouble
from muhatap.shared import clock
from muhatap.web.assistant.forms import AssistantForm
from muhatap.web.common import times
from muhatap.web.common.doors import needs, visitor

TRIAL_SECONDS = 30.0  # a page waits for it


@needs("assistant.edit")
def edit(request: HttpRequest) -> HttpResponse:
    row = setting.current()
    form = AssistantForm(request.POST or None, row=row)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=422 if form.errors else 200)
    if "try" in request.POST:
        return _page(request, form, tried=_tried(form))
    if not _kept(request, form):
        return _page(request, form, status=422)
    messages.success(request, _("Saved."))
    return redirect("assistant_settings:edit")


def _kept(request: HttpRequest, form: AssistantForm) -> bool:
    try:
        setting.change(wanted=form.wanted(), by=visitor(request), at=clock.now())
    except (NotAnswered, Incomplete, KeyStays) as error:
        form.add_error(*_fault(error))
        return False
    return True


def _fault(error: Exception) -> tuple[str, str]:
    """The field it is about, and what is wrong."""
    if isinstance(error, NotAnswered):
        return "url", str(error.trouble.label)
    if isinstance(error, KeyStays):
        return "key", _("The stored key belongs to the address before. Enter the key for this one, or remove it.")
    return "url", _("Enter an address and a model before you turn anything on.")


def _tried(form: AssistantForm) -> dict[str, Any]:
    wanted: Wanted = form.wanted()
    instructions, text = prompts.TRIAL["tr" if get_language() == "tr" else "en"]
    begun = time.monotonic()
    try:
        answer = setting.attempt(wanted, instructions=instructions, text=text, most_seconds=TRIAL_SECONDS)
    except NotAnswered as error:
        help = _private_help() if error.trouble == Trouble.PRIVATE else ""
        return {"title": error.trouble.label, "text": help or error.detail, "tone": "late", "icon": "circle-alert"}
    except (Incomplete, KeyStays) as error:
        return {"title": _fault(error)[1], "text": "", "tone": "late", "icon": "circle-alert"}
    seconds = times.decimal(round(time.monotonic() - begun, 1))
    title = _("It works. The answer took %(seconds)s seconds.") % {"seconds": seconds}
    return {"title": title, "asked": text, "answer": answer[:600], "tone": "", "icon": "check"}


def _private_help() -> str:
    return _("Whoever runs this machine can allow it: MUHATAP_ASSISTANT_MAY_BE_PRIVATE=yes, then start Muhatap again.")


def _page(
    request: HttpRequest, form: AssistantForm, *, tried: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    row = setting.current()
    is_on = bool(row.does_draft or row.does_summarise or row.does_translate)
    page = {
        "form": form,
        "is_on": is_on,
        "where": [form[name] for name in ("url", "model", "key", "forget_key", "seconds") if name in form.fields],
        "what": [form[name] for name in ("does_draft", "does_summarise", "does_translate")],
        "may_be_private": setting.may_be_private(),
        "tried": tried,
    }
    return render(request, "assistant/setting.html", page, status=status)
