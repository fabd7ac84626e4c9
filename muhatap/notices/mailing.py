"""A mail for those who have not looked: several notices in one, in their language, never in answer to a mail."""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muhatap.accounts.models import User
from muhatap.channels.models import Inbox
from muhatap.notices import presence, resting, things, words
from muhatap.notices.models import Kind, Notice, Way

log = logging.getLogger(__name__)
AFTER = timedelta(minutes=15)  # nobody has looked for this long
UNTIL = timedelta(days=3)  # what was told before needs no mail any more; a weekend of quiet is shorter
MOST = 20  # lines in one mail
SETTINGS_PATH = "/notices/preferences/"
# RFC 3834: no vacation message answers it, and our own intake takes it for what it is.
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def mail_unseen(*, at: datetime) -> int:
    """Mail everybody who has waited-for news and is not here. How many mails went; one that failed is tried again."""
    if not settings.HAS_MAIL:
        return 0
    waiting = _waiting(at).order_by("user_id").values_list("user_id", flat=True).distinct()
    n_sent = 0
    for user in User.objects.filter(pk__in=list(waiting), is_active=True).order_by("pk"):
        try:
            n_sent += _mailed(user, at=at)
        except SMTPRecipientsRefused as error:  # says something of this address, and nothing of the others
            log.warning("notices of user %s were not mailed, the address was refused: %s", user.pk, error)
            _waiting(at).filter(user=user).update(mailed_at=at)
        except (SMTPException, OSError) as error:
            log.warning("notices were not mailed, and will be tried again: %s", error)
            break
    return n_sent


@transaction.atomic
def _mailed(user: User, *, at: datetime) -> bool:
    if presence.is_looking(user, at=at) or _is_ours(user.email) or resting.rests(user, at=at, kind=Kind.BREACH):
        return False
    rows = _waiting(at).filter(pk__in=things.shown(user).values("pk"))
    if resting.rests(user, at=at):
        rows = rows.filter(kind=Kind.BREACH)  # let through; the rest waits for the morning
    numbers = list(rows.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True))
    notices = list(Notice.objects.filter(pk__in=numbers).select_related(*words.NEEDED).order_by("-pk"))
    if not notices:
        return False
    Notice.objects.filter(pk__in=numbers).update(mailed_at=at)
    with translation.override(user.language or settings.LANGUAGE_CODE):
        _letter(user, notices).send()  # a failure undoes the mark above
    return True


def _waiting(at: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(
        seen_at=None, mailed_at=None, ways__contains=[Way.MAIL], at__lte=at - AFTER, at__gt=at - UNTIL
    )


def _letter(user: User, notices: list[Notice]) -> EmailMessage:
    newest: dict[str, Notice] = {}
    for notice in notices:
        newest.setdefault(notice.about, notice)
    shown = list(newest.values())[:MOST]
    n = len(newest)
    lines = [_("Hello %(name)s,") % {"name": user.name}, ""]
    for notice in shown:
        said = words.said(notice)
        lines += [f"{said.title}: {said.text}", f"{settings.PUBLIC_URL}{words.path(notice)}", ""]
    if n > MOST:
        lines += [ngettext("and %(n)s more.", "and %(n)s more.", n - MOST) % {"n": n - MOST}, ""]
    choose = f"{settings.PUBLIC_URL}{SETTINGS_PATH}"
    lines.append(_("Which of these come by mail, and when not, you choose here: %(url)s") % {"url": choose})
    headers = {**HEADERS, "List-Unsubscribe": f"<{choose}>"}
    return EmailMessage(
        f"{_subject(newest.values())} · {settings.FIRM_NAME}", "\n".join(lines), None, [user.email], headers=headers
    )


def _subject(notices: Collection[Notice]) -> str:
    n = len(notices)
    if all(notice.message for notice in notices):
        said = ngettext("%(n)s conversation is waiting for you", "%(n)s conversations are waiting for you", n)
    else:
        said = ngettext("%(n)s thing is waiting for you", "%(n)s things are waiting for you", n)
    return said % {"n": n}


def _is_ours(email: str) -> bool:
    """Somebody whose login has the address of a mailbox we read would be told of being told, for ever."""
    return Inbox.objects.filter(address__iexact=email).exists()
