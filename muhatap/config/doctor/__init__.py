"""`muhatap doctor`: looks at every part and says in words what is wrong and how to mend it."""

from collections.abc import Iterator

from muhatap.config import environment
from muhatap.config.doctor import machine
from muhatap.config.doctor.finding import Check, Finding, Health, wrong
from muhatap.config.environment import Environment
from muhatap.shared.words import gettext as _
from muhatap.shared.words import ngettext

OUTSIDE: tuple[Check, ...] = (
    machine.python,
    machine.data_folder,
    machine.secret_key,
    machine.translations,
    machine.static_files,
    machine.running,
    machine.public_address,
)


def inside() -> tuple[Check, ...]:
    """The checks that need Django and a database; a new room adds its own here."""
    from muhatap.config.doctor import database, keeping, work

    return (
        database.server,
        database.extensions,
        database.migrations,
        work.jobs,
        work.raw_items,
        work.search,
        keeping.events_and_files,
        work.mailboxes,
        work.mail_servers,
    )


def main() -> int:
    """Prints every finding; 1 when something is wrong, else 0."""
    findings = []
    for finding in examine():
        print(finding, flush=True)
        findings.append(finding)
    n_wrong = sum(finding.health is Health.WRONG for finding in findings)
    counted = ngettext("%(n)d thing is wrong.", "%(n)d things are wrong.", n_wrong) % {"n": n_wrong}
    print(counted if n_wrong else _("Nothing is wrong."))
    return 1 if n_wrong else 0


def examine() -> Iterator[Finding]:
    """Every finding of every check. A check that itself breaks is a finding too, and the others go on."""
    try:
        settings = environment.read()
    except environment.BadEnvironment as error:
        yield wrong(str(error), _("Correct these settings; deploy/env.example explains each."))
        return
    for check in OUTSIDE:
        yield from _carefully(check, settings)
    yield from _look_inside(settings)


def _look_inside(settings: Environment) -> Iterator[Finding]:
    from muhatap.config.command import with_database

    try:
        with with_database():
            for check in inside():
                yield from _carefully(check, settings)
    except Exception as error:
        yield wrong(
            _("The database cannot be used: %(reason)s") % {"reason": error},
            _("Check DATABASE_URL, or the free space and the log in the data folder; then start again."),
        )


def _carefully(check: Check, settings: Environment) -> Iterator[Finding]:
    try:
        yield from check(settings)
    except Exception as error:
        name = check.__name__.replace("_", " ")
        yield wrong(
            _("“%(name)s” could not be checked: %(reason)s") % {"name": name, "reason": error},
            _("Correct what stands above first, then try again."),
        )
