"""Orders and products of a shop that has no API of its own: a file of CSV, Excel or JSON, with headers as shops write them."""

import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from muhatap.imports.reading import problems, table
from muhatap.sales.told import (
    NOTHING,
    Customer,
    Line,
    Thing,
    ToldOrder,
    Unreadable,
    amount,
    currency,
    day,
    decimal_sign,
    moment,
    positive,
    quantity,
    text,
    with_point,
)
from muhatap.shared.text import fold

MOST_ROWS = 200_000
_WORDS = {
    "order": "order_id|order|order number|order no|siparis no|siparis numarasi|siparis id|siparis kodu",
    "number": "number|order name|gorunen numara",
    "at": "date|order date|created at|placed at|created|siparis tarihi|tarih",
    "state": "status|state|order status|siparis durumu|durum",
    "total": "total|order total|grand total|genel toplam|toplam|siparis tutari|toplam tutar|tutar",
    "currency": "currency|para birimi|doviz",
    "account": "customer id|customer number|musteri no|musteri numarasi|uye no|uye id|customer_id",
    "name": "customer|customer name|musteri|musteri adi|ad soyad|alici|buyer",
    "email": "email|e-mail|e-posta|eposta|mail",
    "phone": "phone|telefon|gsm|cep telefonu|cep",
    "city": "city|sehir|il",
    "promised": "delivery date|promised date|teslim tarihi|soz verilen tarih|teslimat tarihi|promised on",
    "delivered": "delivered at|teslim edildi|delivered on",
    "product": "product id|product_id|urun kodu|urun no|urun id|id|stok kodu|model kodu",
    "title": "product|product name|urun|urun adi|title|name|ad",
    "sku": "sku|barcode|barkod",
    "variant": "variant|varyant|secenek|beden|renk",
    "quantity": "quantity|qty|adet|miktar",
    "price": "price|unit price|fiyat|birim fiyat|satis fiyati",
    "amount": "amount|line total|satir tutari|satir toplami",
    "brand": "brand|marka|vendor",
    "category": "category|kategori|product type",
    "url": "url|link|adres|urun linki",
    "image": "image|image url|resim|gorsel",
}
_PLAIN = re.compile(r"[\W_]+")
_BY_WORD: dict[str, list[str]] = {}
for _field, _names in _WORDS.items():
    for _name in _names.split("|"):
        _BY_WORD.setdefault(_PLAIN.sub("", _name), []).append(_field)
_STATES = {
    "placed": "placed|new|pending|beklemede|yeni|onay bekliyor|siparis alindi|alindi",
    "paid": "paid|processing|odendi|hazirlaniyor|onaylandi|isleme alindi",
    "shipped": "shipped|sent|kargoda|kargoya verildi|kargolandi|gonderildi",
    "delivered": "delivered|completed|teslim edildi|tamamlandi",
    "cancelled": "cancelled|canceled|iptal|iptal edildi",
    "refunded": "refunded|returned|iade|iade edildi",
}
_BY_STATE = {word: state for state, words in _STATES.items() for word in words.split("|")}
_CLOCK = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?")

_FIGURES = ("total", "price", "amount", "quantity")

Row = Mapping[str, str]


def read(raw: bytes, *, zone: str, at: datetime) -> Iterator[ToldOrder | Thing | str]:
    """Each order or product of the file; a text for one that cannot be, saying why. Raises Unreadable for what is no such file."""
    rows = _json(raw) if raw.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"[", b"{") else _table(raw)
    kept: list[tuple[int, dict[str, str]]] = []
    for n, row in rows:
        if len(kept) >= MOST_ROWS:
            raise Unreadable(f"more than {MOST_ROWS} rows; give it in parts")
        kept.append((n, row))
    if not kept:
        raise Unreadable("no rows")
    is_orders = any("order" in row for _n, row in kept[:50])
    _settle(kept)
    yield from _orders(kept, zone, at) if is_orders else _things(kept)


def _settle(rows: list[tuple[int, dict[str, str]]]) -> None:
    """Write the figures of each column with a point: 1.250 is a thousand and more where its neighbours are 294,50.

    A column that does not tell goes by the others that hold money; one sign alone in a quantity parts its fraction.
    """
    signs = {name: decimal_sign(row[name] for _n, row in rows if name in row) for name in _FIGURES}
    agreed = {sign for name, sign in signs.items() if sign and name != "quantity"}
    otherwise = agreed.pop() if len(agreed) == 1 else ""
    for name, sign in signs.items():
        for _n, row in rows:
            use = sign or otherwise or ("," if name == "quantity" and "," in row.get(name, "") else "")
            if use and name in row:
                row[name] = with_point(row[name], use)


def _orders(rows: Iterable[tuple[int, Row]], zone: str, at: datetime) -> Iterator[ToldOrder | str]:
    """The rows of one order stand one below the other or apart; each is a line of it."""
    by_order: dict[str, list[tuple[int, Row]]] = {}
    for n, row in rows:
        if number := text(row.get("order"), 100):
            by_order.setdefault(number, []).append((n, row))
        else:
            yield f"row {n}: no order number"
    for number, some in by_order.items():
        yield _order(number, some, zone, at)


