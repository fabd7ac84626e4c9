"""Asking a real server of this machine: what is sent, what is understood, and every way in which it can go wrong."""

import json
from http.server import BaseHTTPRequestHandler

import pytest

from muhatap.assistant import endpoint
from muhatap.assistant.endpoint import NotAnswered, NotWanted, Place
from muhatap.assistant.trouble import Trouble
from tests.assistant.model_server import KEY, Behaviour, ModelServer, body, status, stream, whole


def place(server: ModelServer, **more: object) -> Place:
    fields: dict[str, object] = {
        "url": server.url,
        "model": "ihlamur-7b",
        "key": KEY,
        "seconds": 3.0,
        "may_be_private": True,
    }
    return Place(**(fields | more))  # type: ignore[arg-type]


def ask(server: ModelServer, **more: object) -> str:
    return endpoint.ask(place(server, **more), instructions="Kısa yaz.", text="Kargom nerede?")


def trouble(server: ModelServer, behaves: Behaviour | None = None, **more: object) -> NotAnswered:
    server.behaves = behaves
    with pytest.raises(NotAnswered) as caught:
        ask(server, **more)
    return caught.value


def test_an_answer_in_pieces_is_put_together(model_server: ModelServer) -> None:
    heard: list[int] = []

    def hear(n: int) -> bool:
        heard.append(n)
        return True

    told = endpoint.ask(place(model_server), instructions="Kısa yaz.", text="Kargom nerede?", hear=hear)

    assert told == "Merhaba, kargonuz yolda."
    assert heard[-1] == len(told)
    assert model_server.paths == ["/v1/chat/completions"]
    assert model_server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert model_server.asked[0] == {
        "model": "ihlamur-7b",
        "stream": True,
        "messages": [{"role": "system", "content": "Kısa yaz."}, {"role": "user", "content": "Kargom nerede?"}],
    }


def test_an_answer_in_one_piece_is_understood_too(model_server: ModelServer) -> None:
    model_server.behaves = whole("Yolda.")
    assert ask(model_server) == "Yolda."
    model_server.behaves = whole([{"type": "text", "text": "Yol"}, {"type": "image"}, {"type": "text", "text": "da."}])
    assert ask(model_server) == "Yolda."


def test_without_a_key_none_is_sent(model_server: ModelServer) -> None:
    ask(model_server, key="")
    assert "authorization" not in model_server.headers[0]


def test_thinking_aloud_and_what_nobody_sees_is_left_out(model_server: ModelServer) -> None:
    model_server.behaves = whole("<think>Müşteri kızgın\u2026</think>\n\nYol\u202eda\u200b.\x00")
    assert ask(model_server) == "Yolda."


def test_html_and_script_in_an_answer_stay_letters(model_server: ModelServer) -> None:
    model_server.behaves = whole("<script>alert(1)</script><b>Yolda</b>")
    assert ask(model_server) == "<script>alert(1)</script><b>Yolda</b>"


@pytest.mark.parametrize(
    ("behaves", "expected"),
    [
        (status(401, '{"error": {"message": "Incorrect API key provided"}}'), Trouble.KEY),
        (status(403), Trouble.KEY),
        (status(404, '{"error": {"message": "model ihlamur-7b not found"}}'), Trouble.MODEL),
        (status(400, '{"error": "The model does not exist"}'), Trouble.MODEL),
        (status(400, '{"error": "context too long"}'), Trouble.REFUSED),
        (status(429), Trouble.BUSY),
        (status(500, "<html>oops</html>"), Trouble.BROKEN),
        (status(302, Location="http://169.254.169.254/"), Trouble.MOVED),
        (body("<html>Hoş geldiniz</html>", "text/html"), Trouble.UNREADABLE),
        (body("{}"), Trouble.UNREADABLE),
        (body('{"choices": []}'), Trouble.UNREADABLE),
        (body('{"choices": [{"message": {"content": 7}}]}'), Trouble.UNREADABLE),
        (body("[" * 100_000), Trouble.UNREADABLE),
        (body('{"error": {"message": "out of memory"}}'), Trouble.BROKEN),
        (whole("  "), Trouble.EMPTY),
        (whole("<think>" + "hm " * 50), Trouble.EMPTY),
        (whole("x" * 30_000), Trouble.TOO_LARGE),
        (body(b"x" * (10 * 1024 * 1024)), Trouble.TOO_LARGE),
        (body(b"data: " + b"x" * (10 * 1024 * 1024), "text/event-stream"), Trouble.TOO_LARGE),
        (body(stream("Merhaba", is_whole=False), "text/event-stream"), Trouble.TORN),
        (body(b"data: {broken\n\n", "text/event-stream"), Trouble.UNREADABLE),
        (body(b'data: {"choices": 3}\n\n', "text/event-stream"), Trouble.UNREADABLE),
        (body(b'data: {"error": {"message": "overloaded"}}\n\n', "text/event-stream"), Trouble.BROKEN),
        (body(b"", "text/event-stream"), Trouble.UNREADABLE),
    ],
)
def test_each_way_of_going_wrong_has_its_own_words(
    model_server: ModelServer, behaves: Behaviour, expected: Trouble
) -> None:
    assert trouble(model_server, behaves).trouble == expected


