"""Corrections only come: the database itself refuses to change one. They go with the interaction they speak of."""

from django.db import migrations

FORWARD = """
create function correction_keeps_its_words() returns trigger language plpgsql as $$
begin
  raise exception 'a correction keeps its words' using errcode = 'restrict_violation';
end $$;
create trigger correction_keeps_its_words before update on understanding_correction
  for each row when (
    new.by_id is not null and new.by_id is distinct from old.by_id
    or (old.id, old.reading_id, old.field, old.old, old.new, old.confidence, old.was_asked, old.model_version, old.text_hash,
        old.undoes_id, old.at)
    is distinct from
       (new.id, new.reading_id, new.field, new.old, new.new, new.confidence, new.was_asked, new.model_version, new.text_hash,
        new.undoes_id, new.at)
  ) execute function correction_keeps_its_words();
"""
BACKWARD = """
drop trigger correction_keeps_its_words on understanding_correction;
drop function correction_keeps_its_words();
"""


class Migration(migrations.Migration):
    dependencies = [("understanding", "0001_topics_readings_corrections")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
