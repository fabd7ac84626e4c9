"""Files for spreadsheets: numbers as the reader's own spreadsheets read them, and words as they are."""

import pytest
from django.utils.translation import override

from muhatap.web.common import spreadsheets
from muhatap.web.common.spreadsheets import Number


@pytest.mark.parametrize(("language", "line"), [("tr", "1.5;2849,90"), ("en", "1.5,2849.90")])
def test_a_number_has_the_sign_of_the_readers_language_and_a_word_stays(language: str, line: str) -> None:
    with override(language):
        answer = spreadsheets.answer(iter([["1.5", Number("2849.90")]]), name="orders")
    assert b"".join(answer).decode() == f"\ufeff{line}\r\n"
