"""What is read in when a web process starts."""

import pytest
from django.db import connection
from django.template import engines

from muhatap.config import warming


def test_templates_are_read_before_the_first_page() -> None:
    loader = engines["django"].engine.template_loaders[0]  # type: ignore[attr-defined]
    loader.reset()
    warming.read_in()
    assert {"inbox/_row.html", "search/page.html", "common/shell.html"} <= set(loader.get_template_cache)


@pytest.mark.django_db
def test_the_first_search_is_a_search_the_database_knows() -> None:
    with connection.cursor() as cursor:
        cursor.execute(warming.A_WORD, ["sipariş"])
        assert cursor.fetchone() == (0,)
