"""Two rules and two macros to begin with, in the reader's language; added switched off, to be looked at first."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from muhatap.automation import macros, rules

RULES: Mapping[str, Callable[[], rules.Wording]] = {
    "returns": lambda: rules.Wording(
        name=_("Returns and exchanges"),
        event="arrived",
        conditions=[{"kind": "text", "how": "has", "values": _("return, exchange, refund").split(", ")}],
        actions=[
            {"kind": "tag", "value": _("return"), "text": ""},
            {"kind": "priority", "value": "1", "text": ""},
        ],
    ),
    "silence": lambda: rules.Wording(
        name=_("Close what has been silent for a week"),
        event="silent",
        hours=7 * 24,
        conditions=[{"kind": "priority", "how": "is", "values": ["0", "-1"]}],
        actions=[{"kind": "resolve", "value": "", "text": ""}],
    ),
}
MACROS: Mapping[str, Callable[[], macros.Wording]] = {
    "late": lambda: macros.Wording(
        name=_("The parcel is late"),
        actions=[
            {"kind": "tag", "value": _("delivery"), "text": ""},
            {"kind": "priority", "value": "1", "text": ""},
        ],
        reply=_(
            "Dear {{ contact.first_name }},\n\nsorry for the delay. I am asking the carrier now and write to you today."
        ),
    ),
    "thanks": lambda: macros.Wording(
        name=_("Thank and close"),
        actions=[{"kind": "tag", "value": _("praise"), "text": ""}, {"kind": "resolve", "value": "", "text": ""}],
    ),
}
