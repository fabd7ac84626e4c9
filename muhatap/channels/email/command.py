"""`muhatap mail parse FILE.eml`: what the intake understands of a mail, as JSON. Needs no settings and no database."""

import json
import sys
from pathlib import Path

from muhatap.channels.contract import Untranslatable
from muhatap.channels.email.parsing import parse
from muhatap.channels.email.report import as_json


def main(path: str) -> int:
    """Print the mail in this file as JSON and return the exit code: 0, or 2 with one line of reason on stderr."""
    try:
        parsed = parse(Path(path).read_bytes())
    except OSError as error:
        print(f"{path}: {error.strerror or error}", file=sys.stderr)
        return 2
    except Untranslatable as error:
        print(f"{path}: {error}", file=sys.stderr)
        return 2
    sys.stdout.buffer.write(json.dumps(as_json(parsed), ensure_ascii=False, indent=2).encode() + b"\n")
    return 0
