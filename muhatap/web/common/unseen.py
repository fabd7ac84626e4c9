"""What of a figure its reader may not see: it is counted, never shown."""

from django.utils.translation import ngettext

from muhatap.web.common import times


def hidden(n: int) -> str:
    """How many of the rows behind a figure the reader does not see; nothing where they see all."""
    if not n:
        return ""
    said = ngettext("%(n)s of these you may not see.", "%(n)s of these you may not see.", n)
    return said % {"n": times.count(n)}
