"""Why something was set aside, in the reader's language: what the intake keeps in English for every reader is known here."""

import re

from django.utils.translation import gettext as _

_LARGER = re.compile(r"The message is larger than (\d+) MB\.")
_BROKE = re.compile(r"The line broke (\d+) times while the server sent it\.")
_REFUSED = re.compile(r"The mail server did not hand it over: (.*)", re.DOTALL)


def said(detail: str) -> str:
    """The sentence in the reader's language; "" when it is none of ours, as a fault's own words."""
    known = {
        "The message does not say who it is from.": _("The message does not say who it is from."),
        "The message has neither a header nor words.": _("The message has neither a header nor words."),
        "The message is empty.": _("The message is empty."),
    }
    if larger := _LARGER.fullmatch(detail):
        return _("The message is larger than %(n)s MB.") % {"n": larger[1]}
    if broke := _BROKE.fullmatch(detail):
        return _("The line broke %(n)s times while the server sent it.") % {"n": broke[1]}
    if refused := _REFUSED.fullmatch(detail):
        return _("The mail server did not hand it over: %(answer)s") % {"answer": refused[1]}
    if detail.startswith("not a chat message"):
        return _("It is not what a chat window sends.")
    return known.get(detail, "")
