"""The first owner, and nobody before or beside them."""

import stat
import threading
from pathlib import Path

import pytest
from django.db import connection

from muhatap.accounts import founding
from muhatap.accounts.models import User
from tests import cast


def found(word: str, email: str = "deniz@ihlamurev.example") -> User:
    return founding.found(name="Deniz Koç", email=email, password=cast.PASSWORD, language="tr", word=word, at=cast.NOW)


@pytest.mark.django_db
def test_the_word_of_the_console_makes_the_owner() -> None:
    user = found(founding.word())
    assert (user.role, user.visibility, user.is_active) == ("owner", "all", True)
    assert not founding.is_open()


@pytest.mark.django_db
@pytest.mark.parametrize("word", ["", "x", "ş"])
def test_no_other_word_does(word: str) -> None:
    founding.word()
    with pytest.raises(founding.WrongWord):
        found(word)
    assert founding.is_open()


@pytest.mark.django_db
def test_before_the_console_showed_a_word_none_is_right() -> None:
    assert not founding.is_word("")


@pytest.mark.django_db
def test_once_somebody_is_here_the_word_is_worth_nothing() -> None:
    word = founding.word()
    cast.zeynep()
    with pytest.raises(founding.AlreadyFounded):
        found(word)


@pytest.mark.django_db
def test_the_word_is_the_same_after_a_restart_and_for_us_alone(tmp_path: Path) -> None:
    assert founding.word() == founding.word()
    assert stat.S_IMODE((tmp_path / "setup-word").stat().st_mode) == 0o600


@pytest.mark.django_db(transaction=True)
def test_of_two_who_begin_at_once_one_becomes_the_owner(tmp_path: Path) -> None:
    word, together, refused = founding.word(), threading.Barrier(2), []

    def begin(email: str) -> None:
        try:
            together.wait(timeout=20)
            found(word, email)
        except (founding.AlreadyFounded, founding.WrongWord) as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=begin, args=(f"{name}@ihlamurev.example",)) for name in ("deniz", "selin")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert User.objects.count() == 1
    assert len(refused) == 1
    assert not (tmp_path / "setup-word").exists()
