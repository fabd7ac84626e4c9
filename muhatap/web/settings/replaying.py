"""Having what came in read again: one item, or all of a span of time."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from muhatap.flow import replay, replay_span
from muhatap.interactions.models import RawItem
from muhatap.shared import clock
from muhatap.web.common import times
from muhatap.web.common.doors import needs, visitor
from muhatap.web.settings import health, reach
from muhatap.web.settings.span_form import SpanForm


@require_POST
@needs("intake.replay")
def one(request: HttpRequest, pk: int) -> HttpResponse:
    readable = RawItem.objects.filter(inbox__in=reach.readable(visitor(request)))
    item = get_object_or_404(readable.select_related("inbox"), pk=pk)
    replay.items(ids=[item.pk], by=visitor(request), at=clock.now())
    messages.success(request, _("Read again."))
    return redirect("settings:items", item.inbox_id)


@require_POST
@needs("intake.replay")
def span(request: HttpRequest, pk: int) -> HttpResponse:
    """Jobs do the reading; the page says how many items wait for it."""
    inbox = get_object_or_404(reach.readable(visitor(request)), pk=pk)
    form = SpanForm(request.POST)
    if not form.is_valid():
        return health.items_page(request, inbox, form)
    n = replay_span.ask(inbox=inbox, **form.cleaned_data, by=visitor(request), at=clock.now())
    said = ngettext("%(n)s item is being read again.", "%(n)s items are being read again.", n)
    messages.success(request, said % {"n": times.count(n)} if n else _("Nothing came in during that time."))
    return redirect("settings:items", pk)
