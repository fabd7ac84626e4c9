"""What the questions say in words: what was compared and how it came out, why machines did not join them, what a look did."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muhatap.contacts import national
from muhatap.contacts.models import SourceRecord
from muhatap.duplicates import worth
from muhatap.duplicates.models import Proposal, Run
from muhatap.shared import phone
from muhatap.web.common import channels, times

_NO_FIELDS = {"prior", "cap", "taught", "hint"}
SOON = {"failed": "late", "cancelled": "soon"}


def field(name: str) -> str:
    told = {
        "given": _("First name"),
        "family": _("Last name"),
        "born": _("Birth date"),
        "email": _("E-mail"),
        "phone": _("Phone"),
        "national": _("Identity number"),
        "address": _("Address"),
        "place": _("Place"),
        "postcode": _("Postcode"),
        "company": _("Company"),
    }
    return told.get(name, name)


def finding(name: str, level: str) -> str:
    """One line of the evidence: “First name the same”."""
    if name == "prior":
        return _("Any two contacts")
    if name == "taught":
        return _("What earlier answers taught")
    if name == "cap":
        return _("Would hold for a family or a firm, too")
    told = {
        "same": _("%(field)s the same"),
        "near": _("%(field)s nearly the same"),
        "other": _("%(field)s different"),
        "exchanged": _("First and last name exchanged"),
        "nickname": _("A nickname of the same first name"),
        "initial": _("First name shortened to a letter"),
        "word": _("%(field)s part of the other"),
        "head": _("%(field)s begins alike"),
        "registry_day": _("The same day, as registers write it for many"),
        "turned": _("Day and month exchanged"),
        "year": _("Only the year is the same"),
        "dotted": _("%(field)s the same but for its dots"),
        "shared": _("%(field)s the same, used by two people"),
        "shared_by_many": _("%(field)s the same, used by many"),
        "user": _("The same name before the @"),
        "street": _("The same street and number"),
        "district": _("The same district"),
        "city": _("The same city"),
    }
    return told.get(level, "%(field)s") % {"field": field(name)}


def hint(level: str, detail: str) -> str:
    """What was noticed on the way, before anything was weighed."""
    told = {
        "same_email": _("Both named the e-mail %(detail)s"),
        "similar_email": _("Both named the e-mail %(detail)s, one with a +tag"),
        "same_phone": _("Both named the phone %(detail)s"),
        "same_shop": _("Both named the shop account %(detail)s"),
        "same_national": _("Both have the T.C. identity number %(detail)s"),
        "same_browser": _("Both wrote from one browser"),
    }
    shown = phone.readable(detail) if level == "same_phone" else national.shown(detail)
    return told.get(level, _("Somebody asked whether they are one")) % {"detail": shown}


def briefly(proposal: Proposal) -> str:
    """What speaks most for one person, or for two, for the list: “phone, last name”."""
    way = -1 if proposal.about == Proposal.About.TWO else 1
    told = [line for line in proposal.lines if way * line["weight"] > 0 and line["field"] not in _NO_FIELDS]
    names = [field(line["field"]) for line in sorted(told, key=lambda line: -way * line["weight"])]
    hints = [hint(line["level"], line.get("detail", "")) for line in proposal.lines if line["field"] == "hint"]
    return ", ".join(names[:2]) or ", ".join(hints[:1])


def sure(proposal: Proposal) -> str:
    """%95, or nothing when there was nothing to weigh."""
    is_weighed = proposal.about == Proposal.About.SAME and proposal.weight is not None
    return chance(proposal.weight or 0.0) if is_weighed else ""


def chance(weight: float) -> str:
    """Never quite 0 and never quite 100: nobody is that sure."""
    return times.percent(min(max(worth.chance(weight), 0.01), 0.99))


def bits(weight: float) -> str:
    """+5,2 or −1,4, with the sign people write."""
    return f"{'−' if weight < 0 else '+'}{times.decimal(abs(weight))}"


def refused(proposal: Proposal) -> str:
    """Why no machine would join them, whatever the bits."""
    told = {
        "contradicted": _(
            "Something else speaks against it: they have different proofs, or their relatives here do not fit."
        ),
        "too_large": _("They hang together with so many others that somebody has to look first."),
    }
    return " ".join(filter(None, [told.get(proposal.refused, ""), _more(proposal.n_more)]))


def _more(n: int) -> str:
    if not n:
        return ""
    said = ngettext(
        "%(n)s more question like this waits until what holds them together is blocked or shared (Contacts → Recognition).",
        "%(n)s more questions like this wait until what holds them together is blocked or shared (Contacts → Recognition).",
        n,
    )
    return said % {"n": times.count(n)}


def kind(name: str) -> str:
    told = {
        "": _("All"),
        "merge": _("Nearly sure"),
        "review": _("Worth a look"),
        "two": _("May be two people"),
        "later": _("Put off"),
    }
    return told[name]


def source(record: SourceRecord) -> str:
    told = {
        "agent": _("Written by staff"),
        "shop": _("Shop"),
        "form": _("Form"),
        "webchat": _("Web chat"),
        "trendyol": _("Trendyol question"),
        "import": _("Import"),
        "email": _("E-mail"),
        "profile": _("Profile"),
    }
    kind = record.source.partition(":")[0]
    return told.get(kind) or channels.name(kind) if kind in channels.NAMES else told.get(kind, record.source)


def sources(rows: Sequence[SourceRecord]) -> str:
    return ", ".join(dict.fromkeys(source(row) for row in rows))


def records(n: int) -> str:
    return ngettext("%(n)s record", "%(n)s records", n) % {"n": times.count(n)}


def talks(n: int, n_open: int) -> str:
    """3 conversations, 1 of them open."""
    if not n:
        return ""
    said = ngettext("%(n)s conversation", "%(n)s conversations", n) % {"n": times.count(n)}
    return said + (", " + _("%(n)s open") % {"n": times.count(n_open)} if n_open else "")


def look(run: Run) -> str:
    """What a look did."""
    if run.state == Run.State.FAILED:
        told = {"memory": _("the memory was not enough"), "it did not come to an end": _("it did not come to an end")}
        why = told.get(run.problem, run.problem)
        return _("The last look failed: %(why)s. Nothing was changed; begin it again.") % {"why": why}
    if run.state == Run.State.CANCELLED:
        return _("The last look was stopped. What it had asked by then stays.")
    return _("%(records)s looked at: %(asked)s, %(new)s new, %(gone)s no longer asked") % _figures(run)


def _figures(run: Run) -> Mapping[str, Any]:
    asked = run.counts.get("asked", 0)
    return {
        "records": records(run.n_records),
        "asked": ngettext("%(n)s question", "%(n)s questions", asked) % {"n": times.count(asked)},
        "new": times.count(run.counts.get("new", 0)),
        "gone": times.count(run.counts.get("gone", 0)),
    }


def step(run: Run) -> str:
    return str(Run.Step(run.step).label) if run.state == Run.State.RUNNING else str(Run.State(run.state).label)
