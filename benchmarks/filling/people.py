"""The customers: names, addresses, telephones."""

from collections.abc import Iterator
from datetime import datetime

from benchmarks.filling.copying import NULL
from benchmarks.filling.sentences import WORDS
from muhatap.shared.text import fold, sort_key

FIRST, LAST = WORDS["first"], WORDS["last"]
CITIES = ["İzmir", "İstanbul", "Ankara", "Isparta", "Bursa", "Eskişehir", "Şanlıurfa", "Muğla", "Çanakkale", ""]
CONTACT = "id name email phone city language fields sort_key search_text created_at last_seen_at"
IDENTITY = "id contact_id kind value written comparable verified_at verified_by source first_seen_at last_seen_at bounce_detail"


def name_of(number: int) -> str:
    """The name of the contact with this number; the same for ever."""
    scattered = number * 2_654_435_761 % 2**32  # Knuth's multiplicative hash: neighbours are not alike
    return f"{FIRST[scattered % len(FIRST)]} {LAST[scattered // 64 % len(LAST)]}"


def address_of(number: int) -> str:
    return f"{fold(name_of(number)).replace(' ', '.')}.{number}@ornek.example"


def phone_of(number: int) -> str:
    return f"+905{300_000_000 + (number * 7_919) % 99_999_999:09d}"


def contacts(n: int, at: datetime) -> Iterator[str]:
    keys: dict[str, str] = {}
    for number in range(1, n + 1):
        name, email, phone = name_of(number), address_of(number), phone_of(number)
        key = keys.setdefault(name, sort_key(name))
        city = CITIES[number % len(CITIES)]
        letters = fold(f"{name} {email} {phone}")
        yield f"{number}\t{name}\t{email}\t{phone}\t{city}\ttr\t{{}}\t{key}\t{letters}\t{at}\t{at}"


def identities(n: int, at: datetime) -> Iterator[str]:
    """One proven address each; a telephone for every second."""
    for number in range(1, n + 1):
        email, phone = address_of(number), phone_of(number)
        yield f"{number * 2}\t{number}\temail\t{email}\t{email}\t{email}\t{at}\tmail\temail\t{at}\t{at}\t"
        if number % 2:
            yield f"{number * 2 + 1}\t{number}\tphone\t{phone}\t{phone}\t{phone[-10:]}\t{NULL}\t\temail\t{at}\t{at}\t"
