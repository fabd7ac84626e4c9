"""Forms of a shop: what each kind of it asks for."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from muhatap.sales import arriving
from muhatap.sales.models import Shop
from muhatap.sales.told import currency
from muhatap.visits.models import Site

Kind = Shop.Kind
ADDRESS = {
    Kind.WOOCOMMERCE: _("Such as https://www.ihlamurev.example. Its API is asked there."),
    Kind.SHOPIFY: _("Such as https://ihlamur-ev.myshopify.com, not the address customers see."),
    Kind.FEED: _("Where the file lies, read once an hour. Leave it empty if you bring files yourself."),
}
NAMES = {Kind.WOOCOMMERCE: _("Consumer key"), Kind.TRENDYOL: _("API key")}
SECRETS = {
    Kind.WOOCOMMERCE: _("Consumer secret"),
    Kind.SHOPIFY: _("Admin API access token"),
    Kind.TRENDYOL: _("API secret"),
}


class ShopForm(forms.Form):
    """What is asked depends on the kind; a shop that stands keeps its secrets where nothing is typed."""

    name = forms.CharField(label=_("Name"), max_length=80)
    currency = forms.CharField(label=_("Currency"), max_length=3, initial="TRY")
    address = forms.CharField(label=_("Address"), max_length=500, required=False)
    account = forms.CharField(label=_("Seller number"), max_length=60, required=False)
    api_name = forms.CharField(label=_("API key"), max_length=200, required=False)
    api_secret = forms.CharField(
        label=_("API secret"), max_length=500, required=False, widget=forms.PasswordInput(attrs={"autocomplete": "off"})
    )
    secret = forms.CharField(
        label=_("Signing secret"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Shopify shows it under Settings, Notifications, Webhooks."),
    )
    web_source = forms.ChoiceField(
        label=_("Web site"),
        required=False,
        help_text=_("Its visitors’ carts and orders belong to this shop; an order that both tell is one order."),
    )
    is_own = forms.BooleanField(
        label=_("Our chat tells this shop’s customer numbers as they are"),
        required=False,
        help_text=_("So it is for the shop of the web site chosen above. One shop at most."),
    )
    cart_minutes = forms.IntegerField(
        label=_("A cart is left after so many minutes"), min_value=5, max_value=8640, initial=60
    )
    is_on = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, data: Any = None, *, kind: str, shop: Shop | None = None) -> None:
        super().__init__(data, initial=_kept(shop) if shop else {"currency": "TRY", "cart_minutes": 60, "is_on": True})
        self.kind, self.shop = Kind(kind), shop
        sites = [(f"site:{site.pk}", site.name) for site in Site.objects.order_by("name", "id")]
        self.web_sources().choices = [("", _("None")), *sites]
        for name in self._unasked():
            del self.fields[name]
        self._word()

    def web_sources(self) -> forms.ChoiceField:
        field = self.fields["web_source"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type)
        return field

    def clean_currency(self) -> str:
        code = currency(self.cleaned_data["currency"])
        if not code:
            raise forms.ValidationError(_("Three letters, such as TRY."))
        return code

    def values(self) -> dict[str, object]:
        """What was typed, ready for the room."""
        return dict(self.cleaned_data)

    def _unasked(self) -> set[str]:
        """The fields this kind has no use for."""
        out = set() if self.shop else {"is_on"}
        if self.kind != Kind.TRENDYOL:
            out.add("account")
        if self.kind not in NAMES:
            out.add("api_name")
        if self.kind not in SECRETS:
            out.add("api_secret")
        if self.kind != Kind.SHOPIFY:
            out.add("secret")
        if self.kind in (Kind.TRENDYOL, Kind.WEB):
            out.add("address")
        if self.shop or self.kind in (Kind.TRENDYOL, Kind.WEB):
            out.add("is_own")
        if self.kind == Kind.TRENDYOL:
            out |= {"web_source", "cart_minutes"}
        return out

    def _word(self) -> None:
        if "address" in self.fields:
            self.fields["address"].help_text = ADDRESS[self.kind]
        if "api_name" in self.fields:
            self.fields["api_name"].label = NAMES[self.kind]
        if "api_secret" in self.fields:
            self.fields["api_secret"].label = SECRETS[self.kind]
            if self.shop and self.shop.api_secret_sealed:
                self.fields["api_secret"].help_text = _("Kept encrypted. Type only to replace it.")
        if "secret" in self.fields:
            self.fields["secret"].required = self.shop is None
            if self.shop:
                self.fields["secret"].help_text = _(
                    "Type only to replace it; for a day the one before is accepted too."
                )


class SinceForm(forms.Form):
    """From which day on older orders are read."""

    since_on = forms.DateField(
        label=_("Orders since"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any = None, *, first: date, last: date) -> None:
        super().__init__(data, initial={"since_on": first})
        self.last = last

    def clean_since_on(self) -> date:
        on: date = self.cleaned_data["since_on"]
        if on > self.last or on.year < 2000:
            raise forms.ValidationError(_("A day that has been."))
        return on


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, Excel or JSON of orders or products, at most 5 MB. Rows of one order are its lines."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > arriving.LARGEST:
            raise forms.ValidationError(_("It is larger than 5 MB. Bring it in parts."))
        return file


def _kept(shop: Shop) -> dict[str, Any]:
    names = ("name", "currency", "address", "account", "api_name", "web_source", "cart_minutes", "is_on")
    return {name: getattr(shop, name) for name in names}
