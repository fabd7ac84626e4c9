"""What a notice is of that is no entry: the week of a theme, a case, a shop, a promise, an answer to a survey; and of all notices, which their reader
may still see."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from muhatap.accounts.models import Membership, User
from muhatap.accounts.permissions import may
from muhatap.conversations.models import Conversation, Message
from muhatap.conversations.visibility import scope, visible_to
from muhatap.feedback.models import Response
from muhatap.notices.models import Notice
from muhatap.sales.models import Shop
from muhatap.service.models import Case, CaseLink, Promise
from muhatap.understanding.models import Theme, ThemeWeek


@dataclass(frozen=True, kw_only=True)
class Thing:
    """One of the five, what happened to it, and the name under which everybody is told of that once."""

    event: str
    key: str
    week: ThemeWeek | None = None
    case: Case | None = None
    shop: Shop | None = None
    promise: Promise | None = None
    response: Response | None = None
    details: dict[str, Any] = field(default_factory=dict)

    def notice(self, **told: Any) -> Notice:
        return Notice(
            week=self.week,
            case=self.case,
            shop=self.shop,
            promise=self.promise,
            response=self.response,
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


def of_promise(promise: Promise, event: str, *, again: str = "") -> Thing:
    """A promise is given to somebody, or comes close or is over where its owner sees no conversation of it.

    Put off, it comes close anew; what else may happen several times says in `again` which time it is.
    """
    due = promise.due_at.isoformat()
    return Thing(event=event, key=f"{event}:{promise.pk}:{again or due}", promise=promise, details={"due_at": due})


def of_shop(shop: Shop, event: str, *, again: str, **details: Any) -> Thing:
    """A shop passed something on. No name of a customer may stand in the details: they outlive what is erased."""
    return Thing(event=event, key=f"{event}:{shop.pk}:{again}", shop=shop, details=details)


def of_answer(response: Response, event: str) -> Thing:
    """Somebody we do not know answered a survey; of everybody else a case tells."""
    return Thing(event=event, key=f"{event}:{response.pk}", response=response)


def told(thing: Theme | Case | Shop | Promise) -> Q:
    """The notices of one thing."""
    if isinstance(thing, Theme):
        return Q(week__theme=thing) | Q(week__theme__merged_into=thing)
    if isinstance(thing, Promise):
        return Q(promise=thing)
    return Q(case=thing) if isinstance(thing, Case) else Q(shop=thing)


def shown(user: User) -> QuerySet[Notice]:
    """What was told to this user of things they still see."""
    seen = Exists(visible_to(user).filter(pk=OuterRef("message__conversation_id")))
    allowed = Q(message__isnull=False) & Q(seen)
    if may(user, "insight.read"):
        allowed |= Q(week__isnull=False, week__theme__hidden_at=None)
    if may(user, "cases.read"):
        allowed |= Q(case__isnull=False) & _cases(user)
    if may(user, "promises.read"):
        allowed |= Q(promise__isnull=False) & (Q(promise__by=user) | Q(promise__conversation_id=None))
    if may(user, "surveys.follow_up"):
        allowed |= Q(response__isnull=False)
    if may(user, "shops.edit"):
        allowed |= Q(shop__isnull=False)
    return Notice.objects.filter(allowed, user=user)


def _cases(user: User) -> Q:
    """Of cases this user may read (the rule is flow's): their own, their teams', of conversations they see, and of none.

    Each conversation is looked up by its number, since few notices ask.
    """
    if scope(user).sees_all:
        return Q()
    links = CaseLink.objects.filter(case=OuterRef("case"))
    spoken = Message.objects.filter(interaction_id=OuterRef("interaction_id"))
    linked = Conversation.objects.filter(pk=OuterRef(OuterRef("conversation_id")))
    standing = Subquery(linked.values(number=Coalesce("merged_into_id", "pk")))
    seen = visible_to(user)
    heard = spoken.filter(Exists(seen.filter(pk=OuterRef("conversation_id"))))
    is_seen = Q(Exists(seen.filter(pk=standing))) | Q(Exists(heard))
    is_of_none = ~Exists(links.filter(Q(conversation_id__isnull=False) | Exists(spoken)))
    teams = Membership.objects.filter(user=user).values("team_id")
    theirs = Q(case__owner=user) | Q(case__opened_by=user) | Q(case__team_id__in=teams)
    return theirs | Q(Exists(links.filter(is_seen))) | Q(is_of_none)
