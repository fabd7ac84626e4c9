"""The work: are jobs done, is everything that came in understood, do the mailboxes answer."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from muhatap.channels.email import access, imap, smtp, trouble
from muhatap.channels.email.models import Mailbox
from muhatap.channels.models import Inbox
from muhatap.config import supervisor
from muhatap.config.doctor.finding import Finding, fine, look, wrong
from muhatap.config.environment import Environment
from muhatap.interactions import intake
from muhatap.interactions.models import Quarantine
from muhatap.search import documents
from muhatap.shared import clock
from muhatap.shared.words import gettext as _

_ALIVE = timedelta(seconds=60)
_LATE = timedelta(minutes=5)
_SILENT = timedelta(minutes=30)
_ENOUGH = 1000  # nobody needs to know a larger number exactly, and counting costs


def jobs(settings: Environment) -> Iterator[Finding]:
    if not supervisor.is_serving(settings.data):
        return
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_workers where last_heartbeat > %s", [clock.now() - _ALIVE])
        n_workers = cursor.fetchone()[0]
    if n_workers > settings.job_workers:
        yield fine(_("Workers for the jobs: %(n)d.") % {"n": n_workers})
    elif n_workers:
        yield look(
            _("Workers for the jobs: %(n)d of %(all)d.") % {"n": n_workers, "all": settings.job_workers + 1},
            _(
                "One may be starting again; ask again in a minute, then see what “muhatap serve” says about Jobs and Sending."
            ),
        )
    else:
        yield wrong(_("Nobody does the jobs."), _("See what “muhatap serve” says about Jobs; start it again."))


def raw_items(settings: Environment) -> Iterator[Finding]:
    n_waiting = len(intake.undigested(before=clock.now() - _LATE).only("id")[:_ENOUGH])
    n_aside = len(Quarantine.objects.filter(released_at=None).only("id")[:_ENOUGH])
    if n_waiting:
        yield wrong(
            _("Received items that have waited for more than five minutes: %(n)d.") % {"n": n_waiting},
            _("They are safe. When the jobs run again they are digested by themselves."),
        )
    if n_aside:
        yield look(
            _("Items in quarantine: %(n)d.") % {"n": n_aside},
            _("Open the health page of their inbox, read the reason and try again."),
        )
    if not n_waiting and not n_aside:
        yield fine(_("Everything that came in was understood."))


def search(settings: Environment) -> Iterator[Finding]:
    if n_outside := documents.n_outside(_ENOUGH):
        yield look(
            _("Search documents that stand in no month: %(n)d.") % {"n": n_outside},
            _(
                "Their mails bear absurd dates, and they are found a little more slowly. Nothing else is wrong with them."
            ),
        )
    if n_late := documents.n_late(at=clock.now() - _LATE):
        yield look(
            _("Recent messages the search does not find yet: %(n)d.") % {"n": n_late},
            _("They are made up for each minute while the jobs run; “muhatap search rebuild” makes all anew."),
        )
    else:
        yield fine(_("The search finds every recent message."))


def mailboxes(settings: Environment) -> Iterator[Finding]:
    for mailbox in Mailbox.objects.select_related("inbox").filter(inbox__is_enabled=True).order_by("id"):
        name = mailbox.inbox.name
        last = mailbox.last_ok_at
        if last and clock.now() - last < _SILENT:
            yield fine(_("%(inbox)s: mail was last fetched at %(at)s.") % {"inbox": name, "at": _local(last)})
        else:
            when = _local(last) if last else _("never")
            yield look(
                _("%(inbox)s: mail was last fetched: %(when)s. %(detail)s")
                % {"inbox": name, "when": when, "detail": mailbox.trouble_detail},
                _("Mail is fetched while “muhatap serve” runs; the next lines tell whether the servers answer."),
            )


def mail_servers(settings: Environment) -> Iterator[Finding]:
    for inbox in Inbox.objects.filter(kind="email", is_enabled=True).order_by("id"):
        yield _server(inbox, "SMTP", lambda settings: smtp.connected(access.smtp(settings, at=clock.now())))
        yield _server(inbox, "IMAP", lambda settings: imap.connected(access.imap(settings, at=clock.now())))


def _server(inbox: Inbox, name: str, connect: Callable[[dict[str, Any]], AbstractContextManager[object]]) -> Finding:
    told = {"inbox": inbox.name, "server": name}
    try:
        with connect({**inbox.settings, "inbox_id": inbox.pk, "timeout": 10}):
            return fine(_("%(inbox)s: the %(server)s server let us in.") % told)
    except Exception as error:  # whatever a stranger's server does to us is what we are here to tell
        kind, words = trouble.of(error)
        return wrong(
            _("%(inbox)s: the %(server)s server did not let us in.") % told + f" {kind.label} ({words})",
            _("Correct it in the settings of the inbox."),
        )


def _local(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")
