"""What became of the rows of an import, as a file."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from muhatap.imports import results
from muhatap.imports.models import Import, ImportRow
from muhatap.web.common import spreadsheets
from muhatap.web.common.doors import needs
from muhatap.web.imports import listed, words


@needs("contacts.import")
def rows(request: HttpRequest, number: int) -> Any:  # a stream, which Django does not count among its HttpResponses
    """All rows, or those of the outcome that is asked for."""
    one = get_object_or_404(Import, pk=number)
    only = request.GET.get("only", "")
    outcome, undone = listed.asked(only)
    head = [_("Row"), _("What became of it"), _("Why"), _("Contact"), _("Taken back")]
    labels = {value: str(label) for value, label in [*ImportRow.Outcome.choices, *ImportRow.Undone.choices]}

    def said(row: ImportRow) -> list[str]:
        back = ": ".join(filter(None, (labels[row.undone], words.undone(row)))) if row.undone else ""
        return [labels[row.outcome], words.reason(row), str(row.contact or ""), back]

    lines = results.rows(one, head=head, said=said, outcome=outcome, undone=undone)
    name = f"import-{one.pk}-{outcome or undone}" if outcome or undone else f"import-{one.pk}"
    return spreadsheets.answer(lines, name=name, is_xlsx=request.GET.get("as") == "xlsx")
