"""How well what somebody newly wrote is told from quotes and signatures in their mail, and that nothing they wrote is lost.

make bench NAME=quotes [SIZE=small]

Turkish answers are made: every body under every client's quote and every signature, as text and as HTML (tests/channels/email). Recorded
replies are those of a public set whose makers marked what should remain. The rules were written with both at hand.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.report import Figure, at_least, at_most, no_goal, progress, tell
from muhatap.channels.email import html, quotes
from tests.channels.email import corpus, turkish_replies
from tests.channels.email.turkish_replies import Case

GOAL_TURKISH, GOAL_LABELLED = 0.97, 0.85
SMALL = 20  # one case in so many


@dataclass(frozen=True)
class Remains:
    """A case and what was taken for newly written."""

    case: Case
    text: str

    @property
    def is_exact(self) -> bool:
        return self.text.split() == self.case.expected.split()

    @property
    def is_lost(self) -> bool:
        """Whether a word that should remain is gone."""
        return not set(self.case.expected.split()) <= set(self.text.split())


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=["small", "full"], default="full")
    arguments = parser.parse_args()
    every = SMALL if arguments.size == "small" else 1
    written, marked = list(turkish_replies.cases())[::every], list(turkish_replies.html_cases())[::every]
    kept = labelled()[::every]
    begun = time.process_time()
    turkish = [Remains(case, quotes.reply(case.text)) for case in written]
    pages = [Remains(case, quotes.reply(html.clean(case.text).marked)) for case in marked]
    recorded = [Remains(case, quotes.reply(case.text)) for case in kept]
    taken = 1000 * (time.process_time() - begun)
    mails = [*turkish, *pages, *recorded]
    progress(f"{len(mails)} mails")
    figures = {
        "turkish_exact": exact(turkish, GOAL_TURKISH),
        "turkish_html_exact": exact(pages, GOAL_TURKISH),
        "labelled_exact": exact(recorded, GOAL_LABELLED),
        "wanted_text_lost": at_most(sum(one.is_lost for one in mails), 0, n=len(mails)),
        "ms_a_mail": no_goal(round(taken / len(mails), 2), n=len(mails)),
    }
    wrong = [one.case.name for one in mails if not one.is_exact]
    meets = tell("quotes", figures, postgres="none", wrong=wrong[:20])
    return int(not meets and arguments.size == "full")


def labelled() -> list[Case]:
    """Recorded replies of which it was marked what should remain."""
    rows = [row for row in corpus.replies() if row["kind"] == "reply" and row["expected"]]
    return [Case(row["id"], row["text"], row["expected"]) for row in rows]


def exact(mails: Sequence[Remains], goal: float) -> Figure:
    n_exact = sum(one.is_exact for one in mails)
    return at_least(round(n_exact / len(mails), 4), goal, exact=n_exact, n=len(mails))


if __name__ == "__main__":
    raise SystemExit(main())
