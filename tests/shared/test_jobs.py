"""Jobs exist if and only if what they are about does, whoever queues them."""

import pytest
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.testing import InMemoryConnector

from muhatap.shared import jobs

pytestmark = pytest.mark.django_db


def waiting() -> list[int]:
    return [job.args["message_id"] for job in ProcrastinateJob.objects.filter(task_name="follow").order_by("id")]


def test_what_a_worker_queues_is_committed_with_what_it_is_about() -> None:
    """A worker's app has connections of its own: a job put there would run before anybody sees its entry, and find nothing."""
    with app.replace_connector(InMemoryConnector()):
        with transaction.atomic():
            jobs.queue("follow", queue="follow", message_id=7)
            transaction.set_rollback(True)
        jobs.queue("follow", queue="follow", message_id=8)

    assert waiting() == [8]


def test_one_that_waits_already_is_enough() -> None:
    for number in (1, 2):
        jobs.queue_once("follow", queue="follow", message_id=number)

    assert waiting() == [1]
