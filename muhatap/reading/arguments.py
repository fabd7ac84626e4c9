"""The words of `muhatap read`, apart from the work, so that other commands start without it."""

import argparse

from muhatap.shared.words import gettext as _


class CannotRead(Exception):
    """Says in a sentence why the command stops."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--in",
        dest="source",
        required=True,
        metavar="texts.jsonl",
        help=_("one JSON object a line, with a field text; - for standard input"),
    )
    parser.add_argument(
        "--out",
        dest="target",
        required=True,
        metavar="readings.jsonl",
        help=_("the same lines with what they say; - for standard output"),
    )
