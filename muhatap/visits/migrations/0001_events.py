"""Sites, refusals, and the events in a partition a day.

A leaf has one index for once-only and a BRIN for the newest: every index costs each event. The hash of the message id is unique
per leaf (a key over the parent would have to hold the partition key, and so catch no repeat); repeats over midnight are looked
for by whoever writes. The payload is text: jsonb costs half as much again to write and refuses what JSON allows.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

EVENTS = """
create table visits_event (
  received_at timestamptz not null, site_id bigint not null, message_key uuid not null, at timestamptz not null,
  kind smallint not null, anonymous_id text not null, user_id text not null, name text not null, url text not null,
  is_bot boolean not null, payload text not null
) partition by range (received_at);

create function visits_leaf(day date) returns text language sql immutable strict as $$
  select 'visits_event_' || to_char(day, 'YYYYMMDD')
$$;
create function visits_open_day(day date) returns void language plpgsql as $$
declare name text := visits_leaf(day);
begin
  if to_regclass(name) is not null then return; end if;
  perform pg_advisory_xact_lock(hashtext('visits_open_day'));
  -- Read as a row: to_regclass would repeat from this process's memory what it said before we waited.
  if exists (select from pg_class where relname = name and relkind = 'r') then return; end if;
  execute format('create table %I partition of visits_event for values from (%L) to (%L)',
                 name, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
  execute format('create unique index %I on %I (site_id, message_key)', name || '_once', name);
  execute format('create index %I on %I using brin (received_at) with (pages_per_range = 16)', name || '_newest', name);
end $$;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Site",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="Name")),
                ("write_key", models.CharField(max_length=40, unique=True)),
                ("origins", models.JSONField(default=list)),
                ("per_second", models.PositiveIntegerField(default=1000, verbose_name="Requests a second at most")),
                ("is_on", models.BooleanField(default=True, verbose_name="In use")),
                ("created_at", models.DateTimeField()),
                ("last_event_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DaySalt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("salt", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "site", "message_key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("received_at", models.DateTimeField()),
                (
                    "site",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="visits.site",
                    ),
                ),
                ("message_key", models.UUIDField()),
                ("at", models.DateTimeField()),
                (
                    "kind",
                    models.SmallIntegerField(
                        choices=[
                            (1, "identify"),
                            (2, "track"),
                            (3, "page"),
                            (4, "screen"),
                            (5, "group"),
                            (6, "alias"),
                        ]
                    ),
                ),
                ("anonymous_id", models.TextField()),
                ("user_id", models.TextField()),
                ("name", models.TextField()),
                ("url", models.TextField()),
                ("is_bot", models.BooleanField()),
                ("payload", models.TextField()),
            ],
            options={"db_table": "visits_event", "managed": False},
        ),
        migrations.CreateModel(
            name="Refusal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("shape", "It is not shaped as the protocol says"),
                            ("large", "It is larger than an event may be"),
                            ("nobody", "It says neither userId nor anonymousId"),
                            ("nameless", "It lacks what its kind needs"),
                            ("origin", "It came from a page that is not on the list"),
                            ("key", "Its write key is unknown or turned off"),
                            ("unstorable", "The database cannot keep it"),
                        ],
                        max_length=12,
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=300)),
                ("sample", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "site",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="refusals",
                        to="visits.site",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["site", "-id"], name="refusals_of_site")]},
        ),
        migrations.RunSQL(EVENTS, "drop table visits_event; drop function visits_open_day; drop function visits_leaf"),
    ]
