"""What is found in a notice: the site's labels are read, the lines of whoever wrote the post are theirs."""

import pytest

from muhatap.channels.notice.finding import find

HEAD = "Merhaba,\n\nŞikâyet No: 445566\nYazan: Fatih Ö.\nŞikâyet: Havlum gelmedi.\n"


@pytest.mark.parametrize(
    "line", ["No: 12 Kadıköy", "Konu: kargo", "Link: buradan", "From: ben", "Yazan: ben", "No: 12"]
)
def test_a_line_of_the_author_that_looks_like_a_label_is_text(line: str) -> None:
    found = find(f"{HEAD}{line}\nTeşekkürler.\n---\nBu bildirimi kapatın.", [], {})

    assert found.text == f"Havlum gelmedi.\n{line}\nTeşekkürler."
    assert (found.id, found.author, found.title, found.url) == ("445566", "Fatih Ö.", "", "")


def test_a_number_stands_before_the_text_or_nowhere() -> None:
    below = find("Yazan: Elif\nMesaj: Adresim:\n---\nNo: 12\n", [], {})
    address = find("Yazan: Elif\nNo: 12 Kadıköy\n", [], {})

    assert (below.text, below.id, address.id) == ("Adresim:", "", "")


def test_what_stands_below_the_text_is_the_sites_again() -> None:
    found = find("Mesaj: Gelmedi.\n---\nYazan: Elif\n", [], {})

    assert (found.text, found.author) == ("Gelmedi.", "Elif")
