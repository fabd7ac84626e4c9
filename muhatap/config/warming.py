"""What the first page after a start would have to wait for, done while nobody waits: views, templates, words, a first search."""

import gc
import logging
from pathlib import Path

from django.apps import apps
from django.db import DatabaseError, connection
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import get_resolver
from django.utils import translation

log = logging.getLogger(__name__)
HOT = ("web_common", "web_inbox", "web_search")  # what agents look at all day
A_WORD = """select count(*) from search_candidates(search_word(%s, ''), 200, null, null, null, true, '{}', '{}', '{}', 0,
null, null, null, null, null, null)"""


def read_in() -> None:
    """What pages are made of, before the first is asked for; whoever comes meanwhile waits at the socket."""
    get_resolver().url_patterns  # noqa: B018 (reading it imports every view)
    _read_words()
    _read_templates()
    gc.collect()
    gc.freeze()  # what stands now stands for good: later collections need not walk through it


def _read_words() -> None:
    for language in ("tr", "en"):
        with translation.override(language):
            translation.gettext("Search")


def _read_templates() -> None:
    for config in apps.get_app_configs():
        if config.label not in HOT:
            continue
        folder = Path(config.path) / "templates"
        for path in sorted(folder.rglob("*.html")):
            try:
                get_template(str(path.relative_to(folder)))
            except TemplateDoesNotExist:
                log.exception("template %s cannot be read", path)


def search_once() -> None:
    """So that the word index is in the database's memory before somebody searches. Nobody waits for it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(A_WORD, ["sipariş"])
            cursor.fetchall()
    except DatabaseError:
        log.warning("the search could not be warmed up", exc_info=True)
    finally:
        connection.close()
