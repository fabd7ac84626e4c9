"""Signed reply addresses: `destek+TOKEN@firma.com` leads back to one conversation, and nobody can guess another's.

The alphabet has neither i nor I nor ı, so that no mail server, and no Turkish keyboard, changes a token by changing its case.
"""

import hashlib
import hmac
import re

from django.conf import settings

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
N_SIGNED = 16  # letters of signature: 80 bits
TOKEN = re.compile(rf"[{ALPHABET}]{{1,13}}[{ALPHABET}]{{{N_SIGNED}}}")


def issue(conversation_id: int) -> str:
    """The token of a conversation: its number and a signature, in lower case."""
    number = _written(conversation_id)
    return number + _signature(number)


def conversation_of(token: str) -> int | None:
    """The conversation a token was issued for, or None when it was not issued here."""
    token = token.strip().lower()
    if not TOKEN.fullmatch(token):
        return None
    number, signature = token[:-N_SIGNED], token[-N_SIGNED:]
    if not hmac.compare_digest(_signature(number), signature):
        return None
    return _read(number)


def address_with(email: str, token: str) -> str:
    """The reply address that carries a token."""
    local, _, domain = email.rpartition("@")
    return f"{local}+{token}@{domain}"


def in_address(email: str) -> str:
    """What stands after the last plus of an address when it has the form of a token, else nothing."""
    tag = email.rpartition("@")[0].rpartition("+")[2].lower()
    return tag if "+" in email and TOKEN.fullmatch(tag) else ""


def _signature(number: str) -> str:
    key = b"muhatap.reply:" + settings.SECRET_KEY.encode()
    digest = hmac.new(key, number.encode(), hashlib.sha256).digest()
    bits = int.from_bytes(digest[:10], "big")
    return "".join(ALPHABET[bits >> 5 * place & 31] for place in range(N_SIGNED))


def _written(number: int) -> str:
    letters = ALPHABET[number & 31]
    while number := number >> 5:
        letters = ALPHABET[number & 31] + letters
    return letters


def _read(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number << 5 | ALPHABET.index(letter)
    return number
