"""E-mail addresses in one form for comparison."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muhatap.shared.address import canonical, comparable, is_plausible


@pytest.mark.parametrize(
    ("written", "one"),
    [
        ("Ayse.Yilmaz@Ornek.Example", "ayse.yilmaz@ornek.example"), ("AYSE.YILMAZ@ORNEK.EXAMPLE", "ayse.yilmaz@ornek.example"),
        ("ayse.yılmaz@ornek.example", "ayse.yilmaz@ornek.example"), ("AYSE.YİLMAZ@ORNEK.EXAMPLE", "ayse.yilmaz@ornek.example"),
        ("i\u0307pek@ornek.example", "ipek@ornek.example"), (" ayse@ornek.example. ", "ayse@ornek.example"),
        ("ayse@örnek.example", "ayse@xn--rnek-4qa.example"), ("ayse@xn--rnek-4qa.example", "ayse@xn--rnek-4qa.example"),
        ("ayse+indirim@ornek.example", "ayse+indirim@ornek.example"), ("\"a@b\"@ornek.example", "\"a@b\"@ornek.example"),
        ("MAILER-DAEMON", "mailer-daemon"), ("", ""), ("a@" + "b" * 80 + ".example", "a@" + "b" * 80 + ".example"),
    ],
)  # fmt: skip
def test_addresses_take_one_form(written, one):
    assert canonical(written) == one


@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [
        ("ayse@ornek.example", "ayse+1@ornek.example", True), ("ayse+a@ornek.example", "AYSE+b@ornek.example", True),
        ("ayse@ornek.example", "ayse@baska.example", False), ("+@ornek.example", "ayse@ornek.example", False),
        ("a.yse@ornek.example", "ayse@ornek.example", False),
    ],
)  # fmt: skip
def test_a_plus_tag_is_all_that_may_differ(one, other, is_alike):
    assert (comparable(one) == comparable(other)) is is_alike


@pytest.mark.parametrize(
    "address",
    [
        "ayse", "@ornek.example", "ayse@", "ayse@ornek", "a b@ornek.example", "a@ornek..example", "a@.example", "a\x07@b.example",
        "a" * 330 + "@b.example",
    ],
)  # fmt: skip
def test_half_an_address_is_not_plausible(address):
    assert not is_plausible(address)


@given(st.text(max_size=80))
def test_no_text_breaks_it(text):
    canonical(text)
    comparable(text)
    is_plausible(text)


@given(st.emails())
def test_an_address_is_its_own_canonical_form_and_case_does_not_matter(address):
    one = canonical(address)
    assert canonical(one) == one
    assert canonical(address.upper()) == one
    assert comparable(comparable(address)) == comparable(address)


def test_a_dotless_i_in_the_domain_is_another_firm() -> None:
    assert canonical("ayse@gmaıl.com") != canonical("ayse@gmail.com")
    assert canonical("AYSE@GMAIL.COM") == canonical("ayse@gmaİl.com") == "ayse@gmail.com"
