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
