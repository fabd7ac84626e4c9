"""Questions of a marketplace: asked for every few minutes, taken in like any message, followed until they are closed there.

Only what waits for an answer when we first see it becomes a conversation. One that was answered elsewhere, turned down or
closed there is told in its thread.
"""

import hashlib
import json
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from muhatap.accounts.models import Team, User
from muhatap.channels import inboxes
from muhatap.channels.models import Inbox
from muhatap.channels.trendyol import asking, boxes, told
from muhatap.channels.trendyol.asking import Access, Incomplete, Unreached
from muhatap.channels.trendyol.models import Question, QuestionBox
from muhatap.channels.trendyol.told import Asked
from muhatap.conversations import closing, threads
from muhatap.conversations.models import Conversation, Message
from muhatap.flow import deadlines, reply, sweep
from muhatap.interactions import intake, outbox
from muhatap.interactions.models import Outgoing
from muhatap.sales.models import Shop
from muhatap.service import policies
from muhatap.service.models import SlaPolicy
from muhatap.shared import locks
from muhatap.shared.secrets import SecretLost

KIND = "trendyol"
OVERLAP = timedelta(hours=1)
LOOK_AGAIN = timedelta(minutes=15)  # how often one that waits is asked for by its number
MOST_PAGES = 40  # of a span; one that has more is read in halves
SHORTEST = timedelta(minutes=1)
CLOSED_THERE = (Question.Status.UNANSWERED, Question.Status.REJECTED)
WITH_THEM = (Outgoing.State.HANDING, Outgoing.State.UNCERTAIN, Outgoing.State.ACCEPTED)


@transaction.atomic
def open_box(
    *, shop: Shop, inbox: Inbox, name: str, team: Team | None, agents: list[User], is_enabled: bool,
    answer_minutes: int | None, by: User, at: datetime,
) -> Inbox:  # fmt: skip
    """Make or change the inbox of a seller account's questions, with a clock of its own when one is promised.

    Raises inboxes.NameTaken, policies.NameTaken.
    """
    is_new = inbox.pk is None
    settings = {**inbox.settings, **shop.access_to_questions(), "shop_id": shop.pk}
    saved = inboxes.save(
        inbox=inbox, name=name, address="", settings=settings, team=team, agents=agents, is_enabled=is_enabled,
        by=by, at=at,
    )  # fmt: skip
    if is_new and answer_minutes:
        _promise(saved, answer_minutes, by=by, at=at)
    return saved


def fetch_all(*, at: datetime) -> None:
    """Each inbox in turn; one that fails stops no other."""
    for inbox in Inbox.objects.filter(kind=KIND, is_enabled=True).order_by("id"):
        sweep.attempt(partial(fetch, inbox=inbox, at=at))


def fetch(*, inbox: Inbox, at: datetime) -> None:
    """What changed since the last time, then those that wait and were not among it. May run twice: one at a time."""
    with locks.keeping("questions", inbox.pk) as is_ours:
        if not is_ours:
            return
        box = boxes.of(inbox)
        try:
            to = asking.access(inbox.settings)
            _read_changes(inbox, box, to, at=at)
            _look_at_waiting(inbox, to, at=at)
        except Incomplete:
            boxes.went_wrong(box=box, said=_("The seller number or the key is missing."), at=at)
        except SecretLost as error:
            boxes.went_wrong(box=box, said=str(error), at=at)
        except Unreached as error:
            boxes.went_wrong(box=box, said=_why(error), at=at)
        else:
            boxes.went_well(box=box, at=at)


def _read_changes(inbox: Inbox, box: QuestionBox, to: Access, *, at: datetime) -> None:
    """The mark moves on only after everything before it was offered; a run that died is begun again where it stood."""
    begin = max(box.read_until - OVERLAP, at - 6 * asking.WINDOW) if box.read_until else at - asking.WINDOW
    span = asking.WINDOW
    while begin < at:
        end = min(begin + span, at)
        if _read_span(inbox, to, begin, end, at=at):
            boxes.read(box=box, until=end)
            begin, span = end, min(2 * span, asking.WINDOW)
        elif (span := (end - begin) / 2) < SHORTEST:
            raise Unreached("more questions in a minute than we can read")


def _read_span(inbox: Inbox, to: Access, begin: datetime, end: datetime, *, at: datetime) -> bool:
    """Offer what changed in between to the intake; False when it was more pages than we read."""
    for page in range(MOST_PAGES):
        found = asking.changed(to, begin, end, page)
        for said in found.questions:
            _take(inbox, said, at=at)
        if found.is_last:
            return True
    return False


def _look_at_waiting(inbox: Inbox, to: Access, *, at: datetime) -> None:
    for number in boxes.standing(inbox=inbox, before=at - LOOK_AGAIN):
        said = asking.one(to, number)
        boxes.looked_at(inbox=inbox, number=number, at=at)
        if said is not None:
            _take(inbox, said, at=at)


