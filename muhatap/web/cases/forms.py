"""What people type about cases: what it is about, how it ended, what was given, what it took."""

from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from muhatap.accounts.models import Role, Team, User
from muhatap.accounts.permissions import may
from muhatap.contacts.models import Contact
from muhatap.sales.models import Order, Product
from muhatap.service import causes
from muhatap.service.models import Case, Cause, Compensation, Cost, Resolution
from muhatap.service.promising import MOST_COST, MOST_MINUTES
from muhatap.web.common.amounts import AmountField

CURRENCIES = [(code, code) for code in ("TRY", "EUR", "USD", "GBP")]
NONE = ("", "–")
MOST_ORDERS = 20


def moment(**more: Any) -> forms.DateTimeField:
    """A day and a time in the firm's zone, as browsers write them."""
    attrs = {"type": "datetime-local"}
    formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    widget = forms.DateTimeInput(attrs=attrs, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(input_formats=formats, widget=widget, **more)


def day(**more: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


def amount(**more: Any) -> AmountField:
    return AmountField(max_value=MOST_COST, **more)


def currency() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Currency"), choices=CURRENCIES)


class Form(forms.Form):
    """Several stand in one page: each names its fields after itself, so that every label finds its own."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{type(self).__name__.lower()}_%s"} | more)


class CaseForm(Form):
    """What a case is about, whose it is and until when."""

    title = forms.CharField(
        label=_("What is it about?"), max_length=200, widget=forms.TextInput(attrs={"autofocus": True})
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Case.Kind)
    cause = forms.ChoiceField(label=_("Cause"), required=False)
    owner = forms.ChoiceField(label=_("Whose is it?"), required=False)
    team = forms.ChoiceField(label=_("Team"), required=False)
    due_at = moment(label=pgettext_lazy("case", "Until when"), required=False)
    order = forms.ChoiceField(label=pgettext_lazy("shop", "Order"), required=False)
    product = forms.ChoiceField(label=_("Product"), required=False)

    def __init__(self, *args: Any, contact: Contact, case: Case | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.orders = {str(row.pk): row for row in _orders(contact, case)}
        self.products = {str(row.pk): row for row in _products(self.orders.values(), case)}
        offered = causes.offered()
        if case and case.cause and case.cause.archived_at:
            offered = [*offered, (case.cause, str(case.cause))]
        self.causes = {str(cause.pk): cause for cause, _path in offered}
        self.people = {str(user.pk): user for user in _people(case)}
        self.teams = {str(team.pk): team for team in Team.objects.order_by("name")}
        self._offer("cause", [(str(cause.pk), path) for cause, path in offered])
        self._offer("owner", [(key, str(user)) for key, user in self.people.items()])
        self._offer("team", [(key, str(team)) for key, team in self.teams.items()])
        self._offer("order", [(key, f"#{order.number}") for key, order in self.orders.items()])
        self._offer("product", [(key, str(product)) for key, product in self.products.items()])
        for name, rows in (("order", self.orders), ("product", self.products), ("team", self.teams)):
            if not rows:
                del self.fields[name]

    def told(self) -> dict[str, Any]:
        """The fields of a case as the form says them; a single product of the chosen order is taken without being asked."""
        said = self.cleaned_data
        order = self.orders.get(said.get("order", ""))
        product = self.products.get(said.get("product", ""))
        only = order.only_product_id if order else None
        return {
            "title": said["title"],
            "kind": said["kind"],
            "cause": self.causes.get(said["cause"]),
            "owner": self.people.get(said["owner"]),
            "due_at": said["due_at"],
            "order_id": order.pk if order else None,
            "product_id": product.pk if product else only,
        }

    def team_told(self) -> Team | None:
        return self.teams.get(self.cleaned_data.get("team", ""))

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [NONE, *choices]


class ResolveForm(Form):
    """What was done, in words; what they were given with it, if anything."""

    kind = forms.ChoiceField(label=_("What was done"), choices=Resolution.Kind)
    what = forms.CharField(label=_("In words"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    given = forms.ChoiceField(
        label=_("Given to the customer"), choices=[NONE, *Compensation.Kind.choices], required=False
    )
    amount = amount(label=_("Worth"), required=False)
    currency = currency()

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("given") and not told.get("amount") and "amount" not in self.errors:
            self.add_error("amount", _("Say what it is worth."))
        if told.get("amount") and not told.get("given"):
            self.add_error("given", _("Say what was given."))
        return told


class CompensateForm(Form):
    given = forms.ChoiceField(label=_("Given to the customer"), choices=Compensation.Kind)
    amount = amount(label=_("Worth"))
    currency = currency()
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class CostForm(Form):
    """Time or money that it took."""

    minutes = forms.IntegerField(label=_("Minutes of work"), min_value=1, max_value=MOST_MINUTES, required=False)
    amount = amount(label=_("Money"), required=False)
    currency = currency()
    what = forms.ChoiceField(
        label=_("For what"), choices=[(name, Cost.What(name).label) for name in ("time", "shipping", "other")]
    )
    kind = forms.ChoiceField(label=_("Kind of cost"), choices=Cost.Kind, initial=Cost.Kind.EXTERNAL)
    on = day(label=_("On which day"))
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if not self.errors and bool(told.get("minutes")) == bool(told.get("amount")):
            self.add_error("minutes", _("Write minutes or money; what took both is written down twice."))
        return told

    def told(self, now: datetime) -> dict[str, Any]:
        """What costing.write takes; a day before today counts from its noon."""
        said = self.cleaned_data
        at = now if said["on"] == timezone.localtime(now).date() else _noon(said["on"])
        what = said["what"] if said["amount"] else Cost.What.TIME
        told = {name: said[name] for name in ("minutes", "amount", "currency", "kind")}
        return told | {"what": what, "happened_at": at, "said": said["note"]}


class WhyForm(Form):
    why = forms.CharField(label=_("Why"), max_length=300)


class CauseForm(Form):
    name = forms.CharField(label=_("Name in Turkish"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    parent = forms.ChoiceField(label=_("Under"), required=False)

    def __init__(self, *args: Any, cause: Cause | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.parents = {str(one.pk): one for one, _path in causes.offered() if cause is None or one.pk != cause.pk}
        paths = [(str(one.pk), path) for one, path in causes.offered() if str(one.pk) in self.parents]
        field = self.fields["parent"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Nothing: it stands at the top")), *paths]

    def told(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {"name": said["name"], "name_en": said["name_en"], "parent": self.parents.get(said["parent"])}


class RateForm(Form):
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.order_by("name"), required=False, empty_label=_("Every team")
    )
    role = forms.ChoiceField(label=_("Role"), choices=[("", _("Every role")), *Role.choices], required=False)
    amount = amount(label=_("For an hour"))
    currency = currency()
    valid_from = day(label=pgettext_lazy("rate", "From"))


def local(at: datetime) -> str:
    """As the browser's field wants it."""
    return f"{timezone.localtime(at):%Y-%m-%dT%H:%M}"


def _noon(on: Any) -> datetime:
    return timezone.make_aware(datetime.combine(on, time(12)))


def _orders(contact: Contact, case: Case | None) -> list[Order]:
    rows = list(Order.objects.filter(contact=contact).order_by("-placed_at", "-pk")[:MOST_ORDERS])
    kept = case.order_id if case else None
    if kept and kept not in {row.pk for row in rows}:
        rows += Order.objects.filter(pk=kept)
    return rows


def _products(orders: Any, case: Case | None) -> list[Product]:
    rows = list(Product.objects.filter(order_lines__order__in=list(orders)).distinct().order_by("name", "pk"))
    kept = case.product_id if case else None
    if kept and kept not in {row.pk for row in rows}:
        rows += Product.objects.filter(pk=kept)
    return rows


def _people(case: Case | None) -> list[User]:
    rows = [user for user in User.objects.filter(is_active=True) if may(user, "cases.edit")]
    if case and case.owner and case.owner.pk not in {user.pk for user in rows}:
        rows.append(case.owner)
    return sorted(rows, key=lambda user: user.sort_key)


def exact(value: Decimal) -> str:
    """12.5000 → 12.5, for files."""
    return f"{value.normalize():f}"
