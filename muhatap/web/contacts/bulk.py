"""What is done to several chosen contacts at once, and taken back."""

from collections.abc import Callable, Iterator
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from muhatap.accounts.permissions import may
from muhatap.contacts import exporting, tagging
from muhatap.contacts.models import Contact, Tag
from muhatap.shared import clock
from muhatap.web.common import reading, spreadsheets
from muhatap.web.common.doors import needs, visitor
from muhatap.web.contacts import filters, sidebar, toasts, words

MOST = 500
_UNDO_FOR = 3600
_SALT = "contacts.bulk"


@require_POST
@needs("contacts.read")
def act(request: HttpRequest) -> HttpResponse:
    """One form with several buttons: `do` says which was pressed."""
    chosen = _chosen(request)
    acts: dict[str, tuple[str, Callable[[HttpRequest, list[int]], HttpResponse]]] = {
        "tag": ("contacts.edit", _tag),
        "untag": ("contacts.edit", _untag),
        "merge": ("contacts.merge", _merge),
        "export": ("contacts.export", _export),
    }
    permission, answer = acts.get(request.POST.get("do", ""), ("contacts.read", _nothing))
    if not may(visitor(request), permission):
        return render(request, "403.html", status=403)
    if not chosen:
        toasts.later(request, _("Nobody is chosen. Tick at least one contact."), icon="circle-alert")
        return _back(request)
    return answer(request, chosen)


@require_POST
@needs("contacts.edit")
def undo(request: HttpRequest) -> HttpResponse:
    """Take back a tagging or untagging of exactly those it changed."""
    try:
        done = signing.loads(request.GET.get("of", ""), salt=_SALT, max_age=_UNDO_FOR)
        tag = Tag.objects.get(pk=done["tag"])
    except (signing.BadSignature, Tag.DoesNotExist):
        toasts.later(request, _("This can no longer be taken back."), icon="circle-alert")
        return _fresh(request)
    contacts = list(Contact.objects.filter(pk__in=done["contacts"]).values_list("pk", flat=True))
    if done["act"] == "tag":
        tagging.untag(contacts=contacts, tag=tag, by=visitor(request), at=clock.now())
    else:
        tagging.tag(contacts=contacts, name=tag.name, by=visitor(request), at=clock.now())
    toasts.later(request, _("Taken back for %(people)s.") % {"people": words.people(len(contacts))}, icon="undo-2")
    return _fresh(request)


@needs("contacts.export")
def export(request: HttpRequest) -> Any:  # a stream, which Django does not count among its HttpResponses
    """Everybody whom the filter in the address wants."""
    wanted = filters.read(request.GET, sidebar.custom_fields())
    return _file(request, exporting.begin(wanted=wanted, by=visitor(request), at=clock.now()))


def _tag(request: HttpRequest, chosen: list[int]) -> HttpResponse:
    try:
        tag, fresh = tagging.tag(
            contacts=chosen, name=request.POST.get("tag_name", ""), by=visitor(request), at=clock.now()
        )
    except tagging.BadTag:
        toasts.later(request, _("Not tagged: write a tag of at most 60 characters."), icon="circle-alert")
        return _back(request)
    said = _("Tag “%(tag)s” put on %(people)s") % {"tag": tag.name, "people": words.people(len(fresh))}
    return _told(request, said, "tag", tag, fresh)


def _untag(request: HttpRequest, chosen: list[int]) -> HttpResponse:
    tag = Tag.objects.filter(pk__in=_numbers(request.POST.getlist("untag"))).first()
    if tag is None:
        toasts.later(request, _("Choose which tag to take off."), icon="circle-alert")
        return _back(request)
    had = tagging.untag(contacts=chosen, tag=tag, by=visitor(request), at=clock.now())
    said = _("Tag “%(tag)s” taken off %(people)s") % {"tag": tag.name, "people": words.people(len(had))}
    return _told(request, said, "untag", tag, had)


def _merge(request: HttpRequest, chosen: list[int]) -> HttpResponse:
    if len(chosen) != 2:
        toasts.later(request, _("Two contacts are merged at a time. Choose exactly two."), icon="circle-alert")
        return _back(request)
    return redirect(f"{reverse('contacts:merge')}?{urlencode({'keep': chosen[0], 'drop': chosen[1]})}")


def _export(request: HttpRequest, chosen: list[int]) -> Any:
    wanted = filters.read(request.POST, {})
    return _file(request, exporting.begin(wanted=wanted, chosen=chosen, by=visitor(request), at=clock.now()))


def _nothing(request: HttpRequest, chosen: list[int]) -> HttpResponse:
    return _back(request)


def _told(request: HttpRequest, said: str, act: str, tag: Tag, contacts: list[int]) -> HttpResponse:
    token = signing.dumps({"act": act, "tag": tag.pk, "contacts": contacts}, salt=_SALT, compress=True)
    undo_url = f"{reverse('contacts:undo')}?{urlencode({'of': token})}" if contacts else ""
    toasts.later(request, said, icon="tag", undo_url=undo_url, seconds=10 if contacts else 0)
    return _back(request)


def _file(request: HttpRequest, rows: Iterator[list[str]]) -> StreamingHttpResponse:
    name = f"contacts-{clock.now():%Y-%m-%d}"
    return spreadsheets.answer(rows, name=name, is_xlsx=request.GET.get("as") == "xlsx")


def _chosen(request: HttpRequest) -> list[int]:
    """The contacts that were ticked and still stand, in the order of the page."""
    asked = _numbers(request.POST.getlist("chosen"))[:MOST]
    standing = set(Contact.objects.filter(pk__in=asked, merged_into=None).values_list("pk", flat=True))
    return [pk for pk in dict.fromkeys(asked) if pk in standing]


def _numbers(texts: list[str]) -> list[int]:
    return [number for text in texts if (number := reading.number(text)) is not None]


def _back(request: HttpRequest) -> HttpResponse:
    """To the list as it was, and nowhere else."""
    query = request.POST.get("here", "")
    target = reverse("contacts:list") + (query if query.startswith("?") else "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None) or len(target) > 4000:
        target = reverse("contacts:list")
    return HttpResponseRedirect(iri_to_uri(target))


def _fresh(request: HttpRequest) -> HttpResponse:
    return HttpResponseClientRefresh() if getattr(request, "htmx", False) else _back(request)
