"""Numbers of identity, of which the number itself is never kept: a keyed print tells two of them apart, and its last two digits show which.

Nothing here needs the number, so the law (KVKK, article 4: no more than the purpose asks) wants it gone. The key is the
installation's: whoever has the tables alone cannot try all numbers.
"""

import hashlib
import hmac
import re

from django.conf import settings

from muhatap.matching.national import is_sound

_PRINT = re.compile(r"tc[0-9a-f]{32}([0-9]{2})")
_HIDDEN, _LENGTH = "•••••••••", 11
_SPACING = str.maketrans("", "", " .-\u00a0\t")


def print_of(text: str) -> str:
    """The print of a T.C. identity number, of foreigners' too; "" when its check digits say that it is none. A print stays one."""
    plain = text.translate(_SPACING)
    if _PRINT.fullmatch(plain):
        return plain
    return f"tc{_keyed(plain)}{plain[-2:]}" if is_sound(plain) else ""


def shown(value: str) -> str:
    """•••••••••46; whatever is no print stays as it is."""
    found = _PRINT.fullmatch(value)
    return f"{_HIDDEN}{found[1]}" if found else value


def hidden(text: str) -> str:
    """The same of a cell in which a number should stand, whether its check digits fit or not."""
    plain = text.translate(_SPACING)
    return f"{_HIDDEN}{plain[-2:] if len(plain) >= _LENGTH else ''}" if plain else ""


def without_numbers(text: str) -> str:
    """What somebody sought, as it may be written down: each number in it only as it is shown."""
    if number := print_of(text):
        return shown(number)
    return " ".join(shown(print_of(word)) or word for word in text.split())


def _keyed(digits: str) -> str:
    key = hashlib.sha256(b"muhatap.national:" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, digits.encode(), hashlib.sha256).hexdigest()[:32]
