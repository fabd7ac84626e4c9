"""The crew: one worker a mailbox, which notices new mail, new inboxes and its own trouble by itself."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from muhatap.channels.email import mailbox
from muhatap.channels.email.models import Errand, Mailbox
from muhatap.channels.models import Inbox
from muhatap.flow import fetching
from muhatap.interactions.models import RawItem
from muhatap.shared import clock
from tests import cast
from tests.flow.test_mailboxes import DESTEK, a_mail
from tests.servers import ImapServer, settings_for

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 20.0


def until(is_so: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait for something another thread does; fail when it never comes."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while not is_so():
        assert time.monotonic() < end, "it never came"
        pause.wait(0.05)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "LOOK_AROUND", 0.1)
    monkeypatch.setattr(fetching, "FIRST_PAUSE", 0.1)
    monkeypatch.setattr(fetching, "LONGEST_PAUSE", 0.2)


@pytest.fixture
def crew() -> Iterator[None]:
    """The fetching process as a thread."""
    stop = threading.Event()
    thread = threading.Thread(target=fetching.run, args=(stop,))
    thread.start()
    yield
    stop.set()
    thread.join(10)


@pytest.fixture
def inbox(imap_server: ImapServer) -> Inbox:
    imap_server.add(DESTEK)
    return cast.support_inbox(**settings_for(imap_server, None, DESTEK))


def n_items() -> int:
    return RawItem.objects.count()


def test_new_mail_comes_in_as_soon_as_the_server_tells(inbox: Inbox, imap_server: ImapServer, crew: None) -> None:
    imap_server.deliver(DESTEK, a_mail(1))
    until(lambda: n_items() == 1)
    for n in range(2, 6):
        imap_server.deliver(DESTEK, a_mail(n))
        until(lambda n=n: n_items() == n, 5)


def test_a_server_without_idle_is_asked_again_and_again(crew: None) -> None:
    server = ImapServer(has_idle=False).start()
    server.add(DESTEK)
    try:
        cast.support_inbox(**settings_for(server, None, DESTEK, poll_seconds=0.2))
        until(lambda: Mailbox.objects.filter(last_ok_at__isnull=False).exists())
        server.deliver(DESTEK, a_mail(1))
        until(lambda: n_items() == 1)
        Inbox.objects.update(is_enabled=False)
    finally:
        server.stop()


def test_an_inbox_made_meanwhile_is_fetched_and_one_switched_off_is_left_alone(
    inbox: Inbox, imap_server: ImapServer, crew: None
) -> None:
    imap_server.deliver(DESTEK, a_mail(1))
    until(lambda: n_items() == 1)
    imap_server.add("satis@ihlamurev.example")
    imap_server.deliver("satis@ihlamurev.example", a_mail(2))
    settings = settings_for(imap_server, None, "satis@ihlamurev.example")
    Inbox.objects.create(kind="email", name="satış", address="satis@ihlamurev.example", settings=settings)
    until(lambda: n_items() == 2)
    Inbox.objects.filter(pk=inbox.pk).update(is_enabled=False)
    until(lambda: not any(thread.name == f"mailbox-{inbox.pk}" for thread in threading.enumerate()))


def test_a_server_that_went_away_is_found_again_without_loss(inbox: Inbox, imap_server: ImapServer, crew: None) -> None:
    imap_server.deliver(DESTEK, a_mail(1))
    until(lambda: n_items() == 1)
    for n in range(2, 5):
        imap_server.restart()
        imap_server.deliver(DESTEK, a_mail(n))
        until(lambda n=n: n_items() == n)


def test_trouble_is_told_in_words_and_forgotten_when_it_is_over(
    inbox: Inbox, imap_server: ImapServer, crew: None
) -> None:
    until(lambda: Mailbox.objects.filter(last_ok_at__isnull=False).exists())
    good = inbox.settings
    for change, trouble in (
        ({"imap_port": 1}, "refused"),
        ({"imap_host": "yok.invalid"}, "unknown_host"),
        ({"imap_password_sealed": ""}, "login"),
        ({"imap_password_sealed": "torn"}, "secret"),
        ({"folder": "Yok"}, "folder"),
        ({"auth": "google"}, "grant"),
    ):
        Inbox.objects.filter(pk=inbox.pk).update(settings={**good, **change})
        until(lambda trouble=trouble: Mailbox.objects.filter(trouble=trouble, trouble_since__isnull=False).exists())
    Inbox.objects.filter(pk=inbox.pk).update(settings=good)
    until(lambda: Mailbox.objects.filter(trouble="", trouble_since=None).exists())


def test_an_errand_is_run_without_waiting_for_the_server(inbox: Inbox, imap_server: ImapServer, crew: None) -> None:
    until(lambda: Mailbox.objects.filter(last_ok_at__isnull=False).exists())
    mailbox.ask(inbox=inbox, kind=Errand.Kind.FETCH, by=cast.selin(), at=clock.now())
    until(lambda: Errand.objects.filter(done_at__isnull=False).exists(), 5)
