"""How well themes are found without labels: against the topics of our own messages, for a new subject in its first week, and
that weeks in any order ring no alarm. Run alone: `make bench NAME=themes`; prints one JSON line."""

import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from math import log
from pathlib import Path
from statistics import mean
from typing import Any

from muhatap.reading import themes
from muhatap.reading.themes import Text, Week

MESSAGES = Path(__file__).parent.parent / "training" / "messages"
FILES = ("tr", "tr_more", "en", "en_more", "plain")
WEEKS, WORLD, WORLDS = 9, 700, 12  # the last week is this one
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


def main() -> None:
    rows = _labelled()
    found = {"name": "themes", "against_labels": {lang: _against(rows, lang) for lang in ("tr", "en")}}
    found |= _in_weeks(rows)
    print(json.dumps(found, ensure_ascii=False))


def _labelled() -> list[dict[str, Any]]:
    lines = [line for name in FILES for line in (MESSAGES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    return [row for row in map(json.loads, lines) if row.get("topic")]


def _against(rows: Sequence[dict[str, Any]], language: str) -> dict[str, float]:
    """Share of messages in a theme whose topic is that of most of it, and what both divisions know of each other."""
    some = [row for row in rows if row["language"] == language]
    texts = [Text(key=n, text=row["text"], person=n, language=language) for n, row in enumerate(some)]
    began = time.perf_counter()
    found = themes.find(texts)
    took = time.perf_counter() - began
    pairs = [(nth, some[key]["topic"]) for nth, theme in enumerate(found) for key, _near in theme.members]
    most = sum(Counter(topic for nth, topic in pairs if nth == each).most_common(1)[0][1] for each in range(len(found)))
    largest = Counter(row["topic"] for row in some).most_common(1)[0][1] / len(some)
    return {
        "messages": len(some),
        "themes": len(found),
        "covered": round(len(pairs) / len(some), 3),
        "purity": round(most / len(pairs), 3),
        "purity_of_one_theme": round(largest, 3),
        "nmi": round(_nmi(pairs), 3),
        "seconds": round(took, 1),
    }


def _nmi(pairs: Sequence[tuple[int, str]]) -> float:
    n, left, right, both = len(pairs), Counter(a for a, _b in pairs), Counter(b for _a, b in pairs), Counter(pairs)
    shared = sum(k / n * log(k * n / (left[a] * right[b])) for (a, b), k in both.items())
    spread = [-sum(k / n * log(k / n) for k in each.values()) for each in (left, right)]
    return 2 * shared / sum(spread) if sum(spread) else 0.0


def _in_weeks(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Worlds of nine weeks drawn from our messages; a new subject of n people in the last week, and none."""
    told: dict[str, Any] = {}
    for n_planted in (6, 8, 12):
        hits, others = [], []
        for seed in range(WORLDS):
            subject = list(PLANTED)[seed % len(PLANTED)]
            draw = random.Random(seed)
            planted = draw.sample(PLANTED[subject], n_planted)
            jumps = _jumps(_world(rows, seed), planted, seed)
            hits.append(any(share >= 0.5 for share in jumps))
            others.append(sum(share < 0.5 for share in jumps))
        told[f"planted_{n_planted}"] = {"found": round(mean(hits), 2), "other_alarms_a_week": round(mean(others), 2)}
    alarms = [len(_jumps(_world(rows, 1_000 + seed), (), seed)) for seed in range(2 * WORLDS)]
    told["shuffled"] = {"worlds": len(alarms), "with_alarms": sum(n > 0 for n in alarms), "alarms": sum(alarms)}
    return told


def _world(rows: Sequence[dict[str, Any]], seed: int) -> list[tuple[str, str, int]]:
    draw = random.Random(seed)
    return [(row["text"], row["language"], draw.randrange(WEEKS)) for row in draw.sample(list(rows), WORLD)]


def _jumps(world: list[tuple[str, str, int]], planted: Sequence[str], seed: int) -> list[float]:
    """The share of planted messages among those of each theme that jumps, of this week."""
    lines = [
        *world,
        *((text, "en" if text.isascii() and "zip" in text.lower() else "tr", WEEKS - 1) for text in planted),
    ]
    texts = [Text(key=n, text=text, person=n, language=language) for n, (text, language, _week) in enumerate(lines)]
    now = {n for n, (_text, _language, week) in enumerate(lines) if week == WEEKS - 1}
    found = themes.find(texts, newest=now, seed=seed)
    weeks = [
        Week(now=len(one.keys & now), before=len(one.keys - now), all_now=len(now), all_before=len(lines) - len(now))
        for one in found
    ]
    rises = themes.rises(weeks, false_alarms=themes.FALSE_ALARMS / 7)
    new = range(len(world), len(lines))
    return [
        sum(key in new for key in one.keys & now) / max(1, len(one.keys & now))
        for one, rise in zip(found, rises, strict=True)
        if rise.is_jump
    ]


if __name__ == "__main__":
    main()
