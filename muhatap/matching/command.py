"""`muhatap dedupe`: a CSV of customers in, who belongs together out."""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from muhatap.matching import batch, explaining, grouping, links, model, reading
from muhatap.matching.arguments import CannotDedupe
from muhatap.matching.blocking import Rule, rule
from muhatap.matching.engine import Engine
from muhatap.matching.model import BadModel, Model
from muhatap.shared.words import gettext as _

FEWEST_TO_LEARN = 1_000  # records; below, the starting model knows better


def main(arguments: argparse.Namespace) -> int:
    """Raises CannotDedupe."""
    begun = time.perf_counter(), time.process_time()
    if not (arguments.out or arguments.train or arguments.explain):
        raise CannotDedupe(_("Say where the result goes: --out clusters.csv."))
    _mind_results(arguments)
    try:
        summary = _deduped(arguments)
    except (reading.UnreadableFile, duckdb.Error, UnicodeError, OSError) as error:
        raise CannotDedupe(_in_a_sentence(error)) from error
    seconds = {
        "seconds": round(time.perf_counter() - begun[0], 2),
        "cpu_seconds": round(time.process_time() - begun[1], 2),
    }
    print(json.dumps(summary | seconds, ensure_ascii=False))
    return 0


def _deduped(arguments: argparse.Namespace) -> dict[str, object]:
    known = _model(arguments)
    with tempfile.TemporaryDirectory(prefix="muhatap-") as scratch, _engine(arguments, Path(scratch)) as engine:
        sheet = reading.opened(arguments.file, _mapping(arguments.map), Path(scratch))
        n_records = engine.read(sheet.path, sheet.columns, sheet.delimiter)
        _mind_numbers(engine, sheet)
        if known is None and n_records < FEWEST_TO_LEARN and not arguments.train:
            known = model.starting()
        bar = _bar(arguments.bar)
        told = links.read(arguments.links, engine, Path(scratch)) if arguments.links else links.NONE
        outcome = batch.resolve(engine, n_records, known, bar=bar, rules=_rules(arguments.rules), told=told)
        if arguments.train and arguments.model:
            _write_text(arguments.model, outcome.model.to_json() + "\n")
        if arguments.out:
            explaining.write_clusters(engine, outcome.group, arguments.out)
        if arguments.explain:
            explaining.write_pairs(engine, outcome.model, arguments.explain)
        more = {"links_not_found": told.n_unknown} if arguments.links else {}
        return _summary(outcome, n_records, arguments.engine) | more


def _summary(outcome: batch.Outcome, n_records: int, engine: str) -> dict[str, object]:
    sizes = grouping.sizes(outcome.group)
    return {
        "records": n_records,
        "clusters": len(sizes),
        "largest_cluster": int(sizes.max(initial=0)),
        "records_in_company": int(sizes[sizes > 1].sum()),
        "candidate_pairs": outcome.n_candidates,
        "pairs_to_review": outcome.n_to_review,
        "refused_joins": len(outcome.refused),
        "rules": list(outcome.model.rules),
        "engine": engine,
    }


def _mind_results(arguments: argparse.Namespace) -> None:
    """Before an hour's work: a result is written over nothing that is read, and can be written at all. Raises CannotDedupe."""
    model_out = arguments.model if arguments.train else None
    results = [path for path in (arguments.out, arguments.explain, model_out) if path]
    met = {path.resolve() for path in (arguments.file, arguments.links, arguments.model) if path and path != model_out}
    for path in results:
        is_device = path.exists() and not path.is_file() and not path.is_dir()
        if path.resolve() in met and not is_device:
            raise CannotDedupe(_("%(path)s is named twice: one would be written over the other.") % {"path": path})
        met.add(path.resolve())
        if path.is_dir() or not os.access(path if path.exists() else path.resolve().parent, os.W_OK):
            raise CannotDedupe(_("Nothing can be written to %(path)s.") % {"path": path})


@contextmanager
def _engine(arguments: argparse.Namespace, scratch: Path) -> Iterator[Engine]:
    if arguments.engine == "spark":
        from muhatap.matching.spark import Spark

        engine: Engine = Spark()
    else:
        from muhatap.matching.duck import Duck

        engine = Duck(memory=arguments.memory, spill=scratch)
    try:
        yield engine
    finally:
        engine.close()


def _mind_numbers(engine: Engine, sheet: reading.Sheet) -> None:
    """A cluster is called by the number of its first row, so each row needs its own. Raises UnreadableFile."""
    if "rec_id" in sheet.columns and (doubled := engine.doubled()) is not None:
        said = {"column": sheet.columns["rec_id"].strip('"'), "number": doubled}
        if not doubled:
            raise reading.UnreadableFile(
                _("A row has nothing in the column “%(column)s”, by which rows are called.") % said
            )
        raise reading.UnreadableFile(
            _(
                "Several rows have “%(number)s” in the column “%(column)s”, by which rows are called. Name another with --map"
                " rec_id=…, or rename it; without such a column rows are numbered."
            )
            % said
        )


def _model(arguments: argparse.Namespace) -> Model | None:
    if arguments.train or not arguments.model:
        return None
    try:
        return model.parsed(arguments.model.read_text("utf-8"))
    except (OSError, UnicodeError, BadModel) as error:
        raise CannotDedupe(_("%(path)s is no model of this program.") % {"path": arguments.model}) from error


def _mapping(pairs: list[str]) -> Mapping[str, str]:
    mapping = dict(pair.partition("=")[::2] for pair in pairs)
    if not all(mapping.values()):
        raise CannotDedupe(_("Write a mapping as our field = the file’s column: --map phone=telefon."))
    return mapping


def _rules(text: str | None) -> tuple[Rule, ...] | None:
    try:
        return tuple(rule(name.strip()) for name in text.split(",")) if text else None
    except ValueError as error:
        raise CannotDedupe(
            _("“%(rule)s” is no rule. Rules are fields joined by +, as in call+born.") % {"rule": error}
        ) from error


def _bar(text: str) -> float | None:
    """None is the bar of the model that is used."""
    names = {"likely": batch.LIKELY, "merge": None}
    try:
        return names[text] if text in names else float(text)
    except ValueError as error:
        raise CannotDedupe(_("The bar is likely, merge, or a number of bits.")) from error


def _in_a_sentence(error: Exception) -> str:
    if isinstance(error, duckdb.Error):
        first = next(
            (line for line in str(error).splitlines() if "Line" in line or "line" in line), str(error).splitlines()[0]
        )
        return _("The file cannot be read as a table: %(why)s") % {"why": first.strip()}
    return str(error)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
