"""Every part of the look on one page, with invented data: what a builder of pages copies from, and what the tests look at."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from muhatap.web.common.display import Pages, PaletteGroup, PaletteItem, Toast, ViewGroup, ViewLink, Work
from muhatap.web.common.doors import needs


class PhoneForm(forms.Form):
    """A field that was refused and one that was not."""

    phone = forms.CharField()
    name = forms.CharField(required=False)
    language = forms.ChoiceField(choices=[("tr", "Türkçe"), ("en", "English")])
    writes = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "phone": _("Mobile phone"),
            "name": _("Name"),
            "language": _("Language"),
            "writes": _("May be written to"),
        }
        for name, label in labels.items():
            self.fields[name].label = label
        self.fields["name"].help_text = _("As the customer writes it.")

    def clean_phone(self) -> str:
        raise forms.ValidationError(_("Three digits are missing. Example: +90 532 123 41 18"))


@needs("audit.read")
def show(request: HttpRequest) -> HttpResponse:
    """The page, for administrators."""
    return render(request, "common/gallery.html", parts())


def parts() -> dict[str, Any]:
    """The invented data of the gallery."""
    return {
        "view_groups": (_views(),),
        "form": PhoneForm({"phone": "+90 532 41 18", "name": "Ayşe Yılmaz", "language": "tr"}),
        "work": Work(
            name=_("Importing contacts"),
            done=4218,
            total=6412,
            figures="4.218 / 6.412",
            said=_("3,990 new, 214 updated, 14 lines not understood. About 2 min."),
            stop_url="/gallery/",
        ),
        "palette_groups": _palette(),
        "toast": Toast(
            text=_("Sending to %(name)s") % {"name": "Mehmet Kaya"}, icon="send", undo_url="/gallery/", seconds=600
        ),
        "toast_merge": Toast(
            text=_("Two contacts merged, 23 rows moved"),
            icon="merge",
            undo_url="/gallery/",
            undo_label=_("Split"),
            seconds=0,
        ),
        "people": (
            ("Çiğdem Aslan", "12.480,00 ₺", "4 Ağu", "%74", "late", True),
            ("İlker Şen", "9.115,50 ₺", "19 Tem", "%58", "soon", True),
            ("Öznur Güneş", "8.940,00 ₺", "11 Ağu", "%51", "soon", False),
            ("Ümit Yıldız", "7.204,90 ₺", "2 Ağu", "%38", "", False),
        ),
        "chips": ((_("Tag"), "toptan"), (_("Quiet"), "90")),
        "pages": Pages(previous_url="?before=20", next_url="?after=40", said="21–40"),
    }


def _views() -> ViewGroup:
    return ViewGroup(
        title=_("Views"),
        links=(
            ViewLink(label=_("Assigned to me"), url="?mine", icon="user", count="9", is_here=True),
            ViewLink(label=_("Unassigned"), url="?unassigned", icon="circle-dot", count="5"),
            ViewLink(label=_("Snoozed"), url="?snoozed", icon="moon-star", count="8", tone="late"),
        ),
    )


def _palette() -> tuple[PaletteGroup, ...]:
    return (
        PaletteGroup(
            title=_("Contacts"),
            items=(
                PaletteItem(
                    label=mark_safe("<mark>Ayş</mark>e Yılmaz"), url="#", initials="AY", detail="#10482", end="Enter"
                ),
                PaletteItem(label=mark_safe("<mark>Ayş</mark>egül Kara"), url="#", initials="AK", end=_("3 orders")),
            ),
        ),
        PaletteGroup(
            title=_("Conversations"),
            items=(
                PaletteItem(
                    label=mark_safe("“…nevresimi <mark>Ayş</mark>e Hanım’a söylemiştim”"),
                    url="#",
                    icon="mail",
                    end="4 Kas",
                ),
            ),
        ),
        PaletteGroup(
            title=_("Actions"),
            items=(
                PaletteItem(label=_("Write a new conversation"), url="#", icon="pencil", key="C"),
                PaletteItem(label=_("Switch to English"), url="#", icon="languages", method="post"),
            ),
        ),
    )
