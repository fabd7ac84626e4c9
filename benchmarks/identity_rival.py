"""Splink on the rows our normaliser made, in a process of its own: python -m benchmarks.identity_rival IN.csv OUT.csv

Set up as strictly as served it best: near addresses of mail are one edit apart, names have term frequencies, training on capped pairs,
connected components at several bars: OUT.0.csv at even odds, OUT.1.csv and so on above them. `--candidates M.json` gives it the pairs our
rules find instead of its own seven; `--guarded G.csv` writes beside it what our grouping makes of its weights: what speaks against a pair
are its weights below zero.
"""

import argparse
import json
import logging
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import splink.comparison_level_library as levels
import splink.comparison_library as library
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from muhatap.matching import batch, grouping, model, reading
from muhatap.matching.blocking import rule
from muhatap.matching.duck import Duck
from muhatap.matching.engine import MOST_IN_A_KEY

FIELDS = ("given", "family", "born", "email", "phone", "street", "district", "city")
BARS = (0.0, 3.0, 6.0, 10.0)  # bits; even odds is what one would take without knowing the truth


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--candidates", type=Path)
    parser.add_argument("--guarded", type=Path)
    asked = parser.parse_args()
    begun = time.perf_counter()
    logging.getLogger("splink").setLevel(logging.ERROR)
    engine = Duck(memory="4GB")
    with tempfile.TemporaryDirectory() as scratch:
        sheet = reading.opened(asked.source, {}, Path(scratch))
        n_records = engine.read(sheet.path, sheet.columns, sheet.delimiter)
    engine.normalise()
    fields = [field for field in FIELDS if field in engine.fields]
    keys = _keys(engine, model.parsed(asked.candidates.read_text("utf-8")).rules) if asked.candidates else []
    columns = ", ".join(
        [*(f"nullif(n.{field}, '') as {field}" for field in fields), *(f"{key}.k as {key}" for key in keys)]
    )
    joins = " ".join(f"left join {key} on {key}.id = n.id" for key in keys)
    engine.make("prepared", f"select n.id as unique_id, {columns} from normalised n {joins}")
    linker = Linker(
        DuckDBAPI(connection=engine._on).register("prepared"),
        settings(fields, keys, bool(asked.guarded)),
        log_level=logging.ERROR,
    )
    train(linker)
    found = linker.inference.predict(threshold_match_probability=None if asked.guarded else 0.02)
    for number, bar in enumerate(BARS):
        groups = linker.clustering.cluster_pairwise_predictions_at_threshold(found, threshold_match_weight=bar)
        named = _named(f"select unique_id as id, cluster_id as first from {groups.physical_name}")
        engine.write(named, asked.out.with_suffix(f".{number}.csv"))
        if asked.guarded:
            engine.lend("ours", _guarded(engine, n_records, found.physical_name, bar))
            engine.write(_named("select * from ours"), asked.guarded.with_suffix(f".{number}.csv"))
    print(json.dumps({"seconds": round(time.perf_counter() - begun, 1)}))


def _named(groups: str) -> str:
    return f"select c.rec_id, g.first as cluster_id from ({groups}) g join called c on c.id = g.id order by c.id"


def _keys(engine: Duck, rules: tuple[str, ...]) -> list[str]:
    """A table of keys for each rule, without those that find crowds: sharing one is what makes a candidate of ours."""
    names = [f"key_{number}" for number in range(len(rules))]
    for name, each in zip(names, map(rule, rules), strict=True):
        keyed = f"select id, hash({each.text_sql()}) as k from normalised where {each.is_there()}"
        engine.make(
            name, f"select * from ({keyed}) k qualify count(*) over (partition by k) between 2 and {MOST_IN_A_KEY}"
        )
    return names


