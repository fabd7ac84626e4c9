"""What is not in the lake yet, from PostgreSQL: COPY into columns, at most MOST rows of a table, so that a report is of now and never for ever."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from muhatap.insight.engine import TooMuch

MOST = 400_000  # rows of one table: docs/guides/scale.md
_MOMENT = {"facts_visits": "began_at", "facts_page_views": "began_at", "facts_product_interest": "began_at"}
_ORDERS = ("facts_orders", "facts_order_lines")


def selected(table: str, where: str = "true", *, limit: int | None = None) -> str:
    """A statement for the announced columns of a view: moments in UTC, days of the session's time zone."""
    from muhatap.measures.tables import FACTS

    columns = ", ".join(_column(table, name, kind) for name, kind in FACTS[table].items())
    return f"select {columns} from {table} where {where}" + (f" limit {limit}" if limit else "")  # noqa: S608 (ours)


def _column(table: str, name: str, kind: Any) -> str:
    if table in _ORDERS and name == "day":
        return "placed_at::date as day"
    return f"{name} at time zone 'UTC' as {name}" if kind.is_timestamp() else name


def since(table: str, *, after: date | None, until: date, names: Sequence[str] = ()) -> Any:
    """An Arrow table of what happened after the day `after` (which is in the lake) and up to `until`, in the announced columns.

    Events and clicks: what arrived after it. `names` are those of the events that are wanted, since there are many.
    Raises TooMuch.
    """
    moment = _MOMENT.get(table, "received_at")
    asked = [f"{moment} >= %(after)s::date + 1"] if after else []
    if table in _MOMENT:
        asked.append(f"{moment} < %(until)s::date + 1")
    if names:
        asked.append("name = any(%(names)s)")
    where = " and ".join(asked) or "true"
    return arrow(table, where, {"after": after, "until": until, "names": list(names)}, limit=MOST)


def arrow(table: str, where: str = "true", values: dict[str, Any] | None = None, *, limit: int | None = None) -> Any:
    """An Arrow table of a published view, in memory. Raises TooMuch for more rows than `limit`: a part of them would be a wrong figure."""
    import pyarrow.csv

    from muhatap.measures.tables import FACTS

    schema, told = FACTS[table].to_pyarrow(), BytesIO()
    n = copied(table, where, values or {}, into=told, limit=limit and limit + 1)
    if limit and n > limit:
        raise TooMuch(_("More happened since last night than a report reads at once. Choose days up to yesterday."))
    if not n:
        return schema.empty_table()
    told.seek(0)
    return pyarrow.csv.read_csv(
        told,
        read_options=pyarrow.csv.ReadOptions(column_names=schema.names),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=schema, null_values=[""], strings_can_be_null=False, quoted_strings_can_be_null=False,
            true_values=["t"], false_values=["f"],
        ),
    )  # fmt: skip


def copied(table: str, where: str, values: dict[str, Any], *, into: IO[bytes], limit: int | None = None) -> int:
    """Rows of a published view as CSV, all quoted but NULL, days in the firm's time zone; gives how many PostgreSQL says they are."""
    statement = f"copy ({selected(table, where, limit=limit)}) to stdout (format csv, force_quote *, null '')"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select set_config('TimeZone', %s, true)", [settings.TIME_ZONE])
        with cursor.cursor.copy(statement, values) as copy:
            for chunk in copy:
                into.write(chunk)
        n: int = cursor.cursor.rowcount
        cursor.execute("select set_config('TimeZone', 'UTC', true)")
    return n
