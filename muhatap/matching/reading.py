"""What a CSV's columns mean, by their names in Turkish and English, and whether the file can be read at all."""

import codecs
import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from muhatap.matching.letters import bare
from muhatap.matching.normal import RAW
from muhatap.shared.words import gettext as _

NAMES: Mapping[str, str] = {
    "rec_id": "rec_id id record_id recid kayit_no kayit_id musteri_no musteri_id customer_id contact_id",
    "full_name": "full_name name ad_soyad adi_soyadi isim_soyisim ad_ve_soyad musteri_adi unvan_ad fullname isim_soyad",
    "first_name": "first_name given_name firstname givenname forename ad adi isim name_first",
    "last_name": "last_name surname lastname family_name soyad soyadi soyisim name_last",
    "phone": "phone telephone mobile gsm tel telefon cep cep_telefonu telefon_no phone_number mobile_phone cep_tel gsm_no",
    "email": "email e_mail mail eposta e_posta mail_adresi email_address eposta_adresi",
    "birth_date": "birth_date date_of_birth dob birthday birthdate dogum_tarihi dogumtarihi dogum_gunu",
    "street_number": "street_number house_number kapi_no bina_no",
    "address": "address adres street address_1 address1 street_address acik_adres adres_1 adres1",
    "address_2": "address_2 address2 adres_2 adres2",
    "district": "district ilce suburb county semt town",
    "city": "city il sehir state province",
    "postcode": "postcode postal_code zip zip_code posta_kodu postakodu",
    "national_id": "national_id tc tckn tc_no tc_kimlik_no kimlik_no soc_sec_id ssn tax_id vergi_no vkn",
    "company": "company company_name firma firma_adi sirket sirket_adi unvan organisation organization",
}
FIELDS = (*RAW, "rec_id", "full_name", "street_number", "address_2")
_BLOCK = 1 << 20
_MOST_COLUMNS = 500


class UnreadableFile(Exception):
    """Says in a sentence what is wrong with the file."""


@dataclass(frozen=True)
class Sheet:
    """A readable file: in UTF-8 at `path`, and of each of our names the expression over its columns."""

    path: Path
    delimiter: str
    columns: Mapping[str, str]


def opened(path: Path, mapping: Mapping[str, str], scratch: Path) -> Sheet:
    """Look at the whole file before anything is done with it. Raises UnreadableFile."""
    text, header, delimiter = opened_table(path, scratch, "read.csv")
    return Sheet(text, delimiter, _expressions(_meanings(header, mapping)))


def opened_table(path: Path, scratch: Path, name: str) -> tuple[Path, list[str], str]:
    """The file in UTF-8 (under this name in the scratch folder when it was not), its header and delimiter. Raises UnreadableFile."""
    if not path.is_file():
        raise UnreadableFile(_("There is no file %(path)s.") % {"path": path})
    text = _in_utf8(path, scratch / name)
    return text, *_header(text)


def _in_utf8(path: Path, copy: Path) -> Path:
    """The file itself when it is UTF-8, or a copy of what was windows-1254."""
    if path.stat().st_size == 0:
        raise UnreadableFile(_("The file is empty."))
    encoding = _encoding(path)
    if encoding == "utf-8":
        return path
    with (
        path.open(encoding=encoding, errors="replace", newline="") as source,
        copy.open("w", encoding="utf-8", newline="") as target,
    ):
        while block := source.read(_BLOCK):
            target.write(block)
    return copy


def _encoding(path: Path) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8 = True
    for block in _blocks(path):
        if block[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return "utf-16"
        if b"\x00" in block:
            raise UnreadableFile(_("This is not a text file. Save it as CSV in UTF-8."))
        if is_utf8:
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                is_utf8 = False
    return "utf-8" if is_utf8 else "cp1254"


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def _header(path: Path) -> tuple[list[str], str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        line = file.readline(_BLOCK)
        has_rows = bool(file.readline(_BLOCK).strip())
    delimiter = max(",;\t|", key=re.sub('"[^"]*"', "", line).count)
    header = next(csv.reader([line], delimiter=delimiter), [])
    if not has_rows:
        raise UnreadableFile(_("The file has no rows below its header."))
    if len(header) > _MOST_COLUMNS:
        raise UnreadableFile(_("The file has more than %(n)d columns.") % {"n": _MOST_COLUMNS})
    bare_names = [name.strip() for name in header]
    twice = sorted({name for name in bare_names if name and bare_names.count(name) > 1})
    if twice:
        raise UnreadableFile(_("Several columns are called “%(name)s”. Rename them.") % {"name": twice[0]})
    return header, delimiter


def _meanings(header: Sequence[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """Of each of our names the file's column; what the caller says comes before what the names say."""
    for ours, theirs in mapping.items():
        if ours not in FIELDS:
            raise UnreadableFile(
                _("There is no field “%(name)s”. Fields: %(fields)s.") % {"name": ours, "fields": ", ".join(FIELDS)}
            )
        if theirs not in header:
            raise UnreadableFile(_("The file has no column “%(name)s”.") % {"name": theirs})
    found = dict(mapping)
    known_as = {plain(name): name for name in reversed(header) if name not in mapping.values()}
    for ours, names in NAMES.items():
        known = next((known_as[name] for name in names.split() if name in known_as), None)
        if known is not None:
            found.setdefault(ours, known)
    if not set(found) - {"rec_id"}:
        raise UnreadableFile(
            _("No column was recognised. Say which is which, as in --map phone=telefon. Columns: %(names)s.")
            % {"names": ", ".join(header)}
        )
    return found


def plain(name: str) -> str:
    """'Doğum Tarihi' → 'dogum_tarihi'."""
    return "_".join("".join(letter if letter.isalnum() else " " for letter in bare(name)).split())


def _expressions(found: Mapping[str, str]) -> dict[str, str]:
    """Columns as SQL; a whole name is taken apart at its last space, an address put together."""
    columns = {ours: _quoted(theirs) for ours, theirs in found.items() if ours in (*RAW, "rec_id")}
    if whole := found.get("full_name"):
        name = f"trim({_quoted(whole)})"
        last = f"regexp_extract({name}, '([^ ]+)$', 1)"
        columns.setdefault("first_name", f"trim(substr({name}, 1, length({name}) - length({last})))")
        columns.setdefault("last_name", last)
    parts = [_quoted(found[part]) for part in ("street_number", "address", "address_2") if part in found]
    if len(parts) > 1 or ("address" not in columns and parts):
        columns["address"] = f"trim(concat_ws(' ', {', '.join(parts)}))"
    return columns


def _quoted(name: str) -> str:
    """Without spaces around it, as the engines call their columns."""
    return '"' + name.strip().replace('"', '""') + '"'