def _guarded(engine: Duck, n_records: int, predictions: str, bar: float) -> dict[str, Any]:
    """Our grouping on these weights, as far as pairs are known: those that nobody sought count neither for nor against."""
    names = engine.numbers(f"select column_name as name from (describe {predictions}) where column_name like 'mw_%'")[
        "name"
    ]
    against = " + ".join(f"least(coalesce({name}, 0), 0)" for name in names if not name.startswith("mw_tf"))
    pairs = engine.numbers(
        f"select unique_id_l - 1 as l, unique_id_r - 1 as r, match_weight as weight, {against} as against from {predictions} where match_weight > -60"
    )
    left, right, weight = pairs["l"].astype(np.int64), pairs["r"].astype(np.int64), pairs["weight"].astype(np.float32)
    is_link = weight >= bar
    component = grouping.loosened(
        n_records, left[is_link], right[is_link], weight[is_link], bar=bar, most=batch.LARGEST
    )
    size = np.bincount(component, minlength=n_records)[component]
    label = np.where(size > batch.LARGEST, np.arange(n_records), component)
    within = component[left] == component[right]
    known = grouping.Pairs(left[within], right[within], weight[within], pairs["against"].astype(np.float32)[within])
    group, _ = grouping.guarded(label, known, bar=bar, share=model.Model.against)
    return {"id": np.arange(1, n_records + 1), "first": group + 1}


def settings(fields: list[str], keys: list[str], is_told_why: bool) -> Any:
    rules = ("email", "phone", "given born", "family born", "given family district", "given street district")
    own = [block_on(*words.split()) for words in rules if set(words.split()) <= set(fields)]
    if {"given", "phone"} <= set(fields):
        own.append(block_on("given", "substr(phone, 4, 7)"))
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[comparison for field, comparison in _comparisons().items() if field in fields],
        blocking_rules_to_generate_predictions=[block_on(key) for key in keys] or own,
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=is_told_why,
    )


def _comparisons() -> dict[str, Any]:
    """District and city in one, names down to their first two letters, days of birth also turned: what research found best for it."""

    def like(field: str, sql: str, label: str) -> dict[str, str]:
        sides = sql.replace("{l}", f"{field}_l").replace("{r}", f"{field}_r")
        return {"sql_condition": sides, "label_for_charts": label}

    def custom(field: str, *between: Any, by_frequency: bool = True) -> Any:
        exact = levels.ExactMatchLevel(field, term_frequency_adjustments=by_frequency)
        found = [levels.NullLevel(field), exact, *between, levels.ElseLevel()]
        return library.CustomComparison(output_column_name=field, comparison_levels=found)

    def name(field: str) -> Any:
        near = (levels.JaroWinklerLevel(field, share) for share in (0.92, 0.85))
        return custom(field, *near, like(field, "starts_with({l}, substr({r}, 1, 2))", "two letters"))

    turned = "substr({l}, 1, 4) = substr({r}, 1, 4) and substr({l}, 6, 2) = substr({r}, 9, 2) and substr({l}, 9, 2) = substr({r}, 6, 2)"
    born = custom(
        "born",
        like("born", turned, "turned"),
        like("born", "damerau_levenshtein({l}, {r}) <= 1", "one edit"),
        like("born", "substr({l}, 1, 4) = substr({r}, 1, 4)", "year"),
    )
    place = [
        levels.NullLevel("city"),
        {"sql_condition": "city_l = city_r and district_l = district_r", "label_for_charts": "district"},
        levels.ExactMatchLevel("city"),
        levels.ElseLevel(),
    ]
    return {
        "given": name("given"),
        "family": name("family"),
        "born": born,
        "email": custom("email", levels.LevenshteinLevel("email", 1)),
        "phone": custom("phone", levels.LevenshteinLevel("phone", 1)),
        "street": custom(
            "street", *(levels.JaroWinklerLevel("street", share) for share in (0.92, 0.8)), by_frequency=False
        ),
        "city": library.CustomComparison(output_column_name="place", comparison_levels=place),
    }


def train(linker: Any) -> None:
    certain = [block_on("email", "given"), block_on("phone", "given")]
    linker.training.estimate_probability_two_random_records_match(certain, recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for agreed in (block_on("given", "family"), block_on("email"), block_on("phone")):
        linker.training.estimate_parameters_using_expectation_maximisation(agreed, max_pairs=2e6)


if __name__ == "__main__":
    main()
