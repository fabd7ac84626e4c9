"""Reading backwards page by page, the newest first, to the moment seen last.

A look reads so many pages and no more. Where it did not come back to that moment it leaves cursors in the mark, the next look
goes on there, and the moment moves only once everything behind it was read.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from muhatap.channels.listening import told
from muhatap.channels.listening.asking import NotHeard
from muhatap.channels.listening.trouble import Trouble

Found = list[dict[str, Any]]
LOST = (Trouble.REFUSED, Trouble.GONE)  # how services speak of a cursor they know no more


def since(settings: Mapping[str, Any], mark: Mapping[str, Any]) -> str:
    """The moment to read back to, as the service writes moments."""
    return str(mark.get("seen") or settings.get("since") or "")


def cursors(mark: Mapping[str, Any]) -> dict[str, str]:
    """Where to go on, by place; empty when everything was read."""
    return {place: str(cursor) for place, cursor in told.part(mark, "cursors").items()}


def back(
    ask: Callable[[str], tuple[Found, str]], *, cursor: str, since: str, moment: Callable[[Any], str], most: int
) -> tuple[Found, str]:
    """What stands on the pages from this cursor on, and where to go on when it is more than so many pages.

    Raises NotHeard; where the service knows the cursor no more, with a mark by which the next look begins at the top.
    """
    found, begun = Found(), cursor
    for _page in range(most):
        try:
            page, cursor = ask(cursor)
        except NotHeard as error:
            if begun and error.trouble in LOST:
                error.mark = {"seen": since}
            raise
        found += page
        if not cursor or not page or moment(page[-1]) < since:
            return found, ""
    return found, cursor


def mark(before: Mapping[str, Any], *, since: str, moments: Iterable[str], left: Mapping[str, str]) -> dict[str, Any]:
    """The mark after a look. Whoever gave no day to listen from is read from the newest pages on."""
    newest = max([since, str(before.get("newest") or ""), *moments])
    go_on = {place: cursor for place, cursor in left.items() if cursor}
    return {"seen": since, "newest": newest, "cursors": go_on} if since and go_on else {"seen": newest}
