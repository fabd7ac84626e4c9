"""Splink on the rows our normaliser made, in a process of its own: python -m benchmarks.identity_rival IN.csv OUT.csv

Set up as strictly as served it best: near addresses of mail are one edit apart, names have term frequencies, training on capped pairs,
connected components at even odds.
"""

import json
import logging
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import splink.comparison_library as library
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from muhatap.matching import reading
from muhatap.matching.duck import Duck

FIELDS = ("given", "family", "born", "email", "phone", "street", "district", "city")
EVEN = 0.5


def main(source: Path, out: Path) -> None:
    begun = time.perf_counter()
    logging.getLogger("splink").setLevel(logging.ERROR)
    engine = Duck(memory="4GB")
    with tempfile.TemporaryDirectory() as scratch:
        sheet = reading.opened(source, {}, Path(scratch))
        engine.read(sheet.path, sheet.columns, sheet.delimiter)
    engine.normalise()
    fields = [field for field in FIELDS if field in engine.fields]
    columns = ", ".join(f"nullif({field}, '') as {field}" for field in fields)
    on = engine._on
    on.execute(f"create table prepared as select id as unique_id, {columns} from normalised")
    database = DuckDBAPI(connection=on)
    linker = Linker(database.register("prepared"), settings(fields))
    train(linker)
    found = linker.inference.predict(threshold_match_probability=0.02)
    groups = linker.clustering.cluster_pairwise_predictions_at_threshold(found, threshold_match_probability=EVEN)
    engine.write(
        f"select c.rec_id, g.cluster_id from {groups.physical_name} g join called c on c.id = g.unique_id order by c.id",
        out,
    )
    print(json.dumps({"seconds": round(time.perf_counter() - begun, 1)}))


def settings(fields: list[str]) -> Any:
    comparisons = {
        "given": library.JaroWinklerAtThresholds("given", [0.92, 0.85]).configure(term_frequency_adjustments=True),
        "family": library.JaroWinklerAtThresholds("family", [0.92, 0.85]).configure(term_frequency_adjustments=True),
        "born": library.DamerauLevenshteinAtThresholds("born", [1, 2]),
        "email": library.LevenshteinAtThresholds("email", [1]).configure(term_frequency_adjustments=True),
        "phone": library.LevenshteinAtThresholds("phone", [1]).configure(term_frequency_adjustments=True),
        "street": library.JaroWinklerAtThresholds("street", [0.92, 0.8]),
        "city": library.ExactMatch("city"),
        "district": library.ExactMatch("district"),
    }
    rules = (
        "email",
        "phone",
        "given born",
        "family born",
        "given family district",
        "given street district",
        "given family city",
    )
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[comparison for field, comparison in comparisons.items() if field in fields],
        blocking_rules_to_generate_predictions=[
            block_on(*rule.split()) for rule in rules if set(rule.split()) <= set(fields)
        ],
        retain_matching_columns=False,
    )


def train(linker: Any) -> None:
    certain = [block_on("email", "given"), block_on("phone", "given")]
    linker.training.estimate_probability_two_random_records_match(certain, recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for rule in (block_on("given", "family"), block_on("email"), block_on("phone")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=2e6)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
