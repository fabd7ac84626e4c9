"""Which pages a site comes from, as people write them."""

import pytest

from muhatap.visits import sites


@pytest.mark.parametrize(
    ("line", "origin"),
    [
        ("kestane.example", "https://kestane.example"),
        ("www.Kestane.example:8443", "https://www.kestane.example:8443"),
        ("http://kestane.example/kalemler", "http://kestane.example"),
    ],
)
def test_a_host_alone_is_meant_with_https(line: str, origin: str) -> None:
    assert sites.readable([line]) == [origin]


@pytest.mark.parametrize("line", ["kestane", "olmayan bir.adres", "ftp://kestane.example", "mailto:a@kestane.example"])
def test_what_is_no_site_is_refused_with_an_example(line: str) -> None:
    with pytest.raises(sites.BadOrigin):
        sites.readable([line])
