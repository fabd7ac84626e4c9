"""E-mail addresses in one form for comparison, and what a plus-tag hides."""

import unicodedata

_TURKISH_I = str.maketrans("İıI", "iii")
_LONGEST = 320
_LOOSE_DOT = "\u0307"  # what is left of İ when it was lowered without Turkish in mind


def canonical(email: str) -> str:
    """Lower case without Turkish surprises ('IŞIK@Ornek.com' typed on a Turkish keyboard); the domain in its ASCII form. Plus-tags are kept."""
    local, at, domain = _plain(email).rpartition("@")
    if not at:
        return domain
    return f"{local.strip()}@{_ascii(domain.strip().rstrip('.'))}"


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


def _plain(email: str) -> str:
    lowered = unicodedata.normalize("NFKC", email).translate(_TURKISH_I).lower()
    return unicodedata.normalize("NFKC", lowered.replace(_LOOSE_DOT, "")).strip()


def _ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain
