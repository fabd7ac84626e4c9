"""One reading: why it is read so, and what somebody says of it."""

import re
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.accounts.permissions import may
from muhatap.conversations.models import Message
from muhatap.conversations.visibility import readable_interactions
from muhatap.flow import understanding
from muhatap.interactions.models import Post
from muhatap.shared import clock
from muhatap.understanding import correcting
from muhatap.understanding.models import FIELDS, Correction, Reading
from muhatap.web.common import readings, times
from muhatap.web.common.display import Toast
from muhatap.web.common.doors import needs, visitor
from muhatap.web.understanding import words

AROUND = 70  # characters shown on either side of the words that decided


@needs("conversations.read")
def chips(request: HttpRequest, pk: int) -> HttpResponse:
    """The words under the message."""
    return _chips(request, _mine(request, pk))


@needs("conversations.read")
def field(request: HttpRequest, pk: int, field: str) -> HttpResponse:
    """Why this field is read so, and what else it may be; posted, what it should be."""
    if field not in FIELDS:
        raise Http404
    reading = _mine(request, pk)
    if request.method == "POST":
        return _corrected(request, reading, field)
    return render(request, "understanding/_why.html", _why(request, reading, field))


@require_POST
@needs("conversations.organise")
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    correction = get_object_or_404(Correction.objects.select_related("reading"), pk=pk)
    _mine(request, correction.reading_id)
    try:
        understanding.take_back(correction=correction, by=visitor(request), at=clock.now())
    except correcting.TakenBack:
        toast = Toast(text=_("It was corrected again since, and stays so."), icon="info")
        return render(request, "understanding/_toast.html", {"toast": toast})
    toast = Toast(text=_("Taken back."), icon="undo-2")
    return _chips(request, _mine(request, correction.reading_id), toast=toast, is_beside=True)


def _corrected(request: HttpRequest, reading: Reading, field: str) -> HttpResponse:
    user = visitor(request)
    if not may(user, "conversations.organise"):
        return render(request, "403.html", status=403)
    try:
        made = understanding.correct(
            reading=reading, field=field, value=request.POST.get("value", ""), by=user, at=clock.now()
        )
    except correcting.BadAnswer:
        raise Http404 from None
    reading = _mine(request, reading.pk)
    told = {"what": readings.name(field), "said": readings.value(reading, field)}
    undo = reverse("understanding:take_back", args=[made.pk])
    toast = Toast(text=_("%(what)s: %(said)s. Muhatap learns from it.") % told, undo_url=undo, seconds=10)
    return _chips(request, reading, toast=toast)


def _chips(
    request: HttpRequest, reading: Reading, *, toast: Toast | None = None, is_beside: bool = False
) -> HttpResponse:
    may_correct = may(visitor(request), "conversations.organise")
    is_newest = _is_newest(reading)
    shown = readings.chips(reading, may_correct=may_correct, asks=True, is_newest=is_newest, is_beside=is_beside)
    return render(request, "understanding/_chips.html", {"chips": shown, "toast": toast})


def _is_newest(reading: Reading) -> bool:
    """Whether the customer has written nothing after it in the thread."""
    message = Message.objects.filter(interaction=reading.interaction_id).first()
    if message is None:
        return False
    later = Message.objects.filter(conversation=message.conversation_id, kind=Message.Kind.INBOUND, pk__gt=message.pk)
    return not later.exists()


def _why(request: HttpRequest, reading: Reading, field: str) -> dict[str, Any]:
    told = [one for one in reading.reasons if one["about"] == field]
    said = reading.corrections.standing().filter(field=field)
    standing = said.select_related("by").order_by("-id").first()
    text = understanding.texts([reading.interaction_id]).get(reading.interaction_id, "")
    chances = dict(reading.chances.get(field, ()))
    here = correcting.value_of(reading, field)
    choices = sorted(words.choices(field), key=lambda one: (not one[0], -chances.get(one[0], 0.0)))
    return {
        "reading": reading,
        "field": field,
        "name": readings.name(field),
        "value": readings.value(reading, field),
        "sureness": readings.sureness(reading, field),
        "percent": times.percent(getattr(reading, f"{field}_confidence")),
        "by": standing,
        "reasons": [(one["words"], words.sign(one["sign"])) for one in told] if standing is None else [],
        "excerpt": _marked(text, [one["words"] for one in told]) if standing is None else "",
        "choices": [(code, word, code == here, n) for n, (code, word) in enumerate(choices, start=1)],
        "may_correct": may(visitor(request), "conversations.organise"),
    }


def _marked(text: str, told: Sequence[str]) -> SafeString:
    """The part of a text in which the words stand, with each of them marked."""
    plain = " ".join(text.split())
    parts = {part.strip() for words_ in told for part in words_.split("…") if part.strip()}
    places = sorted(
        (found.start(), found.end())
        for part in parts
        for found in re.finditer(re.escape(" ".join(part.split())), plain)
    )
    if not places:
        return SafeString("")
    start = max(places[0][0] - AROUND, 0)
    end = min(start + 4 * AROUND, len(plain))
    shown, at = ["…" if start else ""], start
    for first, last in places:
        if first < at or last > end:
            continue
        shown += [escape(plain[at:first]), "<mark>", escape(plain[first:last]), "</mark>"]
        at = last
    shown += [escape(plain[at:end]), "…" if end < len(plain) else ""]
    return mark_safe("".join(shown))  # noqa: S308 (each part is escaped)


def _mine(request: HttpRequest, pk: int) -> Reading:
    """404 for readings of what this reader may not read; what stands at a public address, and nowhere here, is everybody's."""
    reading = get_object_or_404(Reading.objects.select_related("topic"), pk=pk)
    public = Post.objects.filter(interaction=reading.interaction_id, interaction__message=None).exclude(url="")
    if not readable_interactions(visitor(request), [reading.interaction_id]) and not public.exists():
        raise Http404
    return reading
