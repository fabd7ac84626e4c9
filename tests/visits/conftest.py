from collections.abc import Iterator

import pytest

from muhatap.visits import keeping, sites
from muhatap.visits.models import Site
from tests import cast
from tests.visits.leaves import without_leaves
from tests.visits.telling import NOON


@pytest.fixture
def days() -> Iterator[None]:
    """The partitions stand; they go with the test."""
    with without_leaves():
        keeping.look_ahead(at=NOON)
        yield


@pytest.fixture
def site(days: None) -> Site:
    return sites.create(name="Ihlamur Ev", origins=["https://www.ihlamurev.example"], by=cast.selin(), at=NOON)
