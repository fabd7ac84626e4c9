"""Parts of the customer page that change in place: tags, notes; and the page of addresses and numbers."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from muhatap.contacts import consent as consents
from muhatap.contacts import identity, national, noting, tagging
from muhatap.contacts.models import Contact, Identity, Tag
from muhatap.sales.consent import OFFERS
from muhatap.shared import clock
from muhatap.web.common import identities as known
from muhatap.web.common.doors import needs, visitor
from muhatap.web.contacts import showing, sidebar, toasts
from muhatap.web.contacts.display import Person, Timeline
from muhatap.web.contacts.pages import find


@require_POST
@needs("contacts.edit")
def tag(request: HttpRequest, number: int) -> HttpResponse:
    contact = find(number)
    try:
        tagging.tag(contacts=[contact.pk], name=request.POST.get("name", ""), by=visitor(request), at=clock.now())
    except tagging.BadTag:
        return _answer(request, contact, "tags", said=_("Not tagged: write a tag of at most 60 characters."))
    return _answer(request, contact, "tags")


@require_POST
@needs("contacts.edit")
def untag(request: HttpRequest, number: int, tag: int) -> HttpResponse:
    contact = find(number)
    tagging.untag(contacts=[contact.pk], tag=get_object_or_404(Tag, pk=tag), by=visitor(request), at=clock.now())
    return _answer(request, contact, "tags")


@require_POST
@needs("contacts.edit")
def consent(request: HttpRequest, number: int) -> HttpResponse:
    """What they said of news and offers by mail, as somebody was told."""
    contact, by, at = find(number), visitor(request), clock.now()
    if request.POST.get("word") == "yes":
        consents.give(contact=contact, **OFFERS, source="agent", by=by, at=at)
    else:
        consents.withdraw(contact=contact, **OFFERS, by=by, at=at)
    return _answer(request, contact, "offers")


@require_POST
@needs("contacts.edit")
def note(request: HttpRequest, number: int) -> HttpResponse:
    contact = find(number)
    try:
        noting.write(contact=contact, text=request.POST.get("text", ""), by=visitor(request), at=clock.now())
    except noting.BadNote:
        said = _("Not kept: a note has at least one letter and at most 10,000.")
        return _answer(request, contact, "notes", said=said, typed=request.POST.get("text", ""))
    return _answer(request, contact, "notes")


@require_POST
@needs("contacts.edit")
def remove_note(request: HttpRequest, number: int, note: int) -> HttpResponse:
    """Only who wrote it."""
    contact = find(number)
    found = get_object_or_404(contact.notes, pk=note, by=visitor(request))
    noting.remove(note=found, by=visitor(request), at=clock.now())
    return HttpResponse() if getattr(request, "htmx", False) else redirect("contacts:page", contact.pk)


@require_GET
@needs("contacts.edit")
def identities(request: HttpRequest, number: int) -> HttpResponse:
    """All addresses and numbers, each with what can be done about it."""
    return _identities(request, find(number))


@require_POST
@needs("contacts.edit")
def add_identity(request: HttpRequest, number: int) -> HttpResponse:
    contact, typed = find(number), request.POST.get("value", "").strip()
    kind = _kind(typed)
    is_verified = request.POST.get("is_verified") == "on"
    try:
        identity.add(
            contact=contact, kind=kind, value=typed, is_verified=is_verified, by=visitor(request), at=clock.now()
        )
    except identity.NoIdentity:
        said = _("This is no e-mail address, phone number or T.C. identity number. Example: +90 532 123 41 18")
        return _identities(request, contact, error=said, typed=typed)
    except identity.IdentityTaken as taken:
        return _identities(request, contact, error=_taken(taken), typed=typed)
    toasts.later(request, _("Added."))
    return redirect("contacts:identities", contact.pk)


@require_POST
@needs("contacts.edit")
def verify_identity(request: HttpRequest, number: int, one: int) -> HttpResponse:
    contact = find(number)
    try:
        identity.verify(identity=_own(contact, one), how="agent", at=clock.now(), by=visitor(request))
    except Identity.DoesNotExist as error:  # a colleague took it off meanwhile
        raise Http404 from error
    except identity.IdentityTaken as taken:
        return _identities(request, contact, error=_taken(taken))
    toasts.later(request, _("From now on we recognise this contact by it."))
    return redirect("contacts:identities", contact.pk)


@require_POST
@needs("contacts.edit")
def remove_identity(request: HttpRequest, number: int, one: int) -> HttpResponse:
    contact = find(number)
    identity.remove(identity=_own(contact, one), by=visitor(request), at=clock.now())
    toasts.later(request, _("Taken off. What came from it stays."))
    return redirect("contacts:identities", contact.pk)


def _kind(typed: str) -> Identity.Kind:
    if "@" in typed:
        return Identity.Kind.EMAIL
    return Identity.Kind.NATIONAL if national.print_of(typed) else Identity.Kind.PHONE


def _own(contact: Contact, one: int) -> Identity:
    known = {row.pk: row for row in identity.of(contact)}
    return known.get(one) or get_object_or_404(Identity, pk=one, contact=contact)


def _taken(taken: identity.IdentityTaken) -> str:
    return _("It is proved to be %(name)s’s. If they are one person, merge the two contacts.") % {"name": taken.contact}


def _identities(request: HttpRequest, contact: Contact, *, error: str = "", typed: str = "") -> HttpResponse:
    now = clock.now()
    context = {
        "contact": contact,
        "contact_url": reverse("contacts:page", args=[contact.pk]),
        "lines": [(one, known.line(one, now)) for one in identity.of(contact)],
        "error": error,
        "typed": typed,
        "views": sidebar.groups(request, ""),
        "toasts": toasts.waiting(request),
    }
    return render(request, "contacts/identities.html", context, status=422 if error else 200)


def _answer(request: HttpRequest, contact: Contact, part: str, *, said: str = "", typed: str = "") -> HttpResponse:
    """The part anew for htmx, the whole page without it; what was refused is said either way and stays typed."""
    if not getattr(request, "htmx", False):
        if said:
            toasts.later(request, said, icon="circle-alert")
        return redirect("contacts:page", contact.pk)
    user, now = visitor(request), clock.now()
    shown = Person(
        id=contact.pk,
        name=str(contact),
        initials="",
        timeline=Timeline(days=()),
        tags=showing.tags(contact, may_edit=True),
        tag_url=reverse("contacts:tag", args=[contact.pk]),
        notes=showing.notes(contact, user, now),
        note_url=reverse("contacts:note", args=[contact.pk]),
        offers=showing.offers(contact),
        offers_url=reverse("contacts:consent", args=[contact.pk]),
    )
    return render(request, f"contacts/_{part}.html", {"person": shown, "error": said, "typed": typed})
