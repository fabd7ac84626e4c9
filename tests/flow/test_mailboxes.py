"""Reading a mailbox: nothing lost, nothing doubled, nothing marked, and one bad mail stops nobody."""

import contextlib
import hashlib
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.utils import timezone

from muhatap.channels.email import imap, mailbox
from muhatap.channels.email.models import Errand, FetchedMail, Mailbox
from muhatap.channels.models import Inbox
from muhatap.flow import fetching, mailboxes, replay
from muhatap.flow.mailboxes import Overtaken, Reader
from muhatap.interactions import intake
from muhatap.interactions.models import Quarantine, RawItem
from muhatap.shared import clock
from tests import cast
from tests.servers import ImapServer, settings_for

DESTEK = "destek@ihlamurev.example"
pytestmark = pytest.mark.django_db


def a_mail(n: int, body: str = "Siparişim gelmedi.") -> bytes:
    head = f"From: ayse.yilmaz@ornek.example\r\nTo: {DESTEK}\r\nSubject: {n}\r\nMessage-ID: <{n}@ornek.example>\r\n\r\n"
    return (head + body + "\r\n").encode()


@pytest.fixture
def reader(imap_server: ImapServer) -> Reader:
    imap_server.add(DESTEK)
    return Reader(cast.support_inbox(**settings_for(imap_server, None, DESTEK)))


def have_it_fetched(reader: Reader) -> None:
    """Selin tries again what was set aside, and the fetching process does its errand."""
    replay.retry(quarantine=Quarantine.objects.get(), by=cast.selin(), at=clock.now())
    with reader.connected() as session:
        fetching.run_errand(reader, session, Errand.objects.get(done_at=None))


def fetch(reader: Reader) -> int:
    with reader.connected() as session:
        return reader.fetch_new(session)


def stored() -> list[bytes]:
    return [bytes(raw) for raw in RawItem.objects.order_by("id").values_list("raw", flat=True)]


def test_each_mail_comes_in_once_and_only_once(reader: Reader, imap_server: ImapServer) -> None:
    mails = [a_mail(n) for n in range(60)]
    for each in mails:
        imap_server.deliver(DESTEK, each)
    assert fetch(reader) == 60
    assert stored() == mails
    assert fetch(reader) == 0
    imap_server.deliver(DESTEK, a_mail(60))
    assert fetch(Reader(reader.inbox)) == 1
    assert RawItem.objects.count() == 61


def test_what_the_server_shows_to_people_is_not_changed(reader: Reader, imap_server: ImapServer) -> None:
    imap_server.deliver(DESTEK, a_mail(1))
    fetch(reader)
    assert b"Seen" not in imap_server.flags(DESTEK)[0]


def test_a_mail_that_somebody_read_elsewhere_comes_in_all_the_same(reader: Reader, imap_server: ImapServer) -> None:
    imap_server.deliver(DESTEK, a_mail(1))
    client = imap_server.client(DESTEK)
    client.select("INBOX")
    client.store("1", "+FLAGS", "\\Seen")
    client.shutdown()
    assert fetch(reader) == 1


def test_two_copies_of_one_mail_are_one_item_and_no_gap(reader: Reader, imap_server: ImapServer) -> None:
    for _ in range(2):
        imap_server.deliver(DESTEK, a_mail(1))
    assert fetch(reader) == 1
    with reader.connected() as session:
        reader.check(session)
    assert (reader.mailbox.n_on_server, reader.mailbox.n_here, reader.mailbox.missing) == (2, 2, [])


def test_the_item_knows_where_it_came_from(reader: Reader, imap_server: ImapServer) -> None:
    imap_server.deliver(DESTEK, a_mail(1))
    fetch(reader)
    item = RawItem.objects.get()
    assert item.dedupe_key == "sha256:" + hashlib.sha256(a_mail(1)).hexdigest()
    assert item.meta["uid"] == FetchedMail.objects.get().uid
    assert item.meta["received_at"]


def test_a_process_that_dies_between_two_mails_leaves_cursor_and_intake_in_step(
    reader: Reader, imap_server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailboxes, "N_TOGETHER", 3)
    for n in range(9):
        imap_server.deliver(DESTEK, a_mail(n))
    accept, calls = intake.accept, iter(range(1000))

    def dying(**fields: object) -> intake.Accepted:
        if next(calls) == 4:
            raise KeyboardInterrupt
        return accept(**fields)  # type: ignore[arg-type]

    monkeypatch.setattr(intake, "accept", dying)
    with pytest.raises(KeyboardInterrupt):
        fetch(reader)
    row = Mailbox.objects.get()
    assert RawItem.objects.count() == 3
    assert row.cursor == max(FetchedMail.objects.values_list("uid", flat=True))
    monkeypatch.setattr(intake, "accept", accept)
    fetch(Reader(reader.inbox))
    assert stored() == [a_mail(n) for n in range(9)]


