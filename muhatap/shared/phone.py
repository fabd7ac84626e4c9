"""Phone numbers in E.164, with the Turkish numbers that have no country form: 444 lines and 0850."""

import re

import phonenumbers

_SHORT_TR = re.compile(r"^(?:\+?90)?0?444(\d{4})$")


def e164(text: str, region: str = "TR") -> str | None:
    """'0532 123 41 18' → '+905321234118'; '444 0 123' → '+904440123'; None when it is no possible number."""
    digits = re.sub(r"[^\d+]", "", text)
    if not digits:
        return None
    if short := _SHORT_TR.match(digits.removeprefix("00")):
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
