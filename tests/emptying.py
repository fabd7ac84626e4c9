"""An empty database after a test that committed: the rows are taken out, and what every database has stays.

Django would truncate all tables with their indexes and write all permissions again: near a second of the machine each time.
"""

from django.db import OperationalError, ProgrammingError, connection, transaction

KEPT = ("django_migrations", "django_content_type", "auth_permission")
PATIENCE = 5
A_LOT = 256 * 1024  # bytes of dead rows, which nobody else clears away: autovacuum is off

_TABLES = """
select format('%I.%I', schemaname, tablename) from pg_tables
where schemaname = 'public' and tablename <> all (%s) order by tablename
""".replace("%I", "%%I")
_SWOLLEN = "select t from unnest(%s::text[]) t where pg_relation_size(t::regclass) > %s"


def empty() -> None:
    """Take every row out. A page that is just closing may meet us; we go again when it has left.

    Raises OperationalError when it does not leave.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TABLES, [list(KEPT)])
        tables = [name for (name,) in cursor.fetchall()]
    for n_left in reversed(range(PATIENCE)):
        try:
            _empty(tables)
            break
        except OperationalError as error:
            if "deadlock" not in str(error) or not n_left:
                raise


def _empty(tables: list[str]) -> None:
    try:
        _take_out(tables)
    except ProgrammingError:  # somebody else's server does not let us put triggers to sleep
        with connection.cursor() as cursor:
            cursor.execute(f"truncate {', '.join(tables)}")
    with connection.cursor() as cursor:
        cursor.execute(_SWOLLEN, [tables, A_LOT])
        if swollen := [name for (name,) in cursor.fetchall()]:
            cursor.execute(f"vacuum {', '.join(swollen)}")


def _take_out(tables: list[str]) -> None:
    """Triggers and foreign keys sleep meanwhile, as they do when a table is truncated; the lock waits for whoever writes."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute(f"lock table {', '.join(tables)} in share row exclusive mode")
        cursor.execute(";".join(f"delete from {name}" for name in tables))
