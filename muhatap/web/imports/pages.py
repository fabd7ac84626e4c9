"""Imports: all of them, a new one, one with whatever it is at, and what is done to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from muhatap.accounts.models import User
from muhatap.contacts import rivals
from muhatap.contacts.models import Contact
from muhatap.contacts.paging import Cursor, by_key
from muhatap.imports import results, running, uploading
from muhatap.imports.models import Import
from muhatap.shared import clock
from muhatap.web.common import times
from muhatap.web.common.display import Pages, Work
from muhatap.web.common.doors import needs, visitor
from muhatap.web.imports import listed, reading, sidebar, words

SHOWN = 50
FEW = 10
State = Import.State
_AT_WORK = {Import.State.UPLOADED, Import.State.REHEARSING, Import.State.RUNNING, Import.State.UNDOING}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One import in the list."""

    url: str
    name: str
    state: str
    tone: str
    rows: str
    said: str
    by: str
    time: str
    time_iso: str
    time_full: str


@needs("contacts.import")
def show_all(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    found = by_key(
        Import.objects.select_related("by").defer("samples"),
        "at",
        is_down=True,
        cursor=Cursor.read(request.GET.get("at", "")),
        limit=SHOWN,
    )
    lines = [
        Line(
            url=reverse("imports:one", args=[one.pk]),
            name=one.name,
            state=words.state(one),
            tone=words.TONES.get(one.state, ""),
            rows=times.count(one.n_rows) if one.n_rows else "",
            said=words.problem(one.problem) if one.problem else words.summary(one.undo_counts or one.counts),
            by=str(one.by or ""),
            time=times.short(one.at, now),
            time_iso=one.at.isoformat(),
            time_full=times.full(one.at),
        )
        for one in found.rows
    ]
    pages = Pages(previous_url=_at(found.previous), next_url=_at(found.next))
    context = {"lines": lines, "pages": pages, "views": sidebar.groups(request, "imports")}
    return render(request, "imports/list.html", context)


def _at(cursor: Cursor | None) -> str:
    return f"?{urlencode({'at': cursor.token()})}" if cursor else ""


@needs("contacts.import")
def new(request: HttpRequest) -> HttpResponse:
    """Put a file up."""
    file = request.FILES.get("file")
    problem = ""
    if request.method == "POST":
        problem = _problem(file)
        if file and not problem:
            one = uploading.begin(name=file.name or "file", chunks=file.chunks(), by=visitor(request), at=clock.now())
            return redirect("imports:mapping" if one.state == Import.State.READ else "imports:one", one.pk)
    context = {"problem": problem, "most": times.size(uploading.MOST), "views": sidebar.groups(request, "imports")}
    return render(request, "imports/new.html", context, status=422 if problem else 200)


@needs("contacts.import")
def one(request: HttpRequest, number: int) -> HttpResponse:
    found = get_object_or_404(Import.objects.select_related("by", "undone_by"), pk=number)
    if found.state == Import.State.READ:
        return redirect("imports:mapping", found.pk)
    context = _now(found) | {"views": sidebar.groups(request, "imports")}
    return render(request, "imports/one.html", context)


@needs("contacts.import")
def now(request: HttpRequest, number: int) -> HttpResponse:
    """What changes while it goes on."""
    found = get_object_or_404(Import.objects.select_related("by", "undone_by"), pk=number)
    return render(request, "imports/_now.html", _now(found))


@require_POST
@needs("contacts.import")
def rehearse(request: HttpRequest, number: int) -> HttpResponse:
    return _act(request, number, running.rehearse)


@require_POST
@needs("contacts.import")
def run(request: HttpRequest, number: int) -> HttpResponse:
    return _act(request, number, running.run)


@require_POST
@needs("contacts.import")
def cancel(request: HttpRequest, number: int) -> HttpResponse:
    return _act(request, number, running.cancel)


@require_POST
@needs("contacts.import")
def undo(request: HttpRequest, number: int) -> HttpResponse:
    return _act(request, number, running.undo)


def _act(request: HttpRequest, number: int, act: Callable[..., None]) -> HttpResponse:
    found = get_object_or_404(Import, pk=number)
    by: User = visitor(request)
    try:
        act(one=found, by=by, at=clock.now())
    except running.NotNow:
        messages.info(request, _("It was further already. This is how it stands."))
    if getattr(request, "htmx", False):
        return now(request, number)  # type: ignore[return-value]
    return redirect("imports:one", number)


def _problem(file: "UploadedFile[bytes] | None") -> str:
    if file is None:
        return _("No file was chosen.")
    if (file.size or 0) > uploading.MOST:
        limit = times.size(uploading.MOST)
        return _("“%(name)s” is larger than %(limit)s.") % {"name": file.name, "limit": limit}
    return ""


def _now(one: Import) -> dict[str, Any]:
    is_at_work = one.state in _AT_WORK
    return {
        "one": one,
        "state": words.state(one),
        "tone": words.TONES.get(one.state, ""),
        "kind": words.kind(one),
        "rows": words.rows(one.n_rows),
        "is_at_work": is_at_work,
        "work": _work(one) if is_at_work else None,
        "problem": words.problem(one.problem) if one.problem else "",
        "file_gone": words.file_gone(one),
        "meaning": _meaning(one) if one.columns else [],
        "rehearsed": _rehearsed(one) if one.rehearsal.get("is_over") and one.state == Import.State.MAPPED else None,
        "counts": listed.counted(one, one.counts),
        "undo_counts": listed.counted_back(one),
        "refused": _refused(one) if one.counts and not is_at_work and not one.file_gone_at else [],
        "all_refused_url": listed.address(one, "failed") if one.counts.get("failed", 0) > FEW else "",
        "kept": listed.lines(one, results.page(one, undone="kept", limit=FEW)) if one.state == State.UNDONE else [],
        "all_kept_url": listed.address(one, "undone-kept") if one.undo_counts.get("kept", 0) > FEW else "",
        "doubtful": _doubtful(one) if one.state in (State.DONE, State.CANCELLED) else [],
        "review_url": reverse("duplicates:list"),
        "when": times.full(one.at),
        "reading": reading.form(one) if one.problem else None,
    }


def _work(one: Import) -> Work:
    told = {
        Import.State.UPLOADED: (_("Reading the file"), 0, 1, ""),
        Import.State.REHEARSING: (
            pgettext("state", "Dry run"),
            one.rehearsal.get("n", 0),
            one.n_rows,
            words.summary(one.rehearsal.get("counts", {})),
        ),
        Import.State.RUNNING: (_("Contacts are being imported"), one.n_done, one.n_rows, words.summary(one.counts)),
        Import.State.UNDOING: (
            _("The import is being taken back"),
            sum(one.undo_counts.values()),
            sum(one.counts.get(name, 0) for name in ("created", "updated", "merged", "unchanged")),
            words.summary(one.undo_counts),
        ),
    }
    name, done, total, said = told[Import.State(one.state)]
    can_stop = one.state in (Import.State.REHEARSING, Import.State.RUNNING)
    return Work(
        name=name,
        done=done,
        total=total or 1,
        figures=f"{times.count(done)} / {times.count(total)}" if total > 1 else "",
        said=said or _("You may leave this page; it goes on."),
        stop_url=reverse("imports:cancel", args=[one.pk]) if can_stop else "",
    )


def _meaning(one: Import) -> list[tuple[str, str]]:
    """Each column that is taken, and as what."""
    pairs = zip(one.header, one.columns, strict=False)
    return [
        (name or _("Column %(n)s") % {"n": place}, words.label(target))
        for place, (name, target) in enumerate(pairs, 1)
        if target
    ]


def _rehearsed(one: Import) -> dict[str, Any]:
    """What a dry run found: the counts, and of each outcome the first rows."""
    samples = one.rehearsal.get("samples", {})
    numbers = {row["contact"] for some in samples.values() for row in some if row["contact"]}
    names = {contact.pk: str(contact) for contact in Contact.objects.filter(pk__in=numbers)}
    groups = []
    for outcome, label, n, tone in words.counts(one.rehearsal.get("counts", {})):
        rows = [_sample(row, names) for row in samples.get(outcome, [])]
        groups.append({"label": label, "n": n, "tone": tone, "rows": rows, "outcome": outcome})
    return {"groups": groups}


def _sample(row: dict[str, Any], names: dict[int, str]) -> dict[str, Any]:
    contact = row["contact"] if row["contact"] in names else None
    return {
        "number": row["number"],
        "text": ", ".join(filter(None, row["cells"])),
        "reason": words.reason(row),
        "name": names.get(contact, "") if contact else "",
        "url": reverse("contacts:page", args=[contact]) if contact else "",
        "fields": listed.changes(row["fields"]),
    }


def _refused(one: Import) -> list[listed.Line]:
    rows = [results.page(one, outcome=outcome, limit=FEW) for outcome in ("failed", "left")]
    return listed.lines(one, [row for some in rows for row in some][:FEW])


def _doubtful(one: Import) -> list[dict[str, Any]]:
    """Contacts of this import who may be somebody we knew: for people to look at."""
    hints = rivals.brought(source=one.source, since=one.began_at or one.at, limit=FEW)
    return [
        {
            "people": [
                (str(contact), reverse("contacts:page", args=[contact.pk])) for contact in (hint.one, hint.other)
            ],
            "why": words.likeness(hint),
            "url": f"{reverse('contacts:merge')}?{urlencode({'keep': hint.other_id, 'drop': hint.one_id})}",
        }
        for hint in hints
    ]
