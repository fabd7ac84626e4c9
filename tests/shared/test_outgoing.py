import http.client
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from muhatap.shared import outgoing


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/a.png",
        "http://localhost/a.png",
        "http://[::1]/a.png",
        "http://10.0.0.8/a.png",
        "http://192.168.1.1/a.png",
        "http://169.254.169.254/latest/meta-data/",
        "http://0.0.0.0/a.png",
        "http://[::ffff:127.0.0.1]/a.png",
        "http://2130706433/a.png",
        "https://ornek.example:8443/a.png",
        "ftp://ornek.example/a.png",
        "file:///etc/passwd",
        "http://[broken/a.png",
        "",
    ],
)
def test_it_never_asks_our_own_neighbours(url: str) -> None:
    with pytest.raises(outgoing.Refused):
        outgoing.picture(url)


@pytest.fixture
def dripping() -> Iterator[str]:
    """A server that says a byte now and then, and never ends."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            line, _ = server.accept()
            with line:
                line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n")
                while not done.wait(0.02):
                    try:
                        line.sendall(b"x")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        done.set()
        thread.join()


def test_a_server_that_drips_is_cut_when_the_time_is_up(dripping: str) -> None:
    begun_at = time.monotonic()

    with (
        pytest.raises((OSError, http.client.HTTPException)),
        outgoing.connected(urlsplit(dripping), until=begun_at + 0.4, may_be_private=True) as connection,
    ):
        connection.request("GET", "/")
        connection.getresponse().read(1000)

    assert 0.3 < time.monotonic() - begun_at < 5


def test_the_line_goes_to_the_address_that_was_checked(dripping: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "_addresses", lambda _host, _port: {"127.0.0.1"})
    parts = urlsplit(f"http://komsu.example:{urlsplit(dripping).port}/")
    with outgoing.connected(parts, until=time.monotonic() + 5, may_be_private=True) as connection:
        assert connection.sock.getpeername()[0] == "127.0.0.1"


def test_an_open_line_leads_to_neighbours_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "_addresses", lambda _host, _port: {"10.0.0.8", "93.184.215.14"})
    parts, until = urlsplit("http://komsu.example/"), time.monotonic() + 5
    with (
        pytest.raises(outgoing.Unguarded),
        outgoing.connected(parts, until=until, may_be_private=True, is_guarded=True),
    ):
        pass


@pytest.mark.parametrize("host", ["fd00:ec2::254", "169.254.169.254", "::ffff:169.254.169.254", "0.0.0.0"])
def test_where_clouds_keep_their_secrets_nobody_knocks(host: str) -> None:
    with pytest.raises(outgoing.Refused):
        outgoing.neighbours(host, 80)


def test_a_crowd_of_pictures_holds_up_nobody() -> None:
    with outgoing.SEATS, outgoing.SEATS, pytest.raises(outgoing.Busy):
        outgoing.picture("http://ornek.example/a.png")


def test_a_refusal_gives_its_seat_back() -> None:
    for _ in range(5):
        with pytest.raises(outgoing.Refused) as told:
            outgoing.picture("http://127.0.0.1/a.png")
        assert not isinstance(told.value, outgoing.Busy)
