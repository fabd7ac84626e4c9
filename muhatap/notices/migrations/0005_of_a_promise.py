import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0004_of_what_is_no_message"),
        ("service", "0006_words_go_with_what_they_tell_of"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="notice", name="notice_is_of_one_thing"),
        migrations.AddField(
            model_name="notice",
            name="promise",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="service.promise",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("assigned", "A conversation is given to me"),
                    ("mention", "A colleague calls me in a note"),
                    ("mine", "Something new in a conversation of mine"),
                    ("unassigned", "A new conversation that nobody has taken"),
                    ("followed", "Something new in a conversation I follow"),
                    ("warning", "A deadline comes close"),
                    ("breach", "A deadline has passed"),
                    ("failed", "An answer of mine was not sent"),
                    ("promise", "A promise of mine comes close or is overdue"),
                    ("case", "A case is given to me or my team, or a survey opened one"),
                    ("theme", "Suddenly many people write about one thing"),
                    ("privacy", "A shop asks for somebody’s data or to erase it"),
                    ("weekly", "The week in our customers’ words, on Monday morning"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="wish",
            name="kind",
            field=models.CharField(
                choices=[
                    ("assigned", "A conversation is given to me"),
                    ("mention", "A colleague calls me in a note"),
                    ("mine", "Something new in a conversation of mine"),
                    ("unassigned", "A new conversation that nobody has taken"),
                    ("followed", "Something new in a conversation I follow"),
                    ("warning", "A deadline comes close"),
                    ("breach", "A deadline has passed"),
                    ("failed", "An answer of mine was not sent"),
                    ("promise", "A promise of mine comes close or is overdue"),
                    ("case", "A case is given to me or my team, or a survey opened one"),
                    ("theme", "Suddenly many people write about one thing"),
                    ("privacy", "A shop asks for somebody’s data or to erase it"),
                    ("weekly", "The week in our customers’ words, on Monday morning"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("promise__isnull", False)), fields=["promise"], name="notices_of_promise"
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("case", None), ("message__isnull", False), ("promise", None), ("shop", None), ("week", None)
                    ),
                    models.Q(
                        ("case", None), ("message", None), ("promise", None), ("shop", None), ("week__isnull", False)
                    ),
                    models.Q(
                        ("case__isnull", False), ("message", None), ("promise", None), ("shop", None), ("week", None)
                    ),
                    models.Q(
                        ("case", None), ("message", None), ("promise", None), ("shop__isnull", False), ("week", None)
                    ),
                    models.Q(
                        ("case", None), ("message", None), ("promise__isnull", False), ("shop", None), ("week", None)
                    ),
                    _connector="OR",
                ),
                name="notice_is_of_one_thing",
            ),
        ),
    ]
