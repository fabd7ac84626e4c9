"""What the contacts area says in words: sources, kinds of identity, evidence, values."""

from collections.abc import Mapping
from typing import Any

from babel import Locale
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from muhatap.contacts.fields import BUILT_IN
from muhatap.contacts.likeness import Evidence
from muhatap.contacts.models import CustomField
from muhatap.shared import phone
from muhatap.web.common import own_fields, times
from muhatap.web.common.identities import first_upper

LANGUAGES = ("tr", "en", "de", "ar", "ru", "fr", "nl", "it", "es", "az", "fa", "uk")


def evidence(one: Evidence) -> str:
    told = {
        "same_email": _("the same e-mail: %(detail)s"),
        "similar_email": _("the same e-mail but for its +tag: %(detail)s"),
        "same_phone": _("the same phone: %(detail)s"),
        "same_shop": _("the same shop account: %(detail)s"),
        "same_browser": _("the same browser"),
    }
    if one.because == "match":
        return alike(one)
    detail = phone.readable(one.detail) if one.because == "same_phone" else one.detail
    return told.get(one.because, _("somebody asked")) % {"detail": detail}


def alike(one: Evidence) -> str:
    """Records that look alike, with what speaks most for it: “alike in name, phone and city”."""
    parts = {
        "given": _("first name"),
        "family": _("last name"),
        "born": _("birth date"),
        "email": _("e-mail"),
        "phone": _("phone"),
        "national": _("identity number"),
        "address": _("address"),
        "place": _("place"),
        "company": _("company"),
    }
    strong = sorted(one.lines, key=lambda line: -float(str(line["weight"])))
    named = [parts[str(line["field"])] for line in strong if line["field"] in parts and float(str(line["weight"])) > 0]
    if not named:
        return _("records that look alike")
    return _("alike in %(parts)s") % {"parts": ", ".join(named[:3])}


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
        return own_fields.shown(custom[name].kind, told)
    return own_fields.plain(told)


def typed(name: str, told: Any, custom: Mapping[str, CustomField]) -> str:
    """The same as one would type it into a field."""
    if told in (None, ""):
        return ""
    if name == "phone":
        return phone.readable(str(told))
    return own_fields.typed(custom[name].kind if name in custom else "", told)


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


def _locale() -> Locale:
    return Locale.parse((get_language() or "tr").replace("-", "_"))
