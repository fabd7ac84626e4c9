"""What imports say in words: states, what became of rows and why, what a file may be that nobody can read."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from muhatap.contacts import designing, national
from muhatap.contacts.fields import BUILT_IN
from muhatap.contacts.models import CustomField, Likeness
from muhatap.imports import targets
from muhatap.imports.models import Import, ImportRow
from muhatap.web.common import times

TONES = {"failed": "late", "cancelled": "soon", "running": "new", "undoing": "new", "rehearsing": "new"}
_TARGETS: dict[str, Promise | str] = {
    targets.NAME: BUILT_IN["name"],
    targets.FIRST: gettext_lazy("First name"),
    targets.LAST: gettext_lazy("Last name"),
    targets.EMAIL: BUILT_IN["email"],
    targets.PHONE: BUILT_IN["phone"],
    "company": BUILT_IN["company"],
    "city": BUILT_IN["city"],
    "language": BUILT_IN["language"],
    targets.SHOP: gettext_lazy("Shop account"),
    targets.NATIONAL: gettext_lazy("T.C. identity number"),
    targets.TAGS: gettext_lazy("Tags"),
    targets.NOTE: gettext_lazy("Note"),
}
_CONSENT: dict[str, Promise | str] = {
    targets.OFFERS: gettext_lazy("News and offers by e-mail: yes, no or the day"),
    targets.RESEARCH: gettext_lazy("Surveys by e-mail: yes, no or the day"),
    targets.AGREED_ON: gettext_lazy("Consent given on"),
    targets.ENDED_ON: gettext_lazy("Consent withdrawn on"),
    targets.AGREED_WHERE: gettext_lazy("Where consent was given"),
    targets.PROOF: gettext_lazy("Proof of consent"),
}


def problem(told: Mapping[str, Any]) -> str:
    """Why a file could not be read, and what to do."""
    sentences = {
        "empty": _("The file is empty. Choose the file that holds your contacts."),
        "only_header": _("The file has a header and no row under it. Nothing was taken."),
        "binary": _("This is not a file of contacts. Save it as CSV, XLSX or vCard and put it up again."),
        "old_excel": _("This is the old Excel format. Open it, save it as XLSX or CSV, and put that up."),
        "locked": _("This file has a password. Save it without one and put it up again."),
        "encoding": _(
            "Row %(row)s has letters that do not fit the rest. Say below which letters the file has, or save it as UTF-8 and put it up again."
        ),
        "quote": _(
            "A quotation mark that is opened in row %(row)s is never closed, or a cell is too long. Put it right and try again."
        ),
        "cell": _("A cell near row %(row)s is longer than %(most)s characters. Shorten it and try again."),
        "line": _("Row %(row)s is one endless line. Choose another file."),
        "columns": _("Row %(row)s has more than %(most)s columns. Take out those you do not need."),
        "bomb": _("Unpacked, this file would be far larger than it looks. We did not open it."),
        "entities": _("This file declares entities, as attacks do. We did not open it. Save it anew and try again."),
        "forgotten": _("Nobody imported it in time, so the file was let go. Put it up again when you need it."),
        "broken": _("The file is damaged or incomplete. Save it anew and put it up again."),
    }
    values = {"row": times.count(int(told.get("row", 0))), "most": times.count(int(told.get("most", 0)))}
    return sentences.get(str(told.get("code")), sentences["broken"]) % values


def mapping_problem(code: str, detail: str) -> str:
    what = str(_TARGETS.get(detail) or _CONSENT.get(detail, detail))
    return {
        "nothing": _("Say of at least one column what it is."),
        "twice": _("Two columns are “%(what)s”. One contact has one of them: leave the other out.") % {"what": what},
        "no_key": _("You match by “%(what)s”, but no column is that. Choose the column, or match by something else.")
        % {"what": what},
        "no_purpose": _(
            "A column says when or where consent was given, and none to what. Choose the one for offers or for surveys, or leave it out."
        ),
        "field": detail,
        "tag": _("A tag has at most 60 characters."),
        "late": _("This import has begun already; its columns can no longer be changed."),
    }.get(code, _("These columns do not fit the file. Look at them again."))


def reason(row: ImportRow | Mapping[str, Any]) -> str:
    """Why a row was not taken, or what of it was left out."""
    code, detail = (row.reason, row.detail) if isinstance(row, ImportRow) else (row["reason"], row["detail"])
    told = {
        "several": _("More than one contact has this: %(detail)s. Merge them or match by something else."),
        "moved": _("The contact was merged while this ran. Import the row again."),
        "ragged": _("It has %(detail)s cells, more than the header. A delimiter may stand inside a text."),
        "nobody": _("No name, address or number: nothing to know a contact by."),
        "exists": _("There is such a contact, and only new ones were wanted."),
        "unknown": _("There is no such contact, and only known ones were wanted."),
        "database": _("It could not be kept: %(detail)s"),
        "consent": _("What “%(detail)s” means for consent nobody can tell. Write yes or no, or a day."),
    }
    return told[code] % {"detail": national.shown(detail) or "…"} if code in told else detail


def file_gone(one: Import) -> str:
    """Where the file or its rows could be had: since when it is no longer kept, and what is."""
    if one.file_gone_at is None:
        return ""
    return _(
        "The file was let go on %(day)s, with all that stood in its cells. What became of each row is still here."
    ) % {"day": times.day(timezone.localdate(one.file_gone_at))}


def undone(row: ImportRow) -> str:
    """What became of a row when the import was taken back."""
    why, _colon, fields = row.undone_why.partition(":")
    told = {
        "changed": _("Changed since"),
        "noted": _("Somebody wrote a note about it since"),
        "tagged": _("Somebody tagged it since"),
        "spoken": _("There are conversations or other traces of it since"),
        "proved": _("Its address or number was proved since"),
        "merged": _("It was merged since"),
        "gone": _("The contact is no longer there"),
    }
    said = told.get(why, "")
    return f"{said}: {', '.join(map(label, fields.split(',')))}" if fields else said


def label(name: str) -> str:
    """A field or target as the reader calls it."""
    if told := _TARGETS.get(name) or _CONSENT.get(name):
        return str(told)
    key = name.removeprefix(targets.FIELD)
    return next((field.label for field in designing.active() if field.key == key), key)


def target_groups(may_make: bool) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a column may become, in groups for a select."""
    groups = [
        ("", [("", _("Leave out"))]),
        (_("Contact"), [(target, str(told)) for target, told in _TARGETS.items()]),
        (_("Consent"), [(target, str(told)) for target, told in _CONSENT.items()]),
    ]
    if own := [(f"{targets.FIELD}{field.key}", field.label) for field in designing.active()]:
        groups.append((_("Your fields"), own))
    if may_make:
        kinds = [kind for kind in CustomField.Kind if kind != CustomField.Kind.CHOICE]
        new = [(f"{targets.NEW}{kind}", _("New field: %(kind)s") % {"kind": kind.label}) for kind in kinds]
        groups.append((_("Make a field of the column"), new))
    return groups


