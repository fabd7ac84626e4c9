"""What the database finds a word by: its stem and itself, folded. Asked there, so that there is one stemmer."""

from collections.abc import Collection

from django.db import connection

MOST = 2000


def forms(words: Collection[str]) -> dict[str, frozenset[str]]:
    """For each word as written the lexemes it stands under, in one question."""
    if not words:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select word, tsvector_to_array(search_vector(word)) from unnest(%s::text[]) as word",
            [sorted(words)[:MOST]],
        )
        return {word: frozenset(lexemes) for word, lexemes in cursor.fetchall()}
