"""What keeps a file from being read. Codes, not words: the page that shows them speaks the reader's language."""

MOST_COLUMNS = 300
LONGEST_CELL = 100_000
LONGEST_LINE = 2_000_000


class Unreadable(ValueError):
    """`code` is one of: empty, only_header, binary, old_excel, locked, encoding, quote, cell, line, columns, bomb, entities, broken."""

    def __init__(self, code: str, **details: int | str) -> None:
        super().__init__(code)
        self.code, self.details = code, details
