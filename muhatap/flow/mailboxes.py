"""Reading a mailbox, with one promise: a mail's bytes and our cursor move in one transaction.

Killed at any moment we lose nothing, because the cursor moves only together with the intake, and double nothing, because
the intake knows the bytes it has.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef

from muhatap.accounts.models import User
from muhatap.channels.email import access, imap, mailbox, reconcile
from muhatap.channels.email.mime import Limits
from muhatap.channels.email.models import FetchedMail, Mailbox
from muhatap.channels.email.reconcile import Comparison
from muhatap.channels.models import Inbox
from muhatap.interactions import intake
from muhatap.interactions.models import Quarantine, RawItem
from muhatap.shared import away, clock

log = logging.getLogger(__name__)

N_LISTED = 500  # sizes asked at once
N_TOGETHER, BYTES_TOGETHER = 25, 2 * 2**20  # mails in one transaction
MAX_MB = 50  # of one mail; per inbox in `max_mb`
MAX_WHOLE = Limits().n_bytes  # of a mail that somebody wants in spite of the limit: larger ones cannot be read
N_TRIES = 5  # a mail at which the line broke so often is set aside, so that the next ones come in
Progress = Callable[[int, int, int], bool]  # told of all, done and new; False stops


class Overtaken(Exception):
    """Somebody else moved the cursor of this mailbox meanwhile."""


@dataclass
class Reader:
    """Reads one mailbox over one or more sessions; remembers which mails broke the line."""

    inbox: Inbox
    broke_at: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.mailbox = mailbox.of(self.inbox)

    @property
    def folder(self) -> str:
        return str(self.inbox.setting("folder") or "INBOX")

    @property
    def limit(self) -> int:
        return int(self.inbox.setting("max_mb") or MAX_MB) * 2**20

    def connected(self) -> Any:
        settings = {**self.inbox.settings, "inbox_id": self.inbox.pk}
        return imap.connected(access.imap(settings, at=clock.now()), self.folder)

    def fetch_new(self, session: imap.Session, is_over: Callable[[], bool] = lambda: False) -> int:
        """Take in everything after the cursor; gives how many mails were new here. `is_over` is asked between batches."""
        self.mailbox.refresh_from_db()
        self._begin_anew_if_needed(session)
        n_new = 0
        for batch in self._batches(session, session.uids(self.mailbox.cursor + 1)):
            n_new += self._take_in(session, batch, moves_cursor=True)
            if is_over():
                break
        return n_new

    def backfill(self, session: imap.Session, since_on: date, progress: Progress) -> None:
        """Take in older mail, from the first that arrived on a day."""
        first = session.first_uid_since(since_on)
        if first is None or first >= self.mailbox.first_uid:
            return
        if self._fetch_again(session, session.uids(first, self.mailbox.first_uid - 1), progress):
            Mailbox.objects.filter(pk=self.mailbox.pk, first_uid__gt=first).update(first_uid=first)
            self.mailbox.refresh_from_db()

    def fetch_missing(self, session: imap.Session, progress: Progress) -> None:
        """Compare with the server and take in what is not here."""
        self._fetch_again(session, list(self.compare(session).missing), progress)
        self.check(session)

    def fetch_whole(self, session: imap.Session, by: User | None, progress: Progress) -> None:
        """Fetch the rest of the mails of which only the head was taken and that somebody wants."""
        wanted = list(intake.wanted_whole(self.inbox))
        for n_done, row in enumerate(wanted, 1):
            try:
                raw = self._whole(session, row.item)
            except imap.NotGiven as refusal:
                intake.cannot_complete(quarantine=row, detail=f"The mail server did not hand it over: {refusal}")
            else:
                intake.complete(quarantine=row, raw=raw, by=by, at=clock.now())
            if not progress(len(wanted), n_done, n_done):
                return

    def _whole(self, session: imap.Session, item: RawItem) -> bytes:
        uid = int(item.meta["uid"])
        if session.uid_validity != item.meta.get("uid_validity"):
            raise imap.NotGiven("the mailbox was renumbered")
        if session.sizes([uid]).get(uid, 0) > MAX_WHOLE:
            raise imap.NotGiven(f"more than {MAX_WHOLE // 2**20} MB")
        if self.broke_at[uid] >= N_TRIES:
            del self.broke_at[uid]
            raise imap.NotGiven(f"the line broke {N_TRIES} times")
        self.broke_at[uid] += 1  # stands only if the line breaks now
        found = session.fetch([uid])
        del self.broke_at[uid]
        if not found:
            raise imap.NotGiven("it is no longer on the server")
        return found[0].raw

    def check(self, session: imap.Session) -> None:
        """Write down how many mails the server holds, how many of them are here, and which are missing."""
        found = self.compare(session)
        Mailbox.objects.filter(pk=self.mailbox.pk).update(
            n_on_server=found.n_on_server,
            n_here=found.n_here,
            missing=list(found.missing[: reconcile.N_TOLD]),
            reconciled_at=clock.now(),
        )
        self.mailbox.refresh_from_db()

    def compare(self, session: imap.Session) -> Comparison:
        row = self.mailbox
        if row.cursor < row.first_uid:
            return reconcile.compare([], [])
        taken = FetchedMail.objects.filter(
            mailbox=row, uid_validity=row.uid_validity, uid__gte=row.first_uid, uid__lte=row.cursor
        )
        kept = taken.filter(Exists(RawItem.objects.filter(inbox_id=row.inbox_id, dedupe_key=OuterRef("dedupe_key"))))
        return reconcile.compare(session.uids(row.first_uid, row.cursor), kept.values_list("uid", flat=True))

    def _begin_anew_if_needed(self, session: imap.Session) -> None:
        """A new UIDVALIDITY means that all UIDs mean something else: start again, what we know already is known by its bytes."""
        if session.uid_validity == self.mailbox.uid_validity:
            return
        first = self._first_uid(session)
        moved = Mailbox.objects.filter(pk=self.mailbox.pk, uid_validity=self.mailbox.uid_validity)
        moved.update(
            uid_validity=session.uid_validity, first_uid=first, cursor=first - 1, n_on_server=0, n_here=0, missing=[]
        )
        self.broke_at.clear()
        self.mailbox.refresh_from_db()

    def _first_uid(self, session: imap.Session) -> int:
        since = self.inbox.setting("fetch_since")
        if not since:
            return 1
        found = session.first_uid_since(date.fromisoformat(str(since)))
        return found or max(session.uid_next, 1)

    def _batches(self, session: imap.Session, uids: list[int]) -> Iterator[list[tuple[int, int]]]:
        """Small mails together, large and suspicious ones alone, as (uid, size); mails that vanished meanwhile are left out."""
        for at in range(0, len(uids), N_LISTED):
            listed = uids[at : at + N_LISTED]
            sizes = session.sizes(listed)
            batch: list[tuple[int, int]] = []
            for uid in (uid for uid in listed if uid in sizes):
                if batch and (
                    self._is_full(batch, sizes[uid])
                    or self._goes_alone(uid, sizes[uid])
                    or self._goes_alone(*batch[-1])
                ):
                    yield batch
                    batch = []
                batch.append((uid, sizes[uid]))
            if batch:
                yield batch

    def _is_full(self, batch: list[tuple[int, int]], size: int) -> bool:
        return len(batch) >= N_TOGETHER or sum(each for _uid, each in batch) + size > BYTES_TOGETHER

    def _goes_alone(self, uid: int, size: int) -> bool:
        return size > self.limit or self.broke_at[uid] > 0

    def _take_in(self, session: imap.Session, batch: list[tuple[int, int]], *, moves_cursor: bool) -> int:
        mails = self._fetched(session, batch)
        try:
            return self._keep(mails, batch[-1][0] if moves_cursor else None)
        except DatabaseError as error:
            if away.is_away(error):
                raise  # nothing is wrong with the mail
            if len(batch) > 1:
                return sum(self._take_in(session, [each], moves_cursor=moves_cursor) for each in batch)
            log.exception("a mail of inbox %s could not be kept", self.inbox.pk)
            aside = self._aside(batch[0][0], f"{type(error).__name__}: {error}", Quarantine.Reason.FAULT)
            return self._keep([aside], batch[-1][0] if moves_cursor else None)

    def _fetched(self, session: imap.Session, batch: list[tuple[int, int]]) -> list["_Mail"]:
        if len(batch) == 1:
            return self._alone(session, *batch[0])
        for uid, _size in batch:
            self.broke_at[uid] += 1  # stands only if the line breaks now
        try:
            mails = [self._mail(each) for each in session.fetch([uid for uid, _size in batch])]
        except imap.NotGiven:
            mails = []
        for uid, _size in batch:
            del self.broke_at[uid]
        given = {mail.uid for mail in mails}
        return mails + [mail for uid, size in batch if uid not in given for mail in self._alone(session, uid, size)]

    def _alone(self, session: imap.Session, uid: int, size: int) -> list["_Mail"]:
        if self.broke_at[uid] >= N_TRIES:
            return [
                self._aside(
                    uid, f"The line broke {N_TRIES} times while the server sent it.", Quarantine.Reason.UNREADABLE
                )
            ]
        self.broke_at[uid] += 1
        try:
            mails = self._asked_for(session, uid, size)
        except imap.NotGiven as refusal:
            mails = [self._aside(uid, f"The mail server did not hand it over: {refusal}", Quarantine.Reason.UNREADABLE)]
        del self.broke_at[uid]
        return mails

    def _asked_for(self, session: imap.Session, uid: int, size: int) -> list["_Mail"]:
        is_large = size > self.limit
        found = session.fetch([uid], is_head_only=is_large)
        if not found and session.sizes([uid]):
            raise imap.NotGiven("an empty answer")
        return [self._too_large(each, size) if is_large else self._mail(each) for each in found]

    def _keep(self, mails: Iterable["_Mail"], cursor: int | None) -> int:
        """The promise: mails and cursor in one transaction."""
        at, n_new = clock.now(), 0
        with transaction.atomic():
            if cursor is not None:
                self._move(cursor)
            for mail in mails:
                accepted = intake.accept(inbox=self.inbox, dedupe_key=mail.key, raw=mail.raw, meta=mail.meta, at=at)
                FetchedMail.objects.bulk_create(
                    [
                        FetchedMail(
                            mailbox=self.mailbox,
                            uid_validity=self.mailbox.uid_validity,
                            uid=mail.uid,
                            dedupe_key=mail.key,
                        )
                    ],
                    ignore_conflicts=True,
                )
                if mail.reason and accepted.is_new:
                    intake.quarantine(item_id=accepted.item_id, reason=mail.reason, detail=mail.detail, at=at)
                n_new += accepted.is_new
        if cursor is not None:
            self.mailbox.cursor = cursor
        return n_new

    def _move(self, cursor: int) -> None:
        row = Mailbox.objects.filter(
            pk=self.mailbox.pk, uid_validity=self.mailbox.uid_validity, cursor=self.mailbox.cursor
        )
        if not row.update(cursor=cursor):
            raise Overtaken

    def _fetch_again(self, session: imap.Session, uids: list[int], progress: Progress) -> bool:
        n_done = n_new = 0
        for batch in self._batches(session, uids):
            n_new += self._take_in(session, batch, moves_cursor=False)
            n_done += len(batch)
            if not progress(len(uids), n_done, n_new):
                return False
        return True

    def _mail(self, fetched: imap.Fetched) -> "_Mail":
        return _Mail(fetched.uid, f"sha256:{hashlib.sha256(fetched.raw).hexdigest()}", fetched.raw, self._meta(fetched))

    def _too_large(self, head: imap.Fetched, size: int) -> "_Mail":
        detail = f"{size / 2**20:.1f} MB > {self.limit / 2**20:.0f} MB"
        key = f"head:{hashlib.sha256(head.raw).hexdigest()}"
        meta = {**self._meta(head), "size": size, "is_head_only": True}
        return _Mail(head.uid, key, head.raw, meta, Quarantine.Reason.TOO_LARGE, detail)

    def _aside(self, uid: int, detail: str, reason: str) -> "_Mail":
        lost = imap.Fetched(uid=uid, raw=b"")
        key = f"uid:{self.mailbox.uid_validity}:{uid}"
        return _Mail(uid, key, b"", {**self._meta(lost), "is_head_only": True}, reason, detail)

    def _meta(self, fetched: imap.Fetched) -> dict[str, Any]:
        received_at = fetched.received_at or clock.now()
        return {
            "uid": fetched.uid,
            "uid_validity": self.mailbox.uid_validity,
            "folder": self.folder,
            "received_at": received_at.isoformat(),
        }


@dataclass(frozen=True)
class _Mail:
    """A mail on its way into the intake; a reason sends it to quarantine."""

    uid: int
    key: str
    raw: bytes
    meta: dict[str, Any]
    reason: str = ""
    detail: str = ""
