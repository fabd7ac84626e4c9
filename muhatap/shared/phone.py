"""Phone numbers in E.164, with the Turkish numbers that have no country form: 444 lines and 0850."""

import re
import unicodedata
from functools import lru_cache

import phonenumbers

_SHORT_TR = re.compile(r"^(?:\+?90)?0?444(\d{4})$")
_EXTENSION = re.compile(r"(?:\b(?:dahili|dah|ext|extension|int)\b|[x#;,]).*$", re.IGNORECASE)
_LONGEST = 64
_NATIONAL_TR = 10
_SPACING = {ord(c): None for c in " ()-.\u00a0"}
_MOBILE_TR = re.compile(r"(?:\+?90|0090|0)?(5\d{9})", re.ASCII)


def e164(text: str, region: str = "TR") -> str | None:
    """'0532 123 41 18' → '+905321234118'; '444 0 123' → '+904440123'; None when it is no possible number."""
    return (mobile(text) if region == "TR" else "") or _parsed(text, region)


def mobile(text: str) -> str:
    """The same of a Turkish mobile number, as most are, without asking the library anew for each of a million; else ""."""
    found = _MOBILE_TR.fullmatch(text.translate(_SPACING))
    return f"+90{found[1]}" if found and _is_mobile(found[1][:6]) else ""


@lru_cache(maxsize=4096)
def _is_mobile(beginning: str) -> bool:
    """Whether numbers that begin so exist is the same for all of them: their last four digits are free."""
    return _parsed(f"+90{beginning}0000", "TR") == f"+90{beginning}0000"


@lru_cache(maxsize=4096)
def _parsed(text: str, region: str) -> str | None:
    digits = _dialled(text)
    if not digits.strip("+"):
        return None
    if region == "TR" and (short := _SHORT_TR.match(digits.removeprefix("00"))):
        return f"+90444{short.group(1)}"
    try:
        number = phonenumbers.parse("+" + digits[2:] if digits.startswith("00") else digits, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def readable(number: str) -> str:
    """'+905321234118' → '+90 532 123 41 18'."""
    if number.startswith("+90444") and len(number) == 10:
        return f"444 {number[6]} {number[7:]}"
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def n_missing(text: str) -> int:
    """How many digits a Turkish number still needs ('+90 532 41 18' → 3); 0 when it is long enough or foreign."""
    digits = _dialled(text).removeprefix("00")
    if digits.startswith("+") and not digits.startswith("+90"):
        return 0
    digits = digits.removeprefix("+")
    national = digits.removeprefix("90") if digits.startswith("90") and len(digits) > 3 else digits
    return max(_NATIONAL_TR - len(national.removeprefix("0")), 0)


def _dialled(text: str) -> str:
    """The plus at the front and the digits, whatever script they are in; what follows 'dahili' or 'ext' is not dialled."""
    plain = _EXTENSION.sub("", unicodedata.normalize("NFKC", text[:_LONGEST]).strip())
    digits = "".join(str(unicodedata.digit(c)) for c in plain if c.isdigit())
    return f"+{digits}" if plain.lstrip("( ").startswith("+") else digits
