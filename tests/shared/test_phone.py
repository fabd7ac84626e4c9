"""Phone numbers as people write them, in the one form that recognises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muhatap.shared.phone import _parsed, e164, mobile, n_missing, readable


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0532 123 41 18", "+905321234118"), ("532 123 41 18", "+905321234118"), ("+90 (532) 123-41-18", "+905321234118"),
        ("0090 532 123 41 18", "+905321234118"), ("90 532 123 41 18", "+905321234118"), ("(+90) 532 123 41 18", "+905321234118"),
        ("٠٥٣٢١٢٣٤١١٨", "+905321234118"), ("０５３２１２３４１１８", "+905321234118"), ("0532 123 41 18 dahili 12", "+905321234118"),
        ("0532 123 41 18 / 0533 765 20 77", None),
        ("444 0 123", "+904440123"), ("4440123", "+904440123"), ("0444 0123", "+904440123"), ("+90 444 0 123", "+904440123"),
        ("0850 222 33 44", "+908502223344"), ("850 222 33 44", "+908502223344"),
        ("0216 555 05 12", "+902165550512"), ("+49 30 901820", "+4930901820"), ("0049 30 901820", "+4930901820"),
        ("12", None), ("", None), ("+", None), ("merhaba", None), ("0532 41 18", None), ("9" * 40, None), ("+90 532 123 41 18 00 00", None),
    ],
)  # fmt: skip
def test_numbers_take_one_form(written, number):
    assert e164(written) == number


@pytest.mark.parametrize(
    ("number", "shown"), [("+905321234118", "+90 532 123 41 18"), ("+904440123", "444 0 123"), ("x", "x"), ("", "")]
)
def test_numbers_are_shown_as_people_read_them(number, shown):
    assert readable(number) == shown


@pytest.mark.parametrize(
    ("written", "n"),
    [("+90 532 41 18", 3), ("0532 123 41", 2), ("0532 123 41 18", 0), ("+49 30", 0), ("", 10), ("90", 8)],
)
def test_missing_digits_are_counted(written, n):
    assert n_missing(written) == n


@given(st.text(max_size=100))
def test_no_text_breaks_it_and_what_is_read_stays_itself(text):
    number = e164(text)
    assert n_missing(text) >= 0
    readable(text)
    if number:
        assert e164(number) == number == e164(readable(number))


@given(st.integers(min_value=0, max_value=9_999_999), st.sampled_from(["532", "533", "505", "542", "555"]))
def test_every_turkish_mobile_number_survives_every_way_of_writing_it(rest, prefix):
    digits = f"{prefix}{rest:07}"
    ways = [
        f"0{digits}",
        f"+90{digits}",
        f"0090{digits}",
        digits,
        f"0 {digits[:3]} {digits[3:6]} {digits[6:8]} {digits[8:]}",
        f"(0{digits[:3]}) {digits[3:]}",
    ]
    assert len({e164(way) for way in ways}) == 1


@given(
    st.sampled_from(["", "0", "90", "+90", "0090", "(0", "+90 (", "0-", "+0"]),
    st.text("0123456789 ()-.\u00a0٥", max_size=16),
)
def test_a_mobile_number_is_read_the_quick_way_as_the_library_reads_it(prefix, rest):
    assert mobile(f"{prefix}5{rest}") in ("", _parsed(f"{prefix}5{rest}", "TR"))
