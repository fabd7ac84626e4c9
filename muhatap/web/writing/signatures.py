"""The pages of signatures: where each stands, and writing one with what it will look like."""

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.conversations import variables
from muhatap.shared import clock, richtext
from muhatap.web.common.doors import needs, visitor
from muhatap.web.writing import samples
from muhatap.web.writing.forms import SignatureForm
from muhatap.writing import signing
from muhatap.writing.models import LANGUAGES, Signature


@needs("canned.use")
def listing(request: HttpRequest) -> HttpResponse:
    user = visitor(request)
    mine = _editable(user)
    rows = Signature.objects.filter(Q(user=None) | Q(user=user) | Q(pk__in=mine.values("pk")))
    found = rows.select_related("inbox", "user").order_by("inbox__name", "user__name", "language", "id")
    editable = set(mine.values_list("pk", flat=True))
    lines = [
        {
            "pk": row.pk,
            "place": _place(row),
            "text": " · ".join(richtext.to_text(row.html).split("\n"))[:160],
            "may_edit": row.pk in editable,
        }
        for row in found
    ]
    return render(request, "writing/signatures.html", {"lines": lines})


@needs("canned.use")
def new(request: HttpRequest) -> HttpResponse:
    return _edited(request, None)


@needs("canned.use")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edited(request, get_object_or_404(_editable(visitor(request)), pk=pk))


@require_POST
@needs("canned.use")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(_editable(visitor(request)), pk=pk)
    signing.remove(signature=row, by=visitor(request), at=clock.now())
    messages.success(request, _("The signature is removed."))
    return redirect("writing:signatures")


def _edited(request: HttpRequest, row: Signature | None) -> HttpResponse:
    user = visitor(request)
    initial = {"inbox": row.inbox, "user": row.user, "language": row.language, "html": row.html} if row else {}
    form = SignatureForm(request.POST or None, initial=initial, user=user, may_share=may(user, "canned.share"))
    if request.method == "POST" and form.is_valid():
        signing.save(**form.cleaned_data, moved_from=row, by=user, at=clock.now())
        messages.success(request, _("The signature is saved."))
        return redirect("writing:signatures")
    page = {
        "form": form,
        "signature": row,
        "variables": variables.NAMES,
        "html": samples.shown(form["html"].value()),
        "filled": samples.filled(richtext.clean(str(form["html"].value() or "")), user),
    }
    return render(request, "writing/signature.html", page)


def _editable(user: User) -> QuerySet[Signature]:
    return Signature.objects.all() if may(user, "canned.share") else Signature.objects.filter(user=user)


def _place(row: Signature) -> str:
    language = str(dict(LANGUAGES)[row.language]) if row.language else ""
    parts = [row.inbox.name if row.inbox else "", str(row.user or ""), language]
    return " · ".join(filter(None, parts)) or _("Every answer by mail")
