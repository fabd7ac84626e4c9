"""The pages of canned replies: the list, writing one with what it will look like, examples for a beginning."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.conversations import variables
from muhatap.shared import clock, richtext
from muhatap.shared.text import fold, without_nul
from muhatap.web.common import reading, times, uploading
from muhatap.web.common.doors import needs, visitor
from muhatap.web.writing import samples
from muhatap.web.writing.forms import CannedForm
from muhatap.writing import canned
from muhatap.writing.models import LANGUAGES, CannedReply

N_FILES = 10
LANGUAGE_NAMES = {code: str(name) for code, name in LANGUAGES if code}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One canned reply in the list."""

    pk: int
    title: str
    shortcut: str
    text: str
    whom: str
    used: str
    may_edit: bool


@needs("canned.use")
def listing(request: HttpRequest) -> HttpResponse:
    """What one may use, most used first; ?q= finds."""
    user, query = visitor(request), reading.words(request.GET.get("q"), 80)
    editable = canned.editable(user=user, may_share=may(user, "canned.share"))
    seen = Q(pk__in=canned.usable(user=user).values("pk")) | Q(pk__in=editable.values("pk"))
    rows = CannedReply.objects.filter(seen).select_related("team").prefetch_related("inboxes")
    for word in fold(query).split():
        rows = rows.filter(search_text__contains=word)
    lines = [_line(reply, user) for reply in rows.order_by("-n_used", "title", "id")[:200]]
    return render(request, "writing/canned.html", {"lines": lines, "query": query, "examples": examples()})


@needs("canned.use")
def new(request: HttpRequest) -> HttpResponse:
    return _edited(request, CannedReply())


@needs("canned.use")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edited(request, _find(request, pk))


@require_POST
@needs("canned.use")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    reply = _find(request, pk)
    canned.remove(reply=reply, by=visitor(request), at=clock.now())
    messages.success(request, _("“%(title)s” is removed.") % {"title": reply.title})
    return redirect("writing:canned")


@require_POST
@needs("canned.use")
def preview(request: HttpRequest) -> HttpResponse:
    """How the text would read for an example customer."""
    html = richtext.clean(without_nul(request.POST.get("html", "")))
    return render(request, "writing/_preview.html", {"filled": samples.filled(html, visitor(request))})


@require_POST
@needs("canned.use")
def add_examples(request: HttpRequest) -> HttpResponse:
    """A few canned replies to begin with: everybody's where one may share, else one's own."""
    user, now = visitor(request), clock.now()
    scope = CannedReply.Scope.EVERYBODY if may(user, "canned.share") else CannedReply.Scope.MINE
    for title, shortcut, html in examples():
        canned.save(reply=CannedReply(title=title, shortcut=shortcut, html=html, scope=scope), by=user, at=now)
    return redirect("writing:canned")


def examples() -> list[tuple[str, str, str]]:
    """(title, shortcut, text) in the reader's language."""
    hello, bye = _("Hello {{ contact.first_name }},"), _("Kind regards, {{ agent.first_name }}")
    told = [
        (_("Parcel is on its way"), _("parcel"), _("your parcel {{ order }} left us today and arrives in two days.")),
        (_("How to return"), _("return"), _("you can send it back within 14 days; we pay the postage.")),
        (_("Ask for a photo"), _("photo"), _("could you send us a photo of it, so that we can help at once?")),
    ]
    return [(title, shortcut, f"<p>{hello}</p><p>{text}</p><p>{bye}</p>") for title, shortcut, text in told]


def _edited(request: HttpRequest, reply: CannedReply) -> HttpResponse:
    user = visitor(request)
    form = CannedForm(request.POST or None, initial=_initial(reply), user=user, may_share=may(user, "canned.share"))
    problem = ""
    if request.method == "POST" and form.is_valid():
        problem = _take_files(request, reply)
        if not problem:
            given = form.cleaned_data
            for name in ("title", "shortcut", "language", "scope", "html"):
                setattr(reply, name, given[name])
            reply.team = given.get("team")
            canned.save(reply=reply, inboxes=given.get("inboxes") or (), by=user, at=clock.now())
            messages.success(request, _("“%(title)s” is saved.") % {"title": reply.title})
            return redirect("writing:canned")
    page = {
        "form": form,
        "reply": reply if reply.pk else None,
        "files": [(file["sha256"], file["name"], times.size(int(file["size"]))) for file in reply.files],
        "problem": problem,
        "variables": variables.NAMES,
        "html": samples.shown(form["html"].value()),
        "filled": samples.filled(richtext.clean(str(form["html"].value() or "")), user),
    }
    return render(request, "writing/canned_reply.html", page)


def _initial(reply: CannedReply) -> dict[str, object]:
    names = ("title", "shortcut", "language", "scope", "html", "team")
    inboxes = list(reply.inboxes.all()) if reply.pk else []
    return {name: getattr(reply, name) for name in names} | {"inboxes": inboxes}


def _take_files(request: HttpRequest, reply: CannedReply) -> str:
    """Files that were added come, those unticked go; says what is wrong, and changes nothing then."""
    given = request.FILES.getlist("files")
    kept = [file for file in reply.files if file["sha256"] in request.POST.getlist("keep")]
    if given and (problem := uploading.problem(given)):
        return problem
    if len(kept) + len(given) > N_FILES:
        return _("At most %(n)s files go with one answer.") % {"n": N_FILES}
    reply.files = [*kept, *(uploading.stored(file) for file in given)]
    return ""


def _find(request: HttpRequest, pk: int) -> CannedReply:
    user = visitor(request)
    return get_object_or_404(canned.editable(user=user, may_share=may(user, "canned.share")), pk=pk)


def _line(reply: CannedReply, user: User) -> Line:
    whom = {
        CannedReply.Scope.TEAM: str(reply.team or ""),
        CannedReply.Scope.INBOXES: ", ".join(inbox.name for inbox in reply.inboxes.all()),
    }.get(CannedReply.Scope(reply.scope), reply.get_scope_display())
    used = ngettext("used %(n)s time", "used %(n)s times", reply.n_used) % {"n": times.count(reply.n_used)}
    return Line(
        pk=reply.pk,
        title=reply.title,
        shortcut=f"/{reply.shortcut}" if reply.shortcut else "",
        text=" ".join(richtext.to_text(reply.html).split())[:160],
        whom=" · ".join(filter(None, [whom, LANGUAGE_NAMES.get(reply.language, "")])),
        used=used if reply.n_used else _("not used yet"),
        may_edit=reply.owner_id == user.pk or (reply.owner_id is None and may(user, "canned.share")),
    )
