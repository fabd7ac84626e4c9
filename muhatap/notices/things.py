"""What a notice is of that is no entry: the week of a theme, a case, a shop; and of all notices, which their reader may still see."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.conversations.visibility import scope, visible_to
from muhatap.notices.models import Notice
from muhatap.sales.models import Shop
from muhatap.service.models import Case, CaseLink
from muhatap.understanding.models import Theme, ThemeWeek


@dataclass(frozen=True, kw_only=True)
class Thing:
    """One of the three, what happened to it, and the name under which everybody is told of that once."""

    event: str
    key: str
    week: ThemeWeek | None = None
    case: Case | None = None
    shop: Shop | None = None
    details: dict[str, Any] = field(default_factory=dict)

    def notice(self, **told: Any) -> Notice:
        return Notice(
            week=self.week,
            case=self.case,
            shop=self.shop,
            event=self.event,
            details=self.details,
            key=self.key,
            **told,
        )


def jump(week: ThemeWeek) -> Thing:
    return Thing(event="jump", key=f"week:{week.pk}", week=week)


def of_case(case: Case, event: str, *, again: str = "") -> Thing:
    """Something became of a case; what may happen to it several times says in `again` which time it is."""
    due = case.due_at.isoformat() if case.due_at else ""
    return Thing(event=event, key=f"{event}:{case.pk}:{again}", case=case, details={"due_at": due})


def of_shop(shop: Shop, event: str, *, again: str, **details: Any) -> Thing:
    """A shop passed something on. No name of a customer may stand in the details: they outlive what is erased."""
    return Thing(event=event, key=f"{event}:{shop.pk}:{again}", shop=shop, details=details)


def told(thing: Theme | Case | Shop) -> Q:
    """The notices of one thing."""
    if isinstance(thing, Theme):
        return Q(week__theme=thing) | Q(week__theme__merged_into=thing)
    return Q(case=thing) if isinstance(thing, Case) else Q(shop=thing)


def shown(user: User) -> QuerySet[Notice]:
    """What was told to this user of things they still see."""
    seen = Exists(visible_to(user).filter(pk=OuterRef("message__conversation_id")))
    allowed = Q(message__isnull=False) & Q(seen)
    if may(user, "insight.read"):
        allowed |= Q(week__isnull=False, week__theme__hidden_at=None)
    if may(user, "cases.read"):
        allowed |= Q(case__isnull=False) & _cases(user)
    if may(user, "shops.edit"):
        allowed |= Q(shop__isnull=False)
    return Notice.objects.filter(allowed, user=user)


def _cases(user: User) -> Q:
    """Narrower than who may read a case: whoever is told has it, is in its team, or it comes from no conversation."""
    within = scope(user)
    if within.sees_all:
        return Q()
    threads = CaseLink.objects.filter(case=OuterRef("case"), conversation_id__isnull=False)
    return Q(case__owner=user) | Q(case__team_id__in=within.team_ids) | ~Q(Exists(threads))
