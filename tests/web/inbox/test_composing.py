import pytest

from muhatap.channels.contract import Address
from muhatap.web.inbox import addressing


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("a@b.example, c@d.example", [("", "a@b.example"), ("", "c@d.example")]),
        (
            "Ayşe <a@b.example>; ş@x.example\nz@q.example",
            [("Ayşe", "a@b.example"), ("", "ş@x.example"), ("", "z@q.example")],
        ),
        ('"Kaya, Mehmet" <m@k.example>', [("Kaya, Mehmet", "m@k.example")]),
        ("a@b.example, bozuk@", [("", "a@b.example"), ("", "bozuk@")]),
        ("ayse ornek", [("", "ayse ornek")]),
        ("a@b.example <evil", [("", "a@b.example <evil")]),
        (" , ;", []),
    ],
)
def test_nothing_typed_as_a_recipient_is_dropped(typed: str, read: list[tuple[str, str]]) -> None:
    assert [(one.name, one.email) for one in addressing.read(typed)] == read


def test_what_is_written_reads_back_the_same() -> None:
    people = (
        Address(name="Kaya, Mehmet", email="m@k.example"),
        Address(email="a@b.example"),
        Address(name="Ayşe", email="ş@x.example"),
    )

    assert addressing.read(addressing.written(people)) == people
