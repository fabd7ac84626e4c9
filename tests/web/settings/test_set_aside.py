"""What the intake says of what it set aside is said in the reader's language; a fault's own words stay as they are."""

import pytest

from muhatap.channels.contract import Untranslatable
from muhatap.channels.email import mime
from muhatap.web.settings import set_aside


def test_what_the_reading_of_mails_says_is_known() -> None:
    with pytest.raises(Untranslatable) as empty:
        mime.read(b"", mime.Limits())
    assert set_aside.said(str(empty.value))


@pytest.mark.parametrize(
    "detail", ["The message is larger than 40 MB.", "The mail server did not hand it over: NO busy"]
)
def test_sentences_with_something_in_them_keep_it(detail: str) -> None:
    assert any(part in set_aside.said(detail) for part in ("40", "NO busy"))


def test_a_faults_own_words_are_not_ours() -> None:
    assert set_aside.said("ValueError: bozuk") == ""
