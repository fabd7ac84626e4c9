"""What can go wrong between us and the server, each told in one sentence that says what to do."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Trouble(TextChoices):
    ADDRESS = "address", _("The address is not whole. Example: https://api.example.com/v1")
    PRIVATE = "private", _("The address lies in your own network, and this installation does not allow that.")
    INSECURE = "insecure", _("Without https the text and the key would travel unencrypted. Use an https address.")
    UNREACHED = "unreached", _("The server was not reached. See whether it runs and the address is right.")
    KEY = "key", _("The server did not accept the key. Enter it again in the settings.")
    MODEL = "model", _("The server knows no such model or address. Look at the model’s name and the address.")
    BUSY = "busy", _("The server has too much to do, or your quota is used up. Try again later.")
    REFUSED = "refused", _("The server refused the request.")
    BROKEN = "broken", _("The server failed. Try again later.")
    MOVED = "moved", _("The server sends elsewhere. We follow no redirect: enter the new address.")
    SLOW = "slow", _("The answer was not there in time. Allow more seconds in the settings, or take a smaller model.")
    UNREADABLE = "unreadable", _("What came back is no answer of this protocol. See whether the address ends in /v1.")
    TORN = "torn", _("The answer broke off in the middle.")
    TOO_LARGE = "too_large", _("The answer was far too long, so we stopped reading.")
    EMPTY = "empty", _("The answer was empty.")
    KEY_LOST = "key_lost", _("The stored key cannot be read any more. Enter it again in the settings.")
    OFF = "off", _("This was turned off meanwhile.")
    STOPPED = "stopped", _("Muhatap was stopped while the answer was being written. Nothing was sent again.")
