"""How well themes are found without labels: against the topics of our own messages, for a new subject in its first week, and that weeks
in any order ring no alarm.

make bench NAME=themes [SIZE=small]
"""

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from statistics import mean

from benchmarks.report import Figure, at_most, no_goal, progress, tell
from muhatap.reading import themes
from muhatap.reading.themes import Text, Week

MESSAGES = Path(__file__).parent.parent / "training" / "messages"
FILES = ("tr", "tr_more", "en", "en_more", "plain")
WEEKS, WORLD = 9, 700  # the last week is this one
LOOKS_A_WEEK = 8  # as the product looks: each night of a week, and once when it is over
PLANTED = {
    "smell": (
        "Gelen nevresim çok kötü kokuyor, naylon gibi bir koku", "Yıkadım yine kokuyor, bu naylon kokusu geçmedi", "çarşafta ağır bir koku var",
        "nevresim takımının kokusu baş ağrıtıyor", "Paketi açtım keskin bir koku yayıldı nevresimden", "Koku yüzünden nevresimi kullanamıyorum",
        "yeni çarşaf kokuyor normal mi", "Nevresimdeki kimyasal koku üç yıkamada çıkmadı", "bu koku zararlı mı çarşafı bebeğe aldım",
        "naylon kokusu geçmiyor iade etmek istiyorum", "çarşaflar neden böyle kokuyor", "Kumaştan gelen koku çok rahatsız edici",
    ),
    "code": (
        "BAHAR20 indirim kodu sepette çalışmıyor", "kupon kodunu yazıyorum geçersiz diyor", "indirim kodu hata veriyor sepette",
        "Kampanya kodunuz geçersiz görünüyor", "kodu girince geçersiz kupon uyarısı çıkıyor", "bahar indirim kodu kabul edilmedi",
        "Kupon sepette uygulanmıyor", "mailde gelen indirim kodunu sepet kabul etmiyor", "kupon kodum geçersizmiş neden",
        "indirim kuponu çalışmadı tam fiyat ödedim", "Kod geçersiz diyor ama süresi dolmamış", "sepette kupon kodu alanı hata veriyor",
    ),
    "zipper": (
        "The zipper of the duvet cover broke on the first day", "zipper came off when I washed the cover", "cover zipper is stuck and will not close",
        "Second cover with a broken zipper", "the zipper teeth of my duvet cover split", "Is the zipper on these covers plastic? mine broke",
        "duvet cover zipper ripped out", "zipper broken out of the box on the cover", "Zipper jams every time I change the cover",
        "I love the fabric but the zipper broke", "my cover's zipper does not close", "zipper pull snapped off the duvet cover",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Message:
    """A message of ours, and what it is about."""

    text: str
    language: str
    topic: str


@dataclass(frozen=True)
class Said:
    """A message in its week of a world; one of a planted subject or not."""

    text: str
    language: str
    week: int
    is_planted: bool = False


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=["small", "full"], default="full")
    arguments = parser.parse_args()
    is_small = arguments.size == "small"
    messages = labelled()
    n_worlds, planted = (1, (12,)) if is_small else (12, (6, 8, 12))
    figures = dict[str, Figure]()
    for language in ("tr", "en"):
        figures |= against_labels(
            [one for one in messages if one.language == language][:: 8 if is_small else 1], language
        )
        progress(f"{language} beside its labels")
    for n_people in planted:
        figures |= first_week(messages, n_people, n_worlds)
        progress(f"{n_people} people write of something new")
    figures["false_alarms_a_week"] = shuffled(messages, 2 * n_worlds)
    meets = tell("themes", figures, postgres="none", messages=len(messages), worlds=n_worlds)
    return int(not meets and not is_small)


def labelled() -> list[Message]:
    lines = [line for name in FILES for line in (MESSAGES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    rows = [json.loads(line) for line in lines]
    return [Message(row["text"], row["language"], row["topic"]) for row in rows if row.get("topic")]


def against_labels(some: Sequence[Message], language: str) -> dict[str, Figure]:
    """Share of messages in a theme, share of those whose topic is that of most of it (beside: all in one theme), and what both
    divisions know of each other.
    """
    texts = [Text(key=n, text=one.text, person=n, language=language) for n, one in enumerate(some)]
    began = time.perf_counter()
    found = themes.find(texts)
    took = time.perf_counter() - began
    pairs = [(nth, some[key].topic) for nth, theme in enumerate(found) for key, _near in theme.members]
    most = sum(Counter(topic for nth, topic in pairs if nth == each).most_common(1)[0][1] for each in range(len(found)))
    largest = Counter(one.topic for one in some).most_common(1)[0][1] / len(some)
    told = {
        "in_a_theme": no_goal(round(len(pairs) / len(some), 3), n=len(some), themes=len(found)),
        "purity": no_goal(round(most / max(len(pairs), 1), 3), of_one_theme=round(largest, 3)),
        "mutual_information": no_goal(round(_shared(pairs), 3)),
        "seconds": no_goal(round(took, 1)),
    }
    return {f"{name}_{language}": figure for name, figure in told.items()}


def first_week(messages: Sequence[Message], n_people: int, n_worlds: int) -> dict[str, Figure]:
    """In how many worlds a new subject of so many people rings in its first week, and how much else does."""
    hits, others = [], []
    for seed in range(n_worlds):
        subject = PLANTED[list(PLANTED)[seed % len(PLANTED)]]
        planted = [_planted(text) for text in random.Random(seed).sample(subject, n_people)]
        jumps = _jumps([*_world(messages, seed), *planted], seed)
        hits.append(any(share >= 0.5 for share in jumps))
        others.append(sum(share < 0.5 for share in jumps))
    return {
        f"found_of_{n_people}_people": no_goal(round(mean(hits), 2), n=n_worlds),
        f"other_alarms_beside_{n_people}_people": no_goal(round(mean(others), 2), n=n_worlds),
    }


def shuffled(messages: Sequence[Message], n_worlds: int) -> Figure:
    """Of weeks in which nothing rises, how many ring all the same."""
    alarms = [len(_jumps(_world(messages, 1_000 + seed), seed)) for seed in range(n_worlds)]
    return at_most(round(mean(n > 0 for n in alarms), 3), themes.FALSE_ALARMS, alarms=sum(alarms), n=n_worlds)


def _shared(pairs: Sequence[tuple[int, str]]) -> float:
    """Normalised mutual information."""
    n, left, right, both = len(pairs), Counter(a for a, _b in pairs), Counter(b for _a, b in pairs), Counter(pairs)
    shared = sum(k / n * log(k * n / (left[a] * right[b])) for (a, b), k in both.items())
    spread = [-sum(k / n * log(k / n) for k in each.values()) for each in (left, right)]
    return 2 * shared / sum(spread) if sum(spread) else 0.0


def _world(messages: Sequence[Message], seed: int) -> list[Said]:
    draw = random.Random(seed)
    return [Said(one.text, one.language, draw.randrange(WEEKS)) for one in draw.sample(list(messages), WORLD)]


def _planted(text: str) -> Said:
    is_english = text.isascii() and "zip" in text.lower()
    return Said(text, "en" if is_english else "tr", WEEKS - 1, is_planted=True)


def _jumps(world: Sequence[Said], seed: int) -> list[float]:
    """The share of planted messages among those of each theme that jumps, of this week."""
    texts = [Text(key=n, text=one.text, person=n, language=one.language) for n, one in enumerate(world)]
    now = {n for n, one in enumerate(world) if one.week == WEEKS - 1}
    found = themes.find(texts, newest=now, seed=seed)
    weeks = [
        Week(now=len(one.keys & now), before=len(one.keys - now), all_now=len(now), all_before=len(world) - len(now))
        for one in found
    ]
    rises = themes.rises(weeks, false_alarms=themes.FALSE_ALARMS / LOOKS_A_WEEK)
    return [
        mean(world[key].is_planted for key in one.keys & now)
        for one, rise in zip(found, rises, strict=True)
        if rise.is_jump
    ]


if __name__ == "__main__":
    raise SystemExit(main())
