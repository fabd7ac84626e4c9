"""Turkish letters folded, lowered and sorted, the same in Python and in the database."""

import unicodedata

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from muhatap.shared.text import fold, lower_tr, sort_key, upper_tr, without_nul

TURKISH = st.text(
    alphabet="abcçdefgğhıijklmnoöpqrsştuüvwxyzABCÇDEFGĞHIİJKLMNOÖPQRSŞTUÜVWXYZâîûÂÎÛ 0123456789'.-@", max_size=60
)


@pytest.mark.parametrize("written", ["Ayşe", "AYŞE", "ayşe", "ayse", "AYSE", "Ays\u0327e", "ayşe"])
def test_ayse_is_ayse_however_she_is_written(written):
    assert fold(written) == "ayse"


@pytest.mark.parametrize("written", ["İpek", "ipek", "IPEK", "İPEK", "ıpek", "i\u0307pek"])
def test_dotted_and_dotless_i_are_one_in_a_search(written):
    assert fold(written) == "ipek"


def test_letters_are_lowered_and_raised_as_turkish_readers_expect():
    assert lower_tr("IĞDIR İZMİR") == "ığdır izmir"
    assert upper_tr("ığdır izmir") == "IĞDIR İZMİR"


def test_names_sort_by_the_alphabet():
    names = [
        "Zeki",
        "Şule",
        "Suna",
        "Öznur",
        "Oya",
        "İpek",
        "Işık",
        "Ğ",
        "Gülşen",
        "Çağla",
        "Ceren",
        "Âdem",
        "Aylin",
        "42",
        "Éva",
        "Ege",
    ]
    assert sorted(names, key=sort_key) == [
        "42", "Âdem", "Aylin", "Ceren", "Çağla", "Ege", "Éva", "Gülşen", "Ğ", "Işık", "İpek", "Oya", "Öznur", "Suna", "Şule", "Zeki",
    ]  # fmt: skip


@given(st.text(max_size=80))
def test_folding_twice_changes_nothing_more_and_nothing_breaks(text):
    assert fold(fold(text)) == fold(text)
    sort_key(text)
    lower_tr(upper_tr(text))
    assert b"\x00" not in without_nul(text).encode()


@given(TURKISH)
def test_case_never_changes_what_is_found(text):
    assert fold(upper_tr(text)) == fold(text) == fold(lower_tr(text))


@given(TURKISH, TURKISH)
def test_what_begins_alike_sorts_together(one, other):
    assert sort_key(one + other).startswith(sort_key(one))


@pytest.mark.django_db
def test_the_database_folds_as_python_does():
    words = ["IŞIK İpek", "Çağrı ÖZTÜRK", "Âlim Îman Ûlu", "ğüşiöç", "Emily O'Neil", "ıIiİ", "straße", "Éva", "42 %_\\"]
    with connection.cursor() as cursor:
        for word in words:
            assert unicodedata.is_normalized("NFC", word)
            cursor.execute("select fold_tr(%s), lower_tr(%s)", [word, word])
            assert cursor.fetchone() == (fold(word), lower_tr(word))
