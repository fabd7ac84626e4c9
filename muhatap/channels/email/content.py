"""What a file really is, told by its first bytes; and which files nobody should open by a click."""

import re

# First bytes, where they begin, type. The order matters: the more exact stands first.
MAGIC: tuple[tuple[bytes, int, str], ...] = (
    (b"%PDF-", 0, "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"II*\0", 0, "image/tiff"),
    (b"MM\0*", 0, "image/tiff"),
    (b"ftypheic", 4, "image/heic"),
    (b"ftypheix", 4, "image/heic"),
    (b"ftypmif1", 4, "image/heif"),
    (b"ftypavif", 4, "image/avif"),
    (b"ftypqt", 4, "video/quicktime"),
    (b"ftyp", 4, "video/mp4"),
    (b"\x1aE\xdf\xa3", 0, "video/webm"),
    (b"OggS", 0, "audio/ogg"),
    (b"ID3", 0, "audio/mpeg"),
    (b"WAVE", 8, "audio/wav"),
    (b"PK\x03\x04", 0, "application/zip"),
    (b"Rar!\x1a\x07", 0, "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", 0, "application/x-7z-compressed"),
    (b"\x1f\x8b", 0, "application/gzip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0, "application/x-ole-storage"),
    (b"{\\rtf", 0, "application/rtf"),
    (b"\x78\x9f\x3e\x22", 0, "application/ms-tnef"),
    (b"\x7fELF", 0, "application/x-executable"),
    (b"\xcf\xfa\xed\xfe", 0, "application/x-mach-binary"),
    (b"\xca\xfe\xba\xbe", 0, "application/java-vm"),
    (b"#!", 0, "text/x-shellscript"),
    (b"MSCF", 0, "application/vnd.ms-cab-compressed"),
    (b"L\0\0\0\x01\x14\x02\0", 0, "application/x-ms-shortcut"),
)
MARKUP = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)*<(!doctype\s+html|html|head|body|script|svg)\b", re.I | re.S
)
# Office files are zips (or OLE stores) that say in their first entry what they are; the family is enough for us.
CONTAINERS = {
    "application/zip": re.compile(
        r"zip|officedocument|opendocument|epub|java-archive|android|octet-stream|ms-\w+\.\w*macro"
    ),
    "application/x-ole-storage": re.compile(
        r"msword|ms-excel|ms-powerpoint|ms-outlook|ms-office|visio|ole|octet-stream|msi"
    ),
    "video/mp4": re.compile(r"mp4|m4a|m4v|3gpp|quicktime|octet-stream"),
    "application/gzip": re.compile(r"gzip|tar|tgz"),
    "text/html": re.compile(r"html"),
    "image/svg+xml": re.compile(r"svg"),
    "image/heif": re.compile(r"hei[cf]"),
}
SAME = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
    "image/x-citrix-png": "image/png",
    "image/x-citrix-jpeg": "image/jpeg",
    "application/x-pdf": "application/pdf",
    "application/x-zip-compressed": "application/zip",
    "application/vnd.ms-tnef": "application/ms-tnef",
    "text/rtf": "application/rtf",
    "audio/mp3": "audio/mpeg",
    "audio/x-wav": "audio/wav",
    "application/x-rar-compressed": "application/vnd.rar",
}
VAGUE = {"", "application/octet-stream", "application/octetstream", "application/x-unknown", "application/binary"}
BY_NAME = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "txt": "text/plain",
    "csv": "text/csv",
    "ics": "text/calendar",
    "vcf": "text/vcard",
    "eml": "message/rfc822",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
DANGEROUS_TYPES = {
    "application/vnd.microsoft.portable-executable",
    "application/x-executable",
    "application/x-mach-binary",
    "application/java-vm",
    "application/x-ms-shortcut",
    "application/x-msdownload",
    "application/x-msdos-program",
    "application/x-sh",
    "application/javascript",
    "text/javascript",
    "text/x-shellscript",
    "application/hta",
}
RUNS = (
    "ade adp apk app application appref-ms bas bat chm cmd com cpl desktop dll exe gadget hta img inf ins iso isp "
    "jar jnlp js jse lnk mde msc msi msix msp mst pif ps1 reg scf scr sct settingcontent-ms sh sys url vb vbe vbs "
    "vhd vhdx wsc wsf wsh xll docm xlsm pptm"
)
DANGEROUS_NAMES = frozenset(RUNS.split())


def kind(content: bytes) -> str:
    """The type the first bytes tell, or nothing when they tell none."""
    head = content[:1024]
    if _is_windows_program(content):
        return "application/vnd.microsoft.portable-executable"
    for magic, at, type_ in MAGIC:
        if head.startswith(magic, at) and (at != 8 or head.startswith(b"RIFF")):
            return type_
    if markup := MARKUP.match(head):
        return "image/svg+xml" if markup[1].lower() == b"svg" else "text/html"
    return ""


def settle(declared: str, name: str, content: bytes) -> tuple[str, str]:
    """The type to work with, and a note when the file is not what it is said to be."""
    declared = SAME.get(declared, declared)
    actual = kind(content)
    extension = suffix(name)
    if not actual:
        return (BY_NAME.get(extension, declared or "application/octet-stream") if declared in VAGUE else declared), ""
    family = CONTAINERS.get(actual)
    if declared == actual or (family and family.search(declared) and declared not in VAGUE):
        return declared, ""
    if declared in VAGUE:
        by_name = BY_NAME.get(extension, "")
        return (by_name if family and by_name and family.search(by_name) else actual), ""
    if declared.startswith("text/") and actual in ("text/html", "text/x-shellscript", "audio/mpeg"):
        return (declared, "") if actual != "text/html" else (actual, f"{name} is said to be {declared} but is {actual}")
    return actual, f"{name} is said to be {declared} but is {actual}"


def is_dangerous(name: str, type_: str) -> bool:
    """Whether opening this file may run a program."""
    return type_ in DANGEROUS_TYPES or suffix(name) in DANGEROUS_NAMES


def suffix(name: str) -> str:
    return name.rstrip(". ").rpartition(".")[2].lower() if "." in name else ""


def _is_windows_program(content: bytes) -> bool:
    if content[:2] != b"MZ" or len(content) < 64:
        return False
    at = int.from_bytes(content[60:64], "little")
    # Two letters at the start are no proof ("MZ" begins texts too): the PE header must be where the DOS header says.
    return content[at : at + 4] == b"PE\0\0" or b"This program" in content[:512]
