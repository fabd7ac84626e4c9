"""What can go wrong with a source, in the words an administrator can act on."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Trouble(models.TextChoices):
    """Kinds of trouble, each with what to do about it."""

    AWAY = "away", _("It did not answer.")
    PRIVATE = "private", _("This address is not on the public net.")
    GONE = "gone", _("There is nothing at this address any more.")
    LOGIN = "login", _("It refused our access. Enter it again.")
    SECRET = "secret", _("The stored access cannot be read any more. Enter it again.")
    BUSY = "busy", _("It asked us to come back later.")
    TOO_LARGE = "too_large", _("What it sent is larger than we take.")
    UNREADABLE = "unreadable", _("What it sent cannot be read.")
    REFUSED = "refused", _("It answered with an error.")
    INCOMPLETE = "incomplete", _("Something is not filled in.")
    OTHER = "other", _("Something went wrong on our side.")
