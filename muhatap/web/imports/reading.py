"""How a file is read, as choices: its letters, what parts its cells, which row names the columns."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from muhatap.imports.models import Import
from muhatap.imports.reading.delimited import DELIMITERS, ENCODINGS
from muhatap.imports.reading.table import Manner
from muhatap.imports.uploading import MOST_HEADER_ROW
from muhatap.web.imports import words

_RESCUED = {"encoding", "quote", "line", "columns", "only_header"}  # problems that another manner may mend


@dataclass(frozen=True, kw_only=True)
class Select:
    name: str
    label: str
    choices: tuple[tuple[str, str], ...]
    chosen: str


def form(one: Import) -> list[Select]:
    """What may be chosen for this file; nothing where choosing would not help."""
    code = str(one.problem.get("code", ""))
    if one.problem and code not in _RESCUED:
        return []
    is_text = one.kind != "xlsx"
    found = [_encoding(one)] if is_text else []
    found += [_delimiter(one)] if is_text and one.kind != "vcard" else []
    return [*found, *([_header(one)] if one.kind in ("csv", "xlsx") else [])]


def manner(request: HttpRequest) -> Manner:
    """What was chosen."""
    row = request.POST.get("header_row", "")
    return Manner(
        encoding=request.POST.get("encoding", ""),
        delimiter={"tab": "\t"}.get(request.POST.get("delimiter", ""), request.POST.get("delimiter", "")),
        header_row=int(row) if row in map(str, range(MOST_HEADER_ROW + 1)) else None,
    )


def _encoding(one: Import) -> Select:
    found = one.reading.get("encoding") or {"utf-8-sig": "utf-8"}.get(one.encoding, one.encoding)
    choices = [(name, words.encoding(name)) for name in ENCODINGS]
    return Select(
        name="encoding",
        label=_("Letters"),
        choices=(("", _("Find out")), *choices),
        chosen=found if found in ENCODINGS else "",
    )


def _delimiter(one: Import) -> Select:
    names = {",": _("Comma"), ";": _("Semicolon"), "\t": _("Tab"), "|": _("Vertical line")}
    keys = {"\t": "tab"}
    choices = [(keys.get(sign, sign), names[sign]) for sign in DELIMITERS]
    found = one.reading.get("delimiter") or one.delimiter
    return Select(
        name="delimiter",
        label=_("Cells are parted by"),
        choices=(("", _("Find out")), *choices),
        chosen=keys.get(found, found),
    )


def _header(one: Import) -> Select:
    rows = [(str(n), _("Row %(n)s") % {"n": n}) for n in range(1, MOST_HEADER_ROW + 1)]
    return Select(
        name="header_row",
        label=_("Names of the columns"),
        choices=(*rows, ("0", _("The file has none"))),
        chosen=str(one.reading.get("header_row", 1)),
    )