def test_two_workers_on_one_mailbox_double_nothing(reader: Reader, imap_server: ImapServer) -> None:
    for n in range(3):
        imap_server.deliver(DESTEK, a_mail(n))
    other = Reader(reader.inbox)
    with reader.connected() as mine, other.connected() as theirs:
        other.mailbox.refresh_from_db()
        reader.fetch_new(mine)
        other._begin_anew_if_needed(theirs)
        other.mailbox.cursor = 0
        with pytest.raises(Overtaken):
            other._take_in(theirs, [(theirs.uids(1)[0], 100)], moves_cursor=True)
    assert RawItem.objects.count() == 3


def test_a_renumbered_mailbox_is_read_again_and_doubles_nothing(imap_server: ImapServer) -> None:
    imap_server.add(DESTEK)
    client = imap_server.client(DESTEK)
    client.create("Destek")
    reader = Reader(cast.support_inbox(**settings_for(imap_server, None, DESTEK, folder="Destek")))
    for n in range(3):
        imap_server.deliver(DESTEK, a_mail(n), "Destek")
    assert fetch(reader) == 3
    before = Mailbox.objects.get().uid_validity
    client.delete("Destek")
    client.create("Destek")
    client.shutdown()
    for n in range(1, 5):
        imap_server.deliver(DESTEK, a_mail(n), "Destek")
    assert fetch(Reader(reader.inbox)) == 2
    row = Mailbox.objects.get()
    assert row.uid_validity != before
    assert sorted(stored()) == [a_mail(n) for n in range(5)]


class TestSize:
    @pytest.fixture
    def large(self, reader: Reader, imap_server: ImapServer) -> bytes:
        reader.inbox.settings["max_mb"] = 1
        reader.inbox.save()
        big = a_mail(1, "x" * 78 + "\r\n" + ("y" * 76 + "\r\n") * 20_000)
        for each in (a_mail(0), big, a_mail(2)):
            imap_server.deliver(DESTEK, each)
        fetch(reader)
        return big

    def test_a_mail_over_the_limit_is_set_aside_by_its_headers_and_the_next_comes_in(self, large: bytes) -> None:
        assert RawItem.objects.count() == 3
        waiting = Quarantine.objects.get()
        assert waiting.reason == Quarantine.Reason.TOO_LARGE
        assert b"Subject: 1" in bytes(waiting.item.raw)
        assert len(bytes(waiting.item.raw)) < 1000
        assert waiting.item.meta["size"] == len(large)

    def test_somebody_can_have_it_fetched_whole(self, large: bytes, reader: Reader) -> None:
        have_it_fetched(reader)
        waiting = Quarantine.objects.get()
        assert bytes(waiting.item.raw) == large
        assert not {"is_head_only", "is_wanted"} & set(waiting.item.meta)
        assert (waiting.outcome, waiting.released_by) == ("retried", cast.selin())

    def test_one_that_nobody_could_read_is_not_fetched_and_says_why(
        self, large: bytes, reader: Reader, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mailboxes, "MAX_WHOLE", 2**20)
        have_it_fetched(reader)
        waiting = Quarantine.objects.get()
        assert waiting.released_at is None
        assert "more than 1 MB" in waiting.detail
        assert not intake.wanted_whole(reader.inbox).exists()

    def test_it_is_no_gap(self, large: bytes, reader: Reader) -> None:
        with reader.connected() as session:
            reader.check(session)
        assert reader.mailbox.missing == []


