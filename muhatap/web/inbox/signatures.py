"""What an answer is signed with, as one sees it under the text and chooses it."""

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.conversations import variables
from muhatap.conversations.models import Conversation, Draft
from muhatap.flow import reply
from muhatap.web.common.display import Act
from muhatap.web.inbox.display import Signing
from muhatap.writing import signing as signatures
from muhatap.writing.models import LANGUAGES, Signature

LANGUAGE_NAMES = {code: str(name) for code, name in LANGUAGES if code}


def signing(conversation: Conversation, user: User, choice: str) -> Signing | None:
    """The signature that stands under the answer and those that could; None where nothing is signed."""
    rows = reply.signatures(conversation, user)
    if not rows:
        return None
    language = variables.language(conversation)
    standing = signatures.chosen(rows, language=language, choice=choice)
    return Signing(
        html=mark_safe(signatures.filled(standing, variables.of(conversation, user))),  # noqa: S308 (rendered and cleaned)
        language=standing.language if standing else "",
        choices=(
            *(Act(label=label(row), url=str(row.pk), is_here=row == standing) for row in rows),
            Act(label=_("No signature"), url=signatures.NONE, is_here=standing is None),
        ),
    )


def language(conversation: Conversation, user: User) -> str:
    """The language this answer is written in: that of the signature chosen for it, else the customer's."""
    draft = Draft.objects.filter(conversation=conversation, by=user, kind="reply").exclude(signed_with="").first()
    rows = reply.signatures(conversation, user) if draft else []
    standing = signatures.chosen(rows, language="", choice=draft.signed_with) if draft else None
    return (standing.language if standing else "") or variables.language(conversation)


def label(row: Signature) -> str:
    """Türkçe · destek · mine: what tells it from the others."""
    parts = [LANGUAGE_NAMES.get(row.language, ""), str(row.inbox or ""), _("Mine") if row.user_id else ""]
    return " · ".join(filter(None, parts)) or _("Everybody’s signature")
