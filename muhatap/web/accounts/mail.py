"""Links for new passwords, by mail."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from muhatap.accounts.inviting import Invited

log = logging.getLogger(__name__)


def link(invited: Invited) -> str:
    """Under the configured address, never under the host a request claims."""
    return f"{settings.PUBLIC_URL}{reverse('accounts:invitation', args=[invited.token])}"


def send(invited: Invited) -> bool:
    """Whether the link went out. Without a mail server, or with one that fails, the inviter hands it over."""
    if not settings.HAS_MAIL:
        return False
    user, by = invited.user, invited.invitation.by
    with override(user.language):
        subject = _("Your login at %(firm)s") % {"firm": settings.FIRM_NAME}
        words = {"user": user, "by": by, "url": link(invited), "firm": settings.FIRM_NAME}
        text = render_to_string("accounts/mail/link.txt", words | {"expires_at": invited.invitation.expires_at})
    try:
        return send_mail(subject, text, None, [user.email]) == 1
    except (SMTPException, OSError) as error:
        log.warning("The mail with the link for user %s was not sent: %s", user.pk, error)
        return False
