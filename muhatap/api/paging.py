"""Pages by key: the cursor names the last row seen, and rows are in the order of their numbers, which never change.

So whatever is written meanwhile, every row that stood there from beginning to end is seen exactly once.
"""

import base64
import binascii
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from muhatap.api.problems import wrong_query

MOST, USUAL = 100, 25
Order = Literal["newest", "oldest"]
Row = TypeVar("Row", bound=Model)


class Paged(Schema):
    """Which page: `cursor` is the `next` of the page before."""

    cursor: Annotated[str, Field(max_length=60)] = ""
    limit: Annotated[int, Field(ge=1, le=MOST)] = USUAL
    order: Order = "newest"


def page(found: "QuerySet[Row]", asked: Paged, told: Callable[[Row], dict[str, Any]]) -> dict[str, Any]:
    """One page, and the cursor of the next (null at the end). Raises Problem for a cursor that is none of ours."""
    if asked.cursor:
        found = found.filter(_beyond(asked))
    rows = list(found.order_by("-pk" if asked.order == "newest" else "pk")[: asked.limit + 1])
    shown = rows[: asked.limit]
    has_more = len(rows) > asked.limit
    return {"data": [told(row) for row in shown], "next": _token(shown[-1].pk, asked.order) if has_more else None}


def _token(number: int, order: str) -> str:
    return base64.urlsafe_b64encode(f"{order[0]}{number}".encode()).decode().rstrip("=")


def _beyond(asked: Paged) -> Q:
    number = _number(asked.cursor, asked.order)
    if number is None:
        raise wrong_query(cursor=_("This is no cursor of this list. Begin without one."))
    return Q(pk__lt=number) if asked.order == "newest" else Q(pk__gt=number)


def _number(token: str, order: str) -> int | None:
    try:
        text = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (ValueError, binascii.Error):
        return None
    digits = text[1:]
    is_ours = text[:1] == order[0] and digits.isascii() and digits.isdigit() and len(digits) < 19
    return int(digits) if is_ours else None