class TestPoison:
    @pytest.fixture
    def poisoned(self, reader: Reader, imap_server: ImapServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[set[int]]:
        """Some UIDs misbehave: those in the set break the line, negative ones are refused."""
        for n in range(6):
            imap_server.deliver(DESTEK, a_mail(n))
        with reader.connected() as session:
            uids = session.uids(1)
        bad: set[int] = set()
        real = imap.Session.fetch

        def fetched(session: imap.Session, wanted: list[int], *, is_head_only: bool = False) -> list[imap.Fetched]:
            if bad & set(wanted):
                raise ConnectionResetError
            if {-uid for uid in wanted} & bad:
                raise imap.NotGiven("NO [SERVERBUG]")
            return real(session, wanted, is_head_only=is_head_only)

        monkeypatch.setattr(imap.Session, "fetch", fetched)
        bad.add(uids[2])
        yield bad

    def test_a_mail_that_breaks_the_line_again_and_again_is_set_aside_and_the_others_come_in(
        self, reader: Reader, poisoned: set[int]
    ) -> None:
        for _attempt in range(mailboxes.N_TRIES + 1):
            with contextlib.suppress(ConnectionResetError):
                fetch(reader)
        assert RawItem.objects.count() == 6
        assert Quarantine.objects.get().reason == Quarantine.Reason.UNREADABLE

    def test_a_mail_the_server_refuses_is_set_aside_at_once(self, reader: Reader, poisoned: set[int]) -> None:
        uid = poisoned.pop()
        poisoned.add(-uid)
        fetch(reader)
        waiting = Quarantine.objects.get()
        assert "SERVERBUG" in waiting.detail
        assert RawItem.objects.count() == 6
        poisoned.clear()
        have_it_fetched(reader)
        assert bytes(RawItem.objects.get(pk=waiting.item_id).raw) == a_mail(2)

    def test_a_line_that_breaks_once_sets_nothing_aside(self, reader: Reader, poisoned: set[int]) -> None:
        with pytest.raises(ConnectionResetError):
            fetch(reader)
        poisoned.clear()
        fetch(reader)
        assert stored() == [a_mail(n) for n in range(6)]
        assert not Quarantine.objects.exists()


class TestOlderMail:
    @pytest.fixture
    def late(self, reader: Reader, imap_server: ImapServer) -> Reader:
        """An inbox that was to begin with today's mail: two older ones lie there."""
        for n in range(2):
            imap_server.deliver(DESTEK, a_mail(n))
        reader.inbox.settings["fetch_since"] = str(timezone.localdate() + timedelta(days=2))
        reader.inbox.save()
        fetch(reader)
        assert RawItem.objects.count() == 0
        imap_server.deliver(DESTEK, a_mail(2))
        fetch(reader)
        assert RawItem.objects.count() == 1
        return reader

    def test_it_is_no_gap(self, late: Reader) -> None:
        with late.connected() as session:
            late.check(session)
        assert (late.mailbox.n_on_server, late.mailbox.n_here) == (1, 1)

    def test_it_can_be_fetched_from_a_day_on(self, late: Reader) -> None:
        errand = mailbox.ask(
            inbox=late.inbox, kind=Errand.Kind.BACKFILL, by=cast.selin(), at=clock.now(), since_on=date(2020, 1, 1)
        )
        with late.connected() as session:
            fetching.run_errand(late, session, errand)
            late.check(session)
        errand.refresh_from_db()
        assert (errand.n_total, errand.n_done, errand.n_new) == (2, 2, 2)
        assert errand.done_at
        assert (late.mailbox.n_on_server, late.mailbox.n_here) == (3, 3)

    def test_asking_twice_is_one_errand_with_the_earlier_day(self, late: Reader) -> None:
        for day in (date(2026, 5, 1), date(2026, 1, 1), date(2026, 3, 1)):
            mailbox.ask(inbox=late.inbox, kind=Errand.Kind.BACKFILL, by=cast.selin(), at=clock.now(), since_on=day)
        assert Errand.objects.get().since_on == date(2026, 1, 1)


class TestGap:
    def test_what_is_on_the_server_and_not_here_shows_and_can_be_fetched(
        self, reader: Reader, imap_server: ImapServer
    ) -> None:
        for n in range(5):
            imap_server.deliver(DESTEK, a_mail(n))
        fetch(reader)
        lost = FetchedMail.objects.order_by("uid")[2]
        RawItem.objects.filter(dedupe_key=lost.dedupe_key).delete()  # an older backup was put back, say
        with reader.connected() as session:
            reader.check(session)
        assert (reader.mailbox.n_on_server, reader.mailbox.n_here, reader.mailbox.missing) == (5, 4, [lost.uid])
        errand = mailbox.ask(inbox=reader.inbox, kind=Errand.Kind.MISSING, by=cast.selin(), at=clock.now())
        with reader.connected() as session:
            fetching.run_errand(reader, session, errand)
        assert sorted(stored()) == [a_mail(n) for n in range(5)]
        assert Mailbox.objects.get().missing == []

    def test_mail_deleted_on_the_server_is_no_gap(self, reader: Reader, imap_server: ImapServer) -> None:
        for n in range(3):
            imap_server.deliver(DESTEK, a_mail(n))
        fetch(reader)
        client = imap_server.client(DESTEK)
        client.select("INBOX")
        client.store("1", "+FLAGS", "\\Deleted")
        client.expunge()
        client.shutdown()
        with reader.connected() as session:
            reader.check(session)
        assert (reader.mailbox.n_on_server, reader.mailbox.missing) == (2, [])


def test_no_settings_no_mailbox() -> None:
    inbox = Inbox.objects.create(kind="email", name="boş", address="bos@ihlamurev.example")
    crew: dict[int, tuple[str, fetching.Worker]] = {}
    fetching.align(crew)
    assert inbox.pk not in crew
