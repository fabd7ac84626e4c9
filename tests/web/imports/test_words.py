"""What imports say in words."""

import pytest
from django.utils import translation

from muhatap.imports import targets
from muhatap.web.imports import words


@pytest.mark.django_db
def test_no_column_is_called_by_its_code() -> None:
    with translation.override("en"):
        names = [target for _group, choices in words.target_groups(may_make=False) for target, _told in choices]
        assert targets.OFFERS in names
        assert [name for name in names if name and words.label(name) == name] == []
