"""What sources said, for good, and who decided what about who is who: the database itself refuses to change either."""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
create function record_keeps_its_words() returns trigger language plpgsql as $$
begin
  raise exception 'a source record keeps its words' using errcode = 'restrict_violation';
end $$;
create trigger record_keeps_its_words before update on contacts_sourcerecord
  for each row when (
    (old.id, old.source, old.external_id, old.version, old.told, old.is_trusted, old.at, old.recorded_at)
    is distinct from
    (new.id, new.source, new.external_id, new.version, new.told, new.is_trusted, new.at, new.recorded_at)
  ) execute function record_keeps_its_words();
create function ledger_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only' using errcode = 'restrict_violation';
end $$;
create trigger ledger_is_append_only before update or delete on contacts_ledgerentry
  for each statement execute function ledger_is_append_only();
"""
BACKWARD = """
drop trigger ledger_is_append_only on contacts_ledgerentry;
drop function ledger_is_append_only();
drop trigger record_keeps_its_words on contacts_sourcerecord;
drop function record_keeps_its_words();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0004_fields_of_conversations"),
    ]

    operations = [
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("link", "Linked"),
                            ("unlink", "Unlinked"),
                            ("merge", "Merged"),
                            ("unmerge", "Un-merged"),
                            ("split", "Split"),
                            ("must_link", "The same person"),
                            ("cannot_link", "Different people"),
                            ("free", "Undecided again"),
                        ],
                        max_length=12,
                    ),
                ),
                ("one", models.BigIntegerField()),
                ("other", models.BigIntegerField(null=True)),
                ("record_id", models.BigIntegerField(null=True)),
                ("merge_id", models.BigIntegerField(null=True)),
                ("evidence", models.JSONField(default=dict)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("by_id", models.BigIntegerField(null=True)),
                ("by_name", models.CharField(blank=True, max_length=120)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["one", "-id"], name="ledger_of_one"),
                    models.Index(
                        condition=models.Q(("other__isnull", False)), fields=["other", "-id"], name="ledger_of_other"
                    ),
                    models.Index(
                        condition=models.Q(("record_id__isnull", False)),
                        fields=["record_id", "-id"],
                        name="ledger_of_record",
                    ),
                    models.Index(
                        condition=models.Q(("kind__in", ["must_link", "cannot_link", "free"])),
                        fields=["one", "other", "-id"],
                        name="ledger_bonds",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["must_link", "cannot_link", "free"]), _negated=True),
                            ("one__lt", models.F("other")),
                            _connector="OR",
                        ),
                        name="bond_lower_first",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["link", "unlink"]), _negated=True),
                            ("record_id__isnull", False),
                            _connector="OR",
                        ),
                        name="link_of_a_record",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SourceRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("home_id", models.BigIntegerField()),
                ("source", models.CharField(max_length=40)),
                ("external_id", models.CharField(max_length=320)),
                ("version", models.IntegerField(default=1)),
                ("told", models.JSONField(default=dict)),
                ("values", models.JSONField(default=dict)),
                ("normal", models.JSONField(default=dict)),
                ("is_trusted", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("is_current", models.BooleanField(default=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="records", to="contacts.contact"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["home_id"], name="records_of_home")],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "external_id", "version"), name="record_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("source", "external_id"),
                        name="record_current_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_current", False), ("withdrawn_at", None), _connector="OR"),
                        name="record_withdrawn_is_past",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
