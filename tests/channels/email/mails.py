"""Raw mails of the cast, written as a mail program would put them on the wire."""

import base64
from collections.abc import Mapping
from email.header import Header

USUAL = {
    "From": "Ayşe Yılmaz <ayse.yilmaz@ornek.example>",
    "To": "destek@ihlamurev.example",
    "Subject": "Keten nevresim nerede?",
    "Date": "Sat, 21 Nov 2026 14:32:00 +0300",
    "Message-ID": "<ayse-1@ornek.example>",
}
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)
PROGRAM = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0" + bytes(64)


def raw(
    body: bytes | str = "Merhaba, siparişim gelmedi.",
    headers: Mapping[str, str | None] | None = None,
    **more: str | None,
) -> bytes:
    """A mail with the usual headers, some changed or (None) left out; `content_type="…"` names a header too."""
    said: dict[str, str | None] = {name.lower(): value for name, value in USUAL.items()}
    if isinstance(body, str):
        said |= {"content-type": "text/plain; charset=utf-8", "content-transfer-encoding": "8bit"}
        body = body.encode()
    said |= {name.lower().replace("_", "-"): value for name, value in (more | dict(headers or {})).items()}
    lines = [f"{name}: {_encoded(value)}" for name, value in said.items() if value is not None]
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + body.replace(b"\r\n", b"\n").replace(
        b"\n", b"\r\n"
    )


def html(page: str, **more: str | None) -> bytes:
    return raw(page.encode(), {"Content-Type": "text/html; charset=utf-8"} | dict(more.items()))


def multipart(
    *parts: bytes, kind: str = "mixed", boundary: str = "sinir", parameters: str = "", **more: str | None
) -> bytes:
    """A multipart of parts made by `part`."""
    body = b"".join(b"--%s\n%s\n" % (boundary.encode(), each) for each in parts) + b"--%s--\n" % boundary.encode()
    return raw(body, {"Content-Type": f'multipart/{kind}; boundary="{boundary}"{parameters}'} | dict(more.items()))


def part(
    content: bytes | str, type_: str = "text/plain; charset=utf-8", disposition: str = "", content_id: str = ""
) -> bytes:
    """One part, base64 when it is bytes."""
    lines = [f"Content-Type: {type_}"]
    lines += [f"Content-Disposition: {disposition}"] if disposition else []
    lines += [f"Content-ID: <{content_id}>"] if content_id else []
    if isinstance(content, str):
        return "\n".join([*lines, "Content-Transfer-Encoding: 8bit", "", content]).encode()
    return "\n".join([*lines, "Content-Transfer-Encoding: base64", "", ""]).encode() + base64.encodebytes(content)


def _encoded(value: str) -> str:
    if value.isascii():
        return value
    name, bracket, address = value.partition(" <")
    return Header(name, "utf-8").encode() + bracket + address
