"""What a template looks like while it is written: values of a customer nobody is, and how faults are told."""

from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.conversations import variables
from muhatap.shared import richtext
from muhatap.writing import rendering


def values(user: User) -> dict[str, Any]:
    """The variables of an example, with the one who looks as the agent."""
    return {
        "contact": {
            "name": "Ayşe Yılmaz",
            "first_name": "Ayşe",
            "email": "ayse.yilmaz@ornek.example",
            "phone": "+90 532 123 41 18",
            "city": "İzmir",
            "company": "Güneş Otel",
            "language": "tr",
        },
        "conversation": {"subject": _("My order has not arrived"), "number": 10482, "status": "open"},
        "agent": variables.agent(user),
        "inbox": {"name": "destek", "address": "destek@ihlamurev.example"},
        "firm": settings.FIRM_NAME,
        "language": "tr",
    }


def filled(html: str, user: User) -> dict[str, Any]:
    """The template as it would read, or what is wrong with it."""
    try:
        rendering.check(html)
        done = rendering.render(html, values(user))
    except rendering.Invalid as error:
        return {"problem": fault(error)}
    return {"html": _safe(done.marked), "gaps": ", ".join(done.gaps)}


def fault(error: rendering.Invalid) -> str:
    """In which line, and the parser's own words."""
    return _("Line %(line)s: %(reason)s") % {"line": error.line, "reason": error.reason}


def _safe(html: str) -> SafeString:
    return mark_safe(html)  # noqa: S308 (rendering cleans what it gives)


def shown(html: object) -> SafeString:
    """What stands in the editor: cleaned, whatever came."""
    return mark_safe(richtext.clean(str(html or "")))  # noqa: S308 (cleaned right here)
