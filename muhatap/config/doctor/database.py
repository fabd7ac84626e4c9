"""The database: can it be reached, is it new enough, is it up to date."""

from collections.abc import Iterator

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from muhatap.config.doctor.finding import Finding, fine, wrong
from muhatap.config.environment import Environment
from muhatap.shared.words import gettext as _

OLDEST = 15
EXTENSIONS = ("pg_trgm", "btree_gin")


def server(settings: Environment) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("show server_version")
        version = cursor.fetchone()[0].split()[0]
    if int(version.split(".")[0]) < OLDEST:
        yield wrong(
            _("PostgreSQL %(version)s is too old.") % {"version": version},
            _("Muhatap needs PostgreSQL %(oldest)d or newer.") % {"oldest": OLDEST},
        )
    else:
        where = _("our own, in the data folder") if settings.database_url is None else _("named by DATABASE_URL")
        yield fine(_("PostgreSQL %(version)s answers (%(where)s).") % {"version": version, "where": where})


def extensions(settings: Environment) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("select name from pg_available_extensions where name = any(%s)", [list(EXTENSIONS)])
        missing = sorted(set(EXTENSIONS) - {name for (name,) in cursor.fetchall()})
    if missing:
        yield wrong(
            _("The database lacks extensions: %(names)s.") % {"names": ", ".join(missing)},
            _("Install PostgreSQL's contrib package (Debian: postgresql-contrib)."),
        )
    else:
        yield fine(_("The database has the extensions we need."))


def migrations(settings: Environment) -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    n_due = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if n_due:
        yield wrong(_("The database lags behind this version; steps missing: %(n)d.") % {"n": n_due}, "muhatap migrate")
    else:
        yield fine(_("The database is up to date."))
