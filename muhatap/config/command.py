"""The console command `muhatap`: each word of it is a short function here that calls the one who knows."""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from muhatap.config import environment
from muhatap.matching.arguments import CannotDedupe
from muhatap.matching.arguments import add_arguments as add_arguments_of_dedupe
from muhatap.reading.arguments import CannotRead
from muhatap.reading.arguments import add_arguments as add_arguments_of_read
from muhatap.shared.postgres.trouble import ServerTrouble
from muhatap.shared.words import gettext as _


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit code. Whatever people can mend is told in a sentence, without a traceback."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] in (["manage"], ["shell"]):  # Django reads the rest itself
        words, rest = words[:1], words[1:]
    else:
        rest = []
    arguments = _parser().parse_args(words)
    try:
        return int(arguments.run(arguments, rest) or 0)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if not _is_for_people(error):
            raise
        print(error, file=sys.stderr)
        return 1


def _is_for_people(error: Exception) -> bool:
    from muhatap.config.supervisor import CannotServe

    return isinstance(
        error, environment.BadEnvironment | ServerTrouble | CannotServe | CannotDedupe | CannotRead | _Mistake
    )


class _Mistake(Exception):
    """The command was given something it cannot use."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="muhatap", description=_("One place for a firm's customers."))
    commands = parser.add_subparsers(required=True, metavar=_("command"))

    serve = commands.add_parser("serve", help=_("run everything: database, web, jobs, mail"))
    serve.add_argument("--demo", action="store_true", help=_("play the demo shop into a database that is new"))
    serve.set_defaults(run=_serve)
    commands.add_parser("demo", help=_("play the demo shop into the database")).set_defaults(run=_demo)
    commands.add_parser("migrate", help=_("bring the database up to date")).set_defaults(run=_migrate)
    commands.add_parser("doctor", help=_("check every part and say how to mend it")).set_defaults(run=_doctor)

    mail = commands.add_parser("mail", help=_("look at mail as the intake does")).add_subparsers(required=True)
    parse = mail.add_parser("parse", help=_("print as JSON what the intake understands of a raw mail"))
    parse.add_argument("file", help=_("a raw mail, or - for standard input"))
    parse.set_defaults(run=_parse_mail)

    replay = commands.add_parser("replay", help=_("digest raw items again"))
    replay.add_argument("items", nargs="*", type=int, metavar="id")
    replay.add_argument("--inbox", help=_("only this inbox, by its name"))
    replay.add_argument("--since", type=_moment, help=_("items received from then on, as 2026-11-21T09:00"))
    replay.add_argument("--until", type=_moment, help=_("items received before then; now if left out"))
    replay.set_defaults(run=_replay)

    figures = commands.add_parser("figures", help=_("measure all conversations anew and compare the figures with them"))
    figures.set_defaults(run=_figures)

    search = commands.add_parser("search", help=_("look after what the search finds by")).add_subparsers(required=True)
    rebuild = search.add_parser(
        "rebuild", help=_("make the documents of all messages anew; one that was stopped goes on")
    )
    rebuild.add_argument(
        "--processes", type=int, default=1, help=_("how many of the database’s processes work at once")
    )
    rebuild.add_argument(
        "--from-nothing", action="store_true", help=_("empty first: faster, and nothing is found until it is done")
    )
    rebuild.set_defaults(run=_rebuild_search)

    dedupe = commands.add_parser("dedupe", help=_("tell which rows of a CSV are the same customer"))
    add_arguments_of_dedupe(dedupe)
    dedupe.set_defaults(run=_dedupe)

    read = commands.add_parser("read", help=_("tell what messages say: kind, urgency, sentiment, language, topic"))
    add_arguments_of_read(read)
    read.set_defaults(run=_read)

    commands.add_parser("manage", help=_("Django's own commands"), add_help=False).set_defaults(run=_manage)
    commands.add_parser("shell", help=_("Python with everything loaded"), add_help=False).set_defaults(run=_shell)
    return parser


def _serve(arguments: argparse.Namespace, rest: list[str]) -> int:
    from muhatap.config import supervisor

    return supervisor.serve(environment.read(), with_demo=arguments.demo)


def _demo(arguments: argparse.Namespace, rest: list[str]) -> None:
    from muhatap.config import preparing

    with with_database():
        preparing.play_demo()


def _migrate(arguments: argparse.Namespace, rest: list[str]) -> None:
    from django.core.management import call_command

    with with_database():
        call_command("migrate", interactive=False)


def _doctor(arguments: argparse.Namespace, rest: list[str]) -> int:
    from muhatap.config import doctor

    return doctor.main()


def _parse_mail(arguments: argparse.Namespace, rest: list[str]) -> int:
    from muhatap.channels.email import command

    return command.main(arguments.file)


def _replay(arguments: argparse.Namespace, rest: list[str]) -> None:
    if bool(arguments.items) == bool(arguments.since):
        raise _Mistake(_("Say which items: their ids, or --since a moment."))
    with with_database():
        from muhatap.channels.models import Inbox
        from muhatap.flow import replay
        from muhatap.shared import clock

        if arguments.inbox and not Inbox.objects.filter(name=arguments.inbox).exists():
            raise _Mistake(_("There is no inbox named “%(name)s”.") % {"name": arguments.inbox})
        now = clock.now()
        if arguments.items:
            n_items = replay.items(ids=arguments.items, by=None, at=now)
        else:
            until = arguments.until or now
            n_items = replay.between(inbox=arguments.inbox, since=arguments.since, until=until, by=None, at=now)
        print(_("To be digested again: %(n)d.") % {"n": n_items})


def _figures(arguments: argparse.Namespace, rest: list[str]) -> int:
    with with_database():
        from muhatap.flow import measuring
        from muhatap.shared import clock

        now = clock.now()
        for done in measuring.rebuild(at=now):
            print(_("Conversations measured: %(n)d.") % {"n": done}, flush=True)
        found = measuring.check_all(at=now)
        print(
            _("Figures compared: %(n)d. Different: %(wrong)d.") % {"n": found.n_cells, "wrong": len(found.differences)}
        )
        return 1 if found.differences else 0


def _rebuild_search(arguments: argparse.Namespace, rest: list[str]) -> None:
    with with_database():
        from muhatap.search import documents
        from muhatap.shared import clock

        def report(done: int, last: int) -> None:
            print(_("Messages: %(done)d of %(last)d") % {"done": done, "last": last}, flush=True)

        documents.rebuild(
            at=clock.now(), processes=max(arguments.processes, 1), from_nothing=arguments.from_nothing, report=report
        )


def _dedupe(arguments: argparse.Namespace, rest: list[str]) -> int:
    from muhatap.matching import command

    return command.main(arguments)


def _read(arguments: argparse.Namespace, rest: list[str]) -> int:
    from muhatap.reading import command

    return command.main(arguments)


def _manage(arguments: argparse.Namespace, rest: list[str]) -> None:
    from django.core.management import execute_from_command_line

    with with_database():
        execute_from_command_line(["muhatap manage", *rest])


def _shell(arguments: argparse.Namespace, rest: list[str]) -> None:
    _manage(arguments, ["shell", *rest])


@contextmanager
def with_database() -> Iterator[None]:
    """Django with a database behind it while the command runs: the given one, or our own, started or joined."""
    settings = environment.read()
    server = None
    if settings.database_url is None:
        from muhatap.config import supervisor

        server = supervisor.start_database(settings, say=print)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "muhatap.config.settings")
    import django

    django.setup()
    try:
        yield
    finally:
        if server:
            from django.db import connections

            connections.close_all()
            server.stop()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone()
