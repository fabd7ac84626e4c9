"""Money is typed as in Turkish or as in English, and what is no amount is refused in plain words."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from muhatap.web.common.amounts import AmountField

TYPED = {
    "1250": "1250", "1250,9": "1250.9", "1250.90": "1250.90", "1.250,90": "1250.90", "1,250.90": "1250.90",
    "1.250": "1250", "1,250": "1250", "1.000.000,50": "1000000.50", "1 250,90 ₺": "1250.90", "0,05": "0.05",
    "999.999.999,99": "999999999.99", "0": "0",
}  # fmt: skip


@pytest.mark.parametrize("typed", TYPED)
def test_an_amount_is_understood_as_people_write_it(typed: str) -> None:
    assert AmountField(max_value=10**9).clean(typed) == Decimal(TYPED[typed])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("abc", "such as 1,249.90"), ("NaN", "such as 1,249.90"), ("1e400", "such as 1,249.90"), ("1.25.90", "such as 1,249.90"),
        ("1,000,50", "such as 1,249.90"), ("٣", "such as 1,249.90"), ("-5", "without a minus"), ("-1.250,90", "such as 1,249.90"),
        ("0,001", "two digits"), ("1250,999", "two digits"), ("1.000.000.000,50", "At most a billion"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused_in_words(typed: str, said: str) -> None:
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        AmountField(max_value=10**9).clean(typed)
    with translation.override("en"):
        assert said in " ".join(refused.value.messages)


def test_nothing_typed_is_nothing_where_it_may_be() -> None:
    assert AmountField(required=False).clean(" ") is None
