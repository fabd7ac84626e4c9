"""The tables of a batch run as SQL text: records, keys, pairs, patterns. The same text for DuckDB and Spark where they agree."""

from collections.abc import Iterable, Mapping, Sequence

from muhatap.matching import blocking, comparing, national, normalising
from muhatap.matching.blocking import Rule
from muhatap.matching.dialects import Dialect, is_one_of
from muhatap.matching.model import DIGITS
from muhatap.matching.normal import SHARED_BY_MANY
from muhatap.matching.recipes import Recipe
from muhatap.matching.words import ROLE_BOXES

# Names and places repeat: their normal form is made once for each spelling.
REPEATING = ("first_name", "last_name", "birth_date", "district", "city")


def forms(present: frozenset[str]) -> list[str]:
    """The normal fields that the present raw columns give."""
    found: list[str] = []
    for field, (source, _) in normalising.FORMS.items():
        if source in (found if field in normalising.FROM_FIELD else present):
            found.append(field)
    return found


def spellings(column: str, dialect: Dialect) -> str:
    """Every spelling of a repeating column with its normal forms."""
    fields = [
        field
        for field, (source, _) in normalising.FORMS.items()
        if source == column and field not in normalising.FROM_FIELD
    ]
    inner = ", ".join(f"{_form(field, 'spelling', dialect)} as {field}" for field in fields)
    outer = f"select distinct substr({column}, 1, {normalising.LONGEST}) as spelling from raw where {column} <> ''"
    query = f"select spelling, {inner} from ({outer}) spelled"
    if column == "first_name":
        query = f"select *, {_form('given', 'givens', dialect)} as given from ({query}) named"
        query = f"select *, {_form('call', 'given', dialect)} as call from ({query}) called"
    return query


def normalised(present: frozenset[str], dialect: Dialect) -> str:
    """All records in their normal form, before anything is known of how many share a value."""
    repeated, repeated_fields, joins, single = [], [], [], {}
    for field in forms(present):
        source, form = normalising.FORMS[field]
        origin = {"given": "first_name", "call": "first_name"}.get(field, source)
        if origin in REPEATING:
            repeated.append(f"coalesce(s_{origin}.{field}, '') as {field}")
            repeated_fields.append(field)
            joins.append(origin)
        elif field not in normalising.FROM_FIELD:
            single[field] = (f"substr(coalesce({source}, ''), 1, {normalising.LONGEST})", form)
    spelled = " ".join(
        f"left join spelled_{origin} s_{origin} on s_{origin}.spelling = substr(raw.{origin}, 1, {normalising.LONGEST})"
        for origin in dict.fromkeys(joins)
    )
    columns = ", ".join(["raw.id", *repeated, *(f"form_{field} as {field}" for field in single)])
    query = f"select {columns} from {_staged(present, single, dialect)} raw {spelled}"
    known = ["id", *repeated_fields, *single]
    for field in ("email", "user", "domain") if "email" in present else ():
        source, form = normalising.FORMS[field]
        for number, stage in enumerate(form.stages(source, field, dialect)):
            query = f"select {', '.join(known)}, {stage} as {field} from ({query}) stage_{number}"
        known.append(field)
    return query


def _staged(present: frozenset[str], single: Mapping[str, tuple[str, Recipe]], dialect: Dialect) -> str:
    """Table raw with the normal forms that are made row by row, stage by stage."""
    stages = {f"form_{field}": form.stages(x, f"form_{field}", dialect) for field, (x, form) in single.items()}
    kept = ", ".join(["id", *(column for column in REPEATING if column in present)])
    query = "raw"
    for number in range(max(map(len, stages.values()), default=0)):
        made = (f"{stage[number] if number < len(stage) else column} as {column}" for column, stage in stages.items())
        query = f"(select {', '.join([kept, *made])} from {query} stage_{number})"
    return query


def shares(field: str) -> str:
    """Of each value: how many first letters of first names use it, at most 3 told apart; role boxes belong to many."""
    counted = f"cast(least(count(distinct substr(call, 1, 1)), {SHARED_BY_MANY}) as integer)"
    return f"select {field}, {counted} as share from normalised where {field} <> '' and call <> '' group by {field} having {counted} > 1"


def share_of(field: str) -> str:
    known = f"coalesce(shared_{field}.share, 1)"
    if field == "email":
        return f"case when {is_one_of(_BOX, ROLE_BOXES)} then {SHARED_BY_MANY} else {known} end"
    return known


_BOX = "split_part(n.email, '@', 1)"


def keyed(rules: Iterable[Rule], dialect: Dialect) -> str:
    """One row a record and rule that applies: number of the rule, key, record."""
    hashed = {Dialect.DUCKDB: "hash({})", Dialect.SPARK: "xxhash64({})"}[dialect]
    return " union all ".join(
        f"select {number} as rule, {hashed.format(rule.text_sql())} as k, id from record where {rule.is_there()}"
        for number, rule in enumerate(rules)
    )


def weighed(source: str, prior: tuple[float, float], least: float) -> str:
    """`Model.total` in SQL, over table `weights` of every pattern."""
    stranger = f"{prior[0]} + w.stranger + given_gain + family_gain"
    relative = f"{prior[1]} + w.relative - log2(0.5 * power(2, -given_gain) + 0.5)"
    inner = f"select l, r, c.code, {stranger} as s, {relative} as h, w.against from {source} c join weights w on w.code = c.code"
    total = "least(s, h) - log2(1 + power(2, -abs(s - h)))"
    outer = f"select l, r, code, cast(round({total}, {DIGITS}) as float) as weight, cast(against as float) as against from ({inner}) i"
    return f"select * from ({outer}) o where weight >= {least}"


def usable(rules: Sequence[Rule], fields: frozenset[str]) -> tuple[Rule, ...]:
    return tuple(rule for rule in rules if rule.fields <= fields)


def compared(pairs: str, fields: frozenset[str], dialect: Dialect) -> str:
    """Pairs (l, r) with their levels in one number and what equal names say beyond the mean name."""
    gains = ", ".join(
        f"cast(case when l.{name} = r.{name} and l.{name} <> '' then l.{name}_gain else 0 end as float) as {name}_gain"
        if name in fields
        else f"cast(0 as float) as {name}_gain"
        for name in ("given", "family")
    )
    code = comparing.code_sql(fields, dialect)
    return f"select p.l, p.r, {code} as code, {gains} from {pairs} p join record l on l.id = p.l join record r on r.id = p.r"


def contradicted(pairs: str) -> str:
    """Pairs whose numbers of identity are both sound, and not the same."""
    sound = " and ".join(national.sound_sql(f"{side}.national") for side in "ab")
    joins = f"from {pairs} p join record a on a.id = p.l join record b on b.id = p.r"
    return f"select p.l - 1 as l, p.r - 1 as r {joins} where a.national <> b.national and {sound}"


def _form(field: str, source: str, dialect: Dialect) -> str:
    return normalising.FORMS[field][1].sql(source, dialect)


# Rules whose pairs others bring too, or that bring crowds of strangers: sought in vain at a million records of every error mix tried.
_IN_VAIN = frozenset({"given:3+family:3+born", "given:3+born@6:5", "family:3+phone@4:7"})
RULES = tuple(each for each in blocking.CATALOGUE if each.name not in _IN_VAIN)
