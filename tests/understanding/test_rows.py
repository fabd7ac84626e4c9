"""What the database itself keeps of topics and readings."""

import pytest
from django.db import IntegrityError, transaction

from muhatap.understanding.models import CatchUp, Topic
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_only_one_catch_up_goes_on_at_a_time() -> None:
    CatchUp.objects.create(before=9, n_all=1, begun_at=NOW, stirred_at=NOW, ended_at=NOW)
    CatchUp.objects.create(before=9, n_all=1, begun_at=NOW, stirred_at=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        CatchUp.objects.create(before=9, n_all=1, begun_at=NOW, stirred_at=NOW)


def test_a_topic_is_named_once_in_its_branch() -> None:
    Topic.objects.create(name="Kargo", slug="kargo", created_at=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        Topic.objects.create(name="kargo", slug="kargo-2", created_at=NOW)
