"""What people choose for themselves."""

from datetime import datetime

from django.db import transaction

from muhatap.accounts import staffing
from muhatap.accounts.models import User


@transaction.atomic
def change(*, user: User, name: str, language: str, theme: str, at: datetime) -> None:
    """Name, language and appearance of one's own account. Only the name is audited: others see it."""
    staffing.rename(user=user, name=name, by=user, at=at)
    user.language, user.theme = language, theme
    user.save(update_fields=["language", "theme"])


def speak(*, user: User, language: str) -> None:
    """The language from now on, on every device."""
    User.objects.filter(pk=user.pk).update(language=language)
