"""What each click may take at the 95th percentile, in milliseconds."""

MOST = 100.0
SQL_TIMES, SQL_PLUS = 3.0, 15.0
OF_SEARCH = {
    "search_first": 500.0,
    "search_own": 250.0,
    "search": 150.0,
}  # no floor: the bare SQL of a search is the search


def goal(name: str, floor: float) -> float:
    """The least of what is promised to people and three times the bare SQL plus what a page costs."""
    for kind, most in OF_SEARCH.items():
        if name.startswith(kind):
            return most
    return round(min(MOST, SQL_TIMES * floor + SQL_PLUS), 1)
