"""What the contacts area says in words: sources, kinds of identity, evidence, values."""

from collections.abc import Mapping, Sequence
from typing import Any

from babel import Locale
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from muhatap.contacts import national
from muhatap.contacts.fields import BUILT_IN
from muhatap.contacts.graph import Limits
from muhatap.contacts.likeness import Evidence
from muhatap.contacts.models import CustomField, LedgerEntry, SourceRecord
from muhatap.contacts.survivorship import ONLY
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
        "same_national": _("the same T.C. identity number: %(detail)s"),
        "same_browser": _("the same browser"),
        "name": _("a name like it"),
    }
    if one.because == "match":
        return alike(one)
    detail = phone.readable(one.detail) if one.because == "same_phone" else national.shown(one.detail)
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


def step(name: str) -> str:
    """A step of the rule by which a value is chosen."""
    told = {
        "pinned": _("Pinned by a person"),
        "verified": _("Verified"),
        "source": _("The more believed source"),
        "recent": _("The newer one"),
        "complete": _("The fuller one"),
    }
    return told[name]


def steps(names: Sequence[str]) -> str:
    return " → ".join(step(name) for name in names)


def rule(name: str) -> str:
    """Why a value stands, by the step that decided."""
    return _("Nothing else was told") if name == ONLY else step(name)


def limits(own: Limits) -> str:
    per = ngettext("at most %(n)s per contact", "at most %(n)s per contact", own.n_per_contact)
    people = ngettext("one value for %(n)s person", "one value for at most %(n)s people", own.n_people)
    said = [per % {"n": own.n_per_contact}, people % {"n": own.n_people}]
    if own.window_days:
        said.insert(1, ngettext("within %(n)s day", "within %(n)s days", own.window_days) % {"n": own.window_days})
    return first_upper(", ".join(said))


def handle(kind: str, value: str) -> str:
    return phone.readable(value) if kind == "phone" else national.shown(value)


def plain_handle(value: str) -> str:
    return phone.readable(value) if value.startswith("+") else national.shown(value)


def told(record: SourceRecord, custom: Mapping[str, CustomField]) -> str:
    """What a source said, as it was given: “Name: Ayşe; City: İzmir”."""
    names = {"shop": _("Shop account"), "tags": _("Tags"), "note": _("Note"), "national": _("T.C. identity number")}
    return "; ".join(
        f"{names.get(name) or label(name, custom)}: {national.shown(value)}" for name, value in record.told.items()
    )


def because(entry: LedgerEntry) -> str:
    """Why it was decided, in a few words; codes of ours in the reader's language, what a person wrote as it is."""
    told = {
        "new": _("a new contact"),
        "record": _("a newer word of the same source"),
        "given": _("chosen by a person"),
        "email": _("the same e-mail"),
        "phone": _("the same phone"),
        "shop": _("the same shop account"),
        "national": _("the same T.C. identity number"),
        "likeness": _("records that look alike"),
        "recognised": _("recognised"),
        "denied": _("said to be different people"),
        "recalled": _("taken back"),
        "split": _("taken out"),
        "merged": _("merged"),
        "moved": _("moved by hand"),
        "household": _("of one household, two people"),
        "company": _("of one company, two people"),
        "reviewed": _("answered in “Same person?”"),
        "undone": _("an answer taken back"),
        "rejoined": _("put together again"),
        "import undone": _("an import taken back"),
        "same_email": _("the same e-mail"),
        "similar_email": _("the same e-mail but for its +tag"),
        "same_phone": _("the same phone"),
        "same_shop": _("the same shop account"),
        "same_browser": _("the same browser"),
        "same_national": _("the same T.C. identity number"),
        "match": _("records that look alike"),
    }
    code = str(entry.evidence.get("because", "")) or entry.reason
    parts = dict.fromkeys(code.split(", "))  # a merge by hand names all that spoke for it
    return (
        ", ".join(dict.fromkeys(told[part] for part in parts)) if parts.keys() <= told.keys() else entry.reason or code
    )


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
        "contacts.SourceRecord": ngettext("%(n)s source record", "%(n)s source records", n),
        "contacts.Likeness": ngettext("%(n)s hint", "%(n)s hints", n),
        "interactions.Interaction": ngettext("%(n)s interaction", "%(n)s interactions", n),
        "conversations.Conversation": ngettext("%(n)s conversation", "%(n)s conversations", n),
        "conversations.Participant": ngettext("%(n)s participation", "%(n)s participations", n),
        "conversations.Message": ngettext("%(n)s message", "%(n)s messages", n),
    }
    return told.get(label, ngettext("%(n)s other row", "%(n)s other rows", n)) % {"n": times.count(n)}


def _locale() -> Locale:
    return Locale.parse((get_language() or "tr").replace("-", "_"))
