"""Bytes to text when the label is missing, wrong or unknown; and text that PostgreSQL can hold."""

import codecs
import re

# Supersets mailers really mean: browsers read these labels the same way (WHATWG encoding standard).
MEANT = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "ansi": "cp1252",
    "ansi-x3-4-1968": "cp1252",
    "iso-8859-9": "cp1254",
    "latin5": "cp1254",
    "turkish": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "iso-8859-8-i": "iso8859_8",
    "iso-8859-8-e": "iso8859_8",
    "ks-c-5601-1987": "cp949",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "x-mac-turkish": "mac_turkish",
    "macintosh": "mac_roman",
    "cp-850": "cp850",
}
# Python codecs that are not charsets of mail, or that can be made to work forever.
NOT_CHARSETS = {"idna", "punycode", "unicode_escape", "unicode-escape", "raw_unicode_escape", "raw-unicode-escape"}
NOT_CHARSETS |= {"undefined", "charmap", "mbcs", "oem"}
# Stateful or many-byte encodings: plain ASCII bytes may mean something else there.
WIDE = ("utf-16", "utf-32", "utf-7", "iso2022", "hz", "cp932", "cp949", "gb18030", "big5", "euc", "johab", "shift")
TURKISH_ONLY = b"\xd0\xdd\xde\xf0\xfd\xfe"  # Ğ İ Ş ğ ı ş in windows-1254; Ð Ý Þ ð ý þ in windows-1252
NOT_TURKISH = b"\xe1\xed\xfa\xf3\xe6\xe5\xf8"  # á í ú ó æ å ø: with these, ð and þ are Icelandic
ETH_AT_THE_END = re.compile(rb"\xf0[\s.,;!?]")  # Icelandic words end in ð, Turkish ones hardly ever in ğ

LONE_SURROGATES = re.compile("[\ud800-\udfff]")


def decode(content: bytes, declared: str = "") -> tuple[str, str]:
    """Read bytes as text. Returns the text and a note (empty when the label was right)."""
    text, note = _read(content, declared)
    clean, removed = storable(text)
    return clean, "; ".join(filter(None, (note, removed)))


def storable(text: str) -> tuple[str, str]:
    """Text without what PostgreSQL or UTF-8 cannot hold. Returns it and a note of what was taken out."""
    notes = []
    if "\0" in text:
        text = text.replace("\0", "")
        notes.append("NUL characters removed")
    if LONE_SURROGATES.search(text):
        text = LONE_SURROGATES.sub("\ufffd", text)
        notes.append("lone surrogates replaced")
    return text, "; ".join(notes)


def _read(content: bytes, declared: str) -> tuple[str, str]:
    label = declared.strip().strip("\"'").lower()[:60]
    codec = _codec(label)
    is_wide = codec.startswith(WIDE) if codec else False
    note = f"unknown charset {label}" if label and not codec else ""
    if content.startswith(codecs.BOM_UTF8):
        return content[3:].decode("utf-8", "replace"), note
    if content.isascii() and not is_wide:
        return _seven_bit(content), note
    if is_wide and (text := _attempt(content, codec)) is not None:
        return text, note
    utf8 = _attempt(content, "utf-8")
    if utf8 is not None:
        is_right = codec in ("utf-8", "") and not note
        return utf8, "" if is_right else f"{note or f'declared {label}'}, read as utf-8"
    return _as_labelled(content, codec, label)


def _seven_bit(content: bytes) -> str:
    """ASCII, but Japanese written in seven bits announces itself by an escape."""
    return (_attempt(content, "iso2022_jp_2") if b"\x1b$" in content else None) or content.decode("ascii")


def _as_labelled(content: bytes, codec: str, label: str) -> tuple[str, str]:
    if not codec or codec in ("cp1252", "utf-8"):
        return _guess(content, label)
    text = _attempt(content, codec)
    if text is not None:
        return text, ""
    text = content.decode(codec, "replace")
    is_mostly_right = text.count("\ufffd") * 20 < len(text)
    return (text, f"{label} with broken characters") if is_mostly_right else _guess(content, label)


def _guess(content: bytes, label: str) -> tuple[str, str]:
    """UTF-8 with a few torn characters, Turkish, Cyrillic or Western, in this order of evidence."""
    torn = content.decode("utf-8", "replace")
    if content.count(b"\xc3") + content.count(b"\xc4") + content.count(b"\xc5") > 2 * torn.count("\ufffd") > 0:
        return torn, "utf-8 with broken characters"
    codec = "cp1252"
    if (cyrillic := _cyrillic(content)) and label not in ("iso-8859-1", "latin1", "windows-1252"):
        codec = cyrillic
    elif _is_turkish(content):
        codec = "cp1254"
    # 0x81 and four more stand for nothing in windows-1252: Latin-1 keeps every byte as some character.
    text = _attempt(content, codec) or content.decode("latin-1")
    if label in ("iso-8859-1", "latin1", "windows-1252", "cp1252") and codec == "cp1252":
        return text, ""
    name = codec.replace("cp", "windows-")
    return text, f"declared {label}, read as {name}" if label else f"no charset declared, read as {name}"


def _is_turkish(content: bytes) -> bool:
    if b"\xfd" not in content and ETH_AT_THE_END.search(content):
        return False
    return sum(map(content.count, _each(TURKISH_ONLY))) > sum(map(content.count, _each(NOT_TURKISH)))


def _each(content: bytes) -> list[bytes]:
    return [content[at : at + 1] for at in range(len(content))]


def _cyrillic(content: bytes) -> str:
    letters = [byte for byte in content[:4000] if byte > 0x40]
    high = [byte for byte in letters if byte >= 0xC0]
    if not letters or len(high) < 0.6 * len(letters):
        return ""
    # Text is mostly lower case: windows-1251 keeps it in the upper half, KOI8-R in the lower.
    return "cp1251" if sum(byte >= 0xE0 for byte in high) * 2 > len(high) else "koi8-r"


def _codec(label: str) -> str:
    if not label or label in NOT_CHARSETS or not label.isascii() or "\0" in label:
        return ""
    plain = label.replace("_", "-").replace(" ", "-")
    name = MEANT.get(plain) or re.sub(r"^(?:x-)?(?:windows|cp|win|ibm)-?(\d{3,4})$", r"cp\1", plain)
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    if not getattr(found, "_is_text_encoding", True) or found.name in NOT_CHARSETS:
        return ""
    return MEANT.get(found.name.replace("iso8859-", "iso-8859-"), found.name)


def _attempt(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except (UnicodeError, ValueError, LookupError):
        return None