@transaction.atomic
def _take(inbox: Inbox, said: object, *, at: datetime) -> None:
    """One question as it stands now: new, changed, or as it was. What cannot be read is kept with its reason."""
    raw = json.dumps(said, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
    meta = {"customers": inbox.setting("customers")}
    try:
        one = told.asked(said if isinstance(said, dict) else {})
    except told.Unreadable:
        number = told.line(said.get("id"), 40) if isinstance(said, dict) else ""
        key = f"unreadable:{number}:{hashlib.sha256(raw).hexdigest()}"
        intake.accept(inbox=inbox, dedupe_key=key, raw=raw, meta=meta, at=at)
        return
    if one.status == Question.Status.WAITING:
        intake.accept(inbox=inbox, dedupe_key=f"question:{one.number}", raw=raw, meta=meta, at=at)
        boxes.keep(inbox=inbox, one=one, at=at)
    _follow(inbox, one, at=at)


def _follow(inbox: Inbox, one: Asked, *, at: datetime) -> None:
    """Tell in its thread what became of a question there. Until it is in a thread it stays as we knew it."""
    question = Question.objects.select_for_update().filter(inbox=inbox, number=one.number).first()
    if question is None:
        return
    question.looked_at = at
    message = Message.objects.filter(inbox=inbox, kind=Message.Kind.INBOUND, external_id=one.number).first()
    is_news = question.status != one.status and one.status in Question.Status.values
    is_refused = bool(one.refused_answer) and question.refused_answer != one.refused_answer
    if message is not None and (is_news or is_refused):
        conversation = threads.held(message.conversation)
        if is_refused:
            _turned_down(conversation, one, at=at)
        if is_news:
            _changed(conversation, one, at=at)
        question.status, question.refused_answer = one.status, one.refused_answer
    question.save(update_fields=["status", "refused_answer", "looked_at"])


def _changed(conversation: Conversation, one: Asked, *, at: datetime) -> None:
    if one.status == Question.Status.ANSWERED:
        _answered(conversation, one, at=at)
    elif one.status in CLOSED_THERE:
        threads.tell(conversation=conversation, event="question_closed", by=None, at=at, status=one.status)
        closing.resolve(conversation=conversation, by=None, at=at)
    elif one.status == Question.Status.REPORTED:
        threads.tell(conversation=conversation, event="question_reported", by=None, at=at)


def _answered(conversation: Conversation, one: Asked, *, at: datetime) -> None:
    """By us, or by somebody in the marketplace's own panel."""
    ours = [sent for sent in _sent(conversation) if _same(sent.outbound.get("text", ""), one.answer)]
    for sent in ours:
        if sent.state == Outgoing.State.UNCERTAIN and outbox.report(
            outgoing=sent, state=Outgoing.State.ACCEPTED, at=at
        ):
            reply.tell_fate(sent)
    if ours:
        return
    threads.tell(conversation=conversation, event="answered_elsewhere", by=None, at=at, said=one.answer[:2000])
    closing.resolve(conversation=conversation, by=None, at=at)


def _turned_down(conversation: Conversation, one: Asked, *, at: datetime) -> None:
    """They did not publish our answer: whoever wrote it is told, and it is our turn again."""
    sent = next(iter(_sent(conversation)), None)
    threads.tell(conversation=conversation, event="answer_refused", by=None, at=at, why=one.reason or "—")
    if sent and outbox.report(outgoing=sent, state=Outgoing.State.BOUNCED, at=at, detail=one.reason):
        reply.tell_fate(sent)
    closing.reopen(conversation=conversation, by=None, at=at, because={"why": one.reason})


def _sent(conversation: Conversation) -> list[Outgoing]:
    """What of our answers is with them, the newest first."""
    rows = Outgoing.objects.filter(interaction__message__conversation=conversation, state__in=WITH_THEM)
    return list(rows.select_related("interaction").order_by("-id"))


def _same(ours: str, theirs: str) -> bool:
    return bool(theirs) and " ".join(ours.split()) == " ".join(theirs.split())


def _promise(inbox: Inbox, minutes: int, *, by: User, at: datetime) -> None:
    """An answer within so many minutes, asked before policies that fit everybody."""
    fields = {
        "inbox_ids": [inbox.pk], "team_ids": [], "tag_ids": [], "priorities": [],
        "first_response_minutes": minutes, "next_response_minutes": None, "resolution_minutes": None,
        "warn_minutes": max(minutes // 4, 1), "hours": None, "pauses_waiting": True, "pauses_snoozed": False,
    }  # fmt: skip
    policy = policies.save(policy=SlaPolicy(), name=inbox.name[:120], fields=fields, by=by, at=at)
    policies.put_first(policy=policy, by=by, at=at)
    deadlines.terms_changed()


def _why(error: Unreached) -> str:
    if error.status in (401, 403):
        return _("Trendyol did not let us in (%(n)d). Check the key.") % {"n": error.status}
    return _("Trendyol did not answer as it should: %(said)s") % {"said": str(error)[:200]}
