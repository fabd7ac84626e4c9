"""What each channel carries, and what is said of more."""

from datetime import timedelta

import pytest

from muhatap.channels import registry
from muhatap.channels.contract import FileRef, Limits
from muhatap.channels.limits import Excess, excess
from tests import cast

MB = 1024 * 1024


def file(name: str = "fatura.pdf", size: int = 1000) -> FileRef:
    return FileRef(name=name, type="application/octet-stream", size=size, sha256="0" * 64)


@pytest.mark.parametrize(
    ("limits", "text", "files", "over"),
    [
        (Limits(), "x" * 100_000, [file(size=10**9)] * 50, None),
        (Limits(max_length=5), "beşte", [], None),
        (Limits(max_length=5), "altıda", [], Excess(what="length", allowed=5, found=6)),
        (Limits(max_files=1), "", [file(), file()], Excess(what="files", allowed=1, found=2)),
        (Limits(max_files=0), "", [file()], Excess(what="files", allowed=0, found=1)),
        (Limits(max_file_bytes=10), "", [file(size=11)], Excess(what="file_size", allowed=10, found=11, name="fatura.pdf")),
        (Limits(max_total_bytes=20), "", [file(size=10), file(size=11)], Excess(what="total_size", allowed=20, found=21)),
        (Limits(max_total_bytes=20, inflation=1.5), "", [file(size=14)], Excess(what="total_size", allowed=20, found=21)),
        (Limits(file_endings=frozenset({"pdf"})), "", [file("FATURA.PDF")], None),
        (Limits(file_endings=frozenset({"pdf"})), "", [file("kur.exe")], Excess(what="file_type", name="kur.exe")),
        (Limits(file_endings=frozenset({"pdf"})), "", [file("adsız")], Excess(what="file_type", name="adsız")),
        (Limits(window=timedelta(hours=24)), "", [], None),
        (Limits(window=timedelta(hours=1)), "", [], Excess(what="window", allowed=3600)),
    ],
)  # fmt: skip
def test_an_answer_goes_beyond(limits: Limits, text: str, files: list[FileRef], over: Excess | None) -> None:
    two_hours_ago = cast.NOW - timedelta(hours=2)
    assert excess(limits, text=text, files=files, last_inbound_at=two_hours_ago, at=cast.NOW) == over


def test_a_window_that_nobody_opened_is_closed() -> None:
    over = excess(Limits(window=timedelta(hours=24)), text="x", files=[], last_inbound_at=None, at=cast.NOW)
    assert over and over.what == "window"


def test_a_letter_is_as_large_as_its_inbox_is_set_to() -> None:
    adapter = registry.adapter("email")
    assert adapter.limits({}).max_total_bytes == 20 * MB
    assert adapter.limits({"max_send_mb": 3}).max_total_bytes == 3 * MB
    over = excess(
        adapter.limits({"max_send_mb": 3}), text="", files=[file(size=int(2.5 * MB))], last_inbound_at=None, at=cast.NOW
    )
    assert over and over.what == "total_size"


def test_a_chat_carries_a_few_known_files_and_so_many_letters() -> None:
    limits = registry.adapter("webchat").limits({"max_file_mb": 2})
    assert (limits.max_length, limits.max_files, limits.max_file_bytes) == (5000, 5, 2 * MB)
    assert "pdf" in limits.file_endings and "exe" not in limits.file_endings
