"""Extensions and the folding functions, the same as shared.text in Python."""

from django.contrib.postgres.operations import BtreeGinExtension, TrigramExtension
from django.db import migrations

FUNCTIONS = """
create function lower_tr(t text) returns text language sql immutable strict parallel safe
  as $$ select lower(translate(t, 'İI', 'iı')) $$;
create function fold_tr(t text) returns text language sql immutable strict parallel safe
  as $$ select lower(translate(t, 'İIıŞşĞğÜüÖöÇçÂâÎîÛû', 'iiissgguuooccaaiiuu')) $$;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        TrigramExtension(),
        BtreeGinExtension(),
        migrations.RunSQL(FUNCTIONS, "drop function fold_tr(text); drop function lower_tr(text);"),
    ]
