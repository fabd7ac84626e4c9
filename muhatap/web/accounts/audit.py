"""The audit: who did what to whom, and whether the chain still holds."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import F, Func, QuerySet, TextField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from muhatap.accounts import audit
from muhatap.accounts.models import AuditEntry, User
from muhatap.contacts.exporting import harmless
from muhatap.shared import clock
from muhatap.shared.text import fold
from muhatap.web.accounts import audit_words
from muhatap.web.common import spreadsheets
from muhatap.web.common.display import Pages
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.times import count

PAGE = 50
AT_ONCE = 1000
NAMED_WITHIN = 200_000


class Filter(forms.Form):
    by = forms.ModelChoiceField(
        User.objects.order_by("name"), label=_("Who"), required=False, empty_label=_("Everybody")
    )
    act = forms.ChoiceField(label=_("What"), required=False)
    kind = forms.ChoiceField(label=_("To what"), required=False)
    object = forms.CharField(
        label=_("Name or number"), required=False, max_length=200, help_text=_("Names: in the newest 200,000 entries")
    )
    before = forms.IntegerField(required=False, min_value=0, max_value=2**62, widget=forms.HiddenInput)
    after = forms.IntegerField(required=False, min_value=0, max_value=2**62, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        act: Any = self.fields["act"]
        kind: Any = self.fields["kind"]
        act.choices = [("", _("Everything")), *sorted(audit_words.ACTS.items(), key=lambda pair: str(pair[1]))]
        kind.choices = [("", _("Everything")), *sorted(audit_words.KINDS.items(), key=lambda pair: str(pair[1]))]


@needs("audit.read")
def listing(request: HttpRequest) -> HttpResponse:
    form = Filter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    entries, pages = _page(request, _filtered(wanted), wanted)
    rows = [audit_words.Row.of(entry) for entry in entries]
    page = {"form": form, "rows": rows, "pages": pages, "head": audit.head(), "is_filtered": _is_filtered(wanted)}
    page["export_url"] = f"{reverse('accounts:export_audit')}?{_asked(form)}"
    return render(request, "accounts/audit.html", page)


@require_GET
@needs("audit.read")
def export(request: HttpRequest) -> Any:  # a stream, which Django does not count among its HttpResponses
    """The entries the filter holds, newest first, with the number and the details of each."""
    form, now = Filter(request.GET), clock.now()
    wanted = form.cleaned_data if form.is_valid() else {}
    entries = _filtered(wanted).filter(at__lte=now)  # that it was exported is not in it
    told = {name: str(value) for name, value in wanted.items() if value}
    audit.record(by=visitor(request), at=now, act="audit.exported", kind="audit", id="", filters=told)
    return spreadsheets.answer(_lines(entries), name=f"audit-{now:%Y-%m-%d}", is_xlsx=request.GET.get("as") == "xlsx")


def _lines(entries: QuerySet[AuditEntry]) -> Iterator[list[str]]:
    yield [gettext("When"), gettext("Who"), gettext("What"), gettext("To what"), gettext("Details"), "id"]
    before = 2**62
    while some := list(entries.filter(id__lt=before).order_by("-id")[:AT_ONCE]):
        for entry, row in zip(some, map(audit_words.Row.of, some), strict=True):
            at = timezone.localtime(row.at).strftime("%Y-%m-%d %H:%M:%S")
            yield [harmless(cell) for cell in (at, row.who, row.what, row.object, row.details, str(entry.pk))]
        before = some[-1].pk


@require_POST
@needs("audit.read")
def check(request: HttpRequest) -> HttpResponse:
    """A piece of the chain at a time, so that a long one neither blocks a worker nor hides how far it came."""
    place, hash = _so_far(request)
    checked = audit.check(after=place, previous=hash)
    total = max(audit.head()[0], checked.place)
    page = {"checked": checked, "total": total, "said": f"{count(checked.place)} / {count(total)}"}
    whole = {"form": Filter(), "rows": (), "head": audit.head()} if not getattr(request, "htmx", False) else {}
    name = "accounts/audit_checked.html" if whole else "accounts/_chain.html"
    return render(request, name, page | whole)


def _so_far(request: HttpRequest) -> tuple[int, str]:
    place, hash = request.POST.get("place", ""), request.POST.get("hash", "")
    if place.isascii() and place.isdigit() and len(place) < 19 and len(hash) == len(audit.GENESIS):
        return int(place), hash
    return 0, audit.GENESIS


def _filtered(wanted: dict[str, Any]) -> QuerySet[AuditEntry]:
    entries = AuditEntry.objects.all()
    if wanted.get("by"):
        entries = entries.filter(by_id=wanted["by"].pk)
    if wanted.get("act"):
        entries = entries.filter(act=wanted["act"])
    if wanted.get("kind"):
        entries = entries.filter(object_kind=wanted["kind"])
    if name := wanted.get("object"):
        entries = entries.filter(object_id=name) if name.isdecimal() else _named(entries, name)
    return entries


def _named(entries: QuerySet[AuditEntry], name: str) -> QuerySet[AuditEntry]:
    """Letters folded, within a bound: no index serves a piece of a name, and the log only grows."""
    newest = AuditEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    folded = Func(F("object_name"), function="fold_tr", output_field=TextField())
    return entries.filter(id__gt=newest - NAMED_WITHIN).alias(folded=folded).filter(folded__contains=fold(name))


def _asked(form: Filter) -> str:
    return urlencode({name: form.data.get(name, "") for name in ("by", "act", "kind", "object")})


def _is_filtered(wanted: dict[str, Any]) -> bool:
    return any(wanted.get(name) for name in ("by", "act", "kind", "object"))


def _page(
    request: HttpRequest, entries: QuerySet[AuditEntry], wanted: dict[str, Any]
) -> tuple[list[AuditEntry], Pages]:
    """Newest first; a page knows only its neighbours."""
    before, after = wanted.get("before"), wanted.get("after")
    if after is not None:
        found = list(entries.filter(id__gt=after).order_by("id")[: PAGE + 1])
        rows, has_newer, has_older = found[:PAGE][::-1], len(found) > PAGE, True
    else:
        found = list((entries.filter(id__lt=before) if before is not None else entries).order_by("-id")[: PAGE + 1])
        rows, has_newer, has_older = found[:PAGE], before is not None, len(found) > PAGE
    newer = _query(request, after=rows[0].pk) if rows and has_newer else ""
    older = _query(request, before=rows[-1].pk) if rows and has_older else ""
    return rows, Pages(previous_url=newer, next_url=older)


def _query(request: HttpRequest, **place: int) -> str:
    values = request.GET.copy()
    for name in ("before", "after"):
        values.pop(name, None)
    return f"?{values.urlencode()}{'&' if values else ''}{'&'.join(f'{name}={pk}' for name, pk in place.items())}"
