"""What stands on the page of a case, in ready strings: its story, where it comes from, what was given, what it cost."""

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.conversations.models import Conversation, Message
from muhatap.conversations.visibility import find
from muhatap.flow import cases as flow
from muhatap.sales.models import Order, Product
from muhatap.service import casework, quality
from muhatap.service.models import Case, CaseLink, CaseStep, Cause, Cost
from muhatap.web.cases import words
from muhatap.web.common import times
from muhatap.web.common.links import link


@dataclass(frozen=True, kw_only=True)
class Step:
    icon: str
    what: str
    why: str
    by: str
    at: str
    iso: str


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where it comes from; `url` is empty for what this reader may not see, and its words are not told."""

    icon: str
    what: str
    at: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Given:
    what: str
    note: str
    by: str
    at: str
    is_undone: bool
    undo_url: str


@dataclass(frozen=True, kw_only=True)
class Spent:
    id: int
    what: str
    kind: str
    took: str
    note: str
    by: str
    at: str
    is_against: bool
    undo_url: str


def steps(case: Case) -> list[Step]:
    """What was done, the newest last."""
    rows = list(case.steps.select_related("by").order_by("at", "pk"))
    names = _names(rows)
    return [
        Step(
            icon=words.STEP_ICONS[row.act],
            what=words.step(row, names),
            why=row.why,
            by=str(row.by or _("Muhatap")),
            at=times.full(row.at),
            iso=row.at.isoformat(),
        )
        for row in rows
    ]


def _names(rows: list[CaseStep]) -> words.Names:
    """What the orders and products that the steps speak of by number are called, and causes by the name they had in the language
    of whoever chose them; of those that are gone nothing.
    """
    asked = {
        name: {int(text) for row in rows if row.field == name for text in (row.was, row.became) if text.isdecimal()}
        for name in ("order_id", "product_id")
    }
    orders = Order.objects.filter(pk__in=asked["order_id"]).values_list("pk", "number")
    products = Product.objects.filter(pk__in=asked["product_id"])
    named = {("order_id", str(pk)): f"#{number}" for pk, number in orders}
    said = {text for row in rows if row.field == "cause" for text in (row.was, row.became) if text}
    causes = Cause.objects.filter(Q(name__in=said) | Q(name_en__in=said))
    named |= {("cause", name): str(row) for row in causes for name in (row.name, row.name_en)}
    return named | {("product_id", str(row.pk)): str(row) for row in products}


def places(case: Case, user: User) -> list[Place]:
    """Conversations and other things it comes from, the newest last."""
    rows = case.links.select_related("interaction").order_by("at", "pk")
    return [_place(row, user) for row in rows]


def given(case: Case, *, may_edit: bool) -> list[Given]:
    return [
        Given(
            what=f"{row.get_kind_display()}, {times.money(row.amount, row.currency)}",
            note=row.note,
            by=str(row.by or ""),
            at=times.full(row.at),
            is_undone=row.undone_at is not None,
            undo_url=reverse("cases:uncompensate", args=[case.pk, row.pk]) if may_edit and not row.undone_at else "",
        )
        for row in case.compensations.select_related("by").order_by("at", "pk")
    ]


def costs(case: Case, *, may_edit: bool, may_count: bool) -> list[Spent]:
    """What it took. Whoever may not read what quality costs is told of time alone: beside its money stands an hour's pay."""
    rows = case.costs.select_related("by", "rate", "reverses").order_by("at", "pk")
    gone = {row.reverses_id for row in rows if row.reverses_id}
    return [_spent(row, case, may_undo=may_edit and row.pk not in gone, may_count=may_count) for row in rows]


def in_all(case: Case, *, may_count: bool) -> str:
    rows = case.costs.all()
    if may_count:
        return words.money(quality.sums(rows).amounts)
    paid, minutes = quality.sums(rows.filter(minutes=None)), quality.sums(rows).minutes
    return ", ".join(filter(None, [words.money(paid.amounts), words.signed(minutes) if minutes else ""]))


def order(case: Case) -> tuple[str, str] | None:
    """The number of its order and the way there."""
    found = Order.objects.filter(pk=case.order_id or 0).first()
    return (f"#{found.number}", link("sales:order", found.pk)) if found else None


def product(case: Case) -> str:
    return str(Product.objects.filter(pk=case.product_id or 0).first() or "")


def former(case: Case, user: User) -> tuple[str, str] | None:
    """The case it repeats; its title only for whoever may read that one."""
    if case.former is None:
        return None
    may_read = flow.visible_to(user).filter(pk=case.former.pk).exists()
    title = case.former.title if may_read else ""
    return f"#{case.former_id} {title}".strip(), link("cases:one", case.former.pk) if may_read else ""


def later(case: Case, user: User) -> list[tuple[str, str]]:
    """The cases that repeat this one, the first of them first; those this reader may not see by their numbers alone."""
    rows = list(case.later.order_by("opened_at", "pk"))
    seen = set(flow.visible_to(user).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    return [
        (f"#{row.pk} {row.title}", link("cases:one", row.pk)) if row.pk in seen else (f"#{row.pk}", "") for row in rows
    ]


def likely(case: Case, user: User) -> tuple[int, str, str] | None:
    """A case it may repeat: number, words, way there; none this reader may not see."""
    row = casework.likely_former(case).filter(pk__in=flow.visible_to(user).values("pk")).first()
    return (row.pk, f"#{row.pk} {row.title}", link("cases:one", row.pk)) if row else None


def _place(row: CaseLink, user: User) -> Place:
    message = Message.objects.filter(interaction_id=row.interaction_id or 0).first() if row.interaction_id else None
    number = message.conversation_id if message else row.conversation_id
    if number is None:
        what = row.interaction.excerpt or row.interaction.title if row.interaction else ""
        return Place(icon="smile", what=what or _("An answer to a survey"), at=times.full(row.at), url="")
    conversation: Conversation | None = find(user, number)
    if conversation is None:
        return Place(icon="eye-off", what=_("A conversation you do not see"), at=times.full(row.at), url="")
    at = f"#message-{message.pk}" if message else ""
    return Place(
        icon="message-square",
        what=conversation.subject or conversation.preview or str(conversation.contact),
        at=times.full(row.at),
        url=link("inbox:conversation", conversation.pk) + at,
    )


def _spent(row: Cost, case: Case, *, may_undo: bool, may_count: bool) -> Spent:
    is_by_hand = not row.source and row.reverses_id is None
    is_bare = row.minutes is not None and not may_count
    without = "" if row.amount is not None else _(" (no rate for an hour)")
    return Spent(
        id=row.pk,
        what=str(row.get_what_display()),
        kind=str(row.get_kind_display()),
        took=words.signed(row.minutes or 0) if is_bare else words.took(row) + without,
        note=row.note,
        by=str(row.by or _("Muhatap")),
        at=times.full(row.at),
        is_against=row.reverses_id is not None,
        undo_url=reverse("cases:unspend", args=[case.pk, row.pk]) if may_undo and is_by_hand else "",
    )
