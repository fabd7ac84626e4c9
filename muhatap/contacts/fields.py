"""What each field of a contact may hold, and how it is read from what somebody typed or a channel told."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from muhatap.contacts import numbers
from muhatap.contacts.models import CustomField
from muhatap.shared import address, phone
from muhatap.shared.text import fold, without_nul

BUILT_IN = {
    "name": _("Name"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "city": _("City"),
    "language": _("Language"),
    "company": _("Company"),
}
LONGEST = {"name": 200, "email": 320, "phone": 32, "city": 120, "language": 5, "company": 200}
LONGEST_TEXT = 2000


class BadValue(ValueError):
    """A value this field can't hold; the text says why and gives an example."""


class BadValues(ValueError):
    """Several fields refused their values: `errors` has one sentence for each."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


def read(
    facts: Mapping[str, object], *, about: str = CustomField.About.CONTACT
) -> tuple[dict[str, Any], dict[str, str]]:
    """The values to keep (None for an emptied field) and a sentence for each that can't be kept. Unknown names are left out."""
    own = [
        name for name in facts if name not in BUILT_IN or about != CustomField.About.CONTACT
    ]  # no key of theirs is built in
    asked = CustomField.objects.filter(key__in=own, about=about, archived_at=None)
    return read_as(facts, {field.key: field for field in asked}, about=about)


def read_as(
    facts: Mapping[str, object], custom: Mapping[str, CustomField], *, about: str = CustomField.About.CONTACT
) -> tuple[dict[str, Any], dict[str, str]]:
    """The same with the custom fields at hand, for many in a row."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, told in facts.items():
        if name not in custom and (name not in BUILT_IN or about != CustomField.About.CONTACT):
            continue
        try:
            values[name] = _value(name, custom.get(name), told)
        except BadValue as error:
            errors[name] = str(error)
    return values, errors


def _value(name: str, field: CustomField | None, told: object) -> Any:
    text = _text(told)
    if not text:
        return None
    return of_kind(field, text) if field else _BUILT_IN_READERS[name](text)


def of_kind(field: CustomField, text: str) -> Any:
    """A custom field's value from text, as JSON keeps it. Raises BadValue."""
    return _KINDS[CustomField.Kind(field.kind)](field, text)


def _text(told: object) -> str:
    if told is None:
        return ""
    if isinstance(told, Mapping):  # money as it is kept
        return f"{told.get('amount', '')} {told.get('currency', '')}".strip()
    if isinstance(told, date | datetime):
        return told.isoformat()[:10]
    return " ".join(without_nul(str(told)).split())


def _short(name: str) -> Callable[[str], str]:
    def reader(text: str) -> str:
        if len(text) > LONGEST[name]:
            raise BadValue(gettext("It is too long: at most %(n)d characters.") % {"n": LONGEST[name]})
        return text

    return reader


def _email(text: str) -> str:
    canonical = address.canonical(text)
    if not address.is_plausible(canonical):
        raise BadValue(gettext("This is not a whole e-mail address. Example: ayse.yilmaz@ornek.example"))
    return canonical


def _phone(text: str) -> str:
    if number := phone.e164(text):
        return number
    example = gettext("Example: +90 532 123 41 18")
    missing = phone.n_missing(text)
    if 0 < missing < 10:
        short = ngettext("%(n)d digit is missing.", "%(n)d digits are missing.", missing) % {"n": missing}
        raise BadValue(f"{short} {example}")
    unknown = gettext("There is no such phone number.")
    raise BadValue(f"{unknown} {example}")


def _language(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2}(?:[-_][A-Za-z0-9]{2,8})*", text):
        raise BadValue(gettext("Give the language as two letters. Example: tr"))
    return text[:2].lower()


_BUILT_IN_READERS: dict[str, Callable[[str], str]] = {
    "name": _short("name"),
    "email": _email,
    "phone": _phone,
    "city": _short("city"),
    "language": _language,
    "company": _short("company"),
}


def _custom_text(field: CustomField, text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise BadValue(gettext("It is too long: at most %(n)d characters.") % {"n": LONGEST_TEXT})
    return text


def _custom_number(field: CustomField, text: str) -> str:
    number = numbers.decimal(text)
    if number is None:
        raise BadValue(gettext("This is not a number. Example: 1.249,90"))
    return f"{number:f}"


def _custom_date(field: CustomField, text: str) -> str:
    for pattern in (r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})", r"(?P<d>\d{1,2})[./](?P<m>\d{1,2})[./](?P<y>\d{4})"):
        if match := re.fullmatch(pattern, text):
            return _date(int(match["y"]), int(match["m"]), int(match["d"]))
    raise BadValue(gettext("This is not a date. Example: 21.11.2026"))


def _date(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise BadValue(gettext("There is no such day. Example: 21.11.2026")) from error


def _custom_choice(field: CustomField, text: str) -> str:
    for choice in field.choices:
        if fold(str(choice)) == fold(text):
            return str(choice)
    raise BadValue(gettext("It must be one of these: %(choices)s") % {"choices": ", ".join(map(str, field.choices))})


def _custom_money(field: CustomField, text: str) -> dict[str, str]:
    found = numbers.money(text)
    if found is None:
        raise BadValue(gettext("This is not an amount. Example: 1.249,90 ₺"))
    return {"amount": f"{found[0]:f}", "currency": found[1]}


_KINDS: dict[CustomField.Kind, Callable[[CustomField, str], Any]] = {
    CustomField.Kind.TEXT: _custom_text,
    CustomField.Kind.NUMBER: _custom_number,
    CustomField.Kind.DATE: _custom_date,
    CustomField.Kind.CHOICE: _custom_choice,
    CustomField.Kind.MONEY: _custom_money,
}
