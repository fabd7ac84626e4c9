"""What shops and browsers say of products, orders and carts, in our own words. Pure: no database."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from muhatap.shared.text import without_nul

MOST = Decimal(10) ** 13  # of any amount; the column holds a little more
EXACT = Decimal("0.0001")
NOTHING = Decimal(0)
MOST_LINES = 500
YEARS = range(1990, 2200)  # in which something may have been ordered or promised
_TURKISH_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
_ZONED = re.compile(r"[+-]\d{2}:?\d{2}\s*$")
_BETWEEN = re.compile(r"(?<=\d)\s(?=\d{3}(?!\d))")  # 1 249,90
_POWER = re.compile(r"[eE][-+]?\d")
_CURRENCY = re.compile(r"[A-Z]{3}")
_DIGITS = re.compile(r"[-+]?[0-9][0-9.,]*")


class Unreadable(ValueError):
    """This cannot be an order; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Thing:
    """A product as somebody told it; the empty say nothing."""

    external_id: str
    name: str = ""
    sku: str = ""
    brand: str = ""
    category: str = ""
    variant: str = ""
    price: Decimal | None = None
    url: str = ""
    image: str = ""


@dataclass(frozen=True, kw_only=True)
class Line:
    """So many of a thing; `amount` is what they came to after discounts."""

    thing: Thing
    quantity: Decimal
    price: Decimal
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Customer:
    """Whom the shop calls the buyer. `account` only of somebody registered; guests have none."""

    account: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    city: str = ""
    may_be_written_to: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Return:
    """Money given back."""

    external_id: str
    amount: Decimal
    at: datetime | None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ToldOrder:
    """An order as it stood at `modified_at`. `steps` are the states it came to, with their moments.

    None, and "" for a state, where nothing was said.
    """

    external_id: str
    number: str = ""
    state: str
    total: Decimal | None = None
    currency: str = ""
    placed_at: datetime
    modified_at: datetime
    shipping: Decimal = NOTHING
    tax: Decimal = NOTHING
    discount: Decimal = NOTHING
    customer: Customer = Customer()
    lines: tuple[Line, ...] | None = None
    steps: Mapping[str, datetime] = field(default_factory=dict)
    returns: tuple[Return, ...] | None = None
    is_unpaid: bool = False  # begun at the checkout, and may never become an order
    promised_on: date | None = None
    checkout: str = ""  # the shop's number of the checkout it was made in


@dataclass(frozen=True, kw_only=True)
class ToldCart:
    """A checkout as the shop's server tells of it, as it stood at `at`; `is_over` when it became an order or was thrown away."""

    external_id: str
    at: datetime | None = None
    currency: str = ""
    customer: Customer = Customer()
    lines: tuple[Line, ...] = ()
    is_over: bool = False


def amount(said: object) -> Decimal | None:
    """An amount as shops write it: a number, or text such as 2849.90, 2.849,90 or 2,849.90 with or without a sign. None for none."""
    if isinstance(said, bool) or not isinstance(said, int | float | str | Decimal):
        return None
    try:
        found = Decimal(_plain(said) if isinstance(said, str) else str(said))
        return found.quantize(EXACT) if found.is_finite() and abs(found) < MOST else None
    except InvalidOperation:
        return None


def _plain(said: str) -> str:
    """With both signs the last one parts the fraction; a comma alone does unless three digits follow, which are thousands."""
    said = _BETWEEN.sub("", said[:60])
    found = _DIGITS.search(said)
    text = found.group() if found and not _POWER.match(said, found.end()) else ""
    if "," in text and "." in text:
        thousands = "." if text.rindex(",") > text.rindex(".") else ","
        return text.replace(thousands, "").replace(",", ".")
    if "," in text:
        is_fraction = text.count(",") == 1 and len(text.partition(",")[2]) != 3
        return text.replace(",", "." if is_fraction else "")
    return text.replace(".", "") if text.count(".") > 1 else text


def decimal_sign(said: Iterable[str]) -> str:
    """Which sign parts the fraction in these figures of one column: "," or ".", "" where they do not tell or differ."""
    found = set()
    for one in said:
        figure = _DIGITS.search(_BETWEEN.sub("", one[:60]))
        text = figure.group().rstrip(".,") if figure else ""
        last = max(text.rfind(","), text.rfind("."))
        if last < 0:
            continue
        sign, other = text[last], "." if text[last] == "," else ","
        if text.count(sign) > 1:
            found.add(other)
        elif other in text or len(text) - last - 1 != 3 or text[:last] in ("0", "-0"):
            found.add(sign)
    return found.pop() if len(found) == 1 else ""


def with_point(said: str, sign: str) -> str:
    """The figure with a point before its fraction and nothing between its thousands."""
    other = "." if sign == "," else ","
    return _BETWEEN.sub("", said).replace(other, "").replace(sign, ".")


def positive(said: object) -> Decimal:
    """An amount that is none or more; nothing when it is none of these."""
    return max(amount(said) or NOTHING, NOTHING)


def quantity(said: object) -> Decimal:
    """How many; one where nothing sound is said."""
    found = amount(said)
    return Decimal(1) if found is None or not 0 < found < 10**8 else found.quantize(Decimal("0.001"))


def currency(said: object) -> str:
    """A code of three capitals, or "" for none."""
    text = str(said or "").strip().upper()
    text = {"TL": "TRY", "₺": "TRY", "$": "USD", "€": "EUR", "£": "GBP"}.get(text, text)
    return text if _CURRENCY.fullmatch(text) else ""


def text(said: object, most: int = 300) -> str:
    """Words or a number, on one line; "" for anything else."""
    if isinstance(said, bool) or not isinstance(said, str | int | float):
        return ""
    return " ".join(without_nul(str(said)).split())[:most]


def moment(said: object) -> datetime | None:
    """ISO 8601 (without a zone it is UTC), or seconds or milliseconds of the epoch. None when it is none."""
    try:
        if isinstance(said, str):
            read = datetime.fromisoformat(said.strip())
        elif isinstance(said, int | float) and not isinstance(said, bool) and said > 0:
            read = datetime.fromtimestamp(said / 1000 if said > 1e11 else said, UTC)
        else:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    if read.year not in YEARS:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def day(said: object) -> date | None:
    """A day as shops write it, 2026-11-24 or 24.11.2026, or the day of a moment where the firm is."""
    if not isinstance(said, str) or _EPOCH.fullmatch(said.strip()):
        return _day_of(moment(int(said) if isinstance(said, str) else said))
    if "T" in said and (said.strip().endswith("Z") or _ZONED.search(said)):
        return _day_of(moment(said))
    turkish = _TURKISH_DAY.fullmatch(said.strip())
    try:
        found = date(*map(int, reversed(turkish.groups()))) if turkish else date.fromisoformat(said.strip()[:10])
    except ValueError:
        return None
    return found if found.year in YEARS else None


def _day_of(at: datetime | None) -> date | None:
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date() if at else None


def yes(said: object) -> bool | None:
    """Whether something is said to be so; None when it is not said."""
    word = said if isinstance(said, bool) else text(said, 10).lower()
    return (
        True
        if word in (True, "1", "yes", "true", "on", "evet")
        else False
        if word in (False, "0", "no", "false", "hayır")
        else None
    )


def mapping(said: object) -> Mapping[str, Any]:
    return said if isinstance(said, dict) else {}


def items(said: object) -> Sequence[Mapping[str, Any]]:
    """The objects of a list, at most MOST_LINES."""
    return [one for one in said if isinstance(one, dict)][:MOST_LINES] if isinstance(said, list) else []
