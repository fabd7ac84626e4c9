"""Files in the chat: checked when put up, fetched by a signed link only."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from muhatap.channels.models import Inbox
from muhatap.channels.webchat.models import ChatFile, ChatLine
from muhatap.conversations.models import Attachment
from tests.api.test_chat import SHOP, Browser, _fresh_limits, digest, inbox, visitor  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32


def put(visitor: Browser, name: str, content: bytes) -> Any:  # noqa: F811
    return visitor.client.post(
        "/chat/v1/files",
        {"file": SimpleUploadedFile(name, content)},
        headers={"Authorization": f"Bearer {visitor.token}", "Origin": SHOP},
    )


def test_a_picture_goes_with_the_message_and_comes_back_by_its_link(visitor: Browser) -> None:  # noqa: F811
    kept = put(visitor, "önlük.png", PNG)
    assert kept.status_code == 200
    line = visitor.say("Şöyle bir leke", files=[kept.json()["id"]]).json()
    digest()
    assert Attachment.objects.get().name == "önlük.png"
    fetched = visitor.client.get(line["files"][0]["url"])
    assert b"".join(fetched.streaming_content) == PNG
    assert "sandbox" in fetched.headers["Content-Security-Policy"]
    assert fetched.headers["Content-Type"] == "image/png"


def test_a_file_alone_is_a_message(visitor: Browser) -> None:  # noqa: F811
    kept = put(visitor, "leke.png", PNG).json()
    assert visitor.say("", files=[kept["id"]]).status_code == 200


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("virus.exe", b"MZ"),
        ("page.html", b"<script>"),
        ("leke.svg", b"<svg>"),
        ("leke.png", b"<script>alert(1)</script>"),
        ("leke.png", b""),
        ("rapor.pdf.exe", b"%PDF-1"),
        ("no ending", b"x"),
    ],
)
def test_other_kinds_are_refused_in_words_and_not_kept(visitor: Browser, name: str, content: bytes) -> None:  # noqa: F811
    refused = put(visitor, name, content)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "wrong_type")
    assert not ChatFile.objects.exists()


def test_a_file_that_is_too_large_is_refused(visitor: Browser, inbox: Inbox) -> None:  # noqa: F811
    inbox.settings |= {"max_file_mb": 1}
    inbox.save()
    refused = put(visitor, "leke.png", PNG + b"\x00" * 1024 * 1024)
    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "too_large")
    assert not ChatFile.objects.exists()


def test_another_visitors_file_cannot_be_taken(visitor: Browser) -> None:  # noqa: F811
    kept = put(visitor, "leke.png", PNG).json()
    other = Browser()
    other.start()
    assert other.say("", files=[kept["id"]]).status_code == 422


def test_a_file_that_is_not_there_is_told_and_not_left_out_silently(visitor: Browser) -> None:  # noqa: F811
    refused = visitor.say("Şöyle bir leke", files=["made-up"])
    assert (refused.status_code, list(refused.json()["error"]["fields"])) == (422, ["files"])
    assert not ChatLine.objects.exists()


@pytest.mark.parametrize("ticket", ["x", "x:y:z", "../../etc/passwd", "%00"])
def test_a_made_up_link_opens_nothing(visitor: Browser, ticket: str) -> None:  # noqa: F811
    assert visitor.client.get(f"/chat/v1/files/{ticket}").status_code == 404


def test_a_name_is_only_a_name(visitor: Browser) -> None:  # noqa: F811
    assert put(visitor, "..\\..\\etc\\leke.png", PNG).json()["name"] == "leke.png"