def _order(number: str, rows: list[tuple[int, Row]], zone: str, at: datetime) -> ToldOrder | str:
    first: dict[str, str] = {}
    for _n, row in rows:
        first = {**{name: value for name, value in row.items() if value}, **first}
    placed_at = _moment(first.get("at", ""), zone)
    if placed_at is None:
        return f"row {rows[0][0]}: no date of the order"
    lines = tuple(line for _n, row in rows if (line := _line(row)))
    total = amount(first.get("total"))
    if total is None:
        total = sum((line.amount for line in lines), NOTHING)
    if total < 0:
        return f"row {rows[0][0]}: a total below zero"
    state = _BY_STATE.get(fold(first.get("state", "")).strip(), "placed")
    steps = {"placed": placed_at}
    delivered_at = _moment(first.get("delivered", ""), zone)
    if delivered_at:  # a state without its moment is a state and no step
        state, steps["delivered"] = "delivered" if state in ("placed", "paid", "shipped") else state, delivered_at
    return ToldOrder(
        external_id=number,
        number=text(first.get("number"), 100) or number.removeprefix("#"),
        state=state,
        total=total,
        currency=currency(first.get("currency")),
        placed_at=placed_at,
        modified_at=at,  # a file says how things stand when it is given
        customer=Customer(
            account=text(first.get("account"), 60),
            name=text(first.get("name"), 200),
            email=text(first.get("email"), 320),
            phone=text(first.get("phone"), 40),
            city=text(first.get("city"), 120),
        ),
        lines=lines or None,
        steps=steps,
        promised_on=day(first.get("promised")),
    )


def _line(row: Row) -> Line | None:
    thing = _thing(row)
    if not thing.external_id and not thing.name:
        return None
    n = quantity(row.get("quantity"))
    price, told = amount(row.get("price")), amount(row.get("amount"))
    came_to = told if told is not None else (price or Decimal(0)) * n
    each = price if price is not None else came_to / n
    return Line(
        thing=thing,
        quantity=n,
        price=max(amount(each) or NOTHING, NOTHING),
        amount=max(amount(came_to) or NOTHING, NOTHING),
    )


def _things(rows: Iterable[tuple[int, Row]]) -> Iterator[Thing | str]:
    for n, row in rows:
        thing = _thing(row)
        yield thing if thing.external_id else f"row {n}: no product number"


def _thing(row: Row) -> Thing:
    price = amount(row.get("price"))
    return Thing(
        external_id=text(row.get("product"), 100) or text(row.get("sku"), 100),
        name=text(row.get("title")),
        sku=text(row.get("sku"), 100),
        brand=text(row.get("brand"), 120),
        category=text(row.get("category"), 200),
        variant=text(row.get("variant"), 120),
        price=positive(price) if price is not None else None,
        url=text(row.get("url"), 2000),
        image=text(row.get("image"), 2000),
    )


def _table(raw: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    with tempfile.NamedTemporaryFile() as file:
        file.write(raw)
        file.flush()
        try:
            found = table.opened(Path(file.name))
            fields = _fields(found.header)
            for n, cells in found.rows:
                yield n, {name: cell for name, cell in zip(fields, cells, strict=False) if name and cell.strip()}
        except problems.Unreadable as error:
            raise Unreadable(str(error)) from error


def _json(raw: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """A list of objects, or one under the only list there is. An order's `lines` or `items` are rows of it."""
    try:
        said = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"no JSON: {error}") from error
    if isinstance(said, dict):
        said = next((value for value in said.values() if isinstance(value, list)), [])
    for n, one in enumerate(said, 1):
        if isinstance(one, dict):
            inner = next(
                (one[name] for name in ("lines", "items", "products") if isinstance(one.get(name), list)), None
            )
            own = _named({name: value for name, value in one.items() if not isinstance(value, list | dict)})
            if inner is not None and "title" in own:
                own.setdefault("name", own.pop("title"))  # beside its lines a name is the buyer's
            for line in inner if inner is not None else [{}]:
                if isinstance(line, dict):
                    yield n, own | _named(line, is_line=inner is not None)


def _named(said: Mapping[str, Any], *, is_line: bool = False) -> dict[str, str]:
    names = list(said)
    fields = _fields(names)
    found = {field: text(said[name], 2000) for name, field in zip(names, fields, strict=True) if field}
    if is_line:
        found = {name: value for name, value in found.items() if name not in ("order", "name", "total", "state")}
        if "title" not in found and text(said.get("name")):
            found["title"] = text(said["name"])
    return found


def _fields(header: Iterable[str]) -> list[str]:
    """What each column means; each meaning goes to the first that asks for it."""
    found: list[str] = []
    for name in header:
        meant = _BY_WORD.get(_PLAIN.sub("", fold(str(name))), [])
        found.append(next((one for one in meant if one not in found), ""))
    return found


def _moment(said: str, zone: str) -> datetime | None:
    """A moment as files write it; without a zone it is the firm's time."""
    told = _CLOCK.search(said)
    try:
        if told:
            date, month, year, hour, minute = (int(told.group(n)) for n in range(1, 6))
            return datetime(year, month, date, hour, minute, int(told.group(6) or 0), tzinfo=ZoneInfo(zone))
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}[ T].*", said.strip()):
            read = datetime.fromisoformat(said.strip())
            return read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))
        if said.strip().isdigit() and len(said.strip()) >= 10:
            return moment(int(said))
    except ValueError:
        return None
    found = day(said)
    return datetime(found.year, found.month, found.day, 12, tzinfo=ZoneInfo(zone)) if found else None
