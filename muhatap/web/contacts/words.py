"""What the contacts area says in words: sources, kinds of identity, evidence, values."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date
from django.utils.dateparse import parse_date
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from muhatap.contacts import numbers
from muhatap.contacts.fields import BUILT_IN
from muhatap.contacts.likeness import Evidence
from muhatap.contacts.models import CustomField, Identity
from muhatap.shared import phone
from muhatap.shared.text import upper_tr
from muhatap.web.common import times

IDENTITY_ICONS = {"email": "mail", "phone": "smartphone", "visitor": "monitor", "shop": "shopping-bag"}
_SIGNS = {"TRY": "₺", "EUR": "€", "USD": "$", "GBP": "£"}
LANGUAGES = ("tr", "en", "de", "ar", "ru", "fr", "nl", "it", "es", "az", "fa", "uk")


def source(name: str, by: str = "") -> str:
    """Where a value came from, as the end of a line."""
    if by:
        return by
    told = {
        "agent": _("written by staff"),
        "shop": _("from the shop account"),
        "form": _("from a form"),
        "webchat": _("from the web chat"),
        "import": _("imported"),
        "email": _("from an e-mail"),
        "header": _("from an e-mail"),
    }
    return told.get(name.partition(":")[0], name)


def proved(how: str) -> str:
    """How an identity was verified."""
    told = {
        "email": _("Wrote from it"),
        "webchat": _("Logged in to the chat"),
        "shop": _("Logged in to the shop"),
        "agent": _("Confirmed by staff"),
        "phone": _("Called from it"),
    }
    return told.get(how.partition(":")[0], how)


def identity(one: Identity) -> str:
    """The identity as it is shown: a browser's id says nothing to anybody."""
    if one.kind == Identity.Kind.PHONE:
        return phone.readable(one.value)
    if one.kind == Identity.Kind.VISITOR:
        return _("A browser")
    if one.kind == Identity.Kind.SHOP:
        return _("Shop account %(number)s") % {"number": one.value}
    return one.value


def evidence(one: Evidence) -> str:
    told = {
        "same_email": _("the same e-mail: %(detail)s"),
        "similar_email": _("the same e-mail but for its +tag: %(detail)s"),
        "same_phone": _("the same phone: %(detail)s"),
        "same_shop": _("the same shop account: %(detail)s"),
        "same_browser": _("the same browser"),
    }
    detail = phone.readable(one.detail) if one.because == "same_phone" else one.detail
    return told.get(one.because, _("somebody asked")) % {"detail": detail}


def language(code: str) -> str:
    """The language's name in the reader's language: tr → Türkçe."""
    try:
        name = Locale.parse(code).get_display_name(_locale())
    except ValueError:
        return code
    return first_upper(str(name or code))


def label(name: str, custom: Mapping[str, CustomField]) -> str:
    return str(BUILT_IN[name]) if name in BUILT_IN else custom[name].label if name in custom else name


def value(name: str, told: Any, custom: Mapping[str, CustomField]) -> str:
    """A profile value as people of this language read it; '' when there is none."""
    if told in (None, ""):
        return ""
    if name == "phone":
        return phone.readable(str(told))
    if name == "language":
        return language(str(told))
    if name in custom and name not in BUILT_IN:
        return _custom(CustomField.Kind(custom[name].kind), told)
    return _plain(told)


def typed(name: str, told: Any, custom: Mapping[str, CustomField]) -> str:
    """The same as one would type it into a field."""
    if told in (None, ""):
        return ""
    if name == "phone":
        return phone.readable(str(told))
    if isinstance(told, Mapping):
        sign = _SIGNS.get(str(told["currency"]), str(told["currency"]))
        return f"{numbers.typed(Decimal(str(told['amount'])), places=2)} {sign}"
    kind = custom[name].kind if name in custom else ""
    if kind == CustomField.Kind.NUMBER:
        return numbers.typed(Decimal(str(told)))
    on = parse_date(str(told)) if kind == CustomField.Kind.DATE else None
    return f"{on:%d.%m.%Y}" if on and _locale().language == "tr" else str(told)


def people(n: int, bound: int = 0) -> str:
    """12 kişi, or 100+ kişi when there are more than was counted."""
    if bound and n > bound:
        return _("%(n)s+ contacts") % {"n": times.count(bound)}
    return ngettext("%(n)s contact", "%(n)s contacts", n) % {"n": times.count(n)}


def rows(n: int) -> str:
    return ngettext("%(n)s row", "%(n)s rows", n) % {"n": times.count(n)}


def model(label: str, n: int) -> str:
    """How many of what would move, by the model's label."""
    told = {
        "contacts.Identity": ngettext("%(n)s address or number", "%(n)s addresses or numbers", n),
        "contacts.ProfileFact": ngettext("%(n)s profile entry", "%(n)s profile entries", n),
        "contacts.ContactTag": ngettext("%(n)s tag", "%(n)s tags", n),
        "contacts.ContactNote": ngettext("%(n)s note", "%(n)s notes", n),
        "contacts.Likeness": ngettext("%(n)s hint", "%(n)s hints", n),
        "interactions.Interaction": ngettext("%(n)s interaction", "%(n)s interactions", n),
        "conversations.Conversation": ngettext("%(n)s conversation", "%(n)s conversations", n),
        "conversations.Participant": ngettext("%(n)s participation", "%(n)s participations", n),
        "conversations.Message": ngettext("%(n)s message", "%(n)s messages", n),
    }
    return told.get(label, ngettext("%(n)s other row", "%(n)s other rows", n)) % {"n": times.count(n)}


def _custom(kind: CustomField.Kind, told: Any) -> str:
    if kind == CustomField.Kind.MONEY and isinstance(told, Mapping):
        return times.money(Decimal(str(told["amount"])), str(told["currency"]))
    if kind == CustomField.Kind.NUMBER:
        return numbers.typed(Decimal(str(told)))
    on = parse_date(str(told)) if kind == CustomField.Kind.DATE else None
    return str(format_date(on, "d MMMM y", locale=_locale())) if on else _plain(told)


def _plain(told: Any) -> str:
    return f"{told.get('amount', '')} {told.get('currency', '')}" if isinstance(told, Mapping) else str(told)


def first_upper(text: str) -> str:
    """The first letter large, in the way of the active language."""
    first = upper_tr(text[:1]) if _locale().language == "tr" else text[:1].upper()
    return first + text[1:]


def _locale() -> Locale:
    return Locale.parse((get_language() or "tr").replace("-", "_"))
