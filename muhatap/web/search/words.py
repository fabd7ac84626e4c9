"""What the search says in words: hints, tabs, and the examples that teach its language."""

from django.utils.translation import gettext as _

from muhatap.search.language import LONGEST, MOST, Hint


def hint(hint: Hint) -> str:
    """What was not understood, and what was done instead."""
    value = {"value": hint.value}
    told = {
        "unknown_filter": _("There is no filter “%(value)s:”; it was searched for as words.") % value,
        "no_value": _("Nothing stands after “%(value)s”, so it was left out.") % value,
        "bad_date": _("“%(value)s” is no date we know. Write 2026-11-21, 21.11.2026, 2026-11, today or yesterday.")
        % value,
        "unknown_value": _("Nothing here is called “%(value)s”.") % value,
        "too_long": _("Only the first %(letters)d letters and %(pieces)d words were searched for.")
        % {"letters": LONGEST, "pieces": MOST},
    }
    return told[hint.kind]


def tabs() -> dict[str, str]:
    return {
        "conversations": _("Conversations"),
        "contacts": _("Contacts"),
        "companies": _("Companies"),
        "files": _("Files"),
    }


def lessons() -> tuple[tuple[str, str], ...]:
    """Examples somebody may press, and what each does."""
    return (
        (_("return invoice"), _("both words, with any suffix, capital or without Turkish letters")),
        (_('"cargo did not come"'), _("these words side by side")),
        (_("fabric -curtain"), _("without the word after the minus")),
        ("#10482", _("an order number")),
        ("0532 123 41 18", _("a phone number, however it was written")),
        (_("from:ayşe"), _("who wrote: a customer or a colleague; to: for whom we wrote to")),
        (_("inbox:destek tag:vip"), _("inbox, tag, team:, assignee:me, assignee:nobody")),
        (_("status:open is:note"), _("open, waiting, snoozed, resolved, spam; note, inbound, outbound")),
        (_("after:2026-11-01 before:today"), _("dates; on:yesterday, on:2026-11 for a whole month")),
        (_("has:file subject:invoice"), _("with an attachment; in the subject only")),
    )
