"""Contacts and companies for a query, and names that look like what nobody is called."""

from datetime import datetime

from django.contrib.postgres.search import TrigramWordSimilarity

from muhatap.contacts import companies as firms
from muhatap.contacts import finding, noting
from muhatap.contacts.models import Company, Contact
from muhatap.search.language import Query
from muhatap.shared.text import fold

PAGE = 20
POOL = 500  # looked at before they are put in order: an ORDER BY beside the words would walk the whole key
LIKE = 3
SHORTEST = 4


def words(query: Query) -> str:
    """What of a query can be somebody's name, address or number."""
    return " ".join(term.dialled or term.plain for term in query.asked)


def contacts(query: Query, *, at: datetime, page: int = 1) -> tuple[list[Contact], bool]:
    """A page of contacts, also those with the words in one of their notes, those last seen first, and whether there are more."""
    wanted = finding.Wanted(q=words(query))
    if not wanted.q:
        return [], False
    pool = set(finding.matching(wanted, at=at).order_by().values_list("pk", flat=True)[:POOL])
    pool |= set(noting.found(wanted.q).values_list("contact", flat=True)[:POOL])
    standing = Contact.objects.filter(pk__in=pool, merged_into=None)
    rows = standing.select_related("company").order_by("-last_seen_at", "-pk")
    found = list(rows[(page - 1) * PAGE : page * PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def companies(query: Query) -> list[Company]:
    """Companies by name; at most a page."""
    wanted = words(query)
    return list(firms.page(q=wanted, limit=PAGE).rows) if wanted else []


def like(query: Query) -> list[str]:
    """Names of contacts that sound like the query's longest word, for "did you mean"."""
    longest = max((fold(word) for term in query.asked for word in term.words), key=len, default="")
    if len(longest) < SHORTEST or longest.isdigit():  # numbers are right or wrong, and no name looks like one
        return []
    pool = Contact.objects.filter(merged_into=None, search_text__trigram_word_similar=longest).values("pk")[:POOL]
    rows = Contact.objects.filter(pk__in=pool).exclude(name="")
    alike = rows.annotate(alike=TrigramWordSimilarity(longest, "search_text")).order_by("-alike", "-last_seen_at")
    return list(dict.fromkeys(alike.values_list("name", flat=True)[:LIKE]))
