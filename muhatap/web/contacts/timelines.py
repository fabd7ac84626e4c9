"""The timeline of a contact: what happened, in sentences, days and pages. What the reader may not see is told without its words."""

from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import prefetch_related_objects
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.channels import registry
from muhatap.contacts.models import Contact
from muhatap.conversations.models import Message
from muhatap.conversations.visibility import readable_interactions
from muhatap.feedback import wording
from muhatap.flow.cases import visible_to as visible_cases
from muhatap.interactions import timeline
from muhatap.interactions.models import Interaction, Post
from muhatap.sales.models import Order
from muhatap.service.models import Case
from muhatap.visits.models import Step, Visit
from muhatap.web.common import channels, times
from muhatap.web.common.display import Act, TimelineDay, TimelineRow
from muhatap.web.contacts.display import Timeline

_KIND_ICONS = {
    "auto_reply": "bot",
    "bounce": "mail-x",
    "list": "newspaper",
    "note": "sticky-note",
    "survey": "smile",
    "visit": "eye",
    "order": "package",
    "case": "briefcase",
}
OF_CONTACTS = {
    Interaction.Kind.VISIT,
    Interaction.Kind.ORDER,
}  # no conversation: whoever may read the contact reads these


def page(
    contact: Contact, user: User, now: datetime, *, before: timeline.Cursor | None = None, kind: str = ""
) -> Timeline:
    """One page of what happened, newest first; `kind` one of kind_names() or '' for all."""
    found = timeline.page(contact, before=before, kinds={kind} if kind else None)
    prefetch_related_objects(found.rows, "by")
    readable = readable_interactions(user, [row.pk for row in found.rows])
    readable |= {row.pk for row in found.rows if row.kind in OF_CONTACTS} | _asked_elsewhere(found.rows)
    readable |= _only_heard(found.rows)
    cases = {case.entry_id: case for case in visible_cases(user).filter(entry__in=_of(found.rows, "case"))}
    readable = (readable - set(_of(found.rows, "case"))) | {pk for pk in cases if pk}
    visits = {visit.interaction_id: visit for visit in Visit.objects.filter(interaction__in=_of(found.rows, "visit"))}
    orders = {order.interaction_id: order for order in Order.objects.filter(interaction__in=_of(found.rows, "order"))}
    threads = dict(Message.objects.filter(interaction_id__in=readable).values_list("interaction_id", "conversation_id"))
    rows = [
        (
            timezone.localtime(row.at).date(),
            _row(
                row,
                row.pk in readable,
                threads.get(row.pk),
                contact,
                visits.get(row.pk) or orders.get(row.pk) or cases.get(row.pk),
            ),
        )
        for row in found.rows
    ]
    today = timezone.localtime(now).date()
    days = (
        TimelineDay(title=times.heading(day, today), rows=tuple(row for _day, row in some))
        for day, some in groupby(rows, lambda r: r[0])
    )
    return Timeline(
        days=tuple(days),
        next_url=_older(contact, found.next, kind),
        kinds=_kinds(contact, kind),
        kind_label=kind_names().get(kind, _("All kinds")),
    )


def cursor(text: str) -> timeline.Cursor | None:
    """'2026-11-21T11:32:00+00:00~7' → a cursor; None for anything else."""
    at, _tilde, number = text.partition("~")
    try:
        moment, row = datetime.fromisoformat(at), int(number[:19])
    except ValueError:
        return None
    return timeline.Cursor(moment, row) if moment.tzinfo and 0 < row < 2**63 else None


def kind_names() -> dict[str, str]:
    return {
        "message": _("Messages"),
        "auto_reply": _("Automatic replies"),
        "bounce": _("Returned mail"),
        "list": _("Mailing lists"),
        "note": _("Notes"),
        "survey": _("Ratings"),
        "visit": _("Visits of the site"),
        "order": _("Orders"),
        "case": _("Cases"),
    }


def _asked_elsewhere(rows: list[Interaction]) -> set[int]:
    """Surveys that stand in no thread: after a delivery, by link, on a page. Whoever may read the contact reads these."""
    surveys = [row for row in rows if row.kind == "survey"]
    prefetch_related_objects(surveys, "survey_response__survey")
    numbers = {row.pk for row in surveys}
    return numbers - set(Message.objects.filter(interaction__in=numbers).values_list("interaction_id", flat=True))


def _only_heard(rows: list[Interaction]) -> set[int]:
    """Posts that became no conversation and that everybody can read where they stand."""
    numbers = [row.pk for row in rows if row.channel in registry.LISTENING]
    heard = Post.objects.filter(interaction__in=numbers, opened_at=None).exclude(url="") if numbers else ()
    return {post.interaction_id for post in heard}


def _of(rows: list[Interaction], kind: str) -> list[int]:
    return [row.pk for row in rows if row.kind == kind]


