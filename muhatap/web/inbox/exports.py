"""The conversations of a list as a file for spreadsheets."""

from typing import Any

from django.http import Http404, HttpRequest
from django.views.decorators.http import require_GET

from muhatap.conversations import exporting, lists
from muhatap.shared import clock
from muhatap.web.common import spreadsheets
from muhatap.web.common.doors import needs, visitor
from muhatap.web.inbox import viewing


@require_GET
@needs("conversations.export")
def export(request: HttpRequest, view: str) -> Any:  # a stream, which Django does not count among its HttpResponses
    """All that stands in this list, with its filter and in its order."""
    user, now = visitor(request), clock.now()
    shown = viewing.open_view(user, view, request.GET, at=now)
    order = lists.ORDERS.get(shown.order, lists.NEWEST)
    try:
        rows = exporting.begin(view=shown.view, name=shown.title, search=shown.query, order=order, by=user, at=now)
    except lists.UnknownView as error:
        raise Http404 from error
    return spreadsheets.answer(rows, name=f"conversations-{now:%Y-%m-%d}", is_xlsx=request.GET.get("as") == "xlsx")
