"""The filter of the list in its address: read without trust, written back, and told as chips."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from muhatap.contacts import fields as kinds
from muhatap.contacts.finding import Wanted
from muhatap.contacts.models import Company, CustomField, Tag
from muhatap.shared.text import without_nul
from muhatap.web.contacts import words

_LONGEST = 200
_MOST_TAGS = 10


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One condition in words, and the address of the list without it."""

    text: str
    off_url: str


def read(query: QueryDict, custom: dict[str, CustomField]) -> Wanted:
    """What the address asks; what it can't mean is left out."""
    tags = [int(number) for number in query.getlist("tag") if _is_number(number)][:_MOST_TAGS]
    company = query.get("company", "")
    return Wanted(
        q=short(query.get("q", "")),
        tags=tuple(dict.fromkeys(tags)),
        company=int(company) if _is_number(company) else None,
        city=short(query.get("city", "")),
        language=_one_of(query.get("language", ""), words.LANGUAGES),
        email=_one_of(query.get("email", ""), ("yes", "no")),
        phone=_one_of(query.get("phone", ""), ("yes", "no")),
        seen=_one_of(query.get("seen", ""), tuple(seen_choices())),
        fields=_fields(query, custom),
        sort=_one_of(query.get("sort", ""), ("name", "seen")) or "name",
    )


def address(wanted: Wanted, custom: dict[str, CustomField]) -> str:
    """The query string that asks for this, '?' in front; '?' alone for everybody."""
    return "?" + urlencode(pairs(wanted, custom))


def pairs(wanted: Wanted, custom: dict[str, CustomField]) -> list[tuple[str, str]]:
    """The same as names and values, for the hidden fields of a form."""
    told = wanted.as_json()
    plain = [(name, str(value)) for name, value in told.items() if name not in ("tags", "fields")]
    tags = [("tag", str(tag)) for tag in told.get("tags", ())]
    return [
        *plain,
        *tags,
        *((f"f_{key}", words.typed(key, value, custom)) for key, value in told.get("fields", {}).items()),
    ]


def chips(wanted: Wanted, custom: dict[str, CustomField]) -> tuple[Chip, ...]:
    def without(**changes: Any) -> str:
        return address(replace(wanted, **changes), custom)

    return (
        *_chips_of_rows(wanted, without),
        *_chips_of_words(wanted, without),
        *_chips_of_fields(wanted, custom, without),
    )


def seen_choices() -> dict[str, str]:
    return {
        "7": _("Seen in the last 7 days"),
        "30": _("Seen in the last 30 days"),
        "90": _("Seen in the last 90 days"),
        "-90": _("Silent for 90 days"),
        "-365": _("Silent for a year"),
    }


def _chips_of_rows(wanted: Wanted, without: Callable[..., str]) -> list[Chip]:
    names = dict(Tag.objects.filter(pk__in=wanted.tags).values_list("pk", "name")) if wanted.tags else {}
    found = [
        Chip(
            text=_("Tag: %(name)s") % {"name": names.get(tag, "?")},
            off_url=without(tags=tuple(t for t in wanted.tags if t != tag)),
        )
        for tag in wanted.tags
    ]
    if wanted.company:
        name = Company.objects.filter(pk=wanted.company).values_list("name", flat=True).first() or "?"
        found.append(Chip(text=_("Company: %(name)s") % {"name": name}, off_url=without(company=None)))
    return found


def _chips_of_words(wanted: Wanted, without: Callable[..., str]) -> list[Chip]:
    presence = {"yes": _("yes"), "no": _("no")}
    told = {
        "city": _("City: %(value)s") % {"value": wanted.city},
        "language": _("Language: %(value)s") % {"value": words.language(wanted.language) if wanted.language else ""},
        "email": _("Has e-mail: %(value)s") % {"value": presence.get(wanted.email, "")},
        "phone": _("Has phone: %(value)s") % {"value": presence.get(wanted.phone, "")},
        "seen": seen_choices().get(wanted.seen, ""),
    }
    return [Chip(text=text, off_url=without(**{name: ""})) for name, text in told.items() if getattr(wanted, name)]


def _chips_of_fields(wanted: Wanted, custom: dict[str, CustomField], without: Callable[..., str]) -> list[Chip]:
    return [
        Chip(
            text=f"{words.label(key, custom)}: {words.value(key, value, custom)}",
            off_url=without(fields={k: v for k, v in wanted.fields.items() if k != key}),
        )
        for key, value in wanted.fields.items()
    ]


def _fields(query: QueryDict, custom: dict[str, CustomField]) -> dict[str, Any]:
    found = {}
    for key, field in custom.items():
        text = short(query.get(f"f_{key}", ""))
        if text:
            try:
                found[key] = kinds.of_kind(field, text)
            except kinds.BadValue:
                continue
    return found


def short(text: str) -> str:
    """One line of a bearable length."""
    return " ".join(without_nul(text).split())[:_LONGEST]


def _one_of(text: str, known: tuple[str, ...]) -> str:
    return text if text in known else ""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text[:19]) < 2**63 and len(text) < 20
