"""A mailbox's row: how far it was read, how it goes, and what somebody asked to be fetched."""

from datetime import date, datetime

from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.channels.email.models import Errand, Mailbox
from muhatap.channels.email.trouble import Trouble
from muhatap.channels.models import Inbox
from muhatap.shared import live


def of(inbox: Inbox) -> Mailbox:
    """The row of an inbox, made at first use."""
    return Mailbox.objects.get_or_create(inbox=inbox)[0]


@transaction.atomic
def ask(*, inbox: Inbox, kind: Errand.Kind, by: User | None, at: datetime, since_on: date | None = None) -> Errand:
    """Ask the fetching process for something. Asking again while it waits only moves a backfill's date back."""
    mailbox = Mailbox.objects.select_for_update().get(pk=of(inbox).pk)
    errand, is_new = Errand.objects.get_or_create(
        mailbox=mailbox, kind=kind, done_at=None, defaults={"by": by, "at": at, "since_on": since_on}
    )
    if not is_new and since_on and errand.since_on and since_on < errand.since_on:
        Errand.objects.filter(pk=errand.pk).update(since_on=since_on)
    audit.record(
        by=by,
        at=at,
        act=f"mailbox.{kind.value}",
        kind="inbox",
        id=inbox.pk,
        name=inbox.name,
        since=str(since_on or ""),
    )
    return errand


@transaction.atomic
def stop(*, inbox: Inbox, by: User, at: datetime) -> None:
    """Stop whatever is being fetched by request; what came in stays."""
    if n_errands := Errand.objects.filter(mailbox__inbox=inbox, done_at=None).update(done_at=at):
        audit.record(by=by, at=at, act="mailbox.stop", kind="inbox", id=inbox.pk, name=inbox.name, n=n_errands)


def went_well(*, mailbox: Mailbox, at: datetime) -> None:
    """The mailbox was looked into and all of it is here."""
    changed = Mailbox.objects.filter(pk=mailbox.pk).exclude(trouble="").exists()
    Mailbox.objects.filter(pk=mailbox.pk).update(
        last_fetch_at=at, last_ok_at=at, trouble="", trouble_detail="", trouble_since=None
    )
    if changed:
        live.announce([f"inbox:{mailbox.inbox_id}"], "health")


def went_wrong(*, mailbox: Mailbox, trouble: Trouble, detail: str, at: datetime) -> None:
    """Looking into the mailbox failed; since when is kept while it goes on failing the same way."""
    now = Mailbox.objects.filter(pk=mailbox.pk)
    is_news = not now.filter(trouble=trouble).exists()
    now.update(last_fetch_at=at, trouble=trouble, trouble_detail=detail[:400])
    if is_news:
        now.update(trouble_since=at)
        live.announce([f"inbox:{mailbox.inbox_id}"], "health")
