"""Every night the answers teach the weights; what judges worse is kept beside, and not used."""

from collections.abc import Iterator

import pytest

from muhatap.contacts import comparable
from muhatap.contacts.models import LearnedWeights
from muhatap.duplicates import learning
from muhatap.duplicates.models import Answer, Proposal
from muhatap.matching.model import starting
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _weights_read_anew() -> Iterator[None]:
    comparable.reread()
    yield
    comparable.reread()


def answered(n, levels, said):
    for k in range(n):
        number = Proposal.objects.count() * 2 + 1
        asked = Proposal.objects.create(
            about="same", one=number, other=number + 1, origin="run", band="review", group=number, at=NOW, state_at=NOW
        )
        place = ("city", "district", "other")[k % 3]
        Answer.objects.create(proposal=asked, said=said, levels=levels | {"place": place}, by=cast.can(), at=NOW)


SAME_PHONE = {"given": "initial", "family": "same", "phone": "same"}
SAME_NAMES = {"given": "same", "family": "same", "email": "user"}


def teach():
    answered(60, SAME_PHONE, "different")
    answered(60, SAME_NAMES, "same")
    return learning.learn(at=NOW)


def test_what_people_said_stands_in_the_weights_everybody_is_compared_by():
    row = teach()
    assert (row.is_used, row.n_answers) == (True, 120) and row.loss_after < row.loss_before
    assert comparable.model().taught == row.bits and comparable.version() == str(row)


def test_without_new_answers_nothing_is_learned_anew():
    teach()
    assert learning.learn(at=NOW) is None and LearnedWeights.objects.count() == 1


def test_few_answers_teach_nothing():
    answered(10, SAME_PHONE, "different")
    assert learning.learn(at=NOW) is None and comparable.model() == starting()


def test_answers_taken_back_and_those_put_off_teach_nothing():
    answered(60, SAME_PHONE, "later")
    answered(60, SAME_NAMES, "same")
    Answer.objects.filter(said="same").update(undone_at=NOW)
    assert learning.learn(at=NOW) is None


def test_what_was_learned_on_other_weights_does_not_stand():
    teach()
    LearnedWeights.objects.update(base="another")
    comparable.reread()
    assert comparable.model() == starting()
