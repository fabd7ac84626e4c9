"""Forms of a site."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from muhatap.visits import sites
from muhatap.visits.models import Site


class SiteForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Such as “Ihlamur Ev shop”."))
    origins = forms.CharField(
        label=_("Pages it comes from"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_(
            "Browsers send from these only, one a line. https://*.firma.com stands for all its subdomains. "
            "Programs on servers need no line."
        ),
    )

    consent = forms.ChoiceField(
        label=_("Who visitors are"),
        widget=forms.RadioSelect,
        initial="asked",
        choices=[
            ("asked", _("With consent: whoever agreed is known again, and customers who log in are recognised")),
            (
                "never",
                _("Without consent: nothing is stored on anybody’s device, and nobody is known again after the day"),
            ),
        ],
        help_text=_(
            "The second holds whatever a page, a program or a visitor says: their numbers are thrown away as they come in. "
            "Pages, clicks and products are counted all the same."
        ),
    )

    def clean_origins(self) -> list[str]:
        try:
            return sites.readable(self.cleaned_data["origins"].splitlines())
        except sites.BadOrigin as error:
            raise forms.ValidationError(str(error)) from error

    def told(self) -> dict[str, Any]:
        """What the form says, as sites are made and changed by it."""
        said = dict(self.cleaned_data)
        return said | {"is_nameless": said.pop("consent") == "never"}


class ChangedSiteForm(SiteForm):
    per_second = forms.IntegerField(
        label=_("Requests a second at most"),
        min_value=1,
        max_value=100_000,
        help_text=_("What comes faster is asked to come again; its senders do, and lose nothing."),
    )
    is_on = forms.BooleanField(label=_("In use"), required=False)

    def __init__(self, data: Any = None, *, site: Site) -> None:
        kept: dict[str, Any] = {"name": site.name, "origins": "\n".join(site.origins)}
        kept |= {"consent": "never" if site.is_nameless else "asked"}
        kept |= {"per_second": site.per_second, "is_on": site.is_on}
        super().__init__(data, initial=kept)
