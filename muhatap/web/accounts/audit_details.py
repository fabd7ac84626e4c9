"""What an entry of the audit tells beside its act, in the reader's words: what was changed from what to what, why, how much."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import Role, Visibility
from muhatap.feedback.models import Survey
from muhatap.service.models import Case, Compensation, Cost, Resolution
from muhatap.web.common import times

NAMES = {
    "role": _("role"),
    "email": _("e-mail"),
    "methods": _("with"),
    "n": _("count"),
    "size": _("bytes"),
    "n_sessions": _("devices"),
    "n_items": _("count"),
    "since": _("from"),
    "until": _("until"),
    "members": _("members"),
    "fields": _("fields"),
    "of": _("kind of cost"),
    "what": pgettext_lazy("audit", "what"),
    "changed": _("changed"),
    "consent_yes": _("consents given"),
    "consent_no": _("consents refused"),
    "why": pgettext_lazy("audit", "why"),
    "ended_at": pgettext_lazy("audit", "ended at"),
    "former": pgettext_lazy("audit", "repeats"),
    "into": pgettext_lazy("audit", "into"),
    "team": pgettext_lazy("audit", "team"),
    "question": pgettext_lazy("audit", "question"),
    "is_on": pgettext_lazy("audit", "asked"),
    "filters": pgettext_lazy("audit", "filter"),
}
FIELDS = {
    "title": _("Title"),
    "kind": _("Kind"),
    "cause": _("Cause"),
    "owner": _("Whose it is"),
    "team": _("Team"),
    "due_at": _("Due"),
    "order_id": pgettext_lazy("shop", "Order"),
    "product_id": _("Product"),
}
SPEAKS_ALONE = ("origin", "resolution", "asks")  # the value says what it is
_VALUES = {
    **dict(Role.choices),
    **dict(Visibility.choices),
    **dict(Cost.Kind.choices),
    **dict(Cost.What.choices),
    **dict(Compensation.Kind.choices),
    "password": _("password"),
    "mfa": _("second step"),
    "passkey": _("passkey"),
    "for_ever": _("for ever"),
}
_VALUES_OF: dict[str, dict[str, Any]] = {
    "kind": dict(Case.Kind.choices),
    "origin": dict(Case.Origin.choices),
    "resolution": dict(Resolution.Kind.choices),
    "asks": dict(Survey.Kind.choices),
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_NOTHING: tuple[Any, ...] = (None, "", [], {})


def told(act: str, details: Mapping[str, Any]) -> str:
    """All of them, in the order they were written."""
    left = dict(details)
    if act == "case.change" and "what" in left:  # as it was written before values stood beside the names
        left["changes"] = {name: [] for name in str(left.pop("what")).split(", ")}
    return ", ".join([*_pairs(left), *_rest(left)])


def _pairs(left: dict[str, Any]) -> Iterator[str]:
    """What two details say together; they are taken out."""
    for before, after in (("before", "after"), ("was", "due"), ("was", "to")):
        if before in left and after in left:
            yield f"{_value(before, left.pop(before))} → {_value(after, left.pop(after))}"
    if name := left.pop("user_name", ""):
        yield str(name)
        left.pop("user", None)
    if ip := left.pop("ip", ""):
        yield str(ip)
    if "amount" in left and "currency" in left:
        yield _money(str(left.pop("amount")), str(left.pop("currency")))
    yield from (_change(name, values) for name, values in (left.pop("changes", None) or {}).items())


def _rest(left: dict[str, Any]) -> Iterator[str]:
    for name, value in left.items():
        if value not in _NOTHING:
            text = _value(name, value)
            yield text if name in SPEAKS_ALONE else f"{NAMES.get(name, name)}: {text}"


def _change(name: str, values: Any) -> str:
    """Of a field whose values are not told only that it was changed."""
    field = str(FIELDS.get(name, name))
    if not isinstance(values, list) or len(values) != 2:
        return field
    was, became = (_value(name, value) if value else "–" for value in values)
    return f"{field}: {was} → {became}"


def _money(amount: str, currency: str) -> str:
    try:
        return times.money(Decimal(amount), currency)
    except InvalidOperation:
        return f"{amount} {currency}"


def _value(name: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_value(name, one) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{one}: {_value(one, inner)}" for one, inner in value.items())
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    text = str(value)
    if name == "former":
        return f"#{text}"
    if _MOMENT.match(text):
        return _moment(text)
    return str(_VALUES_OF.get(name, _VALUES).get(text, text))


def _moment(text: str) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return times.full(at) if at.tzinfo else text
