from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    """Answers are written while this is built. A build that was cut short left an index behind that is good for nothing."""

    atomic = False
    dependencies = [("conversations", "0009_what_was_said")]

    operations = [
        ValidateConstraint(model_name="conversation", name="conversation_said_kind_is_known"),
        migrations.RunSQL("drop index concurrently if exists conversations_complaining", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("said_kind", "complaint"), ("status__in", ["open", "waiting", "snoozed"])),
                fields=["contact"],
                name="conversations_complaining",
            ),
        ),
    ]
