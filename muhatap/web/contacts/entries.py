"""A new contact: the form, who may be meant while it is typed, and who it is not."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from muhatap.accounts.permissions import may
from muhatap.contacts import editing, entering, fields
from muhatap.contacts.likeness import Resemblance
from muhatap.shared import clock, phone
from muhatap.web.common import reading
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.identities import first_upper
from muhatap.web.common.templatetags.ui import initials
from muhatap.web.contacts import sidebar, toasts, words
from muhatap.web.contacts.forms import ProfileForm

_ASKED = ("name", "email", "phone", "city")
_LONGEST = 320
_MOST = 50


@dataclass(frozen=True, kw_only=True)
class Meant:
    """Somebody who is there already: their name, by what they are reached, and why it may be them."""

    number: int
    name: str
    initials: str
    reached: str
    why: str
    url: str


@needs("contacts.edit")
def create(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None)
    others = _others(request)
    if request.method == "POST" and form.is_valid():
        user = visitor(request)
        try:
            contact = editing.create(
                facts=form.changes(), by=user, at=clock.now(), different=others if may(user, "contacts.merge") else ()
            )
        except fields.BadValues as error:
            form.refuse(error)
        except editing.AlreadyKnown as error:
            _point_to(form, error)
        except editing.Nobody:
            form.add_error(None, _("Write at least a name, an address or a number."))
        else:
            toasts.later(request, _("%(name)s is among your contacts now.") % {"name": contact})
            return redirect("contacts:page", contact.pk)
    context = {"form": form, "views": sidebar.groups(request, ""), "meant": _meant(request, others), "others": others}
    return render(request, "contacts/new.html", context)


@require_GET
@needs("contacts.edit")
def likely(request: HttpRequest) -> HttpResponse:
    """Who may be meant by what is typed so far."""
    others = _others(request)
    return render(request, "contacts/_meant.html", {"meant": _meant(request, others), "others": others})


def _meant(request: HttpRequest, others: list[int]) -> list[Meant]:
    asked = request.POST if request.method == "POST" else request.GET
    typed = {name: asked.get(name, "")[:_LONGEST] for name in _ASKED}
    return [_shown(one) for one in entering.likely(typed, at=clock.now()) if one.contact.pk not in others]


def _shown(one: Resemblance) -> Meant:
    contact = one.contact
    why = first_upper(", ".join(words.evidence(reason) for reason in one.evidence))
    reached = [contact.email, phone.readable(contact.phone) if contact.phone else "", contact.city]
    return Meant(
        number=contact.pk,
        name=str(contact),
        initials=initials(str(contact)),
        reached=" · ".join(text for text in reached if text and text not in why),
        why=why,
        url=reverse("contacts:page", args=[contact.pk]),
    )


def _others(request: HttpRequest) -> list[int]:
    """Those of whom the agent said that the new one is somebody else."""
    asked = request.POST if request.method == "POST" else request.GET
    told = [number for text in asked.getlist("different") if (number := reading.number(text)) is not None]
    return list(dict.fromkeys(told[:_MOST]))


def _point_to(form: ProfileForm, known: editing.AlreadyKnown) -> None:
    """This address is somebody's already: say whose, with the way there."""
    link = format_html('<a href="{}">{}</a>', reverse("contacts:page", args=[known.contact.pk]), known.contact)
    form.add_error(known.field, format_html(_("It belongs to {} already. Open that contact instead."), link))
