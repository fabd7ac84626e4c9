"""A word of the ORM for what PostgreSQL says in a way of its own."""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, ForeignKey, Lookup
from django.db.models.sql.compiler import SQLCompiler


@ForeignKey.register_lookup
@Field.register_lookup
class OneOf(Lookup[Any]):
    """`contact_id__one_of=numbers`: given as one array, where `__in` would write each of thousands into the statement by itself."""

    lookup_name = "one_of"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        if not self.rhs:
            raise EmptyResultSet  # nobody need be asked
        left, params = self.process_lhs(compiler, connection)
        return f"{left} = any(%s)", [*params, list(self.rhs)]
