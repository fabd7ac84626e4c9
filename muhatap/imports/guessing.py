"""What the columns of a file mean, guessed from their headers and from what stands in them."""

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import date

from muhatap.contacts import national
from muhatap.contacts.models import CustomField
from muhatap.imports import cells, targets
from muhatap.shared import address, phone
from muhatap.shared.text import fold


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ENOUGH = 0.7  # of the cells that hold something
# Folded words of headers, Turkish and English; a header is compared without its blanks and signs.
_WORDS: dict[str, str] = {
    targets.NAME: "ad soyad|adi soyadi|isim soyisim|ad soyisim|adsoyad|full name|fullname|name|isim|ad|adi|musteri|musteri adi"
    "|customer|customer name|contact|contact name|kisi|unvan ad soyad|yetkili|yetkili kisi|display name|file as",
    targets.FIRST: "first name|firstname|given name|isim (ad)|on ad|onad|ilk ad",
    targets.LAST: "last name|lastname|surname|family name|soyad|soyadi|soyisim|soy ad",
    targets.EMAIL: "e-mail|email|mail|e-posta|eposta|posta|e-posta adresi|email address|e-mail address|mail adresi|e-mail 2"
    "|e-mail 3|e-mail 1 - value|e-mail 2 - value|email 2|eposta 2|primary email|e-posta 2",
    targets.PHONE: "phone|telefon|tel|gsm|cep|cep telefonu|cep tel|mobil|mobile|mobile phone|phone number|telefon no|telefon numarasi"
    "|telefon 2|phone 2|phone 3|tel 2|cep no|gsm no|phone 1 - value|phone 2 - value|is telefonu|ev telefonu|whatsapp|numara",
    targets.SHOP: "musteri no|musteri numarasi|customer id|customer no|uye no|uye id|user id|hesap no|account id|external id|id"
    "|musteri id|musteri kodu|cari kod|cari kodu|shop account|kart no",
    targets.NATIONAL: "tc kimlik no|t.c. kimlik no|tc kimlik numarasi|t.c. kimlik numarasi|tckn|tc no|tc|kimlik no|national id",
    "city": "sehir|il|city|town|ilce/il|sehir adi|province",
    "company": "firma|firma adi|sirket|sirket adi|company|company name|organization|organisation|kurum|isletme|organization name",
    "language": "dil|language|lang|locale|tercih edilen dil",
    targets.TAGS: "etiket|etiketler|tag|tags|labels|label|grup|gruplar|categories|kategori|group membership",
    targets.OFFERS: "e-posta izni|eposta izni|e-mail izni|ticari ileti izni|ticari elektronik ileti onayi|iys izni|iys onayi|bulten izni"
    "|pazarlama izni|kampanya izni|e-posta onayi|email consent|email marketing consent|marketing consent|accepts marketing"
    "|accepts email marketing|buyer accepts marketing|newsletter consent|email opt in|optin|opt in",
    targets.RESEARCH: "anket izni|arastirma izni|survey consent",
    targets.AGREED_ON: "izin tarihi|onay tarihi|e-posta izin tarihi|consent date|consented at|optin time|opt in date|confirm time",
    targets.ENDED_ON: "izin iptal tarihi|iptal tarihi|ret tarihi|unsubscribed at|unsub time|consent withdrawn at",
    targets.AGREED_WHERE: "izin kaynagi|onay kaynagi|consent source|optin source",
    targets.PROOF: "izin kaniti|onay kaniti|consent proof|optin ip",
    targets.NOTE: "not|notlar|note|notes|aciklama|yorum|comment|comments|description",
}
_BY_WORD = {re.sub(r"[\W_]+", "", word): target for target, words in _WORDS.items() for word in words.split("|")}
_ONCE = {
    targets.NAME,
    targets.FIRST,
    targets.LAST,
    targets.SHOP,
    targets.NATIONAL,
    "city",
    "company",
    "language",
    *targets.CONSENT,
}
_CITIES = _set("""
istanbul ankara izmir bursa antalya adana konya gaziantep mersin diyarbakir kayseri eskisehir samsun denizli
sanliurfa trabzon malatya erzurum sakarya manisa balikesir kocaeli hatay mugla aydin tekirdag kahramanmaras
van
""")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONEY = re.compile(r"(?:[₺€$£]|TL|TRY|EUR|USD)\s*[\d.,]+|[\d.,]+\s*(?:[₺€$£]|TL|TRY|EUR|USD)", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?\d{1,12}(?:[.,]\d+)*")
_FIRST_NAMES = _set("""
ayse fatma emine hatice zeynep elif meryem mehmet mustafa ahmet ali huseyin hasan ibrahim murat yusuf omer
hakan can ipek oguz gulsen fatih sule emre burak merve esra kubra selin deniz ece mert john mary emily david
anna michael
""")
_TITLE_CASE = re.compile(r"[^\W\d_][\w'’.-]+(?: [^\W\d_][\w'’.-]*){1,3}")


def fingerprint(header: Sequence[str]) -> str:
    """The same for every file with these headers in this order, however they are cased."""
    return hashlib.sha256("\x1f".join(fold(name).strip() for name in header).encode()).hexdigest()


def columns(header: Sequence[str], samples: Sequence[Sequence[str]], custom: Sequence[CustomField]) -> list[str]:
    """A target for each column; "" for one to leave out."""
    own = {_plain(name): f"{targets.FIELD}{field.key}" for field in custom for name in (field.label, field.key)}
    found: list[str] = []
    for place, name in enumerate(header):
        values = [row[place].strip() for row in samples if place < len(row) and row[place].strip()]
        target = own.get(_plain(name)) or _by_header(name, values) or _by_values(values)
        found.append("" if target in _ONCE and target in found else target)
    return _settled(found)


def kind_of(values: Sequence[str]) -> str:
    """What kind of field of one's own would hold these values."""
    tests: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("date", _is_date),
        ("money", lambda text: bool(_MONEY.fullmatch(text))),
        (
            "number",
            lambda text: (
                bool(_NUMBER.fullmatch(text))
                and (text.isdigit() or cells.day(text, cells.DAY_FIRST) == text)
                and not (text.startswith("0") and len(text) > 1)
            ),
        ),
    )
    told = [value for value in values if value]
    return next((kind for kind, test in tests if told and all(map(test, told))), "text")


