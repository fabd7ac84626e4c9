"""Addresses of numbered things, made a hundred times a page: the way is looked up once, the numbers are put in."""

from functools import cache

from django.urls import NoReverseMatch, reverse

PLACE = 9_000_000_000_000_000_000  # nothing has this number


def link(name: str, *numbers: int) -> str:
    """The same as `reverse` where all arguments are numbers."""
    return _way(name, len(numbers)).format(*numbers)


def if_there(name: str) -> str:
    """The address of a page of another area, which is met by its name; empty where there is no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@cache
def _way(name: str, n: int) -> str:
    way = reverse(name, args=[PLACE + at for at in range(n)])
    for at in range(n):
        way = way.replace(str(PLACE + at), f"{{{at}}}")
    return way
