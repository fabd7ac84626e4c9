"""What was sent: every asking, and each with its masked text as long as it is kept."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from muhatap.assistant.asking import KEPT
from muhatap.assistant.models import Asking, Task
from muhatap.conversations import visibility
from muhatap.shared import clock
from muhatap.web.assistant import display
from muhatap.web.common import reading, times
from muhatap.web.common.display import Pages
from muhatap.web.common.doors import needs, visitor

N_ROWS = 50


@never_cache
@needs("assistant.edit")
def listing(request: HttpRequest) -> HttpResponse:
    before, now = reading.number(request.GET.get("before")), clock.now()
    rows = Asking.objects.filter(sent_at__isnull=False).select_related("by")
    rows = rows.filter(pk__lt=before) if before else rows
    found = list(rows.order_by("-id")[: N_ROWS + 1])
    older = f"?before={found[N_ROWS - 1].pk}" if len(found) > N_ROWS else ""
    lines = [
        {
            "url": reverse("assistant_settings:one", args=[row.pk]),
            "task": Task(row.task).label,
            "who": str(row.by or ""),
            "where": f"{row.model} · {row.host}",
            "n_sent": times.count(row.n_sent),
            "n_received": times.count(row.n_received),
            "when": display.when(row.sent_at, now),
            "state": display.state(row),
        }
        for row in found[:N_ROWS]
    ]
    return render(request, "assistant/sent.html", {"lines": lines, "pages": Pages(next_url=older), "days": KEPT.days})


@never_cache
@needs("assistant.edit")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The very text that went, and the very text that came back, both with their placeholders."""
    row = get_object_or_404(Asking.objects.select_related("by"), pk=pk, sent_at__isnull=False)
    now = clock.now()
    seen = visibility.find(visitor(request), row.conversation_id)
    page = {
        "row": row,
        "task": Task(row.task).label,
        "state": display.state(row),
        "sent": display.when(row.sent_at, now),
        "took": display.took(row),
        "n_sent": times.count(row.n_sent),
        "n_received": times.count(row.n_received),
        "n_masked": times.count(row.n_masked),
        "conversation_url": reverse("inbox:conversation", args=[seen.pk]) if seen else "",
        "days": KEPT.days,
    }
    return render(request, "assistant/one.html", page)