def _by_header(name: str, values: Sequence[str]) -> str:
    """The header's word, unless every value speaks against it."""
    target = _BY_WORD.get(_plain(name), "")
    test = _MUST_LOOK_LIKE.get(target)
    if target and test and values and not any(map(test, values)):
        return ""
    return target


def _by_values(values: Sequence[str]) -> str:
    if not values:
        return ""
    for target, test in _LOOKS_LIKE:
        if sum(map(test, values)) >= len(values) * _ENOUGH:
            return target
    return ""


def _settled(found: list[str]) -> list[str]:
    """A first name without a last one is the name; beside a last name "name" is the first one."""
    if targets.LAST in found and targets.NAME in found and targets.FIRST not in found:
        return [targets.FIRST if target == targets.NAME else target for target in found]
    if targets.FIRST in found and targets.LAST not in found and targets.NAME not in found:
        return [targets.NAME if target == targets.FIRST else target for target in found]
    return found


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", fold(name))


def _is_email(text: str) -> bool:
    return "@" in text and address.is_plausible(address.canonical(text))


def _is_phone(text: str) -> bool:
    return sum(c.isdigit() for c in text) >= 7 and not _is_date(text) and phone.e164(text) is not None


def _is_date(text: str) -> bool:
    plain = cells.day(text, cells.DAY_FIRST)
    if text.isdigit() or not _ISO.fullmatch(plain):
        return False
    try:
        date.fromisoformat(plain)
    except ValueError:
        return False
    return True


def _is_name(text: str) -> bool:
    words = fold(text).split()
    return (
        bool(words)
        and (words[0] in _FIRST_NAMES and len(words) <= 4)
        and bool(_TITLE_CASE.fullmatch(text) or len(words) == 1)
    )


_MUST_LOOK_LIKE: dict[str, Callable[[str], bool]] = {
    targets.EMAIL: lambda text: "@" in text,
    targets.PHONE: lambda text: sum(c.isdigit() for c in text) >= 5,
    targets.NATIONAL: lambda text: bool(national.print_of(text)),
}
_LOOKS_LIKE: tuple[tuple[str, Callable[[str], bool]], ...] = (
    (targets.EMAIL, _is_email),
    (targets.NATIONAL, lambda text: bool(national.print_of(text))),
    (targets.PHONE, _is_phone),
    ("city", lambda text: fold(text) in _CITIES),
    ("language", lambda text: fold(text) in {"tr", "en", "de", "ar", "ru", "fr"}),
    (targets.NAME, _is_name),
)