def rows(n: int) -> str:
    return ngettext("%(n)s row", "%(n)s rows", n) % {"n": times.count(n)}


def counts(told: Mapping[str, int]) -> list[tuple[str, str, str, str]]:
    """(outcome, its name, how many, tone) of all that happened."""
    tones = {"failed": "late", "kept": "soon"}
    labels = {**dict(ImportRow.Outcome.choices), **dict(ImportRow.Undone.choices)}
    labels["failed"] = ImportRow.Undone.FAILED.label if "reversed" in told or "kept" in told else labels_of_failed()
    order = [*ImportRow.Outcome.values, "reversed", "kept"]
    return [
        (name, str(labels[name]), times.count(told[name]), tones.get(name, ""))
        for name in sorted(told, key=order.index)
        if told[name]
    ]


def labels_of_failed() -> str:
    return str(ImportRow.Outcome.FAILED.label)


def summary(told: Mapping[str, int]) -> str:
    """3.990 new, 214 brought up to date, 14 not taken."""
    sentences = {
        "created": ngettext("%(n)s new", "%(n)s new", told.get("created", 0)),
        "updated": ngettext("%(n)s brought up to date", "%(n)s brought up to date", told.get("updated", 0)),
        "merged": ngettext(
            "%(n)s the same as an earlier row", "%(n)s the same as an earlier row", told.get("merged", 0)
        ),
        "unchanged": ngettext("%(n)s without news", "%(n)s without news", told.get("unchanged", 0)),
        "left": ngettext("%(n)s left out", "%(n)s left out", told.get("left", 0)),
        "failed": ngettext("%(n)s not taken", "%(n)s not taken", told.get("failed", 0)),
        "reversed": ngettext("%(n)s taken back", "%(n)s taken back", told.get("reversed", 0)),
        "kept": ngettext("%(n)s kept", "%(n)s kept", told.get("kept", 0)),
    }
    return ", ".join(text % {"n": times.count(told[name])} for name, text in sentences.items() if told.get(name))


def state(one: Import) -> str:
    if one.state == Import.State.MAPPED and one.rehearsal.get("is_over"):
        return _("Dry run done")
    return str(Import.State(one.state).label)


def likeness(hint: Likeness) -> str:
    """Why two contacts may be one person."""
    if hint.because == "match" and hint.weight is not None:
        percent = min(round(100 * (1 - 1 / (1 + 2 ** min(hint.weight, 60)))), 99)
        return _("%(percent)s%% likely the same person") % {"percent": percent}
    return {
        "same_email": _("The same e-mail: %(detail)s"),
        "same_phone": _("The same phone: %(detail)s"),
        "same_shop": _("The same shop account: %(detail)s"),
        "same_national": _("The same T.C. identity number: %(detail)s"),
    }.get(hint.because, _("They look alike")) % {"detail": national.shown(hint.detail)}


def encoding(name: str) -> str:
    """Letters of a file by the name people know them by."""
    return {
        "cp1254": _("Turkish Windows (1254)"),
        "cp857": _("Turkish DOS (857)"),
        "mac_turkish": _("Turkish Macintosh"),
        "cp1252": _("Western Windows (1252)"),
        "cp1251": _("Cyrillic Windows (1251)"),
        "cp1256": _("Arabic Windows (1256)"),
    }.get(name, name.upper().removesuffix("-SIG"))


def kind(one: Import) -> str:
    """CSV, UTF-8, “;”"""
    names = {"csv": "CSV", "xlsx": "XLSX", "vcard": "vCard"}
    delimiters = {"\t": _("tab")}
    said = [names.get(one.kind, "")]
    if one.kind != "xlsx" and one.encoding:
        said.append(encoding(one.encoding))
    if one.delimiter:
        said.append(f"“{delimiters.get(one.delimiter, one.delimiter)}”")
    return ", ".join(filter(None, said))
