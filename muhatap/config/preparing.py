"""What must be true before the first page: tables, static files and, where asked, the demo shop."""

import argparse
import importlib
import os
import time

import django
from django.core.management import call_command

from muhatap.config import environment, lifeline
from muhatap.shared.words import gettext as _

_ONE_AT_A_TIME = 7_205_759_403  # any number, the same for all who prepare this database


def main() -> None:
    lifeline.hold()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "muhatap.config.settings")
    parser = argparse.ArgumentParser()
    parser.add_argument("--demo", action="store_true")
    django.setup()
    prepare(with_demo=parser.parse_args().demo)


def prepare(*, with_demo: bool) -> None:
    """Migrates, collects static files and plays the demo shop into a database that had no tables before."""
    from django.db import connection

    owed = environment.read().data / "demo-owed"  # survives a start that is cut short between migrating and playing
    while not _is_our_turn():
        time.sleep(0.2)
    if "django_migrations" not in connection.introspection.table_names():
        print(_("Making the tables of the new database …"), flush=True)  # whoever starts it first sees that it works
        if with_demo:
            owed.touch()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if with_demo and owed.exists():
        print(_("Playing the demo shop; that takes a minute or two …"), flush=True)
        play_demo()
        owed.unlink()
    _greet_the_first()
    connection.close()


def _is_our_turn() -> bool:
    """Asked again and again: an index that is built beside other work would wait for whoever waits within a statement, and they for it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [_ONE_AT_A_TIME])
        return bool(cursor.fetchone()[0])


def _greet_the_first() -> None:
    """Only whoever reads this console can make the owner of a fresh installation."""
    from muhatap.accounts import founding

    if founding.is_open():
        address = f"{environment.read().url}/setup/?word={founding.word()}"
        print(_("Nobody can log in yet. Make the owner here: %(address)s") % {"address": address}, flush=True)


def play_demo() -> None:
    """Plays the demo shop through the real intake; what was played before is recognised and not doubled."""
    from muhatap.shared import clock

    importlib.import_module("demo.play").play(at=clock.now())


if __name__ == "__main__":
    main()