def _row(
    row: Interaction, is_readable: bool, thread: int | None, contact: Contact, about: Visit | Order | Case | None = None
) -> TimelineRow:
    what, detail = _told(about, row) if about else _sentence(row)
    return TimelineRow(
        id=f"interaction-{row.pk}",
        icon="reply" if row.direction == "out" else _KIND_ICONS.get(row.kind, channels.icon(row.channel)),
        what=what if is_readable else _unseen(row),
        detail=detail if is_readable else "",
        text=row.excerpt if is_readable and not about else "",
        language=contact.language if row.direction == "in" else "",
        time=times.clock(row.at),
        time_iso=row.at.isoformat(),
        url=_address(about, thread) if is_readable else "",
        tone="soon" if row.kind == "bounce" and is_readable else "",
        channel=row.channel,
    )


def _unseen(row: Interaction) -> str:
    return _("A case you do not see") if row.kind == "case" else _("Message in a conversation you do not see")


def _told(about: Visit | Order | Case, row: Interaction) -> tuple[str, str]:
    if isinstance(about, Case):
        return _("Case #%(n)s opened") % {"n": about.pk}, about.title
    return _ordered(about, row) if isinstance(about, Order) else _visited(about, row)


def _ordered(order: Order, row: Interaction) -> tuple[str, str]:
    """For how much, and what."""
    said = _("Ordered, %(total)s") % {"total": times.money(order.total, order.currency)}
    return said, ", ".join(filter(None, [f"#{order.number}", row.excerpt]))


def _visited(visit: Visit, row: Interaction) -> tuple[str, str]:
    """How long, and what was looked at longest."""
    what = _("Visited the site, %(took)s") % {"took": times.precise(timedelta(milliseconds=visit.engaged_ms))}
    if visit.reached >= Step.LOOKED and row.excerpt:
        return what, _("most: %(product)s") % {"product": row.excerpt}
    return what, row.title


def _sentence(row: Interaction) -> tuple[str, str]:
    """The heavy part and the rest: who did what, about what."""
    by = str(row.by) if row.by else ""
    if row.kind == "message" and row.direction == "out":
        told = {
            "email": _("We wrote an e-mail"),
            "webchat": _("We wrote in the chat"),
            "trendyol": _("We answered a question"),
        } | dict.fromkeys(registry.LISTENING, _("We answered a post"))
        return told.get(row.channel, _("We wrote")), ", ".join(filter(None, [by, row.title]))
    if row.kind == "message":
        told = {
            "email": _("Wrote an e-mail"),
            "webchat": _("Wrote in the chat"),
            "trendyol": _("Asked about a product"),
            "manual": _("Told one of us"),
        } | dict.fromkeys(registry.LISTENING - {"manual"}, _("Wrote where others read it"))
        return told.get(row.channel, _("Wrote")), row.title
    if row.kind == "survey":
        return _surveyed(row)
    told = {
        "auto_reply": _("Automatic reply"),
        "bounce": _("Our mail was returned"),
        "list": _("Mailing list"),
        "note": _("Internal note"),
    }
    return told.get(row.kind, str(row.get_kind_display())), ", ".join(filter(None, [by, row.title]))


def _surveyed(row: Interaction) -> tuple[str, str]:
    """What they answered, and in which survey."""
    if row.direction == "out":
        return _("We asked for a rating"), ""
    response = getattr(row, "survey_response", None)
    if response is None or response.survey is None:
        return _("Rated our help"), row.title
    return wording.told(response), response.survey.name if response.score is not None else ""


def _older(contact: Contact, after: timeline.Cursor | None, kind: str) -> str:
    if not after:
        return ""
    base = reverse("contacts:timeline", args=[contact.pk])
    moment = after.at.isoformat().replace("+", "%2B")
    return f"{base}?before={moment}~{after.id}{f'&kind={kind}' if kind else ''}"


def _kinds(contact: Contact, here: str) -> tuple[Act, ...]:
    base = reverse("contacts:page", args=[contact.pk])
    every = Act(label=_("All kinds"), url=base, is_link=True, is_here=not here)
    return (
        every,
        *(Act(label=n, url=f"{base}?kind={k}", is_link=True, is_here=here == k) for k, n in kind_names().items()),
    )


def _address(about: Visit | Order | Case | None, thread: int | None) -> str:
    """Of what it tells of; "" where that has no page."""
    try:
        if isinstance(about, Order):
            return reverse("sales:order", args=[about.pk])
        if isinstance(about, Case):
            return reverse("cases:one", args=[about.pk])
        if isinstance(about, Visit):
            return reverse("visits:visit", args=[about.pk])
        return reverse("inbox:conversation", args=[thread]) if thread else ""
    except NoReverseMatch:
        return ""
