"""The few things DuckDB, PostgreSQL and Spark say in different words."""

from enum import StrEnum

from muhatap.matching.letters import COMPOSED, COMPOSED_BARE, FOREIGN, FOREIGN_BARE


class Dialect(StrEnum):
    DUCKDB = "duckdb"
    POSTGRES = "postgres"
    SPARK = "spark"


_MARKS = f"[{chr(0x300)}-{chr(0x36F)}]"


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def fold(x: str, dialect: Dialect) -> str:
    """Small letters without marks; ı is i."""
    if dialect is Dialect.DUCKDB:
        return f"lower(strip_accents(replace({x}, 'ı', 'i')))"
    if dialect is Dialect.POSTGRES:
        return f"lower(replace(regexp_replace(normalize({x}, NFD), '{_MARKS}', '', 'g'), 'ı', 'i'))"
    return f"lower(translate(regexp_replace({x}, '{_MARKS}', ''), '{COMPOSED}', '{COMPOSED_BARE}'))"


def latinise(x: str) -> str:
    return f"translate({x}, '{FOREIGN}', '{FOREIGN_BARE}')"


def replaced(x: str, pattern: str, by: str, dialect: Dialect) -> str:
    """Every place where the pattern stands, replaced."""
    if dialect is Dialect.SPARK:
        return f"regexp_replace({x}, {literal(pattern)}, {literal(by.replace(chr(92), '$'))})"
    return f"regexp_replace({x}, {literal(pattern)}, {literal(by)}, 'g')"


def extracted(x: str, pattern: str, dialect: Dialect) -> str:
    """The pattern's one group, or an empty text."""
    if dialect is Dialect.POSTGRES:
        return f"coalesce(substring({x} from {literal(pattern)}), '')"
    # All that was matched is found faster than a group of it.
    is_all = dialect is Dialect.DUCKDB and pattern.strip("^$")[:1] == "(" and pattern.strip("^$")[-1:] == ")"
    return f"regexp_extract({x}, {literal(pattern)}, {0 if is_all and pattern.count('(') - pattern.count('(?:') == 1 else 1})"


def looked_up(x: str, table: dict[str, str], dialect: Dialect) -> str:
    """The table's word for a text, or the text itself."""
    if dialect is Dialect.DUCKDB:
        words, meanings = (", ".join(map(literal, side)) for side in (table, table.values()))
        return f"coalesce(map([{words}], [{meanings}])[{x}], {x})"
    if dialect is Dialect.SPARK:
        pairs = ", ".join(f"{literal(word)}, {literal(meaning)}" for word, meaning in table.items())
        return f"coalesce(map({pairs})[{x}], {x})"
    pairs = ", ".join(f"({literal(word)}, {literal(meaning)})" for word, meaning in table.items())
    return f"coalesce((select t.meaning from (values {pairs}) t(word, meaning) where t.word = {x}), {x})"


def is_one_of(x: str, words: frozenset[str]) -> str:
    return f"{x} in ({', '.join(map(literal, sorted(words)))})"


def key_hash(text: str, dialect: Dialect) -> str:
    """64 bits of a text, the same number in every dialect and in `blocking.keys`: the first half of its MD5, signed."""
    if dialect is Dialect.POSTGRES:
        return f"('x' || substr(md5({text}), 1, 16))::bit(64)::bigint"
    if dialect is Dialect.SPARK:
        first = f"conv(substr(md5({text}), 1, 1), 16, 10)"
        return (
            f"cast(case when {first} >= 8 then cast(conv(substr(md5({text}), 1, 16), 16, 10) as decimal(20)) - 18446744073709551616"
            f" else cast(conv(substr(md5({text}), 1, 16), 16, 10) as decimal(20)) end as bigint)"
        )
    return f"('0x' || md5({text})[1:16])::ubigint::bit::bigint"


def is_one_place(a: str, b: str, dialect: Dialect) -> str:
    """Texts of equal length that differ in one place; PostgreSQL and Spark say it by their edit distance."""
    distance = f"hamming({a}, {b})" if dialect is Dialect.DUCKDB else f"levenshtein({a}, {b})"
    return f"case when length({a}) = length({b}) then {distance} = 1 else false end"


def contains(text: str, part: str, dialect: Dialect) -> str:
    return f"position({part} in {text}) > 0" if dialect is Dialect.POSTGRES else f"contains({text}, {part})"


def is_one_edit(a: str, b: str, dialect: Dialect) -> str:
    """Of texts of more than three letters: one letter more, less or other, or two neighbours exchanged."""
    return f"case when {_may_be_one_edit(a, b, dialect)} then {_one_edit(a, b, dialect)} else false end"


def _may_be_one_edit(a: str, b: str, dialect: Dialect) -> str:
    """Cheap, and true of every edit."""
    if (
        dialect is Dialect.DUCKDB
    ):  # whose Levenshtein costs a tenth of its Damerau; two neighbours exchanged are 2 steps of it
        return f"abs(strlen({a}) - strlen({b})) <= 1 and {a} <> {b} and levenshtein({a}, {b}) <= 2"
    lengths = f"abs(length({a}) - length({b})) <= 1"
    # An edit touches the beginning or the end or neither, never both.
    first, two = (f"substr({a}, 1, {n}) = substr({b}, 1, {n})" for n in (1, 2))
    last, last_two = (f"right({a}, {n}) = right({b}, {n})" for n in (1, 2))
    return f"{lengths} and {a} <> {b} and ({first} and ({last} or {two}) or {last_two})"


def _one_edit(a: str, b: str, dialect: Dialect) -> str:
    if dialect is Dialect.DUCKDB:
        return f"damerau_levenshtein({a}, {b}) = 1"
    turned = f"substr({a}, 1, i - 1) || substr({a}, i + 1, 1) || substr({a}, i, 1) || substr({a}, i + 2)"
    if dialect is Dialect.SPARK:
        swap = f"exists(sequence(1, length({a}) - 1), i -> {turned} = {b})"
    else:
        swap = f"exists (select 1 from generate_series(1, length({a}) - 1) i where {turned} = {b})"
    distance = f"levenshtein({a}, {b})"
    return f"case when {distance} = 1 then true when {distance} = 2 and length({a}) = length({b}) then {swap} else false end"
