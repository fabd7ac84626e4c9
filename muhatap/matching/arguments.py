"""The words of `muhatap dedupe`, apart from the work, so that other commands start without it."""

import argparse
from pathlib import Path

from muhatap.shared.words import gettext as _


class CannotDedupe(Exception):
    """Says in a sentence why the command stops."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="IN.csv", help=_("customers, one a row, with a header"))
    parser.add_argument("--out", type=Path, metavar="clusters.csv", help=_("rec_id and cluster_id of every row"))
    parser.add_argument(
        "--model", type=Path, metavar="M.json", help=_("weights to use; with --train, where to keep them")
    )
    parser.add_argument("--train", action="store_true", help=_("learn the weights from this file"))
    parser.add_argument("--explain", type=Path, metavar="pairs.csv", help=_("pairs with weight, band and evidence"))
    parser.add_argument(
        "--engine", choices=("duckdb", "spark"), default="duckdb", help=_("one machine, or a Spark cluster")
    )
    parser.add_argument(
        "--map", action="append", default=[], metavar="phone=telefon", help=_("our field and the file’s column")
    )
    parser.add_argument(
        "--rules", help=_("keys to find pairs by, as in email,phone,call+born; chosen by the program if left out")
    )
    parser.add_argument(
        "--bar", default="likely", help=_("join from this weight on: likely, merge, or a number of bits")
    )
    parser.add_argument(
        "--links",
        type=Path,
        metavar="links.csv",
        help=_("what somebody knows: rec_id_l, rec_id_r, link (same, different)"),
    )
    parser.add_argument("--memory", metavar="900MB", help=_("of the database inside; the rest goes to disk"))
