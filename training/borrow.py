"""Copies into training/data what we train on of licensed sets: python -m training.borrow TEXTS SIB200 XED (folders of their files).

TEXTS holds the sets as CSV files with the columns text and label; SIB200 and XED are checkouts of dadelani/sib-200 and Helsinki-NLP/XED.
Run once; what it wrote is committed with its licences (training/README.md), so that `make model` needs nothing else.
"""

import csv
import gzip
import json
import random
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

HERE = Path(__file__).parent / "data"
SETS = {
    "tr_reviews_negative": 4_500,
    "xed_emotion_tr": 7_100,
    "xed_emotion_en": 6_000,
    "banking77_en": 5_000,
    "bitext_support_en": 1_500,
    "clinc150_en": 4_000,
    "atis_tr": 700,
    "xsid_tr": 240,
    "xsid_en": 250,
}
SIB = {
    "tur_Latn": "tr", "eng_Latn": "en", "azj_Latn": "az", "uzn_Latn": "uz", "tuk_Latn": "tk", "kmr_Latn": "ku", "deu_Latn": "de", "fra_Latn": "fr",
    "spa_Latn": "es", "ita_Latn": "it", "nld_Latn": "nl", "por_Latn": "pt", "pol_Latn": "pl", "ron_Latn": "ro", "swe_Latn": "sv", "dan_Latn": "da",
    "nob_Latn": "no", "fin_Latn": "fi", "hun_Latn": "hu", "ces_Latn": "cs", "slk_Latn": "sk", "hrv_Latn": "hr", "slv_Latn": "sl", "est_Latn": "et",
    "lit_Latn": "lt", "lvs_Latn": "lv", "als_Latn": "sq", "ind_Latn": "id", "vie_Latn": "vi", "cat_Latn": "ca", "swh_Latn": "sw",
    "rus_Cyrl": "ru", "ukr_Cyrl": "uk", "bul_Cyrl": "bg", "srp_Cyrl": "sr", "mkd_Cyrl": "mk", "kaz_Cyrl": "kk",
    "arb_Arab": "ar", "pes_Arab": "fa", "urd_Arab": "ur", "ckb_Arab": "ckb",
}  # fmt: skip
MANY = {"tr", "en", "az", "uz", "de", "fr", "es", "it", "nl", "ru", "ar"}
XED = [
    "de",
    "fr",
    "es",
    "it",
    "nl",
    "pt",
    "pl",
    "ro",
    "sv",
    "da",
    "no",
    "fi",
    "hu",
    "cs",
    "sk",
    "hr",
    "sl",
    "et",
    "id",
    "vi",
    "ru",
    "bg",
    "mk",
    "ar",
    "fa",
]


def main() -> None:
    texts, sib, xed = map(Path, sys.argv[1:4])
    HERE.mkdir(exist_ok=True)
    for name, most in SETS.items():
        with gzip.open(texts / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
            rows = [(row["label"], _line(row["text"])) for row in csv.DictReader(file)]
        _write(name, _some(rows, most))
    _write("languages", [*_sib(sib), *_xed(xed)])


def _sib(checkout: Path) -> Iterator[tuple[str, str]]:
    for folder, language in SIB.items():
        rows = []
        for part in ("train", "dev"):
            shown = _shown(checkout, f"data/annotated/{folder}/{part}.tsv")
            rows += [(language, _line(row["text"])) for row in csv.DictReader(shown.splitlines(), delimiter="\t")]
        yield from _some(rows, 600 if language in MANY else 250)


def _xed(checkout: Path) -> Iterator[tuple[str, str]]:
    for language in XED:
        lines = _shown(checkout, f"Projections/{language}-projections.tsv").splitlines()
        rows = [(language, _line(line.split("\t")[0])) for line in lines]
        yield from _some([row for row in rows if 4 < len(row[1]) < 90], 1_000 if language in MANY else 400)


def _shown(checkout: Path, path: str) -> str:
    return subprocess.run(
        ["git", "-C", str(checkout), "show", f"HEAD:{path}"], check=True, capture_output=True
    ).stdout.decode("utf-8", "replace")


def _line(text: str) -> str:
    return " ".join(text.replace("\ufeff", "").split())


def _some(rows: Iterable[tuple[str, str]], most: int) -> list[tuple[str, str]]:
    rows = sorted(set(rows))
    random.Random(6).shuffle(rows)
    return sorted(rows[:most])


def _write(name: str, rows: list[tuple[str, str]]) -> None:
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (HERE / f"{name}.jsonl.gz").write_bytes(gzip.compress(lines.encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
