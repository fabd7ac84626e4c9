"""E-mail addresses in one form for comparison, and what a plus-tag hides."""

import unicodedata
from functools import lru_cache

_TURKISH_I = str.maketrans("İıI", "iii")
_CAPITAL_I = str.maketrans("İI", "ii")
_LONGEST = 320
_LOOSE_DOT = "\u0307"  # what is left of İ when it was lowered without Turkish in mind


@lru_cache(maxsize=20_000)
def canonical(email: str) -> str:
    """Lower case without Turkish surprises ('IŞIK@Ornek.com' typed on a Turkish keyboard); the domain in its ASCII form. Plus-tags are kept.

    In the domain the dotless ı stays what it is: gmaıl.com is another firm's name, and its mail is not gmail.com's.
    """
    local, at, domain = email.rpartition("@")
    if not at:
        return _plain(domain, _TURKISH_I)
    return f"{_plain(local, _TURKISH_I)}@{_ascii(_plain(domain, _CAPITAL_I).rstrip('.'))}"


def comparable(email: str) -> str:
    """The canonical address without its plus-tag: two that compare equal probably reach one person, which is evidence, not proof."""
    local, at, domain = canonical(email).rpartition("@")
    return f"{local.split('+', 1)[0] or local}{at}{domain}"


def is_plausible(email: str) -> bool:
    local, at, domain = email.rpartition("@")
    is_domain = "." in domain and not domain.startswith(".") and ".." not in domain and not domain.endswith(".")
    return bool(
        local
        and at
        and is_domain
        and len(email) <= _LONGEST
        and not any(c.isspace() or not c.isprintable() for c in email)
    )


def _plain(text: str, letters: dict[int, int]) -> str:
    lowered = unicodedata.normalize("NFKC", text).translate(letters).lower()
    return unicodedata.normalize("NFKC", lowered.replace(_LOOSE_DOT, "")).strip()


def _ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain
