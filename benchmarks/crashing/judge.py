"""Looks at what is there after everything came to rest, and counts every way in which a promise could have been broken."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from benchmarks.crashing.traffic import Confirmed
from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.channels.webchat.models import ChatLine, ChatSession
from muhatap.conversations import counting
from muhatap.conversations.models import Conversation, Message
from muhatap.interactions.models import Interaction, Outgoing, Quarantine, RawItem
from muhatap.sales.models import Order, OrderStep, ShopDelivery

State = Outgoing.State
TOLD = {"processing": "paid", "completed": "delivered"}  # what WooCommerce says, and what we call it


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Each number but `uncertain` ought to be 0; `notes` says more about those that are not."""

    n_lost: int
    n_doubled: int
    n_answers_lost: int
    n_sent_twice: int
    n_forgotten: int
    n_falsely_sent: int
    n_uncertain: int
    n_out_of_order: int
    n_miscounted: int
    n_orphans: int
    n_audit_breaks: int
    n_orders_lost: int
    n_orders_doubled: int
    notes: tuple[str, ...]


def judge(confirmed: Confirmed, taken: dict[str, int], user: User) -> Verdict:
    """Hold what was confirmed against what the database, the visitors' windows and the mail server's sink have."""
    notes: list[str] = []
    lost, doubled = _inbound(confirmed, notes)
    orders_lost, orders_doubled = _orders(confirmed, notes)
    outgoing = list(Outgoing.objects.select_related("inbox"))
    twice = [message_id for message_id, n in taken.items() if n > 1] + _lines_put_twice()
    notes += [f"sent twice: {message_id}" for message_id in twice]
    return Verdict(
        n_lost=lost,
        n_doubled=doubled,
        n_answers_lost=_answers_lost(confirmed, notes),
        n_sent_twice=len(twice),
        n_forgotten=_forgotten(outgoing, notes),
        n_falsely_sent=_falsely_sent(outgoing, taken, notes),
        n_uncertain=sum(one.state == State.UNCERTAIN for one in outgoing),
        n_out_of_order=_out_of_order(confirmed, notes),
        n_miscounted=_miscounted(user, notes),
        n_orphans=_orphans(notes),
        n_audit_breaks=int(audit.first_broken() is not None),
        n_orders_lost=orders_lost,
        n_orders_doubled=orders_doubled,
        notes=tuple(notes),
    )


def _inbound(confirmed: Confirmed, notes: list[str]) -> tuple[int, int]:
    """Every accepted mail and line must be one interaction and one message, and nothing else may be there."""
    visitors = dict(ChatSession.objects.values_list("name", "visitor_id"))
    wanted = {*confirmed.mails}
    wanted |= {f"{visitors.get(name)}:{key}" for name, keys in confirmed.lines.items() for key in keys}
    interactions = Counter(
        Interaction.objects.filter(direction="in", kind="message").values_list("external_id", flat=True)
    )
    messages = Counter(Message.objects.filter(kind="inbound").values_list("external_id", flat=True))
    lost = [one for one in wanted if not interactions[one] or not messages[one]]
    doubled = [one for one in {*interactions, *messages} if interactions[one] > 1 or messages[one] > 1]
    surplus = [one for one in {*interactions, *messages} if one not in wanted]
    notes += [f"lost: {one}" for one in lost[:20]] + [
        f"doubled or never sent: {one}" for one in (doubled + surplus)[:20]
    ]
    notes += [f"quarantined: {row.reason} {row.detail}" for row in Quarantine.objects.all()[:20]]
    return len(lost), len(doubled) + len(surplus)


def _orders(confirmed: Confirmed, notes: list[str]) -> tuple[int, int]:
    """Every order the shop was answered for stands once, in the state it was told last, with its customer and its one line on the timeline."""
    rows = Order.objects.annotate(n_lines=Count("lines"))
    found = {row.number: row for row in rows.filter(contact__isnull=False, interaction__isnull=False)}
    wrong = rows.exclude(n_lines=1, number__in=confirmed.orders)
    lost = [
        number
        for number, state in confirmed.orders.items()
        if number not in found or found[number].state != TOLD[state]
    ]
    waiting = ShopDelivery.objects.filter(digested_at=None).count()
    surplus = list(wrong.values_list("number", flat=True))
    steps = OrderStep.objects.values("order", "state").annotate(n=Count("id")).filter(n__gt=1).count()
    unheld = Interaction.objects.filter(kind="order").count() - len(found)
    notes += [f"order lost or late: {number}" for number in lost[:20]] + [
        f"order too many: {number}" for number in surplus[:20]
    ]
    if waiting or steps or unheld:
        notes.append(f"{waiting} deliveries not digested, {steps} steps twice, {unheld} orders twice on a timeline")
    return len(lost) + waiting, len(surplus) + steps + max(unheld, 0)


