"""E-mail addresses in one form for comparison, and what a plus-tag hides."""

import unicodedata

_TURKISH_I = str.maketrans("İıI", "iii")


def canonical(email: str) -> str:
    """Lower case without Turkish surprises ('IŞIK@Ornek.com' typed on a Turkish keyboard); the domain in its ASCII form. Plus-tags are kept."""
    local, at, domain = unicodedata.normalize("NFKC", email.strip()).translate(_TURKISH_I).lower().rpartition("@")
    if not at:
        return domain
    return f"{local}@{_ascii(domain.rstrip('.'))}"


def comparable(email: str) -> str:
    """The canonical address without its plus-tag: two that compare equal probably reach one person, which is evidence, not proof."""
    local, at, domain = canonical(email).rpartition("@")
    return f"{local.split('+', 1)[0]}{at}{domain}"


def is_plausible(email: str) -> bool:
    local, at, domain = email.rpartition("@")
    return bool(local and at and "." in domain and len(email) <= 320 and not any(c.isspace() for c in email))


def _ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain
