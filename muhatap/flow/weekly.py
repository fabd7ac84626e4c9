"""The week in the customers' words goes to everybody in the company who wants it, on Monday morning where they are, once."""

import contextlib
import logging
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from muhatap.accounts.models import User
from muhatap.channels.models import Inbox
from muhatap.insight import letters, weekly
from muhatap.insight.models import WeeklyLetter
from muhatap.insight.weekly import Week
from muhatap.notices import wishes
from muhatap.notices.mailing import HEADERS, SETTINGS_PATH
from muhatap.notices.models import Kind, QuietHours, Way

log = logging.getLogger(__name__)
State = WeeklyLetter.State
HEARD = 250  # what a mail server says when asked whether it is there


def send_due(*, at: datetime) -> int:
    """Send the letters that are due. How many went; one that the mail server did not take for now is tried again.

    A letter is marked as being handed over before it is: whoever is killed meanwhile sends it no second time. Where the
    line broke while one was handed over, the others wait for the next time.
    """
    waiting = list(_waiting(at)) if settings.HAS_MAIL else []
    if not waiting:
        return 0
    line, n_sent = get_connection(), 0
    try:
        for letter, week in waiting:
            n_sent += _sent(letter, week, line, at=at)
    except (SMTPException, OSError) as error:
        log.warning("weekly letters wait, the mail server was not reached or went away: %s", error)
    finally:
        _close(line)
    return n_sent


def _waiting(at: datetime) -> Iterator[tuple[WeeklyLetter, Week]]:
    """The letters of everybody for whom the morning has come and who has none of that week yet, and the week of the firm."""
    of_firm = lru_cache(weekly.of_firm)
    for user, week_on in _due(at):
        week = of_firm(week_on)
        if not week.is_empty:
            letter, _is_new = WeeklyLetter.objects.get_or_create(user=user, week_on=week_on, defaults={"state_at": at})
            yield letter, week


def _due(at: datetime) -> list[tuple[User, date]]:
    """Who is to be told now of which week; whoever was, or is not to be tried again, is not looked at."""
    users = list(User.objects.filter(is_active=True).order_by("pk"))
    zones = dict(QuietHours.objects.filter(user__in=users).values_list("user_id", "time_zone"))
    mornings = {user: letters.due(zone=zones.get(user.pk) or settings.TIME_ZONE, at=at) for user in users}
    weeks = {week_on for week_on in mornings.values() if week_on}
    if not weeks:
        return []
    ended = WeeklyLetter.objects.filter(week_on__in=weeks).exclude(state=State.WAITING, n_attempts__lt=letters.ATTEMPTS)
    done = set(ended.values_list("user_id", "week_on"))
    left = [
        (user, on) for user, on in mornings.items() if on and (user.pk, on) not in done and not _is_ours(user.email)
    ]
    wanted = wishes.ways([user for user, _on in left], Kind.WEEKLY)
    return [(user, on) for user, on in left if Way.MAIL in wanted[user.pk]]


def _sent(letter: WeeklyLetter, week: Week, line: BaseEmailBackend, *, at: datetime) -> bool:
    """Raises SMTPException or OSError where the line broke, or no server was there to begin with."""
    mail = letters.write(user=letter.user, week=week, choose_path=SETTINGS_PATH, headers=HEADERS)
    _open(line)
    if not letters.hand(letter=letter, at=at):
        return False
    try:
        line.send_messages([mail])
    except (SMTPRecipientsRefused, SMTPResponseException) as error:  # it was said that it is not taken
        log.warning("the weekly letter of user %s was refused: %s", letter.user_id, error)
        letters.settle(letter=letter, state=_after(error), at=at)
        return False
    except (SMTPException, OSError):  # nobody knows whether it went: it stays as it is
        log.warning("it is not known whether the weekly letter of user %s went", letter.user_id)
        raise
    letters.settle(letter=letter, state=State.SENT, at=at)
    return True


def _open(line: BaseEmailBackend) -> None:
    """The mail server listens: a line it dropped meanwhile, which Django would take for an open one, is opened anew."""
    if known := getattr(line, "connection", None):
        with contextlib.suppress(SMTPException, OSError):
            if known.noop()[0] == HEARD:
                return
        _close(line)
    line.open()


def _close(line: BaseEmailBackend) -> None:
    with contextlib.suppress(SMTPException, OSError):
        line.close()


def _after(error: Exception) -> str:
    """Refused for good, or for now."""
    codes = (
        [code for code, _said in error.recipients.values()]
        if isinstance(error, SMTPRecipientsRefused)
        else [getattr(error, "smtp_code", 500)]
    )
    return State.WAITING if all(400 <= code < 500 for code in codes) else State.REFUSED


def _is_ours(email: str) -> bool:
    return Inbox.objects.filter(address__iexact=email).exists()