def endless(here: BaseHTTPRequestHandler) -> None:
    here.send_response(200)
    here.send_header("Content-Type", "text/event-stream")
    here.end_headers()
    while True:
        here.wfile.write(b'data: {"choices":[{"delta":{"content":"bla bla bla bla bla "}}]}\n\n')


def test_a_stream_that_never_ends_is_left(model_server: ModelServer) -> None:
    assert trouble(model_server, endless).trouble == Trouble.TOO_LARGE


def test_a_server_that_says_nothing_is_left_when_the_time_is_up(model_server: ModelServer) -> None:
    def silent(_here: BaseHTTPRequestHandler) -> None:
        model_server.gate.wait()

    assert trouble(model_server, silent, seconds=0.2).trouble == Trouble.SLOW


def test_a_stream_that_drips_is_left_when_the_time_is_up(model_server: ModelServer) -> None:
    def drips(here: BaseHTTPRequestHandler) -> None:
        body(stream("Merhaba", is_whole=False), "text/event-stream")(here)
        here.wfile.flush()
        model_server.gate.wait()

    assert trouble(model_server, drips, seconds=0.2).trouble == Trouble.SLOW


def test_an_answer_nobody_wants_any_more_is_left(model_server: ModelServer) -> None:
    model_server.behaves = endless
    with pytest.raises(NotWanted):
        endpoint.ask(place(model_server), instructions="", text="", hear=lambda n: n < 100)


def test_nobody_waits_for_a_server_that_says_nothing_when_the_answer_is_wanted_no_more(
    model_server: ModelServer,
) -> None:
    def silent(here: BaseHTTPRequestHandler) -> None:
        body(b": still here\n\n", "text/event-stream")(here)
        here.wfile.flush()
        model_server.gate.wait()

    model_server.behaves = silent
    with pytest.raises(NotWanted):
        endpoint.ask(place(model_server), instructions="", text="", hear=lambda _n: not model_server.asked)


def test_a_server_that_is_not_there(model_server: ModelServer) -> None:
    assert trouble(model_server, url="http://127.0.0.1:9/v1").trouble == Trouble.UNREACHED


def test_the_key_never_comes_back_in_their_words(model_server: ModelServer) -> None:
    said = trouble(model_server, status(401, json.dumps({"error": {"message": f"Incorrect API key: {KEY}"}}))).detail
    assert KEY not in said and "Incorrect API key" in said


@pytest.mark.parametrize(
    ("url", "may_be_private", "expected"),
    [
        ("https://127.0.0.1/v1", False, Trouble.PRIVATE),
        ("https://10.0.0.7/v1", False, Trouble.PRIVATE),
        ("https://169.254.169.254/v1", True, Trouble.PRIVATE),
        ("http://169.254.169.254/latest", True, Trouble.PRIVATE),
        ("http://[fe80::1]/v1", True, Trouble.PRIVATE),
        ("http://[fd00:ec2::254]/v1", True, Trouble.PRIVATE),
        ("http://0.0.0.0/v1", True, Trouble.PRIVATE),
        ("http://127.0.0.1/v1", False, Trouble.INSECURE),
        ("http://93.184.215.14/v1", True, Trouble.INSECURE),
        ("ftp://example.com/v1", True, Trouble.ADDRESS),
        ("https://name:word@example.com/v1", True, Trouble.ADDRESS),
        ("https://example.com:99999/v1", True, Trouble.ADDRESS),
        ("https://örnek.example/v1", True, Trouble.ADDRESS),
        ("https://example.com/v1\r\nX: y", True, Trouble.ADDRESS),
        ("", True, Trouble.ADDRESS),
    ],
)
def test_where_nothing_is_ever_sent(url: str, may_be_private: bool, expected: Trouble) -> None:
    here = Place(url=url, model="m", key=KEY, seconds=1, may_be_private=may_be_private)
    with pytest.raises(NotAnswered) as caught:
        endpoint.ask(here, instructions="", text="")
    assert caught.value.trouble == expected


@pytest.mark.parametrize(
    ("entered", "asked"),
    [
        ("https://api.example.com", "https://api.example.com/v1/chat/completions"),
        ("https://api.example.com/v1/", "https://api.example.com/v1/chat/completions"),
        ("https://api.example.com/openai/v1/chat/completions", "https://api.example.com/openai/v1/chat/completions"),
        ("https://api.example.com/v1?version=2", "https://api.example.com/v1/chat/completions?version=2"),
    ],
)
def test_the_address_may_end_before_what_every_server_has(entered: str, asked: str) -> None:
    assert endpoint.whole(entered) == asked