def _answers_lost(confirmed: Confirmed, notes: list[str]) -> int:
    """Every answer whose writing was confirmed stands exactly once."""
    written = Counter(Message.objects.filter(kind="outbound").values_list("text", flat=True))
    wrong = [text for text in confirmed.answers if written[text] != 1]
    notes += [f"confirmed answer stands {written[text]} times: {text}" for text in wrong[:20]]
    return len(wrong)


def _forgotten(outgoing: list[Outgoing], notes: list[str]) -> int:
    """Every answer was sent, or waits for a person because nobody can know."""
    settled = {State.ACCEPTED, State.DELIVERED, State.READ, State.UNCERTAIN}
    wrong = [one for one in outgoing if one.state not in settled]
    answered = set(Outgoing.objects.values_list("interaction_id", flat=True))
    unqueued = Message.objects.filter(kind="outbound").exclude(interaction_id__in=answered).count()
    notes += [f"forgotten: {one} {one.detail}" for one in wrong[:20]]
    return len(wrong) + unqueued


def _falsely_sent(outgoing: list[Outgoing], taken: dict[str, int], notes: list[str]) -> int:
    """What we call sent, the mail server has taken; and what it has taken, we know of."""
    called_sent = [one for one in outgoing if one.inbox.kind == "email" and one.state != State.UNCERTAIN]
    wrong = [one.message_id for one in called_sent if not taken.get(one.message_id)]
    known = {one.message_id for one in outgoing}
    wrong += [message_id for message_id in taken if message_id not in known]
    lines = set(ChatLine.objects.filter(direction="out").values_list("key", flat=True))
    wrong += [one.message_id for one in outgoing if one.inbox.kind == "webchat" and one.message_id not in lines]
    notes += [f"called sent and not taken, or taken and not known: {message_id}" for message_id in wrong[:20]]
    return len(wrong)


def _lines_put_twice() -> list[str]:
    twice = ChatLine.objects.values("session", "direction", "key").annotate(n=Count("id")).filter(n__gt=1)
    return [str(row["key"]) for row in twice]


def _out_of_order(confirmed: Confirmed, notes: list[str]) -> int:
    """What a visitor said stands in their order, in the conversation and in their own window, and in one conversation."""
    n_wrong = 0
    for session in ChatSession.objects.all():
        said = confirmed.lines.get(session.name, [])
        found = Message.objects.filter(kind="inbound", external_id__startswith=f"{session.visitor_id}:").order_by(
            "at", "id"
        )
        in_thread = [message.external_id.partition(":")[2] for message in found]
        n_threads = len({message.conversation_id for message in found})
        if in_thread != said or confirmed.windows.get(session.name, said) != said or n_threads > 1:
            n_wrong += 1
            notes.append(f"order: {session.name} in {n_threads} conversations, {len(in_thread)} of {len(said)} lines")
    return n_wrong


def _miscounted(user: User, notes: list[str]) -> int:
    """The kept counts against a count of all rows."""
    raw: Counter[tuple[int, int, int, str]] = Counter()
    for row in Conversation.objects.filter(merged_into=None).values_list(
        "inbox_id", "team_id", "assignee_id", "status"
    ):
        raw[row[0], row[1] or 0, row[2] or 0, row[3]] += 1
    kept = counting.cells(user)
    wrong = [cell for cell in {*raw, *kept} if raw[cell] != kept.get(cell, 0)]
    notes += [f"cell {cell}: kept {kept.get(cell, 0)}, counted {raw[cell]}" for cell in wrong[:20]]
    return len(wrong)


def _orphans(notes: list[str]) -> int:
    """Rows that lost what they belong to."""
    found = {
        "interaction without a message": Interaction.objects.filter(kind="message", message=None),
        "message without an interaction": Message.objects.filter(kind__in=["inbound", "outbound"], interaction=None),
        "interaction of nobody": Interaction.objects.filter(contact=None),
        "raw item that is nowhere": RawItem.objects.filter(interaction=None, duplicate_of=None),
        "conversation without messages": Conversation.objects.filter(messages=None),
    }
    counts = {name: rows.count() for name, rows in found.items()}
    notes += [f"{n} x {name}" for name, n in counts.items() if n]
    return sum(counts.values())
