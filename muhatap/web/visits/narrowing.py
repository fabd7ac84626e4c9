"""Which visits the log shows: read from the address, so that every figure of the reports leads to its visits."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from babel.dates import format_date
from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from muhatap.contacts.models import ContactTag, Tag
from muhatap.shared.text import fold
from muhatap.visits import attended
from muhatap.visits.models import Device, Dim, EmptySearch, Named, PageView, ProductInterest, Site, Step, Visit
from muhatap.web.common.reading import number, words
from muhatap.web.visits.words import source

NAMES = (
    "from",
    "to",
    "site",
    "device",
    "source",
    "campaign",
    "path",
    "began",
    "ended",
    "product",
    "searched",
    "reached",
    "unbought",
    "known",
    "unknown",
    "again",
    "utm",
    "tag",
)
TOGETHER = {"from": ("from", "to"), "path": ("path", "began", "ended")}
NONE, ANY = "none", "any"
AGAIN = ("new", "again")
LONGEST, MOST = 620, 2**31
# The key under which a campaign is rolled up (migration 0004).
CAMPAIGN = """coalesce(nullif(concat_ws(' / ', visits_visit.campaign ->> 'source', visits_visit.campaign ->> 'medium',
visits_visit.campaign ->> 'campaign'), ''), visits_visit.campaign ->> 'click', '')"""


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One filter in words, and the address without it."""

    text: str
    off_url: str


def narrowed(request: HttpRequest) -> QuerySet[Visit]:
    """What makes no sense in the address is passed over."""
    given, found = request.GET, attended.visits()
    start, end = _moment(given, "from"), _moment(given, "to")
    if start:
        found = found.filter(began_at__gte=start)
    if end:
        found = found.filter(began_at__lt=end + timedelta(days=1))
    numbers = {"site": "site_id", "device": "device", "reached": "reached__gte"}
    for name, field in numbers.items():
        if (told := number(given.get(name))) is not None and told < MOST:
            found = found.filter(**{field: told})
    marks = {"unbought": Q(reached__lt=Step.ORDERED), "known": ~Q(interaction=None), "unknown": Q(interaction=None)}
    found = found.filter(*(mark for name, mark in marks.items() if given.get(name)))
    if led := _text(given, "source"):
        found = found.filter(source="" if led == NONE else led)
    return _by_pages(given, _by_visitor(given, _by_campaign(given, found)))


def chips(request: HttpRequest) -> list[Chip]:
    """What the list is narrowed to, each with the way back."""
    found = []
    for name in NAMES:
        if (value := _text(request.GET, name)) and (text := _said(name, value, request.GET)):
            rest = request.GET.copy()
            for each in (*TOGETHER.get(name, (name,)), "at"):
                rest.pop(each, None)
            found.append(Chip(text=text, off_url=f"?{rest.urlencode()}"))
    return found


def kept(request: HttpRequest) -> str:
    """The filters for the addresses of other pages of the list, with & at the end."""
    some = QueryDict(mutable=True)
    for name in NAMES:
        if value := _text(request.GET, name):
            some[name] = value
    return f"{some.urlencode()}&" if some else ""


def _by_campaign(given: QueryDict, found: QuerySet[Visit]) -> QuerySet[Visit]:
    if name := _text(given, "utm"):
        found = found.filter(campaign__campaign=name)
    wanted = _text(given, "campaign")
    if not wanted:
        return found
    called = found.annotate(called=RawSQL(CAMPAIGN, []))  # noqa: S611 (no value is in it)
    return called.exclude(called="") if wanted == ANY else called.filter(called=wanted)


def _by_visitor(given: QueryDict, found: QuerySet[Visit]) -> QuerySet[Visit]:
    """Whether they had come before, and whom of our customers they are."""
    if given.get("again") in AGAIN:
        before = Visit.objects.filter(
            site=OuterRef("site"), visitor=OuterRef("visitor"), began_at__lt=OuterRef("began_at")
        )
        found = found.filter(Exists(before) if given["again"] == "again" else ~Exists(before))
    if tag := number(given.get("tag")):
        tagged = ContactTag.objects.filter(contact=OuterRef("interaction__contact"), tag=tag)
        found = found.filter(Exists(tagged))
    return found


def _by_pages(given: QueryDict, found: QuerySet[Visit]) -> QuerySet[Visit]:
    if path := _text(given, "path"):
        if given.get("began"):
            found = found.filter(entry_path=path)
        elif given.get("ended"):
            found = found.filter(exit_path=path)
        else:
            found = found.filter(Exists(PageView.objects.filter(visit=OuterRef("pk"), path=path)))
    if searched := _text(given, "searched"):
        found = found.filter(Exists(_missed(searched)))
    if product := _text(given, "product"):
        looked = PageView.objects.filter(visit=OuterRef("pk"), product=product)
        interested = ProductInterest.objects.filter(visit=OuterRef("pk"), product=product)
        found = found.filter(Exists(looked) | Exists(interested))
    return found


def _missed(words: str) -> QuerySet[EmptySearch]:
    """Searches for these words that found nothing, however they were typed."""
    folded = Func(F("query"), function="fold_tr", output_field=TextField())
    return EmptySearch.objects.filter(visit=OuterRef("pk")).alias(folded=folded).filter(folded=fold(words))


def _said(name: str, value: str, given: QueryDict) -> str:
    """Empty for what has no chip of its own."""
    if name in ("from", "to"):
        return _days(given) if name == "from" or not given.get("from") else ""
    if name in ("device", "reached"):
        choices = Device if name == "device" else Step
        return str(choices(int(value)).label) if number(value) in choices.values else ""
    if name == "site":
        return str(Site.objects.filter(pk=number(value) or 0).first() or "")
    if name == "path":
        form = (
            _("began on %(page)s")
            if given.get("began")
            else _("ended on %(page)s")
            if given.get("ended")
            else "%(page)s"
        )
        return form % {"page": _name(Dim.PAGE, value)}
    if name == "product":
        return _name(Dim.PRODUCT, value)
    if name == "tag":
        return str(Tag.objects.filter(pk=number(value) or 0).first() or "")
    if name == "again":
        return {"new": _("first visits"), "again": _("came before")}.get(value, "")
    return {
        "unknown": _("people we do not know"), "utm": value,
        "searched": _("searched “%(query)s” and found nothing") % {"query": value},
        "unbought": _("without an order"), "known": _("people we know"), "campaign": _("by campaigns") if value == ANY else value,
        "source": source(value) or _("source not told"),
    }.get(name, "")  # fmt: skip


def _days(given: QueryDict) -> str:
    """20 Kas – 21 Kas, or one of them where it is open."""
    language = (get_language() or "tr").replace("-", "_")
    told = [_moment(given, name) for name in ("from", "to")]
    days = [format_date(each.date(), "d MMM", locale=language) if each else "…" for each in told]
    return days[0] if days[0] == days[1] else " – ".join(days)


def _name(dim: Dim, key: str) -> str:
    return Named.objects.filter(dim=dim, key=key).values_list("name", flat=True).first() or key


def _text(given: QueryDict, name: str) -> str:
    return words(given.get(name), LONGEST)


def _moment(given: QueryDict, name: str) -> datetime | None:
    try:
        on = datetime.strptime(given.get(name, "")[:10], "%Y-%m-%d")  # noqa: DTZ007 (a day, its zone follows)
    except ValueError:
        return None
    return timezone.make_aware(datetime.combine(on.date(), time())) if 2000 <= on.year <= 2200 else None
