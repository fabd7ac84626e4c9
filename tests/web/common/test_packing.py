"""Pages are packed quickly, and how long one is tells nothing about what stands in it."""

import gzip
from random import Random
from typing import cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from muhatap.web.common.packing import Packed

PAGE = b"<p>kargo</p>" * 200


def answered(response: HttpResponse | StreamingHttpResponse, accepts: str = "gzip, br") -> HttpResponse:
    request = HttpRequest()
    request.META["HTTP_ACCEPT_ENCODING"] = accepts
    found = Packed(lambda _request: response)(request)
    assert isinstance(found, type(response))
    return cast(HttpResponse, found)


def test_what_was_packed_reads_as_before() -> None:
    found = answered(HttpResponse(PAGE))

    assert found["Content-Encoding"] == "gzip" and found["Vary"] == "Accept-Encoding"
    assert found["Content-Length"] == str(len(found.content)) and len(found.content) < len(PAGE)
    assert gzip.decompress(found.content) == PAGE


def test_whoever_cannot_unpack_gets_it_whole_and_caches_know() -> None:
    found = answered(HttpResponse(PAGE), accepts="identity")

    assert found.content == PAGE and found["Vary"] == "Accept-Encoding"


def test_small_answers_and_packed_ones_stay_as_they_are() -> None:
    assert answered(HttpResponse(b"ok")).content == b"ok"
    assert answered(HttpResponse(PAGE, headers={"Content-Encoding": "br"})).content == PAGE


def test_the_same_page_has_many_lengths() -> None:
    assert len({len(answered(HttpResponse(PAGE)).content) for _time in range(20)}) > 3


def test_what_is_packed_by_itself_or_would_grow_stays_as_it_is() -> None:
    dice = bytes(Random(7).randbytes(400))

    for kind, is_packed in {
        "image/png": False,
        "application/pdf": False,
        "image/svg+xml": True,
        "text/html": True,
    }.items():
        assert answered(HttpResponse(PAGE, content_type=kind)).has_header("Content-Encoding") is is_packed
    assert answered(HttpResponse(dice, content_type="application/zip")).content == dice
    assert not answered(StreamingHttpResponse([PAGE], content_type="image/jpeg")).has_header("Content-Encoding")
