"""How far two spellings are apart, as far as it matters: one step or more."""


def is_one_edit(x: str, y: str) -> bool:
    """One letter more, less or other, or two neighbours exchanged."""
    if abs(len(x) - len(y)) > 1 or x == y:
        return False
    start = _common(x, y)
    end = min(_common(x[::-1], y[::-1]), min(len(x), len(y)) - start)
    p, q = x[start : len(x) - end], y[start : len(y) - end]
    return (len(p) <= 1 and len(q) <= 1) or (len(p) == 2 and p == q[::-1])


def is_one_place(x: str, y: str) -> bool:
    """Of equal length, and different in one place."""
    return len(x) == len(y) and sum(a != b for a, b in zip(x, y, strict=True)) == 1


def _common(x: str, y: str) -> int:
    """How many letters both begin with."""
    n = 0
    for a, b in zip(x, y, strict=False):
        if a != b:
            break
        n += 1
    return n
