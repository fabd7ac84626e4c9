"""What a batch found, written down: which rows belong together, and why pairs do or do not."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from muhatap.matching import batch, comparing
from muhatap.matching.engine import Engine
from muhatap.matching.model import Model, Weight, names_agree, speaks
from muhatap.matching.scoring import band


def write_clusters(engine: Engine, group: NDArray[np.int64], path: Path) -> None:
    """rec_id,cluster_id in the order of the file; a cluster is called by the rec_id of its first record."""
    engine.lend("grouped", {"id": np.arange(1, len(group) + 1), "first": group + 1})
    query = "select c.rec_id, f.rec_id as cluster_id from called c join grouped g on g.id = c.id join called f on f.id = g.first order by c.id"
    engine.write(query, path)


def write_pairs(engine: Engine, model: Model, path: Path) -> None:
    """Every pair from the bar of review on: both rec_ids, weight in bits, band, evidence by field and level."""
    codes = engine.codes("compared")
    prior = (model.prior.stranger, model.prior.relative)
    pairs = engine.weighed("compared", batch.weights_of(model, codes), prior, model.review)
    told = {int(code): evidence(model, int(code)) for code in np.unique(pairs["code"])}
    engine.lend("explained", {
        "l": pairs["l"], "r": pairs["r"], "weight": np.round(pairs["weight"].astype(np.float64), 2),
        "band": np.array([band(float(weight), model) for weight in pairs["weight"]], dtype=object),
        "evidence": np.array([told[int(code)] for code in pairs["code"]], dtype=object),
    })  # fmt: skip
    query = "select a.rec_id as rec_id_l, b.rec_id as rec_id_r, weight, band, evidence from explained e"
    engine.write(
        f"{query} join called a on a.id = e.l join called b on b.id = e.r order by weight desc, e.l, e.r", path
    )


def evidence(model: Model, code: int) -> str:
    """'given same +6.8; family same +8.1; phone other -1.7': bits against a stranger, for a mean name."""
    found = comparing.levels_of(code)
    is_named = names_agree(found)
    told = []
    for field, level in comparing.named(found):
        weight: Weight | None = model.weights.get(field, {}).get(level)
        if weight and speaks(field, found):
            told.append(f"{field} {level} {model.against_stranger(field, level, weight, is_named=is_named):+.1f}")
    return "; ".join(told)
