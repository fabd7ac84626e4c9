"""Subjects without the prefixes of replies and forwards."""

import pytest

from muhatap.channels.email import subjects


@pytest.mark.parametrize(
    "prefixed",
    [
        "Kargom nerede?",
        "Re: Kargom nerede?",
        "RE:Kargom nerede?",
        "Ynt: Kargom nerede?",
        "YNT: RE: Ynt: Kargom nerede?",
        "İlt: Kargom nerede?",
        "İLT: Kargom nerede?",
        "ilt: Kargom nerede?",
        "ILT: Kargom nerede?",
        "Fwd: Fw: Kargom nerede?",
        "AW: WG: Kargom nerede?",
        "Antw: Kargom nerede?",
        "SV: VS: Kargom nerede?",
        "TR : Kargom nerede?",
        "RÉP: Kargom nerede?",
        "RE[2]: Kargom nerede?",
        "Re (3): Kargom nerede?",
        "Re^2: Kargom nerede?",
        "Yanıt: Kargom nerede?",
        "YANIT: Kargom nerede?",
        "Cevap: Kargom nerede?",
        "回复：Kargom nerede?",
        "  Re :  Kargom nerede?  ",
    ],
)
def test_prefixes_fall_away(prefixed: str):
    assert subjects.base(prefixed) == "Kargom nerede?"


@pytest.mark.parametrize(
    "subject", ["Renk: bej", "Re", "Regarding: x", "İade: #10482", "Reklam", "Ha ha: komik değil", "RE2E: test", ""]
)
def test_words_that_are_no_prefix_stay(subject: str):
    assert subjects.base(subject) == subject


def test_the_prefixes_tell_what_was_done():
    assert subjects.prefixes("YNT: İLT: Re: Kargom") == ("reply", "forward", "reply")


def test_subjects_compare_in_turkish():
    assert subjects.key("YNT: [Destek] İADE ISRARI") == subjects.key("iade ısrarı")
    assert subjects.key("KARGO") == subjects.key("Re: kargo")
    assert subjects.key("[Destek]") == "[destek]"
